"""A list of lines of which one is chosen; arrows move, the dialog's Enter takes it."""

from collections.abc import Callable, Hashable, Sequence
from typing import Generic, TypeVar

from terminal_app.widgets.cells import wrap
from terminal_app.widgets.line_board import LineBoard, Piece

H = TypeVar("H", bound=Hashable)


class ChoiceList(LineBoard, Generic[H]):
    """Each choice is a hashable; `draw` turns one into pieces of text in a width."""

    DEFAULT_CSS = "ChoiceList { height: 10; background: $surface; }"

    def __init__(
        self,
        draw: Callable[[H, int], list[Piece]],
        *,
        empty: Callable[[], str] = lambda: "",
        heading: Callable[[int], list[Piece]] | None = None,
        id: str | None = None,  # noqa: A002  # Textual's own name
    ) -> None:
        """Begin without choices; `empty` says what stands there then."""
        super().__init__(id=id)
        self._draw = draw
        self._empty = empty
        self._head = heading
        self._choices: Sequence[H] = ()

    def offer(self, choices: Sequence[H], picked: int = 0) -> None:
        """Show the choices, with the given one picked."""
        self._choices = choices
        self.show(choices, picked)

    @property
    def choice(self) -> H | None:
        """The picked choice."""
        return self._choices[self.picked] if self.picked is not None and self._choices else None

    def pieces(self, row: Hashable, width: int, picked: bool) -> list[Piece]:
        """Draw a choice, with a sign before the picked one."""
        return [("▶ " if picked else "  ", "heading"), *self._draw(row, width - 2)]  # type: ignore[arg-type]

    def heading(self, width: int) -> list[Piece] | None:
        """Return the heading, indented like the choices."""
        return None if self._head is None else [("  ", ""), *self._head(width - 2)]

    def empty_lines(self, width: int) -> list[list[Piece]]:
        """Return the sentence for an empty list, in as many lines as it takes."""
        return [[("  " + line, "quiet")] for line in wrap(self._empty(), width - 2)]
