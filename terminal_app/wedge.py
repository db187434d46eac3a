"""Recognises a keyboard-wedge scanner by its speed: many characters in no time, ended by Enter."""

from enum import Enum

FASTEST_TYPING_S = 0.03
"""Characters closer together than this were not typed by a person."""
SHORTEST_SCAN = 8
"""EAN-8 is the shortest barcode of the trade."""
_DIGITS_AT_LEAST = 4


class Verdict(Enum):
    """What to do with a key."""

    PASS = "pass"
    """It is a person's: hand it on."""
    HOLD = "hold"
    """It may be a scanner's: keep it until the next key, or until FASTEST_TYPING_S have passed."""
    RELEASE = "release"
    """It ends a suspicion: hand on what was held, then this one."""
    SCAN = "scan"
    """It ended a scan: `code` has it, nothing is handed on, and the first character is taken back."""


class Burst:
    """Judges one key after the other. The first character passes at once, so that typing has no delay."""

    def __init__(self) -> None:
        """Begin without suspicion."""
        self._characters = ""
        self._latest_s = -1.0
        self.code = ""
        """The latest scan."""

    @property
    def suspicious(self) -> bool:
        """True: keys are being held."""
        return len(self._characters) > 1

    def judge(self, character: str | None, enter: bool, at_s: float) -> Verdict:
        """Return what to do with a key: a printable `character`, Enter, or neither."""
        fast = at_s - self._latest_s < FASTEST_TYPING_S
        self._latest_s = at_s
        if character is not None and character.isprintable() and character != " ":
            if fast and self._characters:
                self._characters += character
                return Verdict.HOLD
            held, self._characters = self.suspicious, character
            return Verdict.RELEASE if held else Verdict.PASS
        held, code, self._characters = self.suspicious, self._characters, ""
        if enter and fast and _like_a_barcode(code):
            self.code = code
            return Verdict.SCAN
        return Verdict.RELEASE if held else Verdict.PASS

    def silent_for(self, now_s: float) -> bool:
        """Return whether the latest key is too long ago for a scanner."""
        return now_s - self._latest_s >= FASTEST_TYPING_S

    def time_out(self) -> None:
        """No key followed in time: it was a person after all."""
        self._characters = ""


def _like_a_barcode(code: str) -> bool:
    return len(code) >= SHORTEST_SCAN and sum(c.isdigit() for c in code) >= _DIGITS_AT_LEAST
