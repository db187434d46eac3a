"""Rows of an offer's form that open a screen of their own: a range of goods, and a list of steps or parts."""

from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.geometry import Size
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from protocol.language import _
from protocol.offer import GoodsRange
from terminal_app.console.fields import FieldChanged
from terminal_app.console.prices.goods_screen import GoodsScreen
from terminal_app.console.prices.offer_names import OfferNames
from terminal_app.widgets.cells import fit
from terminal_app.widgets.words import Words

T = TypeVar("T")


class Opener(Widget, can_focus=True):
    """One line that shows what was chosen; Space opens the choosing."""

    DEFAULT_CSS = """
    Opener { height: 1; width: 1fr; background: $surface; padding: 0 1; }
    Opener:focus { background: $picked; text-style: bold; }
    """
    BINDINGS = [
        Binding("space,left,right", "open", show=False),
        Binding("enter", "screen.focus_next", show=False),
    ]

    class Opened(Message):
        """The person wants to choose."""

    def __init__(self, words: Callable[[], str]) -> None:
        super().__init__()
        self._words = words

    def render(self) -> Text:
        return Text(fit(self._words(), max(1, self.content_size.width - 2)) + " ▾", no_wrap=True)

    def action_open(self) -> None:
        self.post_message(self.Opened())

    def on_click(self) -> None:
        self.focus()
        self.action_open()


class ChosenRow(Vertical):
    """A label, what was chosen, and the sentence that says what is wrong with it."""

    DEFAULT_CSS = """
    ChosenRow {
        height: auto;
        & > Horizontal { height: 1; }
        & .label { width: 20; height: 1; color: $quiet; }
        & .above { width: 1fr; }
        &:focus-within .label { color: $primary; text-style: bold; }
        & .sentence { display: none; color: $error; padding: 0 0 0 20; height: auto; }
        &.wrong .sentence { display: block; }
    }
    """

    def __init__(self, key: str, label: str) -> None:
        """`label` is an English text."""
        super().__init__()
        self.key = key
        self._label = label
        self._sentence = ""

    def label_words(self) -> str:
        """Return the label in the present language."""
        return _(self._label)

    def mark(self, sentence: str) -> None:
        """Say what is wrong and go there; empty: nothing is."""
        self._sentence = f"✗ {sentence}" if sentence else ""
        self.query_one(".sentence").refresh(layout=True)
        self.set_class(bool(sentence), "wrong")
        if sentence:
            self.query("Opener, RowsField").first(Widget).focus()

    @property
    def changed(self) -> bool:
        """True: something else was chosen."""
        raise NotImplementedError


class GoodsRow(ChosenRow):
    """A range of goods."""

    def __init__(
        self, key: str, label: str, goods: GoodsRange | None, names: OfferNames, none: str = ""
    ) -> None:
        """`none`: an English text for no range at all, where that is possible."""
        super().__init__(key, label)
        self.goods = goods
        self._initial = goods
        self._names = names
        self._none = none

    def compose(self) -> ComposeResult:
        """The line, and the sentence below."""
        with Horizontal():
            yield Words(self.label_words, classes="label")
            yield Opener(self._words)
        yield Words(lambda: self._sentence, classes="sentence")

    def _words(self) -> str:
        return _(self._none) if self.goods is None else self._names.goods(self.goods)

    @property
    def changed(self) -> bool:
        """True: other goods were chosen."""
        return self.goods != self._initial

    def choosing_words(self) -> str:
        """Return the title of the screen on which they are chosen."""
        return _("Prices › Offers › {field}").format(field=self.label_words())

    def on_opener_opened(self, event: Opener.Opened) -> None:
        """Choose the goods."""
        event.stop()
        self.app.push_screen(
            GoodsScreen(self.goods or GoodsRange(), self._names, self.choosing_words()), self.take
        )

    def take(self, goods: GoodsRange | None) -> None:
        """Show what was chosen; a range with nothing in it is no range, where that is possible."""
        if goods is None:
            return
        empty = not (goods.all_goods or goods.categories or goods.products)
        self.goods = None if self._none and empty else goods
        self.mark("")
        self.query_one(Opener).refresh()
        self.post_message(FieldChanged())


