"""A text that is looked up at each drawing, so that the language can change under it."""

from collections.abc import Callable

from rich.text import Text
from textual.widget import Widget

from protocol.language import _


class Words(Widget):
    """A message id, or a function that makes the text. `refresh(layout=True)` after its length changed."""

    DEFAULT_CSS = "Words { height: auto; width: 1fr; }"

    def __init__(
        self,
        words: str | Callable[[], str],
        *,
        id: str | None = None,  # noqa: A002  # Textual's own name
        classes: str | None = None,
    ) -> None:
        """Show the translation of `words`, or what it returns."""
        super().__init__(id=id, classes=classes)
        self.words = words

    def render(self) -> Text:
        """Return the text in the present language."""
        return Text(_(self.words) if isinstance(self.words, str) else self.words())
