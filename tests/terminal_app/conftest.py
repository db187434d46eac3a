"""What every test of the screens begins with."""

from collections.abc import Iterator

import pytest

from protocol.language import current_language, set_process_language
from terminal_app.members.confirm import ConfirmMember


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Begin in English, and leave the process's language as it was: a screen switches it for all."""
    before = current_language()
    set_process_language("en")
    yield
    set_process_language(before)


@pytest.fixture(autouse=True)
def quick_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let Pilot, who reads at once, say yes at once; the test of typed-ahead keys takes its time."""
    monkeypatch.setattr(ConfirmMember, "LOOK_S", 0.0)
