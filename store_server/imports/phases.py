"""Rules of an import's life: its phases, and what clients see of them."""

from enum import StrEnum

from protocol.messages.imports import ImportState


class Phase(StrEnum):
    """Where an import stands, finer than clients need."""

    RECEIVING = "receiving"
    CHECKING = "checking"
    READY = "ready"
    APPLYING = "applying"
    """Rows are written so that they can be taken back."""
    SETTLING = "settling"
    """All rows are written; they become final one by one, and cannot be taken back any more."""
    APPLIED = "applied"
    UNDOING = "undoing"
    """Rows are taken back, the last one first."""
    CLEANING = "cleaning"
    """Nothing has changed; the received rows are removed."""
    ENDED = "ended"
    """Cancelled or failed, and removed but for its name."""
    DROPPING = "dropping"
    """On its way out of the list."""


WORKED_ON = (Phase.SETTLING, Phase.UNDOING, Phase.APPLYING, Phase.CHECKING, Phase.CLEANING, Phase.DROPPING)
"""The phases in which there is work to do between requests, most urgent first."""


def state_of(phase: Phase, failed: bool) -> ImportState:
    """Return the state that clients see."""
    match phase:
        case Phase.APPLYING | Phase.SETTLING | Phase.UNDOING:
            return ImportState.APPLYING
        case Phase.CLEANING | Phase.ENDED | Phase.DROPPING:
            return ImportState.FAILED if failed else ImportState.CANCELLED
        case _:
            return ImportState(phase.value)


def applied_rows(phase: Phase, done: int, rows: int) -> int:
    """Return how many rows to call applied: writing is the first half of the way, settling the second."""
    match phase:
        case Phase.APPLYING | Phase.UNDOING:
            return done // 2
        case Phase.SETTLING:
            return (rows + done) // 2
        case Phase.APPLIED:
            return rows
        case _:
            return 0
