"""A dialog for a file: a line for its path, and the folders to walk through."""

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.widget import Widget

from protocol.language import N_, _
from terminal_app.console.table import Column, Table, TableRow
from terminal_app.place import Dialog
from terminal_app.widgets.field import Entry, Field
from terminal_app.widgets.notice import NoticeLine
from terminal_app.widgets.words import Words

_UP = ".."
_last_folder = Path.home()


class FileDialog(Dialog[Path]):
    """Gives a path. Tab changes between the line and the list; the line may be typed or pasted."""

    KEY_WORDS = N_("Enter: open a folder, take a file   Tab: list or line   Esc: leave")
    AUTO_FOCUS = "Table"
    BINDINGS = [Binding("backspace", "up", show=False)]

    def __init__(
        self, title: str, name: str = "", *, write: bool = False, endings: tuple[str, ...] = ()
    ) -> None:
        """`title`: an English text; `name`: the file to propose; `endings`: which files are listed."""
        super().__init__()
        self._title = title
        self._proposed = name
        self._write = write
        self._endings = endings
        self._folder = _last_folder if _last_folder.is_dir() else Path.cwd()
        self._sure_of: Path | None = None

    def compose(self) -> ComposeResult:
        """The box."""
        with Vertical(classes="dialog"):
            yield Words(lambda: _(self._title), classes="dialog-title")
            with Vertical(classes="dialog-body"):
                yield Field(N_("File"), id="path", value=str(self._folder / self._proposed), max_length=4000)
                table = Table(
                    [
                        Column(N_("Name"), least=20),
                        Column(N_("Size"), 12, right=True),
                        Column(N_("Changed"), 16),
                    ],
                    empty=N_("Nothing to choose in this folder."),
                )
                yield table
            yield NoticeLine(classes="dialog-notice")
            yield Words(self.key_words, classes="dialog-keys")

    def body(self) -> Iterable[Widget]:
        """See compose."""
        return ()

    def on_mount(self) -> None:
        """List the folder."""
        self._list()
        if self._write:
            entry = self.query_one("#path", Entry)
            entry.focus()
            entry.cursor_position = len(entry.value)

    def _list(self) -> None:
        rows = [TableRow(_UP, (_("↑ the folder above"), "", ""))]
        try:
            entries = sorted(self._folder.iterdir(), key=lambda p: (not p.is_dir(), p.name.casefold()))
        except OSError as error:
            self.say(
                _("{path} cannot be read: {reason}.").format(path=self._folder, reason=error.strerror),
                "error",
            )
            entries = []
        for path in entries:
            if path.name.startswith("."):
                continue
            folder = path.is_dir()
            if folder or not self._endings or path.suffix.lower() in self._endings:
                rows.append(self._row(path, folder))
        self.query_one(Table).show(rows, keep=False)

    def _row(self, path: Path, folder: bool) -> TableRow:
        try:
            known = path.stat()
        except OSError:
            return TableRow(str(path), (path.name, "?", "?"), "quiet")
        at = datetime.fromtimestamp(known.st_mtime, UTC).astimezone().strftime("%Y-%m-%d %H:%M")
        size = "" if folder else f"{known.st_size:,}"
        return TableRow(str(path), (path.name + ("/" if folder else ""), size, at))

    @on(Table.Moved)
    def moved(self, event: Table.Moved) -> None:
        """Show the file under the cursor in the line."""
        if event.row is not None and event.row.key != _UP and self.focused is event.table:
            path = Path(event.row.key)
            if not path.is_dir():
                self.query_one("#path", Entry).value = event.row.key

    def on_key(self, event: events.Key) -> None:
        """A path typed in the list begins the line anew."""
        if isinstance(self.focused, Table) and event.character in ("/", "~"):
            event.stop()
            entry = self.query_one("#path", Entry)
            entry.value = event.character
            entry.focus()
            entry.cursor_position = 1

    def action_up(self) -> None:
        """Go to the folder above."""
        if isinstance(self.focused, Table):
            self._go(self._folder.parent)

    def _go(self, folder: Path) -> None:
        self._folder = folder
        name = self._proposed if self._write else ""
        self.query_one("#path", Entry).value = str(folder / name) if name else f"{str(folder).rstrip('/')}/"
        self._list()

    def accept(self) -> None:
        """Open the folder or take the file."""
        row = self.query_one(Table).current
        if isinstance(self.focused, Table) and row is not None:
            path = self._folder.parent if row.key == _UP else Path(row.key)
        else:
            path = Path(self.query_one("#path", Entry).value.strip().strip("'\"")).expanduser()
        if path.is_dir():
            self._go(path)
            return
        if self._write and path.exists() and self._sure_of != path:
            self._sure_of = path
            self.say(
                _("{name} exists. Enter again replaces it.").format(name=path.name), "warning", bell=True
            )
            return
        if not self._write and not path.exists():
            self.say(_("There is no file {path}. Check the name.").format(path=path), "error", bell=True)
            return
        global _last_folder
        _last_folder = path.parent
        self.dismiss(path)
