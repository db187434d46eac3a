"""A dialog that shows how far something is, and lets the person cancel it."""

from collections.abc import Awaitable, Callable, Iterable
from typing import Generic, TypeVar

from textual.binding import Binding
from textual.widget import Widget

from protocol.language import N_, _, ngettext
from protocol.messages.base import Fact
from protocol.messages.store import BackupProgressed
from terminal_app.console.list_transfer import STAGE_WORDS, Cancelled, OnProgress, Progress
from terminal_app.place import Dialog
from terminal_app.widgets.words import Words

T = TypeVar("T")
Work = Callable[[OnProgress, Cancelled], Awaitable[T]]


def bar(fraction_ppm: int, width: int) -> str:
    """Return a bar with its percentage: filled and empty cells differ in shape, not only in colour."""
    fraction_ppm = max(0, min(1_000_000, fraction_ppm))
    filled = fraction_ppm * width // 1_000_000
    return "█" * filled + "░" * (width - filled) + f" {fraction_ppm // 10_000:3d} %"


class ProgressDialog(Dialog[T], Generic[T]):
    """Does the work and gives its result; the work itself says what Esc means by raising WasCancelled."""

    KEY_WORDS = N_("Esc: cancel; nothing is changed then")
    AUTO_FOCUS = ""
    BINDINGS = [Binding("escape", "leave", show=False, priority=True)]

    def __init__(self, title: str, work: Work[T], *, can_cancel: bool = True) -> None:
        """`title` in the language of the screen."""
        super().__init__()
        self._title_text = title
        self._work = work
        self._can_cancel = can_cancel
        self._cancelled = False
        self._progress: Progress | None = None
        self._backup: BackupProgressed | None = None

    def title_words(self) -> str:
        """Return what is going on."""
        return self._title_text

    def key_words(self) -> str:
        """Return what Esc does."""
        if self._cancelled:
            return _("Cancelling…")
        return _(self.KEY_WORDS) if self._can_cancel else _("One moment; this cannot be interrupted.")

    def body(self) -> Iterable[Widget]:
        """The bar."""
        yield Words(self._words, id="progress")

    def _words(self) -> str:
        if self._backup is not None and self._backup.pages_total:
            ppm = self._backup.pages_done * 1_000_000 // self._backup.pages_total
            return f"{bar(ppm, 50)}\n" + _("Copying the books")
        if self._progress is None:
            return f"{bar(0, 50)}\n" + _("One moment…")
        rows = self._progress.rows
        words = ngettext("{count} row", "{count} rows", rows).format(count=rows)
        return f"{bar(self._progress.fraction_ppm, 50)}\n{_(STAGE_WORDS[self._progress.stage])}: {words}"

    def on_mount(self) -> None:
        """Begin."""
        self.flow(self._run())

    async def _run(self) -> None:
        self.dismiss(await self._work(self._note, lambda: self._cancelled))

    def _note(self, progress: Progress) -> None:
        self.shell.touched()
        self._progress = progress
        self.query_one("#progress").refresh()

    def store_fact(self, fact: Fact) -> None:
        """A backup tells how far it is by facts."""
        if isinstance(fact, BackupProgressed):
            self._backup = fact
            self.query_one("#progress").refresh()

    def action_leave(self) -> None:
        """Cancel, where that is possible."""
        if self._can_cancel:
            self._cancelled = True
            self.query_one(".dialog-keys").refresh()
        else:
            self.app.bell()

    def accept(self) -> None:
        """Enter does nothing while it runs."""
