"""What is asked of imports and exports; the long work is in `jobs`."""

import sqlite3
from datetime import timedelta

from protocol.identifiers import ImportId
from protocol.language import _, current_language, ngettext
from protocol.messages.base import Answer, Done, Refused
from protocol.messages.imports import (
    AddImportRows,
    ApplyImport,
    BeginImport,
    CancelImport,
    CheckImport,
    DescribeList,
    DropImport,
    ExportList,
    GetImport,
    GetImportDetails,
    ImportAnswer,
    ImportDetails,
    ListColumn,
    ListColumns,
)
from store_server.cards.rules import without_bank_cards
from store_server.database.unit_of_work import Work, stored_time
from store_server.imports import exports, jobs, tables
from store_server.imports.headings import understand
from store_server.imports.phases import Phase
from store_server.imports.registry import LISTS, no_list

LEFT_BEHIND_AFTER = timedelta(days=1)
ROWS_MOST = 1_000_000


def _no_import() -> Refused:
    return Refused(code="no_such_import", explanation=_("This import does not exist any more."))


def _answer(work: Work, import_id: ImportId) -> Answer:
    row = tables.find(work.db, import_id)
    return _no_import() if row is None else ImportAnswer(view=tables.view(row))


def _wrong_phase(row: sqlite3.Row) -> Refused:
    text = _("The import of {file} is not in a state in which this can be done.")
    return Refused(code="wrong_state", explanation=text.format(file=row["file_name"]))


def begin_import(work: Work, command: BeginImport) -> Answer:
    """Take the headings, or say which are missing."""
    if command.list_name not in LISTS:
        return no_list(command.list_name)
    if tables.find(work.db, command.import_id) is not None:
        return Refused(code="id_used", explanation=_("There is an import with this id already."))
    target = LISTS[command.list_name]
    columns = target.columns(work)
    found = understand(command.headings, columns)
    missing = target.missing([name for name in found.columns if name])
    if missing or found.twice:
        return _wrong_headings(missing, found.twice, ", ".join(_(column.heading) for column in columns))
    tables.forget_left_behind(work.db, stored_time(work.now - LEFT_BEHIND_AFTER))
    tables.begin(work, command.import_id, command.list_name, command.file_name, found, current_language())
    return _answer(work, command.import_id)


def _wrong_headings(missing: tuple[str, ...], twice: tuple[str, ...], known: str) -> Refused:
    if missing:
        text = _("The first row has no heading {missing}. Known headings are: {known}")
        words = text.format(missing=", ".join(missing), known=known)
    else:
        text = _("Several headings mean the same: {twice}. Keep one of each. Known headings are: {known}")
        words = text.format(twice=", ".join(twice), known=known)
    return Refused(code="wrong_headings", field="headings", explanation=words)


def add_import_rows(work: Work, command: AddImportRows) -> Answer:
    """Take a piece of the file; pieces come in order."""
    row = tables.find(work.db, command.import_id)
    if row is None:
        return _no_import()
    if row["phase"] != Phase.RECEIVING:
        return _wrong_phase(row)
    if command.first_row <= row["last_row"]:
        text = _("Row {row} was handed over before.").format(row=command.first_row)
        return Refused(code="row_there", field="first_row", explanation=text)
    if row["rows"] + len(command.rows) > ROWS_MOST:
        text = _("A file has at most {most} rows. Please split it.").format(most=ROWS_MOST)
        return Refused(code="too_many_rows", field="rows", explanation=text)
    if command.rows:
        received = command.rows
        if LISTS[row["list_name"]].personal:
            # Before they are stored: another till may have kept what no till may keep.
            received = tuple(tuple(map(without_bank_cards, cells)) for cells in received)
        tables.add_rows(work.db, command.import_id, command.first_row, received)
    return _answer(work, command.import_id)


