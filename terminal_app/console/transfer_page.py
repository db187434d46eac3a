"""Import and export: lists from and to files, with their columns explained."""

from collections.abc import Iterable
from pathlib import Path

from textual import on
from textual.widget import Widget

from protocol.language import N_, _, ngettext
from protocol.messages.imports import ImportView, ListColumn
from terminal_app.actions import bindings_for
from terminal_app.console.file_dialog import FileDialog
from terminal_app.console.frame import Page
from terminal_app.console.import_screen import ImportScreen
from terminal_app.console.list_transfer import (
    Cancelled,
    OnProgress,
    Stopped,
    WasCancelled,
    list_columns,
    run_export,
    run_import,
)
from terminal_app.console.progress_dialog import ProgressDialog
from terminal_app.console.spreadsheet_files import CannotWrite, write_template
from terminal_app.console.spreadsheets import Unreadable
from terminal_app.console.table import Column, Table, TableRow
from terminal_app.widgets.words import Words

LISTS = {"products": N_("Products")}
"""The lists that can be imported and exported."""
_ENDINGS = (".csv", ".txt", ".tsv", ".xlsx", ".xls")


class TransferPage(Page):
    """One list and its columns; keys for import, export and an empty file."""

    PLACES = ("shell", "console", "transfer")
    TITLE_WORDS = N_("Import & export")
    HERE = "transfer"
    AUTO_FOCUS = "Table"
    DEFAULT_CSS = "TransferPage #sentence { height: 2; }"
    BINDINGS = [*bindings_for(*PLACES)]

    def __init__(self) -> None:
        """Begin with the products."""
        super().__init__()
        self._list = "products"
        self._columns: tuple[ListColumn, ...] = ()

    def body(self) -> Iterable[Widget]:
        """What happens, and the columns of the list."""
        yield Words(self._explanation, classes="info")
        yield Table(
            [
                Column(N_("Column"), 18),
                Column(N_("Needed"), 7),
                Column(N_("What may stand in it"), least=30),
            ]
        )
        yield Words(self._sentence, id="sentence")

    def _explanation(self) -> str:
        return _(
            "List: {name}. A file is read, checked row by row and shown as a preview; "
            "then all of it is applied, or nothing. CSV and Excel (.xlsx) are understood. "
            "The first row holds the headings:"
        ).format(name=_(LISTS[self._list]))

    def _sentence(self) -> str:
        row = self.query_one(Table).current
        found = next((c for c in self._columns if row is not None and c.column == row.key), None)
        return f"{found.heading}: {found.explanation}" if found is not None else ""

    @on(Table.Moved)
    def moved(self) -> None:
        """Show the whole sentence of the column."""
        self.query_one("#sentence").refresh(layout=True)

    async def load(self) -> None:
        """Ask for the columns, in the language of the screen."""
        try:
            self._columns = await list_columns(self.console, self._list)
        except Stopped as refused:
            self.say(str(refused), "error", bell=True)
            return
        self.query_one(Table).show(
            [
                TableRow(c.column, (c.heading, _("yes") if c.required else _("no"), c.explanation))
                for c in self._columns
            ]
        )

    # --- import -----------------------------------------------------------------------------------

    async def do_import_file(self) -> None:
        """Choose a file, have it checked, show what it would do."""
        path = await self.app.push_screen_wait(FileDialog(N_("Import from a file"), endings=_ENDINGS))
        if path is not None:
            await self.import_path(path)

    async def import_path(self, path: Path) -> None:
        """Have a file checked, and show what it would do."""

        async def work(on_progress: OnProgress, cancelled: Cancelled) -> ImportView | str:
            try:
                return await run_import(self.console, path, self._list, on_progress, cancelled)
            except (Unreadable, Stopped) as reason:
                return str(reason)
            except WasCancelled:
                return _("Cancelled; nothing was changed.")

        title = _("Import {name}").format(name=path.name)
        result = await self.app.push_screen_wait(ProgressDialog[ImportView | str](title, work))
        if isinstance(result, ImportView):
            ending = await self.app.push_screen_wait(ImportScreen(result))
            if ending is not None:
                self.say(*ending)
        elif result:
            self.say(result, "error", bell=True)

    # --- export -----------------------------------------------------------------------------------

    async def do_export_file(self) -> None:
        """Write the whole list."""
        today = self.console.clock().astimezone(self.console.zone).strftime("%Y%m%d")
        name = f"{self._list}-{today}.xlsx"
        path = await self.app.push_screen_wait(FileDialog(N_("Export to a file"), name, write=True))
        if path is None:
            return

        async def work(on_progress: OnProgress, cancelled: Cancelled) -> int | str:
            try:
                return await run_export(self.console, path, self._list, on_progress, cancelled)
            except (CannotWrite, Stopped) as reason:
                return str(reason)
            except WasCancelled:
                return _("Cancelled; no file was written.")

        title = _("Export to {name}").format(name=path.name)
        result = await self.app.push_screen_wait(ProgressDialog[int | str](title, work))
        if isinstance(result, int):
            rows = ngettext("{count} row", "{count} rows", result).format(count=result)
            self.say(_("Written: {path} ({rows}).").format(path=path, rows=rows), "good")
        elif result:
            self.say(result, "error", bell=True)

    async def do_template(self) -> None:
        """Write an empty file with the headings."""
        if not self._columns:
            self.do_reload()
            return
        name = f"{self._list}-template.xlsx"
        path = await self.app.push_screen_wait(FileDialog(N_("Write a template"), name, write=True))
        if path is None:
            return
        try:
            write_template(path, self._columns)
        except CannotWrite as reason:
            self.say(str(reason), "error", bell=True)
        else:
            self.say(_("Written: {path}").format(path=path), "good")
