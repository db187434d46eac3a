"""The store's settings with their sentences; from here to slips, ways to pay, terminals, backup, check."""

from collections.abc import Iterable

from textual import on
from textual.widget import Widget

from protocol.language import N_, _, ngettext
from protocol.messages.base import Answer, Fact, Refused
from protocol.messages.store import (
    BackupMade,
    BooksVerified,
    ChangeSetting,
    ListSettings,
    MakeBackup,
    SettingChanged,
    Settings,
    SettingView,
    VerifyBooks,
)
from terminal_app.actions import bindings_for
from terminal_app.console.findings_screen import FindingsScreen
from terminal_app.console.form_dialog import FormDialog
from terminal_app.console.form_fields import Value
from terminal_app.console.frame import Page
from terminal_app.console.list_transfer import Cancelled, OnProgress
from terminal_app.console.prices.rounding_screen import MODE, STEP, rounding_note
from terminal_app.console.progress_dialog import ProgressDialog
from terminal_app.console.setting_titles import setting_title
from terminal_app.console.setting_words import group_of, grouped, typed_value, value_field, value_words
from terminal_app.console.table import Column, Table, TableRow
from terminal_app.console.templates_screen import TemplatesScreen
from terminal_app.console.tenders_screen import TendersScreen
from terminal_app.console.terminals_screen import TerminalsScreen
from terminal_app.widgets.words import Words

_LONG_S = 3600.0
"""Copying or checking the books of a large store takes its time."""


class SettingsPage(Page):
    """All settings."""

    PLACES = ("shell", "console", "settings")
    TITLE_WORDS = N_("Settings")
    HERE = "settings"
    AUTO_FOCUS = "Table"
    DEFAULT_CSS = "SettingsPage #sentence { height: 3; color: $foreground; }"
    BINDINGS = [*bindings_for(*PLACES)]

    def __init__(self) -> None:
        """Begin empty."""
        super().__init__()
        self._settings: dict[str, SettingView] = {}

    def body(self) -> Iterable[Widget]:
        """The list, and the sentence of the setting under the cursor."""
        yield Table(
            [
                Column(N_("About"), 12),
                Column(N_("Setting"), 28),
                Column(N_("Value"), least=16),
                Column(N_("As delivered"), least=14, optional=True),
            ],
            empty=N_("There are no settings."),
        )
        yield Words(self._sentence, id="sentence")

    async def load(self) -> None:
        """Ask for all."""
        answer = await self.fetch(ListSettings(), Settings)
        if answer is not None:
            self._show(answer)

    def _show(self, answer: Settings) -> None:
        self._settings = {s.setting: s for s in grouped(answer.settings)}
        currency = self.console.currency
        rows, before = [], ""
        for s in self._settings.values():
            group = group_of(s.setting)
            mark = "* " if s.value != s.default else "  "
            now, first = (value_words(s.setting, value, currency) for value in (s.value, s.default))
            about = _(group) if group and group != before else ""
            rows.append(TableRow(s.setting, (about, mark + setting_title(s.setting), now, first)))
            before = group
        self.query_one(Table).show(rows)

    def store_fact(self, fact: Fact) -> None:
        """Somebody changed a setting."""
        if isinstance(fact, SettingChanged):
            self.reload_soon()

    def _sentence(self) -> str:
        row = self.query_one(Table).current
        if row is None or row.key not in self._settings:
            return ""
        setting = self._settings[row.key]
        return f"{setting.explanation} [{setting.setting}]"

    @on(Table.Moved)
    def moved(self) -> None:
        """Show the sentence of the row."""
        self.query_one("#sentence").refresh(layout=True)

    def on_table_chosen(self, event: Table.Chosen) -> None:
        """Change the setting."""
        setting = self._settings[event.row.key]
        field, present = value_field(setting, self.console.currency)

        async def save(values: dict[str, Value]) -> Answer:
            value = typed_value(values["value"])
            return await self.ask(ChangeSetting(setting=setting.setting, value=value), Settings)

        def done(answer: Answer | None) -> None:
            if isinstance(answer, Settings):
                self._show(answer)
                self.say(_("Saved: {name}.").format(name=setting_title(setting.setting)), "good")

        note = setting.explanation
        if setting.setting in (STEP, MODE):
            values = {each.setting: each.value for each in self._settings.values()}
            note += "\n\n" + rounding_note(setting.setting, values, self.console.currency)
        title = _("Change a setting")
        dialog = FormDialog(title, [field], {"value": present}, save, self.console.currency, note)
        self.app.push_screen(dialog, done)

    # --- keys -------------------------------------------------------------------------------------

    def do_templates(self) -> None:
        """Receipts and slips."""
        self.app.push_screen(TemplatesScreen())

    def do_tenders(self) -> None:
        """Ways to pay."""
        self.app.push_screen(TendersScreen())

    def do_terminals(self) -> None:
        """Who may connect."""
        self.app.push_screen(TerminalsScreen())

    async def do_backup(self) -> None:
        """Copy the books now."""

        async def work(_on_progress: OnProgress, _cancelled: Cancelled) -> Answer:
            return await self.ask(MakeBackup(), BackupMade, _LONG_S)

        answer = await self.app.push_screen_wait(ProgressDialog(_("Backup"), work, can_cancel=False))
        if isinstance(answer, Refused):
            self.refused(answer)
        elif isinstance(answer, BackupMade):
            size = f"{answer.bytes / 1_000_000:,.1f} MB"
            words = _("The backup is complete and checked: {path} ({size}).")
            self.say(words.format(path=answer.path, size=size), "good")

    async def do_verify(self) -> None:
        """Have the books checked."""

        async def work(_on_progress: OnProgress, _cancelled: Cancelled) -> Answer:
            return await self.ask(VerifyBooks(), BooksVerified, _LONG_S)

        answer = await self.app.push_screen_wait(
            ProgressDialog(_("Checking the books"), work, can_cancel=False)
        )
        if isinstance(answer, Refused):
            self.refused(answer)
        elif isinstance(answer, BooksVerified):
            if answer.findings:
                self.app.push_screen(FindingsScreen(answer))
                return
            count = answer.sales
            sales = ngettext("{count} sale", "{count} sales", count).format(count=count)
            words = _("The books are right: {sales}, {rows} journal rows, {postings} postings checked.")
            self.say(
                words.format(sales=sales, rows=answer.journal_rows, postings=answer.ledger_postings), "good"
            )
