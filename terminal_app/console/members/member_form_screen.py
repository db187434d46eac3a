"""Changes what is known of a member: every field typed, saved against the version that was read."""

from collections.abc import Iterable, Sequence

from pydantic import ValidationError
from textual.widget import Widget

from protocol.language import _
from protocol.messages.base import Refused
from protocol.messages.catalogue import ExtraFieldView
from protocol.messages.members import MemberFound, MemberView
from terminal_app.actions import bindings_for
from terminal_app.console.form_view import FormView
from terminal_app.console.frame import SubPage
from terminal_app.console.members.member_form import change_request, member_fields, member_values
from terminal_app.console.product_form import EXTRA
from terminal_app.widgets.words import Words


class MemberFormScreen(SubPage[bool]):
    """Gives True when something was saved."""

    PLACES = ("shell", "form")
    HERE = "members"
    AUTO_FOCUS = "TextField"
    BINDINGS = [*bindings_for("form")]

    def __init__(self, member: MemberView, extras: Sequence[ExtraFieldView]) -> None:
        """`member`: whole, or masked: then only what is not personal can be changed."""
        super().__init__()
        self._member = member
        self._extras = tuple(extras)
        self._before: dict[str, str] = {}

    def title_words(self) -> str:
        """Return whom it is about."""
        words = _("Members › {number} {name} › Change")
        return words.format(number=self._member.number, name=self._member.name)

    def body(self) -> Iterable[Widget]:
        """What cannot be changed here, and the form."""
        yield Words(self._fixed_words, classes="info")
        yield FormView(
            member_fields(self._member.hidden, self._extras), self.console.currency, self.console.zone
        )

    def _fixed_words(self) -> str:
        words = _("Member since {day}, brought by {referrer}.").format(
            day=self._member.joined_on, referrer=self._member.referrer or _("nobody")
        )
        if self._member.hidden:
            words += " " + _("Personal data is hidden and stays as it is.")
        return words

    @property
    def form(self) -> FormView:
        """The form."""
        return self.query_one(FormView)

    def on_mount(self) -> None:
        """Put in what is there."""
        self.form.fill(member_values(self._member))
        self._before = self.form.texts()
        if not self._member.hidden:
            self.say(_("Opening the full data is in the journal with your name."))

    async def do_save(self) -> None:
        """Check what was typed, then have it stored."""
        values = self.form.read()
        if values is None:
            self._look()
            return
        try:
            request = change_request(self._before, self.form.texts(), values, self._member)
        except ValidationError as error:
            key = str(error.errors()[0]["loc"][0])
            self.form.mark(key, _("This cannot be stored as it is; make it shorter or smaller."))
            self._look()
            return
        if request is None:
            self.dismiss(None)
            return
        answer = await self.ask(request, MemberFound)
        if isinstance(answer, Refused):
            self._refuse(answer)
            return
        self.app.notify(_("Saved: {name}.").format(name=answer.member.name), timeout=4)
        self.dismiss(True)

    def _look(self) -> None:
        self.say(_("Look at the marked fields."), "error", bell=True)

    def _refuse(self, refusal: Refused) -> None:
        """Say why it was not stored; everything that was typed stays."""
        if refusal.code == "changed_by_others":
            words = _("Nothing was stored. Note what you typed, leave with Esc and open it again.")
            self.say(f"{refusal.explanation} {words}", "error", bell=True)
            return
        field = refusal.field or ""
        if field.startswith("extras"):
            named = (key for key in self.form.rows if key.startswith(EXTRA))
            field = next((key for key in named if key.removeprefix(EXTRA) in refusal.explanation), field)
        if self.form.mark(field, refusal.explanation):
            self._look()
        else:
            self.refused(refusal)
