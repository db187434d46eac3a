"""What each key does, made from the registry with the keys as this shop has them."""

from collections.abc import Iterable

from rich.cells import cell_len
from textual.binding import Binding
from textual.widget import Widget

from protocol.language import N_, _
from terminal_app.actions import ACTIONS, at_place, groups, key_words
from terminal_app.place import Dialog
from terminal_app.widgets.cells import fit, wrap
from terminal_app.widgets.choice_list import ChoiceList
from terminal_app.widgets.line_board import Piece

_KEY_WIDTH = 8
_LABEL_WIDTH = 17


class HelpScreen(Dialog[None]):
    """A page per screen; longer than the window it scrolls."""

    TITLE_WORDS = N_("Keys")
    KEY_WORDS = N_("↑ ↓ PgUp PgDn: scroll   Esc: back")
    CSS_PATH = "help.tcss"
    BINDINGS = [
        Binding("up", "scroll(-1)", show=False, priority=True),
        Binding("down", "scroll(1)", show=False, priority=True),
        Binding("pageup", "scroll(-10)", show=False, priority=True),
        Binding("pagedown", "scroll(10)", show=False, priority=True),
        Binding("f1", "leave", show=False, priority=True),
    ]

    def __init__(self, places: tuple[str, ...]) -> None:
        """Explain the keys of these places."""
        super().__init__()
        self._places = places

    def body(self) -> Iterable[Widget]:
        """One list of lines."""
        yield HelpLines(lambda row, _width: list(row), id="help-lines")

    def on_mount(self) -> None:
        """Fill in what fits the width."""
        self.call_after_refresh(self.language_changed)

    def on_resize(self) -> None:
        """Wrap again."""
        self.call_after_refresh(self.language_changed)

    def language_changed(self) -> None:
        """Look all words up again."""
        board = self.query_one(HelpLines)
        board.offer(self._lines(max(40, board.size.width - 2)), board.picked or 0)

    def action_scroll(self, by: int) -> None:
        """Move by lines."""
        self.query_one(HelpLines).move(by)

    def _lines(self, width: int) -> list[tuple[Piece, ...]]:
        keymap = self.shell.keys.keys
        lines: list[tuple[Piece, ...]] = []
        for group, actions in groups(at_place(*self._places)).items():
            lines.append(((_(group), "heading"),))
            for action in actions:
                key = key_words(keymap.get(action.name, action.key))
                moved = action.name in keymap
                text = f"{_(action.explanation)} [{action.name}]"
                if moved:
                    text += " " + _("(moved; was {key})").format(key=key_words(ACTIONS[action.name].key))
                lines += _entry(key, _(action.label), text, width)
            lines.append((("", ""),))
        lines.append(((_("Always"), "heading"),))
        for key, text in self.shell.ALWAYS:
            lines += _entry(_(key), "", _(text), width)
        return lines


def _entry(key: str, label: str, text: str, width: int) -> list[tuple[Piece, ...]]:
    """Return key, label and explanation in columns; the explanation wraps in its own."""
    room = max(20, width - _KEY_WIDTH - _LABEL_WIDTH)
    parts = wrap(text, room)
    key_size = max(_KEY_WIDTH, cell_len(key) + 1)
    first = ((fit(key, key_size), "strong"), (fit(label, _LABEL_WIDTH - 1) + " ", ""), (parts[0], "quiet"))
    return [first, *(((" " * (_KEY_WIDTH + _LABEL_WIDTH), ""), (part, "quiet")) for part in parts[1:])]


class HelpLines(ChoiceList[tuple[Piece, ...]]):
    """The lines of the help."""
