"""What an import would do, row by row, and what is wrong with it; then apply it or leave."""

from collections.abc import Iterable

from textual import on
from textual.widget import Widget

from protocol.language import N_, _, ngettext
from protocol.messages.imports import ImportState, ImportView, RowChange, RowError
from terminal_app.actions import bindings_for
from terminal_app.console.file_dialog import FileDialog
from terminal_app.console.frame import SubPage
from terminal_app.console.list_transfer import (
    Cancelled,
    OnProgress,
    Stopped,
    WasCancelled,
    apply_import,
    cancel_import,
    check_again,
    list_details,
    list_errors,
)
from terminal_app.console.progress_dialog import ProgressDialog
from terminal_app.console.spreadsheet_files import CannotWrite, write_errors
from terminal_app.console.table import Column, Table, TableRow
from terminal_app.widgets.notice import Tone
from terminal_app.widgets.words import Words

_PAGE_ROWS = 500
_CHANGES = {"new": N_("+ new"), "changed": N_("~ changed"), "same": N_("= same")}


class ImportScreen(SubPage[tuple[str, Tone]]):
    """Gives a sentence with its tone when the import was applied or taken back."""

    PLACES = ("shell", "preview")
    HERE = "transfer"
    AUTO_FOCUS = "Table"
    DEFAULT_CSS = "ImportScreen #detail { height: 3; } ImportScreen #summary { height: auto; }"
    BINDINGS = [*bindings_for("preview")]

    def __init__(self, view: ImportView) -> None:
        """Show a checked import."""
        super().__init__()
        self._view = view
        self._errors_only = view.errors > 0
        self._next_row = 0
        self._done = False

    def title_words(self) -> str:
        """Return the file's name."""
        return _("Import & export › {name}").format(name=self._view.file_name)

    def body(self) -> Iterable[Widget]:
        """Counts, rows, and the row under the cursor in full."""
        yield Words(self._summary, id="summary")
        yield Table(
            [
                Column(N_("Row"), 7, right=True),
                Column(N_("What"), 12),
                Column(N_("Code / column"), 16),
                Column(N_("Details"), least=24),
            ],
            empty=N_("No rows to show."),
        )
        yield Words(self._detail, id="detail", classes="info")

    def _summary(self) -> str:
        view = self._view
        parts = [
            ngettext("{count} row", "{count} rows", view.rows).format(count=view.rows),
            _("+ {count} new").format(count=view.new),
            _("~ {count} changed").format(count=view.changed),
            _("= {count} same").format(count=view.same),
        ]
        if view.errors:
            words = ngettext("✗ {count} mistake", "✗ {count} mistakes", view.errors)
            parts.append(words.format(count=view.errors))
        lines = ["   ".join(parts)]
        if view.unknown_columns:
            lines.append(
                _("! These columns are not used: {columns}").format(columns=", ".join(view.unknown_columns))
            )
        if view.errors:
            lines.append(
                _("Nothing can be applied while rows have mistakes. Mend the file and import again.")
            )
        elif view.new or view.changed:
            lines.append(_("Nothing has changed yet. Ctrl+S applies all of it."))
        else:
            lines.append(_("There is nothing to change: all rows are in the books already."))
        return "\n".join(lines)

    def _detail(self) -> str:
        row = self.query_one(Table).current
        return row.cells[3] if row else ""

    @on(Table.Moved)
    def moved(self) -> None:
        """Show the row in full."""
        self.query_one("#detail").refresh(layout=True)

    # --- asking -----------------------------------------------------------------------------------

    async def load(self) -> None:
        """Show the first rows."""
        self._next_row = 0
        await self._more()

    async def _more(self) -> None:
        first = self._next_row == 0
        try:
            details = await list_details(
                self.console, self._view.import_id, self._next_row, _PAGE_ROWS, errors_only=self._errors_only
            )
        except Stopped as refused:
            self.say(str(refused), "error", bell=True)
            return
        rows = sorted(
            [*(self._change(c) for c in details.changes), *(self._error(e) for e in details.errors)],
            key=lambda row: int(row.cells[0]),
        )
        if rows:
            self._next_row = int(rows[-1].cells[0]) + 1
        if first:
            self.query_one(Table).show(rows, keep=False)
        else:
            self.query_one(Table).append(rows)

    @staticmethod
    def _change(change: RowChange) -> TableRow:
        tone = "quiet" if change.change == "same" else ""
        cells = (str(change.row), _(_CHANGES[change.change]), change.key, change.details)
        return TableRow(f"change {change.row}", cells, "quiet" if tone else "")

    @staticmethod
    def _error(error: RowError) -> TableRow:
        words = error.explanation
        if error.value:
            words = _("“{value}”: {explanation}").format(value=error.value, explanation=error.explanation)
        cells = (str(error.row), _("✗ mistake"), error.column, words)
        return TableRow(f"error {error.row} {error.column}", cells, "bad")

    @on(Table.NearEnd)
    def near_end(self) -> None:
        """Get more rows."""
        self.background_task(self._more)

    # --- keys -------------------------------------------------------------------------------------

    def do_errors_only(self) -> None:
        """Show all rows, or only mistakes."""
        self._errors_only = not self._errors_only
        self.do_reload()

    async def do_save_errors(self) -> None:
        """Write the error list to a file."""
        if not self._view.errors:
            self.say(_("There are no mistakes to save."))
            return
        name = self._view.file_name.rsplit(".", 1)[0] + "-errors.csv"
        path = await self.app.push_screen_wait(FileDialog(N_("Save the error list"), name, write=True))
        if path is None:
            return
        try:
            errors = await list_errors(self.console, self._view.import_id)
            write_errors(path, errors)
        except (Stopped, CannotWrite) as reason:
            self.say(str(reason), "error", bell=True)
        else:
            self.say(_("Written: {path}").format(path=path), "good")

    async def do_apply(self) -> None:
        """Apply all of it."""
        view = self._view
        if view.errors:
            self.say(_("Nothing can be applied while rows have mistakes."), "error", bell=True)
            return

        async def work(on_progress: OnProgress, cancelled: Cancelled) -> ImportView | str | None:
            try:
                return await apply_import(self.console, view.import_id, on_progress, cancelled)
            except Stopped as reason:
                if reason.code == "check_again":
                    return await self._check_again(on_progress, cancelled)
                return str(reason)
            except WasCancelled:
                return None

        title = _("Import {name}").format(name=view.file_name)
        result = await self.app.push_screen_wait(ProgressDialog[ImportView | str | None](title, work))
        if isinstance(result, ImportView) and result.state is ImportState.READY:
            self._view = result
            self._errors_only = result.errors > 0
            self.query_one("#summary").refresh(layout=True)
            self.do_reload()
            words = _("The store was changed meanwhile, so the rows were checked again. Look, then apply.")
            self.say(words, "warning", bell=True)
        elif isinstance(result, ImportView):
            words = _("Applied: {new} new, {changed} changed, {same} the same.")
            words = words.format(new=result.new, changed=result.changed, same=result.same)
            self.dismiss((words, "good"))
        elif result is None:
            self.dismiss((_("Cancelled; what was applied so far was taken back."), "warning"))
        else:
            self.say(result, "error", bell=True)

    async def _check_again(self, on_progress: OnProgress, cancelled: Cancelled) -> ImportView | str:
        try:
            return await check_again(self.console, self._view.import_id, on_progress, cancelled)
        except Stopped as reason:
            return str(reason)

    def action_back(self) -> None:
        """Leave; the server forgets the import."""
        self.flow(self._leave())

    async def _leave(self) -> None:
        await self.before_leaving()
        self.dismiss(None)

    async def before_leaving(self) -> None:
        """Have the server forget the import."""
        try:
            await cancel_import(self.console, self._view.import_id)
        except Stopped as refused:
            self.app.notify(str(refused), severity="warning")
