"""Writes the members whom a filter finds to a file, as the list shows them: phones stay masked."""

import asyncio
from pathlib import Path

from protocol.language import _
from protocol.messages.base import Done, Refused
from protocol.messages.profiles import MemberFilter, MemberRows, NoteMembersExported
from terminal_app.console.list_transfer import (
    Asking,
    Cancelled,
    OnProgress,
    Progress,
    Stage,
    Stopped,
    WasCancelled,
)
from terminal_app.console.members.filter_looking import Looking
from terminal_app.console.members.filter_rows import COLUMNS, Money, cells
from terminal_app.console.spreadsheet_files import create_file


async def export_filter(
    asking: Asking,
    path: Path,
    wanted: MemberFilter,
    members: int,
    money: Money,
    on_progress: OnProgress,
    cancelled: Cancelled,
) -> int:
    """Return the number of rows. `members`: how many the store has, to say how far it is; `money` ungrouped.

    Raises CannotWrite, Stopped, WasCancelled; then the file has not been touched.
    """
    noted = await asking.ask(NoteMembersExported(filter=wanted), Done)
    if isinstance(noted, Refused):
        raise Stopped(noted.explanation, noted.code)
    looking = Looking(wanted)
    written = 0
    with create_file(path) as file:
        file.write([_(column.heading) for column in COLUMNS])
        while not looking.complete:
            if cancelled():
                raise WasCancelled
            answer = await asking.ask(looking.request(), MemberRows)
            if isinstance(answer, Refused):
                raise Stopped(answer.explanation, answer.code)
            looking.take(answer)
            for row in looking.rows:
                file.write(cells(row, money, grouped=False))
            written += len(looking.rows)
            looking.rows.clear()
            on_progress(Progress(Stage.EXPORTING, written, looking.fraction_ppm(members)))
            await asyncio.sleep(0)  # writing keeps the loop busy: keys come in between
    return written
