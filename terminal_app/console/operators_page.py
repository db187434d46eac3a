"""Operators: add and change them, new PINs, unlocking, leaving."""

from collections.abc import Iterable

from textual.widget import Widget

from protocol.language import LANGUAGES, N_, _
from protocol.messages.base import Answer, Refused
from protocol.messages.operators import (
    ListOperators,
    ListRoles,
    Operators,
    OperatorSaved,
    OperatorView,
    Roles,
    SaveOperator,
)
from terminal_app.actions import bindings_for
from terminal_app.console.form_dialog import FormDialog
from terminal_app.console.form_fields import Field, Kind, Value
from terminal_app.console.frame import Page
from terminal_app.console.role_words import role_words
from terminal_app.console.roles_screen import RolesScreen
from terminal_app.console.table import Column, Table, TableRow


def pin_sentence(pin: str) -> str:
    """Return a sentence for a PIN that is too easy to guess, or nothing. The server has the last word."""
    if not pin.isdigit():
        return _("A PIN has only digits, so that it can be typed on a number pad.")
    if len(pin) < 4:
        return _("A PIN has at least 4 digits.")
    return ""


class OperatorsPage(Page):
    """Who works here."""

    PLACES = ("shell", "console", "operators")
    TITLE_WORDS = N_("Operators")
    HERE = "operators"
    AUTO_FOCUS = "Table"
    BINDINGS = [*bindings_for(*PLACES)]

    def __init__(self) -> None:
        """Begin empty."""
        super().__init__()
        self._operators: dict[str, OperatorView] = {}

    def body(self) -> Iterable[Widget]:
        """The list."""
        yield Table(
            [
                Column(N_("Code"), 10),
                Column(N_("Name"), least=12, share=2),
                Column(N_("Role"), 14),
                Column(N_("Language"), 9, optional=True),
                Column(N_("Card"), 5, optional=True),
                Column(N_("State"), least=20),
            ],
            empty=N_("Nobody is listed."),
        )

    @property
    def table(self) -> Table:
        """The list."""
        return self.query_one(Table)

    async def load(self) -> None:
        """Ask for all."""
        answer = await self.fetch(ListOperators(), Operators)
        if answer is None:
            return
        self._operators = {str(o.operator_id): o for o in answer.operators}
        ordered = sorted(answer.operators, key=lambda o: (not o.active, o.code))
        self.table.show([self._row(o) for o in ordered])

    def _row(self, o: OperatorView) -> TableRow:
        locked = o.locked_until is not None and o.locked_until > self.console.clock()
        if not o.active:
            state = _("has left")
        elif locked and o.locked_until is not None:
            time = o.locked_until.astimezone(self.console.zone).strftime("%H:%M")
            state = _("! locked until {time}").format(time=time)
        else:
            state = _("works here")
        cells = (
            o.code,
            o.name,
            role_words(o.role),
            LANGUAGES.get(o.language or "", "–"),
            _("yes") if o.has_card else "–",
            state,
        )
        return TableRow(str(o.operator_id), cells, "quiet" if not o.active else "warn" if locked else "")

    def _current(self) -> OperatorView | None:
        row = self.table.current
        return self._operators.get(row.key) if row else None

    # --- dialogs ----------------------------------------------------------------------------------

    def on_table_chosen(self) -> None:
        """Change the operator."""
        self.flow(self._edit(self._current()))

    def do_new(self) -> None:
        """Add one."""
        self.flow(self._edit(None))

    async def _edit(self, known: OperatorView | None) -> None:
        roles = await self.fetch(ListRoles(), Roles)
        if roles is None:
            return
        fields = [
            Field("code", N_("Code"), required=True, hint=N_("Typed to sign on: short"), most=30),
            Field("name", N_("Name"), required=True, hint=N_("Printed on receipts")),
            Field(
                "role", N_("Role"), Kind.CHOICE, True,
                choices=tuple((r.role, role_words(r.role)) for r in roles.roles),
            ),
            Field(
                "language", N_("Language"), Kind.CHOICE,
                choices=(("", _("as the terminal")), *LANGUAGES.items()),
            ),
            Field("card", N_("Staff card"), Kind.SECRET, hint=N_("Present or type it; empty: unchanged")),
        ]  # fmt: skip
        if known is None:
            fields.append(Field("pin", N_("PIN"), Kind.SECRET, required=True, check=pin_sentence, most=32))
        else:
            fields.append(Field("active", N_("Works here"), Kind.YES_NO))
        start: dict[str, Value] = {"role": "cashier", "language": "", "active": True}
        if known is not None:
            start = {
                "code": known.code, "name": known.name, "role": known.role,
                "language": known.language or "", "active": known.active,
            }  # fmt: skip

        async def save(values: dict[str, Value]) -> Answer:
            request = SaveOperator(
                operator_id=known.operator_id if known else None,
                code=str(values["code"]),
                name=str(values["name"]),
                role=str(values["role"]),
                pin=str(values.get("pin", "")),
                card=str(values["card"]),
                language=str(values["language"]) or None,
                active=bool(values.get("active", True)),
            )
            return await self.ask(request, OperatorSaved)

        title = _("Change {name}").format(name=known.name) if known else _("New operator")
        self.app.push_screen(FormDialog(title, fields, start, save), self._saved)

    def _saved(self, answer: Answer | None) -> None:
        if isinstance(answer, OperatorSaved):
            self.say(_("Saved: {name}.").format(name=answer.operator.name), "good")

    def do_new_pin(self) -> None:
        """Give the operator a new PIN, typed twice."""
        known = self._current()
        if known is None:
            return
        fields = [
            Field("pin", N_("New PIN"), Kind.SECRET, required=True, check=pin_sentence, most=32),
            Field("again", N_("Once more"), Kind.SECRET, required=True, most=32),
        ]

        async def save(values: dict[str, Value]) -> Answer:
            if values["pin"] != values["again"]:
                return Refused(
                    code="pins_differ", explanation=_("The two PINs differ. Type it again."), field="again"
                )
            return await self.ask(self._same(known, pin=str(values["pin"])), OperatorSaved)

        title = _("New PIN for {name}").format(name=known.name)
        self.app.push_screen(FormDialog(title, fields, {}, save), self._saved)

    def _same(
        self, known: OperatorView, *, pin: str = "", unlock: bool = False, active: bool | None = None
    ) -> SaveOperator:
        return SaveOperator(
            operator_id=known.operator_id,
            code=known.code,
            name=known.name,
            role=known.role,
            language=known.language,
            active=known.active if active is None else active,
            pin=pin,
            unlock=unlock,
        )

    async def do_unlock(self) -> None:
        """Forget the wrong tries."""
        known = self._current()
        if known is None:
            return
        if await self.fetch(self._same(known, unlock=True), OperatorSaved):
            self.say(_("{name} can sign on again.").format(name=known.name), "good")
            await self.load()

    def do_leave(self) -> None:
        """The operator has left, or is back."""
        known = self._current()
        if known is None:
            return

        def go(yes: bool | None) -> None:
            if yes:
                self.flow(self._set_active(known, not known.active))

        if known.active:
            words = _("{name} has left and can no longer sign on? The records stay.")
        else:
            words = _("{name} works here again?")
        self.console.question(words.format(name=known.name), go, yes=_("Yes"))

    async def _set_active(self, known: OperatorView, active: bool) -> None:
        saved = await self.fetch(self._same(known, active=active), OperatorSaved)
        if saved is not None:
            self._saved(saved)
            await self.load()

    def do_roles(self) -> None:
        """Show the roles."""
        self.app.push_screen(RolesScreen())

    def take_card(self, uid: str) -> bool:
        """A card is of use in the dialog only."""
        return False
