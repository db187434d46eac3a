"""Makes somebody a member, with everything that may be known of them."""

from collections.abc import Iterable
from typing import Any

from pydantic import ValidationError
from textual.widget import Widget

from protocol.identifiers import MemberId
from protocol.language import N_, _
from protocol.messages.base import Refused
from protocol.messages.catalogue import ExtraFields, ExtraValue
from protocol.messages.members import ListMemberFields, MemberFound, RegisterMember
from terminal_app.actions import bindings_for
from terminal_app.console.form_fields import Field, Value
from terminal_app.console.form_view import FormView, Heading
from terminal_app.console.frame import SubPage
from terminal_app.console.members.member_form import member_fields, split_tags, tags_mistake
from terminal_app.console.product_form import EXTRA

_TOLD = ("name", "phone", "gender", "birthday", "pinyin", "email", "address", "occupation", "income_band",
         "skin_condition", "referrer", "note")  # fmt: skip


def register_request(values: dict[str, Value]) -> RegisterMember:
    """Return the command for what was typed. Raises ValidationError for what no message may hold."""
    fields: dict[str, Any] = {key: str(values[key] or "") for key in _TOLD}
    extras = [(key.removeprefix(EXTRA), value) for key, value in values.items() if key.startswith(EXTRA)]
    fields["extras"] = tuple(
        ExtraValue(field=field, value="yes" if value is True else str(value))
        for field, value in extras
        if value not in (None, "", False)
    )
    return RegisterMember(tags=split_tags(str(values["tags"] or "")), **fields)


class NewMember(SubPage[MemberId]):
    """Gives the member who was registered."""

    PLACES = ("shell", "form")
    TITLE_WORDS = N_("Members › New")
    HERE = "members"
    BINDINGS = [*bindings_for("form")]

    def __init__(self, typed: str = "") -> None:
        """`typed`: what was searched for in vain, a phone or a name."""
        super().__init__()
        self._typed = typed.strip()

    async def load(self) -> None:
        """Ask which fields the shop defined, then show the form; once."""
        if self.query(FormView):
            return
        extras = await self.fetch(ListMemberFields(), ExtraFields)
        if extras is None:
            return
        more: list[Field | Heading] = [
            Heading(N_("Other")),
            Field("referrer", N_("Brought by"), hint=N_("Number or whole phone of another member")),
            Field("tags", N_("Tags"), hint=N_("With commas between them"), check=tags_mistake),
        ]
        parts: list[Field | Heading | Widget] = [*member_fields(False, extras.fields), *more]
        form = FormView(parts, self.console.currency, self.console.zone)
        await self.query_one(".page-body").mount(form)
        digits = self._typed.replace(" ", "").replace("-", "")
        key = "phone" if digits.lstrip("+").isdigit() else "name"
        form.fill({"gender": "unknown"})
        form.rows[key].editor.text = self._typed
        form.rows["phone" if self._typed and key == "name" else "name"].editor.focus()

    def body(self) -> Iterable[Widget]:
        """The form comes when the shop's own fields are known."""
        return ()

    async def do_save(self) -> None:
        """Check what was typed, then register."""
        form = self.query_one(FormView)
        values = form.read()
        if values is None:
            self._look()
            return
        try:
            request = register_request(values)
        except ValidationError as error:
            key = str(error.errors()[0]["loc"][0])
            form.mark(key, _("This cannot be stored as it is; make it shorter or smaller."))
            self._look()
            return
        answer = await self.ask(request, MemberFound)
        if isinstance(answer, Refused):
            self._refuse(form, answer)
            return
        words = _("Registered: {number} {name}.")
        self.app.notify(words.format(number=answer.member.number, name=answer.member.name), timeout=4)
        self.dismiss(answer.member.member_id)

    def _look(self) -> None:
        self.say(_("Look at the marked fields."), "error", bell=True)

    def _refuse(self, form: FormView, refusal: Refused) -> None:
        """Say why at the field it is about; everything that was typed stays."""
        field = refusal.field or ""
        if field.startswith("extras"):
            named = (key for key in form.rows if key.startswith(EXTRA))
            field = next((key for key in named if key.removeprefix(EXTRA) in refusal.explanation), field)
        if form.mark(field, refusal.explanation):
            self._look()
        else:
            self.refused(refusal)
