"""Imports and exports: preview, progress, all or nothing, an error list by row.

The file is read by the program that has it; its rows travel as text cells in pieces. The server knows the
columns of each list, checks every row, shows what would change, and applies all or nothing.
"""

from enum import StrEnum
from typing import Annotated

from pydantic import Field, StrictBool, StrictInt

from protocol.identifiers import ImportId
from protocol.messages.base import MADE_ID, Answer, Command, Done, Fact, Model, Name, Query, Text
from protocol.permissions import Permission

Cells = tuple[Annotated[str, Field(max_length=4000)], ...]


class ImportState(StrEnum):
    """Where an import stands."""

    RECEIVING = "receiving"
    CHECKING = "checking"
    READY = "ready"
    """Checked; waits for ApplyImport or CancelImport."""
    APPLYING = "applying"
    APPLIED = "applied"
    CANCELLED = "cancelled"
    FAILED = "failed"


class RowError(Model):
    """What is wrong with one row, in words."""

    row: StrictInt
    """The row of the file, headings are row 1."""
    column: Name
    value: Text
    explanation: Text


class RowChange(Model):
    """What one row would do."""

    row: StrictInt
    key: Name
    """The code of the thing that it is about."""
    change: Annotated[str, Field(pattern="^(new|changed|same)$")]
    details: Text
    """What changes, in words: `price 3.00 → 3.50; name …`."""


class ImportView(Model):
    """An import as it stands."""

    import_id: ImportId
    list_name: Name
    """What is imported: `products`."""
    file_name: Name
    state: ImportState
    rows: StrictInt = 0
    """Rows received."""
    checked: StrictInt = 0
    applied: StrictInt = 0
    new: StrictInt = 0
    changed: StrictInt = 0
    same: StrictInt = 0
    errors: StrictInt = 0
    unknown_columns: tuple[Name, ...] = ()
    """Headings that the list does not have; their cells are not used."""


class ImportAnswer(Answer):
    """The import as it stands now."""

    view: ImportView


class BeginImport(Command):
    """Name the list and the headings of the file; wrong headings are refused in words."""

    answer = ImportAnswer
    permission = Permission.IMPORT_EXPORT
    import_id: Annotated[ImportId, MADE_ID]
    list_name: Name
    file_name: Name
    headings: Annotated[Cells, Field(max_length=200)]


class AddImportRows(Command):
    """Hand over the next piece of the file, at most 1,000 rows."""

    answer = ImportAnswer
    permission = Permission.IMPORT_EXPORT
    durable = False
    import_id: Annotated[ImportId, MADE_ID]
    first_row: Annotated[StrictInt, Field(ge=2, le=10_000_000)]
    """The file's row number of the first one."""
    rows: Annotated[tuple[Cells, ...], Field(max_length=1000)]


class CheckImport(Command):
    """All rows are there: check them. The answer comes at once, progress as facts."""

    answer = ImportAnswer
    permission = Permission.IMPORT_EXPORT
    import_id: Annotated[ImportId, MADE_ID]


class GetImport(Query):
    """The import as it stands."""

    answer = ImportAnswer
    permission = Permission.IMPORT_EXPORT
    import_id: Annotated[ImportId, MADE_ID]


class ImportDetails(Answer):
    """A page of what the rows would do, and of what is wrong with them."""

    changes: tuple[RowChange, ...]
    errors: tuple[RowError, ...]


class GetImportDetails(Query):
    """Changes and errors by row, from the row given."""

    answer = ImportDetails
    permission = Permission.IMPORT_EXPORT
    import_id: Annotated[ImportId, MADE_ID]
    from_row: Annotated[StrictInt, Field(ge=0)] = 0
    limit: Annotated[StrictInt, Field(ge=1, le=1000)] = 200
    errors_only: StrictBool = False


class ApplyImport(Command):
    """Do it: all rows or none. Refused while rows have errors. Progress comes as facts."""

    answer = ImportAnswer
    permission = Permission.IMPORT_EXPORT
    import_id: Annotated[ImportId, MADE_ID]


class CancelImport(Command):
    """Forget the import; what was applied so far is taken back."""

    answer = ImportAnswer
    permission = Permission.IMPORT_EXPORT
    import_id: Annotated[ImportId, MADE_ID]


class ListColumn(Model):
    """A column of a list that can be imported and exported."""

    column: Name
    """The heading, in English; it is stable."""
    heading: Name
    """The heading in the language of the request; both are understood."""
    required: StrictBool
    explanation: Text
    """What may stand in it, with an example."""


class ListColumns(Answer):
    """The columns of a list."""

    columns: tuple[ListColumn, ...]


class DescribeList(Query):
    """The columns of a list: for a template file and for the help."""

    answer = ListColumns
    permission = Permission.IMPORT_EXPORT
    list_name: Name


class ExportRows(Answer):
    """A piece of an export; never remembered, for it may be personal data."""

    holds_secret = True
    headings: Cells
    rows: tuple[Cells, ...]
    next_key: Name
    """Ask again with it; empty: that was the last piece."""
    total: StrictInt
    """How many rows the whole list has."""


class ExportList(Command):
    """A piece of a list, at most 1,000 rows, in the order of its key.

    A command, because an export of a list of people is in the journal: once for all pieces that follow each
    other without a long pause.
    """

    answer = ExportRows
    permission = Permission.IMPORT_EXPORT
    list_name: Name
    after_key: Name = ""


class ImportProgressed(Fact):
    """An import went on or ended."""

    view: ImportView


class ListImported(Fact):
    """An import was applied; the journal keeps it."""

    import_id: ImportId
    list_name: Name
    file_name: Name
    new: StrictInt
    changed: StrictInt


class ListExported(Fact):
    """A list of people was written out; the journal says who did it. Lists of goods are not noted."""

    list_name: Name
    """`members`."""
    after_key: Name = ""
    """From behind this key on; empty: from the beginning."""
    whole: StrictBool
    """True: with whole phones and all else that is known; False: masked, as the asker may see members."""


class DropImport(Command):
    """Remove a finished or cancelled import from the list."""

    answer = Done
    permission = Permission.IMPORT_EXPORT
    import_id: Annotated[ImportId, MADE_ID]
