"""Writes all that is held on one person to a file: a table (CSV, Excel), or a text to read."""

import os
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, tzinfo
from pathlib import Path
from types import TracebackType
from typing import Self

from protocol.identifiers import MemberId
from protocol.language import N_, _
from protocol.messages.base import Refused
from protocol.messages.cards import CardKind, CardState
from protocol.messages.profiles import ExportedFact, ExportMember, MemberExport
from terminal_app.console.list_transfer import (
    Asking,
    Cancelled,
    OnProgress,
    Progress,
    Stage,
    Stopped,
    WasCancelled,
)
from terminal_app.console.members.profile_words import (
    CARD_EVENTS,
    CARD_KINDS,
    CARD_STATES,
    GENDERS,
    STATES,
    TIER_CHANGES,
)
from terminal_app.console.spreadsheet_files import CannotWrite, ListFile, create_file

_AREAS = {
    "profile": N_("Profile"),
    "cards": N_("Member cards"),
    "membership": N_("Course of the membership"),
    "tiers": N_("Tiers"),
    "growth": N_("Growth value"),
    "points": N_("Points"),
    "goods": N_("Goods bought"),
    "sales": N_("Sales"),
    "quotations": N_("Quotations"),
}
_PROFILE = {
    "number": N_("Member number"),
    "name": N_("Member name"),
    "pinyin": N_("Pinyin"),
    "phone": N_("Phone"),
    "gender": N_("Gender"),
    "birthday": N_("Birthday"),
    "email": N_("E-mail"),
    "address": N_("Address"),
    "occupation": N_("Occupation"),
    "income_band": N_("Income band"),
    "skin_condition": N_("Skin condition"),
    "note": N_("Note to the cashier"),
    "tags": N_("Tags"),
    "joined_on": N_("Member since"),
}
_WHATS: dict[str, dict[str, str]] = {
    "profile": _PROFILE,
    "cards": {**{kind.value: words for kind, words in CARD_KINDS.items()}, **CARD_EVENTS},
    "membership": {state.value: words for state, words in STATES.items()},
    "tiers": TIER_CHANGES,
    "growth": {
        "sale": N_("Shopping"),
        "visit": N_("Visit"),
        "points": N_("Points"),
        "refund": N_("Returned goods"),
        "downgrade": N_("Downgraded"),
        "by_hand": N_("Given by hand"),
        "merge": N_("Taken over in a merge"),
    },
}


def fact_cells(fact: ExportedFact, zone: tzinfo) -> tuple[str, str, str, str]:
    """Return area, time, what and value in the present language."""
    at = fact.at
    with suppress(ValueError):
        at = datetime.fromisoformat(fact.at).astimezone(zone).strftime("%Y-%m-%d %H:%M:%S")
    value = fact.value
    if fact.area == "profile" and fact.what == "gender":
        value = _(GENDERS.get(value, value))
    elif fact.area == "cards" and fact.what in set(CardKind):
        number, _blank, state = value.rpartition(" ")
        value = f"{number} ({_(CARD_STATES[CardState(state)])})" if state in set(CardState) else value
    what = _WHATS.get(fact.area, {}).get(fact.what)
    return (
        _(_AREAS[fact.area]) if fact.area in _AREAS else fact.area,
        at,
        _(what) if what is not None else fact.what,
        value,
    )


class _Text:
    """A text to read: a heading for each area, a line for each fact."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._part = path.with_name(path.name + ".part")
        self._area = ""
        if not path.parent.is_dir():
            raise CannotWrite(_("There is no folder {folder}. Check the name.").format(folder=path.parent))
        try:
            self._file = self._part.open("w", encoding="utf-8")
        except OSError as error:
            raise self._not_written(error) from error

    def write(self, cells: tuple[str, ...] | list[str]) -> None:
        """Add one fact."""
        area, at, what, value = cells
        if area != self._area:
            self._area = area
            self._file.write(f"\n{area}\n{'=' * 40}\n")
        self._file.write("  ".join(part for part in (at, f"{what}:", value) if part) + "\n")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._file.close()
            if kind is None:
                os.replace(self._part, self._path)
            else:
                self._part.unlink(missing_ok=True)
        except OSError as failure:
            raise self._not_written(failure) from failure

    def _not_written(self, failure: OSError) -> CannotWrite:
        words = _("{path} cannot be written: {reason}.")
        return CannotWrite(words.format(path=self._path, reason=failure.strerror))


def _create(path: Path) -> "ListFile | _Text":
    if path.suffix.lower() == ".txt":
        return _Text(path)
    file = create_file(path)
    file.write([_("Area"), _("When"), _("What"), _("Value")])
    return file


async def export_person(
    asking: Asking,
    path: Path,
    member_id: MemberId,
    zone: tzinfo,
    on_progress: OnProgress,
    cancelled: Cancelled,
) -> int:
    """Write all that is held on a member and return the number of facts.

    Raises CannotWrite, Stopped, WasCancelled; then the file has not been touched.
    """
    # The first piece is asked for before a file is begun: who may not export leaves no trace on the disk.
    piece = await _piece(asking, member_id, 0)
    written = 0
    with _create(path) as file:
        write: Callable[[tuple[str, ...]], None] = file.write
        while True:
            for fact in piece.facts:
                write(fact_cells(fact, zone))
            written += len(piece.facts)
            # How much is held is known at the end only: the bar comes nearer to it with each piece.
            share = written * 1_000_000 // (written + len(piece.facts) + 1) if piece.more else 1_000_000
            on_progress(Progress(Stage.EXPORTING, written, share))
            if not piece.more:
                return written
            if cancelled():
                raise WasCancelled
            piece = await _piece(asking, member_id, written)


async def _piece(asking: Asking, member_id: MemberId, offset: int) -> MemberExport:
    answer = await asking.ask(ExportMember(member_id=member_id, offset=offset), MemberExport)
    if isinstance(answer, Refused):
        raise Stopped(answer.explanation, answer.code)
    return answer