class RowsField(Widget, can_focus=True):
    """Rows one below the other and a line for one more; Enter opens, Delete takes out."""

    DEFAULT_CSS = """
    RowsField { height: auto; width: 1fr; background: $surface; padding: 0 1; }
    RowsField:focus { background: $surface; }
    RowsField > .rows--cursor { background: $picked; text-style: bold; }
    RowsField > .rows--more { color: $quiet; }
    """
    COMPONENT_CLASSES = {"rows--cursor", "rows--more"}
    BINDINGS = [
        Binding("up", "move(-1)", show=False),
        Binding("down", "move(1)", show=False),
        Binding("enter,space", "open", show=False),
        Binding("delete", "remove", show=False),
    ]
    cursor: reactive[int] = reactive(0)

    class Opened(Message):
        """A row is to be changed, or one to be added: `place` is behind the last then."""

        def __init__(self, place: int) -> None:
            super().__init__()
            self.place = place

    class Removed(Opened):
        """A row is to be taken out."""

    def __init__(self, lines: Callable[[], Sequence[str]], more: Callable[[], str]) -> None:
        super().__init__()
        self._lines = lines
        self._more = more

    def validate_cursor(self, cursor: int) -> int:
        """Stay among the rows."""
        return max(0, min(cursor, len(self._lines())))

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return len(self._lines()) + 1

    def render(self) -> Text:
        cursor = self.get_component_rich_style("rows--cursor", partial=True)
        quiet = self.get_component_rich_style("rows--more", partial=True)
        text = Text(no_wrap=True)
        for i, line in enumerate([*self._lines(), "+ " + self._more()]):
            here = i == self.cursor and self.has_focus
            style = cursor if here else (quiet if i == len(self._lines()) else "")
            text.append(fit(("› " if here else "  ") + line, self.content_size.width), style)
            text.append("\n")
        text.rstrip()
        return text

    def action_move(self, by: int) -> None:
        """Move among the rows, and from the first or last one to the next field."""
        wanted = self.cursor + by
        if 0 <= wanted <= len(self._lines()):
            self.cursor = wanted
        elif by > 0:
            self.screen.focus_next()
        else:
            self.screen.focus_previous()

    def action_open(self) -> None:
        self.post_message(self.Opened(self.cursor))

    def action_remove(self) -> None:
        if self.cursor < len(self._lines()):
            self.post_message(self.Removed(self.cursor))
        else:
            self.app.bell()


class ItemsRow(ChosenRow, Generic[T]):
    """Steps or parts, each opened by a dialog that gives the item anew."""

    def __init__(
        self,
        key: str,
        label: str,
        items: Sequence[T],
        line: Callable[[T], str],
        edit: Callable[[T | None, Callable[[T], None]], None],
        more: str,
        order: Callable[[T], tuple[int, ...]] | None = None,
    ) -> None:
        """`line` draws an item; `edit` opens one (None: a new one) and hands it on; `more`: English words.

        `order` sorts the items after each change; None: they stay as they were typed.
        """
        super().__init__(key, label)
        self.items: list[T] = list(items)
        self._initial = list(items)
        self._line = line
        self._edit = edit
        self._more = more
        self._order = order

    def compose(self) -> ComposeResult:
        """Label above, rows, sentence."""
        yield Words(self.label_words, classes="label above")
        yield RowsField(lambda: [self._line(item) for item in self.items], lambda: _(self._more))
        yield Words(lambda: self._sentence, classes="sentence")

    @property
    def changed(self) -> bool:
        """True: the rows are others."""
        return self.items != self._initial

    def on_rows_field_opened(self, event: RowsField.Opened) -> None:
        """Change or add one."""
        event.stop()
        place = event.place

        def take(item: T) -> None:
            self.items[place : place + 1] = [item]
            if self._order is not None:
                self.items.sort(key=self._order)
            self._changed_rows()

        self._edit(self.items[place] if place < len(self.items) else None, take)

    def on_rows_field_removed(self, event: RowsField.Removed) -> None:
        """Take one out."""
        event.stop()
        del self.items[event.place]
        self._changed_rows()

    def _changed_rows(self) -> None:
        self.mark("")
        self.query_one(RowsField).refresh(layout=True)
        self.post_message(FieldChanged())
