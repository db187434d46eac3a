"""Carries a list between a file and the store server, in pieces; for the console and `guitai import`."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Protocol, TypeVar

from protocol.identifiers import ImportId, new_id
from protocol.language import N_, _
from protocol.messages.base import Answer, Refused, Request
from protocol.messages.imports import (
    AddImportRows,
    ApplyImport,
    BeginImport,
    CancelImport,
    CheckImport,
    DescribeList,
    ExportList,
    ExportRows,
    GetImport,
    GetImportDetails,
    ImportAnswer,
    ImportDetails,
    ImportState,
    ImportView,
    ListColumn,
    ListColumns,
    RowChange,
    RowError,
)
from terminal_app.console.spreadsheet_files import create_file
from terminal_app.console.spreadsheets import NumberedRow, Spreadsheet, open_spreadsheet

PIECE_ROWS = 1000
PIECE_BYTES = 500_000
"""Half of what the wire takes in one message: JSON adds quotation marks."""
_LOOK_S = 0.1
"""How often the server is asked how far it is."""

A = TypeVar("A", bound=Answer)
R = TypeVar("R")


class Asking(Protocol):
    """What this module needs of a client of the store server."""

    async def ask(self, request: Request, expected: type[A], /) -> A | Refused:
        """Return the answer; a server that is away is a `Refused` too."""


class Stage(StrEnum):
    """What is going on, as the progress bar says it."""

    SENDING = "sending"
    CHECKING = "checking"
    APPLYING = "applying"
    EXPORTING = "exporting"


STAGE_WORDS = {
    Stage.SENDING: N_("Reading the file and handing over its rows"),
    Stage.CHECKING: N_("Checking the rows"),
    Stage.APPLYING: N_("Applying the changes"),
    Stage.EXPORTING: N_("Writing the file"),
}


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an import or export is."""

    stage: Stage
    rows: int
    fraction_ppm: int


OnProgress = Callable[[Progress], None]
Cancelled = Callable[[], bool]


class Stopped(Exception):
    """The server refused to go on; its words are a sentence for the person. Nothing has changed."""

    def __init__(self, words: str, code: str = "") -> None:
        super().__init__(words)
        self.code = code


class WasCancelled(Exception):
    """The person cancelled. Nothing has changed."""


async def _expect(asking: Asking, request: Request, wanted: type[A]) -> A:
    answer = await asking.ask(request, wanted)
    if isinstance(answer, Refused):
        raise Stopped(answer.explanation, answer.code)
    return answer


def pieces(rows: Iterator[NumberedRow]) -> Iterator[tuple[int, tuple[tuple[str, ...], ...]]]:
    """Yield pieces that fit into a message: the number of the first row, and rows without a gap."""
    first, size = 0, 0
    piece: list[tuple[str, ...]] = []
    for number, cells in rows:
        weight = sum(len(cell.encode()) + 3 for cell in cells)
        full = len(piece) == PIECE_ROWS or size + weight > PIECE_BYTES
        if piece and (full or number != first + len(piece)):
            yield first, tuple(piece)
            piece, size = [], 0
        if not piece:
            first = number
        piece.append(cells)
        size += weight
    if piece:
        yield first, tuple(piece)


async def run_import(
    asking: Asking,
    path: Path,
    list_name: str,
    on_progress: OnProgress,
    cancelled: Cancelled,
    import_id: ImportId | None = None,
) -> ImportView:
    """Read the file, hand it over and have it checked; return what it would do.

    Raises Unreadable for the file, Stopped for a refusal, WasCancelled. Then nothing has changed and the
    server has forgotten the import.
    """
    import_id = import_id or ImportId(new_id())
    with await asyncio.to_thread(open_spreadsheet, path) as sheet:
        begin = BeginImport(
            import_id=import_id, list_name=list_name, file_name=path.name[-200:], headings=sheet.headings
        )
        await _expect(asking, begin, ImportAnswer)
        try:
            await _send(asking, import_id, sheet, on_progress, cancelled)
            await _expect(asking, CheckImport(import_id=import_id), ImportAnswer)
            return await _watch(asking, import_id, Stage.CHECKING, on_progress, cancelled)
        except BaseException:
            # Forgotten on the server too, whatever ended it; its own refusal would hide the reason.
            await asking.ask(CancelImport(import_id=import_id), ImportAnswer)
            raise


async def _send(
    asking: Asking, import_id: ImportId, sheet: Spreadsheet, on_progress: OnProgress, cancelled: Cancelled
) -> None:
    sent = 0
    with closing(pieces(sheet.rows())) as waiting:  # type: ignore[type-var]
        while True:
            if cancelled():
                raise WasCancelled
            piece = await _in_thread(next, waiting, None)
            if piece is None:
                break
            first, rows = piece
            await _expect(
                asking, AddImportRows(import_id=import_id, first_row=first, rows=rows), ImportAnswer
            )
            sent += len(rows)
            on_progress(Progress(Stage.SENDING, sent, sheet.fraction_ppm()))
    if not sent:
        raise Stopped(_("The file has headings and no rows below them."), "no_rows")


