"""What every page of the console has: bar on top, list of pages, title, a line to talk, the keys."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterable
from typing import TYPE_CHECKING, ClassVar, TypeVar, cast

from rich.cells import cell_len
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.widget import Widget

from protocol.language import _
from protocol.messages.base import Answer, Fact, Refused, Request
from protocol.money import format_minor
from terminal_app.actions import ACTIONS, bindings_for, key_words
from terminal_app.console.form_view import FormView
from terminal_app.place import Place
from terminal_app.widgets.cells import fit
from terminal_app.widgets.key_bar import KeyBar
from terminal_app.widgets.notice import NoticeLine
from terminal_app.widgets.words import Words

if TYPE_CHECKING:
    from terminal_app.console.app import ConsoleApp

A = TypeVar("A", bound=Answer)
R = TypeVar("R")

_NEWS_S = 0.5
PAGES = ("products", "members", "prices", "day", "settings", "transfer", "operators", "devices")
"""The pages in the order in which they are listed; each is the action `console.<page>`."""


class PageList(Widget):
    """The pages with their keys: at the side, or on one line where the window is narrow."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"pages--key", "pages--here"}
    DEFAULT_CSS = """
    PageList {
        width: 24; height: 1fr; padding: 1 1; background: $surface;
        & .pages--key { color: $primary; text-style: bold; }
        & .pages--here { background: $picked; text-style: bold; }
    }
    """

    def __init__(self, here: str, keymap: Callable[[], dict[str, str]]) -> None:
        """`here`: the page that is shown."""
        super().__init__()
        self.here = here
        self._keymap = keymap

    def _that_fit(self, keymap: dict[str, str]) -> list[str]:
        """Return the pages for one line: the last ones give way, the present one stays; F11 has them all."""
        pages = list(PAGES)

        def size(page: str) -> int:
            action = ACTIONS[f"console.{page}"]
            return 3 + cell_len(key_words(keymap.get(action.name, action.key)) + _(action.label))

        while len(pages) > 1 and sum(map(size, pages)) > self.content_size.width:
            pages.remove(next(page for page in reversed(pages) if page != self.here))
        return pages

    def render(self) -> Text:
        """Return the list; the present page has a mark and its own background."""
        wide = self.size.height > 1
        lines = Text(no_wrap=True)
        key_style = self.get_component_rich_style("pages--key", partial=True)
        here_style = self.get_component_rich_style("pages--here", partial=True)
        keymap = self._keymap()
        for page in PAGES if wide else self._that_fit(keymap):
            action = ACTIONS[f"console.{page}"]
            key = key_words(keymap.get(action.name, action.key))
            mark = ("› " if wide else "›") if page == self.here else ("  " if wide else " ")
            part = Text(mark).append(key, key_style).append(" " + _(action.label))
            if page == self.here:
                part.stylize(here_style)
            if wide:
                part.append(" " * max(0, self.content_size.width - cell_len(part.plain)))
                if page == self.here:
                    part.stylize(here_style)
            lines.append_text(part).append("\n\n" if wide else " ")
        return lines


