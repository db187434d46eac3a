"""What every screen and dialog has: keys from the registry, a notice line, an answer to scans and cards."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine, Iterable
from inspect import isawaitable
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar, cast

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.screen import ModalScreen, Screen
from textual.widget import Widget
from textual.worker import Worker

from protocol.language import N_, _
from terminal_app.widgets.boards_update import boards_update
from terminal_app.widgets.line_board import LineBoard
from terminal_app.widgets.notice import NoticeLine, Tone
from terminal_app.widgets.words import Words

if TYPE_CHECKING:
    from terminal_app.shell import ShellApp

R = TypeVar("R")


class Place(Screen[R]):
    """A screen. Its class names its places in BINDINGS = bindings_for(...); an action `a.b` runs `do_b`."""

    PLACES: ClassVar[tuple[str, ...]] = ()
    """The places of the registry whose keys work here; for help, key bar and command list."""

    _boards: set[Widget] | None = None

    @property
    def shell(self) -> ShellApp:
        """The program."""
        return cast("ShellApp", self.app)

    def say(self, text: str, tone: Tone = "info", *, bell: bool = False) -> None:
        """Show a sentence on this screen's notice line."""
        for line in self.query(NoticeLine):
            line.say(text, tone)
            break
        if bell:
            self.app.bell()

    def paint_now(self) -> None:
        """Write what changed on the boards of this screen, at once and in one piece.

        Textual would wait for each widget's turn and then for the next frame: 5 to 15 ms of a scan's way,
        and compose the whole screen for a few lines of it: another 1 ms.
        A changed layout is left to Textual, and so is a screen under a dialog: its lines would lie over it.
        """
        waits = self._layout_required or self._scroll_required or self._recompose_required
        on_top = self.app.screen_stack[-1:] == [self]  # none is, while one takes another's place
        if on_top and self.is_mounted and not waits:
            if self._boards is None:
                self._boards = set(self.query(LineBoard))
            visible = self._compositor.visible_widgets
            update = boards_update((board, *visible[board]) for board in self._boards & visible.keys())
            if update is not None:
                self.app._display(self, update)

    def take_scan(self, code: str) -> bool:
        """Use a scan that came while this screen was on top; False: it is refused."""
        return False

    def take_card(self, uid: str) -> bool:
        """Use a card that was presented while this screen was on top; False: it is refused."""
        return False

    def take_random_card(self, uid: str) -> bool:
        """Use what shows another number each time: a phone, a privacy card; False: it is refused."""
        return self.take_card(uid)

    def language_changed(self) -> None:
        """Look up again what is not looked up at each drawing."""

    def action_act(self, name: str) -> None:
        """Carry out an action of the registry."""
        self.perform(name)

    def perform(self, name: str) -> None:
        """Carry out an action: `do_<verb>` of this screen, or of the program for the place `shell`."""
        place, _dot, verb = name.partition(".")
        target: object = self.app if place == "shell" else self
        handler: Callable[[], object] = getattr(target, f"do_{verb}")
        result = handler()
        if isawaitable(result):
            self.flow(result)

    def flow(self, work: Awaitable[object]) -> None:
        """Run something that asks and waits. One at a time: a key pressed meanwhile does nothing twice."""
        if self.busy:
            if isinstance(work, Coroutine):
                work.close()
            self.app.bell()
            return
        self._flow = self.run_worker(work, group="flow", exit_on_error=True)

    @property
    def busy(self) -> bool:
        """True: an earlier action still waits for something."""
        flow: Worker[Any] | None = getattr(self, "_flow", None)
        return flow is not None and not flow.is_finished


class Dialog(ModalScreen[R], Place[R]):
    """A box over the screen: title, body, a line to talk, the keys. Esc leaves it and changes nothing."""

    TITLE_WORDS: ClassVar[str] = ""
    KEY_WORDS: ClassVar[str] = N_("Enter: go on   Esc: back")
    AUTO_FOCUS = "Input"
    BINDINGS = [
        Binding("escape", "leave", show=False, priority=True),
        Binding("enter", "enter", show=False, priority=True),
    ]

    def compose(self) -> ComposeResult:
        """Lay out the box; a subclass gives its body."""
        with Vertical(classes="dialog"):
            yield Words(self.title_words, classes="dialog-title")
            with Vertical(classes="dialog-body"):
                yield from self.body()
            yield NoticeLine(classes="dialog-notice")
            yield Words(self.key_words, classes="dialog-keys")

    def body(self) -> Iterable[Widget]:
        """Return what is between the title and the notice line."""
        return ()

    def title_words(self) -> str:
        """Return the title in the present language."""
        return _(self.TITLE_WORDS)

    def key_words(self) -> str:
        """Return what the keys do in this dialog."""
        return _(self.KEY_WORDS)

    def action_leave(self) -> None:
        """Esc: close without doing anything."""
        self.dismiss(None)

    def action_enter(self) -> None:
        """Enter: accept; what waits for an answer runs as a flow."""
        result = self.accept()
        if isawaitable(result):
            self.flow(result)

    def accept(self) -> Awaitable[object] | None:
        """Do what the dialog is for."""
        self.dismiss(None)
        return None