async def _in_thread(call: Callable[..., R], /, *arguments: object) -> R:
    """Run the call in a thread and let it end before a cancelled task goes on and closes the file."""
    running = asyncio.ensure_future(asyncio.to_thread(call, *arguments))
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        await asyncio.wait({running})
        raise


async def _watch(
    asking: Asking, import_id: ImportId, stage: Stage, on_progress: OnProgress, cancelled: Cancelled
) -> ImportView:
    """Ask until the server has done the stage. Facts are only news; the state is asked for."""
    busy = {Stage.CHECKING: ImportState.CHECKING, Stage.APPLYING: ImportState.APPLYING}[stage]
    while True:
        view = (await _expect(asking, GetImport(import_id=import_id), ImportAnswer)).view
        done = view.checked if stage is Stage.CHECKING else view.applied
        on_progress(Progress(stage, done, done * 1_000_000 // max(1, view.rows)))
        if view.state is not busy:
            return view
        if cancelled():
            raise WasCancelled
        await asyncio.sleep(_LOOK_S)


async def apply_import(
    asking: Asking, import_id: ImportId, on_progress: OnProgress, cancelled: Cancelled
) -> ImportView:
    """Apply a checked import: all rows or none. Raises Stopped and WasCancelled; then nothing has changed.

    Who cancels too late gets the applied import, because then all rows are in the books.
    """
    await _expect(asking, ApplyImport(import_id=import_id), ImportAnswer)
    try:
        view = await _watch(asking, import_id, Stage.APPLYING, on_progress, cancelled)
    except WasCancelled:
        try:
            await cancel_import(asking, import_id)
        except Stopped as refused:
            if refused.code != "too_late":
                raise
            view = await _watch(asking, import_id, Stage.APPLYING, on_progress, lambda: False)
        else:
            raise
    if view.state is not ImportState.APPLIED:
        raise Stopped(_("The import was not applied; nothing has changed. Check the file and try again."))
    return view


async def check_again(
    asking: Asking, import_id: ImportId, on_progress: OnProgress, cancelled: Cancelled
) -> ImportView:
    """Check the rows anew, after something in the store was changed since the first check."""
    await _expect(asking, CheckImport(import_id=import_id), ImportAnswer)
    return await _watch(asking, import_id, Stage.CHECKING, on_progress, cancelled)


async def cancel_import(asking: Asking, import_id: ImportId) -> None:
    """Have the server forget an import. Raises Stopped where it was applied already."""
    await _expect(asking, CancelImport(import_id=import_id), ImportAnswer)


async def list_details(
    asking: Asking, import_id: ImportId, from_row: int, limit: int, *, errors_only: bool = False
) -> ImportDetails:
    """Return a page of what the rows would do, and of what is wrong with them."""
    request = GetImportDetails(import_id=import_id, from_row=from_row, limit=limit, errors_only=errors_only)
    return await _expect(asking, request, ImportDetails)


async def list_changes(
    asking: Asking, import_id: ImportId, from_row: int, limit: int
) -> tuple[RowChange, ...]:
    """Return a page of what the rows would do."""
    return (await list_details(asking, import_id, from_row, limit)).changes


async def list_errors(asking: Asking, import_id: ImportId, most: int = 100_000) -> tuple[RowError, ...]:
    """Return what is wrong, row by row, up to `most` errors."""
    errors: list[RowError] = []
    from_row = 0
    while len(errors) < most:
        request = GetImportDetails(import_id=import_id, from_row=from_row, limit=1000, errors_only=True)
        page = (await _expect(asking, request, ImportDetails)).errors
        if not page:
            break
        errors.extend(page)
        from_row = page[-1].row + 1
    return tuple(errors[:most])


async def list_columns(asking: Asking, list_name: str) -> tuple[ListColumn, ...]:
    """Return the columns that the list has."""
    return (await _expect(asking, DescribeList(list_name=list_name), ListColumns)).columns


async def run_export(
    asking: Asking, path: Path, list_name: str, on_progress: OnProgress, cancelled: Cancelled
) -> int:
    """Write a whole list to a CSV or Excel file and return its number of rows.

    Raises CannotWrite, Stopped, WasCancelled; then the file has not been touched.
    """
    written = 0
    after = ""
    with create_file(path) as file:
        while True:
            if cancelled():
                raise WasCancelled
            request = ExportList(list_name=list_name, after_key=after)
            piece = await _expect(asking, request, ExportRows)
            if not after:
                file.write(piece.headings)
            await _in_thread(_write_all, file.write, piece.rows)
            written += len(piece.rows)
            on_progress(Progress(Stage.EXPORTING, written, written * 1_000_000 // max(1, piece.total)))
            after = piece.next_key
            if not after:
                return written


def _write_all(write: Callable[[tuple[str, ...]], None], rows: tuple[tuple[str, ...], ...]) -> None:
    for row in rows:
        write(row)
