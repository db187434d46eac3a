"""A question with yes and no, and a sentence to be read."""

from collections.abc import Iterable

from textual.widget import Widget

from protocol.language import N_, _
from terminal_app.place import Dialog
from terminal_app.widgets.words import Words


class Question(Dialog[bool]):
    """Gives True for Enter, None for Esc."""

    TITLE_WORDS = N_("Please confirm")
    AUTO_FOCUS = ""

    def __init__(self, words: str, yes: str) -> None:
        """Ask `words`; `yes` says what Enter does. Both in the language of the screen."""
        super().__init__()
        self._words = words
        self._yes = yes

    def body(self) -> Iterable[Widget]:
        """The question."""
        yield Words(lambda: self._words, classes="paragraph")

    def key_words(self) -> str:
        """Return what the keys do."""
        return _("Enter: {yes}   Esc: no, go back").format(yes=self._yes)

    def accept(self) -> None:
        """Yes."""
        self.dismiss(True)


class Information(Dialog[None]):
    """A sentence that stays until the person has read it."""

    KEY_WORDS = N_("Enter: close")
    AUTO_FOCUS = ""

    def __init__(self, title: str, words: str) -> None:
        """Both in the language of the screen."""
        super().__init__()
        self._title_text = title
        self._words = words

    def title_words(self) -> str:
        """Return the title."""
        return self._title_text

    def body(self) -> Iterable[Widget]:
        """The sentence."""
        yield Words(lambda: self._words, classes="paragraph", id="information")
