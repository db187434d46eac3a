"""What a list is that can be imported and exported: rooms describe theirs in these words."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from store_server.database.unit_of_work import Work


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a list."""

    name: str
    """The stable English heading: `promotion_from`."""
    heading: str
    """The heading for people, a message id; its translations are understood too."""
    explanation: str
    """What may stand in it, with an example; a message id."""
    required: bool = False
    aliases: tuple[str, ...] = ()
    """Headings of files that are about elsewhere."""


@dataclass(frozen=True, slots=True)
class CellError:
    """What is wrong with one cell, in words that say what to do."""

    column: str
    value: str
    explanation: str


@dataclass(frozen=True, slots=True)
class CheckedRow:
    """What a row would do."""

    key: str
    change: str
    """`new`, `changed` or `same`."""
    details: str
    payload: str
    """All that `apply` needs, in the list's own form."""
    uniques: tuple[tuple[str, str], ...] = ()
    """(column, value) that no other row of the file may have."""
    errors: tuple[CellError, ...] = ()


class ImportedList(Protocol):
    """A list that can be imported and exported. Rows are mappings from column name to trimmed text."""

    @property
    def name(self) -> str:
        """Its name on the wire."""

    @property
    def personal(self) -> bool:
        """Whether its rows are about people: then an import that is done tells no more of them."""

    def shows_all(self, work: Work) -> bool:
        """Return whether the one who asks gets all that is known, personal data included."""

    def columns(self, work: Work) -> tuple[Column, ...]:
        """Return its columns as they are today."""

    def missing(self, columns: Collection[str]) -> tuple[str, ...]:
        """Return the columns without which nothing can be imported, as names for people."""

    def stamp(self, work: Work) -> int:
        """Return a number that changes whenever something changes that a check looked at."""

    def check(self, work: Work, row: Mapping[str, str]) -> CheckedRow:
        """Return what the row would do; changes nothing."""

    def lock(self, work: Work, import_id: str) -> bool:
        """Keep everybody else from changing the list; False: another import has it."""

    def unlock(self, work: Work) -> None:
        """Let others change the list again."""

    def apply(self, work: Work, payload: str) -> str:
        """Do what a row says, so that it can be taken back; return how it was before."""

    def undo(self, work: Work, before: str) -> None:
        """Take a row back. Called in the reverse order of `apply`."""

    def settle(self, work: Work, payload: str, before: str, reference: str) -> None:
        """Make a row final, after the last moment at which it could be taken back."""

    def total(self, work: Work) -> int:
        """Return how many rows an export has."""

    def export(self, work: Work, after_key: str, most: int) -> Sequence[tuple[str, tuple[str, ...]]]:
        """Return (key, cells in the order of the columns) of the rows behind a key."""
