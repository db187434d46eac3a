"""A question with yes and no; Enter is yes, Esc is no."""

from collections.abc import Callable, Iterable

from textual.widget import Widget

from protocol.language import N_
from terminal_app.place import Dialog
from terminal_app.widgets.words import Words


class Question(Dialog[bool]):
    """Gives True for yes; None or False for no."""

    KEY_WORDS = N_("Enter: yes   Esc: no")

    def __init__(self, title: str, words: Callable[[], str]) -> None:
        """Ask."""
        super().__init__()
        self.TITLE_WORDS = title  # type: ignore[misc]
        self._words = words

    def body(self) -> Iterable[Widget]:
        """The question in a sentence."""
        yield Words(self._words, classes="paragraph")

    def accept(self) -> None:
        """Yes."""
        self.dismiss(True)