class Framed(Place[R]):
    """A screen of the console. A subclass gives PLACES, TITLE_WORDS, HERE and its body."""

    TITLE_WORDS: ClassVar[str] = ""
    HERE: ClassVar[str] = ""
    """The page that it belongs to."""
    _reload_due = False
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide"), (140, "-roomy")]
    DEFAULT_CSS = """
    Framed {
        background: $background;
        & .top-bar { height: 1; background: $panel; padding: 0 1; }
        & .frame { height: 1fr; }
        & .page { width: 1fr; height: 1fr; padding: 0 1; }
        & .page-title { height: 1; color: $primary; text-style: bold; }
        & .page-body { height: 1fr; }
        & .info { height: auto; color: $quiet; }
        &.-narrow .frame { layout: vertical; }
        &.-narrow PageList { width: 1fr; height: 1; padding: 0; }
        &.-narrow .page { padding: 0; }
        &.-narrow .page-title, &.-narrow .info, &.-narrow #sentence, &.-narrow NoticeLine { padding: 0 1; }
        & NoticeLine { min-height: 2; }
        & .search { height: 1; background: $surface; }
        & .search-label { width: 18; padding: 0 1; color: $primary; }
        & KeyBar { height: 2; }
        & Table, & VerticalScroll { scrollbar-size-vertical: 1; scrollbar-color: $panel; }
    }
    """

    @property
    def console(self) -> ConsoleApp:
        """The program."""
        return cast("ConsoleApp", self.app)

    def compose(self) -> ComposeResult:
        """Lay out the frame; a subclass gives the body."""
        yield Words(self._top_words, classes="top-bar")
        with Horizontal(classes="frame"):
            yield PageList(self.HERE, self.keymap)
            with Vertical(classes="page"):
                yield Words(self.title_words, classes="page-title")
                with Vertical(classes="page-body"):
                    yield from self.body()
                yield NoticeLine()
        yield KeyBar(*[place for place in self.PLACES if place != "console"], keymap=self.keymap)

    def body(self) -> Iterable[Widget]:
        """Return what is between title and notice line."""
        return ()

    def title_words(self) -> str:
        """Return the title in the present language."""
        return _(self.TITLE_WORDS)

    def keymap(self) -> dict[str, str]:
        """Return the keys that this shop has moved."""
        return self.console.moved_keys

    def _top_words(self) -> str:
        left, right = self.console.top_words()
        width = max(10, self.size.width - 2)
        return fit(left, max(0, width - cell_len(right) - 1)) + " " + right

    def on_mount(self) -> None:
        """Ask for what is shown."""
        self.background_task(self.load)

    async def load(self) -> None:
        """Ask the server for what this screen shows; again after each change."""

    def do_reload(self) -> None:
        """Ask again."""
        self.background_task(self.load)

    def reload_soon(self) -> None:
        """Ask again because of news; once for all that come within a moment."""
        if not self._reload_due:
            self._reload_due = True
            self.set_timer(_NEWS_S, self._reload_due_now)

    def _reload_due_now(self) -> None:
        self._reload_due = False
        self.do_reload()

    def background_task(self, work: Callable[[], Coroutine[None, None, None]], group: str = "load") -> None:
        """Ask without keeping the keys waiting; a newer task of the group replaces the older."""
        self.run_worker(work, group=group, exclusive=True)  # type: ignore[arg-type]  # T of Worker[T] is not used

    def language_changed(self) -> None:
        """Speak the present language, the server's words included."""
        for form in self.query(FormView):
            form.relabel()
        for widget in self.query("*"):
            widget.refresh(layout=isinstance(widget, Words))
        self.do_reload()

    def link_changed(self) -> None:
        """Show whether the server is there; ask anew when it is back."""
        for widget in self.query(".top-bar, NoticeLine"):
            widget.refresh()
        if self.console.store.link.up:
            self.say("")
            self.do_reload()

    def store_fact(self, fact: Fact) -> None:
        """Take the news, where this screen shows what it is about."""

    async def ask(self, request: Request, expected: type[A], timeout_s: float = 5.0) -> A | Refused:
        """Ask the server; where it wants a second person's approval, have it given first."""
        return await self.console.ask(request, expected, timeout_s)

    async def fetch(self, request: Request, expected: type[A], timeout_s: float = 5.0) -> A | None:
        """Ask, and say a refusal on the notice line."""
        answer = await self.ask(request, expected, timeout_s)
        if isinstance(answer, Refused):
            self.refused(answer)
            return None
        return answer

    def refused(self, refusal: Refused) -> None:
        """Say why it was not done."""
        self.say(refusal.explanation, "error", bell=True)

    def money(self, amount_minor: int | None) -> str:
        """Return an amount as people write it; empty for None."""
        return "" if amount_minor is None else format_minor(amount_minor, self.console.currency, grouped=True)


class Page(Framed[None]):
    """One of the pages in the list."""

    def on_screen_resume(self) -> None:
        """Show the present state after another page or dialog."""
        if self.is_mounted:
            self.do_reload()

    def perform(self, name: str) -> None:
        """Carry out an action; `console.<page>` goes to the page."""
        page = name.removeprefix("console.")
        if name.startswith("console.") and page in PAGES:
            self.console.go_to(page)
        else:
            super().perform(name)


class SubPage(Framed[R]):
    """A screen that belongs to a page; Esc goes back, after a question when something was typed."""

    BINDINGS = [*bindings_for("shell", "console"), Binding("escape", "back", show=False)]

    def perform(self, name: str) -> None:
        """Carry out an action; `console.<page>` leaves everything open here and goes to the page."""
        page = name.removeprefix("console.")
        if name.startswith("console.") and page in PAGES:
            self.console.leave_for(page)
        else:
            super().perform(name)

    async def before_leaving(self) -> None:
        """Give back what this screen holds on the server, when the person goes to another page."""

    @property
    def changed(self) -> bool:
        """True: leaving would lose what was typed."""
        return any(form.changed for form in self.query(FormView))

    def action_back(self) -> None:
        """Leave, after a question when something would be lost."""
        if not self.changed:
            self.dismiss(None)
            return

        def leave(yes: bool | None) -> None:
            if yes:
                self.dismiss(None)

        self.console.question(
            _("Leave without saving? What you changed here would be lost."), leave, yes=_("Leave")
        )
