"""Terminals: pair a new one by a one-time code, revoke an old one."""

from protocol.identifiers import TerminalName
from protocol.language import N_, _
from protocol.messages.base import Answer, Done
from protocol.messages.store import (
    CreatePairingCode,
    ListTerminals,
    PairingCode,
    RevokeTerminal,
    Terminals,
)
from terminal_app.actions import bindings_for
from terminal_app.console.form_dialog import FormDialog
from terminal_app.console.form_fields import Field, Value
from terminal_app.console.list_screen import ListScreen
from terminal_app.console.question import Information
from terminal_app.console.table import Column, TableRow


class TerminalsScreen(ListScreen):
    """All terminals, paired and present."""

    PLACES = ("shell", "terminals")
    TITLE_WORDS = N_("Settings › Terminals")
    HERE = "settings"
    COLUMNS = (
        Column(N_("Terminal"), least=14),
        Column(N_("State"), 14),
        Column(N_("Paired"), 16),
        Column(N_("Key"), least=12, optional=True),
    )
    BINDINGS = [*bindings_for("terminals")]

    async def load(self) -> None:
        """Ask for all."""
        answer = await self.fetch(ListTerminals(), Terminals)
        if answer is None:
            return
        rows = []
        for t in answer.terminals:
            state = _("✗ revoked") if t.revoked else _("● present") if t.present else _("away")
            paired = (
                t.paired_at.astimezone(self.console.zone).strftime("%Y-%m-%d %H:%M") if t.paired_at else ""
            )
            key = t.public_key or _("same machine")
            rows.append(TableRow(t.terminal, (t.terminal, state, paired, key), "" if t.present else "quiet"))
        self.table.show(rows)

    def edit(self, row: TableRow | None) -> None:
        """A terminal has nothing to change."""
        self.say(_("A terminal is paired or revoked; there is nothing else to change."))

    def do_pair(self) -> None:
        """Make a one-time code."""
        fields = [
            Field("terminal", N_("Name"), required=True, hint=N_("Unique, for example lane-2"), most=60)
        ]

        async def save(values: dict[str, Value]) -> Answer:
            request = CreatePairingCode(terminal=TerminalName(str(values["terminal"])))
            return await self.ask(request, PairingCode)

        def done(answer: Answer | None) -> None:
            if isinstance(answer, PairingCode):
                time = answer.valid_until.astimezone(self.console.zone).strftime("%H:%M")
                words = _(
                    "On the new terminal run “guitai pair” with the address {endpoint} and the code {code}. "
                    "It is good once, until {time}."
                )
                words = words.format(endpoint=answer.endpoint, code=answer.code, time=time)
                self.app.push_screen(Information(_("Pair a new terminal"), words))

        self.app.push_screen(FormDialog(_("Pair a new terminal"), fields, {}, save), done)

    def do_revoke(self) -> None:
        """Take the key away, after a question."""
        row = self.table.current
        if row is None:
            return

        def go(yes: bool | None) -> None:
            if yes:
                self.flow(self._revoke(TerminalName(row.key)))

        words = _("Refuse {name} from now on? It can be paired again later.")
        self.console.question(words.format(name=row.key), go, yes=_("Revoke"))

    async def _revoke(self, terminal: TerminalName) -> None:
        if await self.fetch(RevokeTerminal(terminal=terminal), Done):
            self.say(_("{name} is refused from now on.").format(name=terminal), "good")
            await self.load()