def check_import(work: Work, command: CheckImport) -> Answer:
    """Begin to check; a checked import may be checked again after goods were changed."""
    row = tables.find(work.db, command.import_id)
    if row is None:
        return _no_import()
    if row["phase"] not in (Phase.RECEIVING, Phase.READY):
        return _wrong_phase(row)
    if not row["rows"]:
        return Refused(code="no_rows", explanation=_("The file has headings and no rows below them."))
    tables.start_check(work, command.import_id, LISTS[row["list_name"]].stamp(work), current_language())
    return _answer(work, command.import_id)


def get_import(work: Work, query: GetImport) -> Answer:
    """The import as it stands."""
    return _answer(work, query.import_id)


def get_import_details(work: Work, query: GetImportDetails) -> Answer:
    """A page of changes and errors."""
    if tables.find(work.db, query.import_id) is None:
        return _no_import()
    asked = (work.db, query.import_id, query.from_row, query.limit)
    return ImportDetails(
        changes=() if query.errors_only else tables.changes(*asked), errors=tables.errors(*asked)
    )


def apply_import(work: Work, command: ApplyImport) -> Answer:
    """Begin to apply a checked import without errors."""
    row = tables.find(work.db, command.import_id)
    if row is None:
        return _no_import()
    if row["phase"] != Phase.READY:
        return _wrong_phase(row)
    target = LISTS[row["list_name"]]
    if row["errors"]:
        text = ngettext(
            "The file has {count} error. Nothing is imported before it is corrected.",
            "The file has {count} errors. Nothing is imported before all of them are corrected.",
            row["errors"],
        )
        return Refused(code="has_errors", explanation=text.format(count=row["errors"]))
    if row["stamp"] != target.stamp(work):
        text = _("Something was changed in the store since the file was checked. Check it again.")
        return Refused(code="check_again", explanation=text)
    if not target.lock(work, command.import_id):
        text = _("Another list is being imported. Try again when it is done.")
        return Refused(code="import_running", explanation=text)
    tables.start_apply(work, command.import_id)
    return _answer(work, command.import_id)


def cancel_import(work: Work, command: CancelImport) -> Answer:
    """Forget the import; what was applied so far is taken back."""
    row = tables.find(work.db, command.import_id)
    if row is None:
        return _no_import()
    match Phase(row["phase"]):
        case Phase.RECEIVING | Phase.CHECKING | Phase.READY:
            tables.enter(work.db, command.import_id, Phase.CLEANING)
        case Phase.APPLYING:
            jobs.take_back(work, row)
        case Phase.SETTLING | Phase.APPLIED:
            text = _("It is too late to cancel: all rows of {file} are applied.")
            return Refused(code="too_late", explanation=text.format(file=row["file_name"]))
        case _:
            pass  # It is being taken back, or was; asking twice is allowed.
    return _answer(work, command.import_id)


def drop_import(work: Work, command: DropImport) -> Answer:
    """Remove an import that is not being applied."""
    row = tables.find(work.db, command.import_id)
    if row is None:
        return _no_import()
    if row["phase"] in (Phase.APPLYING, Phase.SETTLING, Phase.UNDOING):
        return _wrong_phase(row)
    tables.enter(work.db, command.import_id, Phase.DROPPING)
    return Done()


def describe_list(work: Work, query: DescribeList) -> Answer:
    """The columns of a list."""
    if query.list_name not in LISTS:
        return no_list(query.list_name)
    return ListColumns(
        columns=tuple(
            ListColumn(
                column=column.name,
                heading=_(column.heading),
                required=column.required,
                explanation=_(column.explanation),
            )
            for column in LISTS[query.list_name].columns(work)
        )
    )


HANDLERS = {
    BeginImport: begin_import,
    AddImportRows: add_import_rows,
    CheckImport: check_import,
    GetImport: get_import,
    GetImportDetails: get_import_details,
    ApplyImport: apply_import,
    CancelImport: cancel_import,
    DropImport: drop_import,
    DescribeList: describe_list,
    ExportList: exports.export_list,
}
