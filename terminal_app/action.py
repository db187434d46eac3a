"""An action: something that a key does at a place."""

from dataclasses import dataclass

from protocol.language import N_
from protocol.permissions import Permission


@dataclass(frozen=True, slots=True)
class Action:
    """Something that a key does at a place."""

    name: str
    """`place.verb`; the screen of that place has a method `do_verb`."""
    key: str
    """The default keys in Textual's words, separated by commas."""
    label: str
    """Two or three words for the key bar and the command list."""
    explanation: str
    """One sentence for the help screen."""
    group: str = N_("Other")
    permission: Permission | None = None
    """Who lacks it is asked for an approval by the store server; shown in the help."""
    footer: bool = False
    """True: shown in the key bar."""

    @property
    def place(self) -> str:
        """Where the key works."""
        return self.name.partition(".")[0]

    @property
    def verb(self) -> str:
        """The part of the name after the place."""
        return self.name.partition(".")[2]
