"""Writes lists as CSV or Excel files: whole or not at all, and never with a formula in them."""

import csv
import os
import re
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from protocol.language import _
from protocol.messages.imports import ListColumn, RowError

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_PLAIN_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
"""Characters that an Excel file may not hold."""


class CannotWrite(Exception):
    """The file cannot be written; its words are a sentence for the person."""


class ListFile(Protocol):
    """A file that is being written; it takes its name only when it is complete."""

    def write(self, cells: Sequence[str]) -> None:
        """Add one row."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Put the file in its place, or remove it when an exception left the block."""


def create_file(path: Path, *, explanations: Sequence[ListColumn] = ()) -> ListFile:
    """Begin a file of the form that its ending names (`.csv`, `.xlsx`). Raises CannotWrite."""
    if not path.parent.is_dir():
        raise CannotWrite(_("There is no folder {folder}. Check the name.").format(folder=path.parent))
    if path.is_dir():
        raise CannotWrite(_("{path} is a folder. Add a file name to it.").format(path=path))
    try:
        match path.suffix.lower():
            case ".csv":
                return _Csv(path)
            case ".xlsx":
                return _Excel(path, explanations)
    except OSError as error:
        words = _("{path} cannot be written: {reason}.")
        raise CannotWrite(words.format(path=path, reason=error.strerror)) from error
    raise CannotWrite(_("The file name must end in .csv or .xlsx; {name} does not.").format(name=path.name))


def neutral(cell: str) -> str:
    """Return the cell so that no spreadsheet takes it for a formula; plain numbers such as -5 stay."""
    if cell.startswith(_FORMULA_STARTS) and not _PLAIN_NUMBER.fullmatch(cell):
        return "'" + cell
    return cell


class _Csv:
    """CSV in UTF-8 with the mark by which Excel knows it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._part = path.with_name(path.name + ".part")
        self._file = self._part.open("w", encoding="utf-8-sig", newline="")
        self._writer = csv.writer(self._file)

    def write(self, cells: Sequence[str]) -> None:
        self._writer.writerow([neutral(cell) for cell in cells])

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._file.close()
            _finish(self._part, self._path, failed=kind is not None)
        except OSError as failure:
            raise _not_written(self._part, self._path, failure) from failure


class _Excel:
    """An Excel workbook of text cells, so that a barcode keeps its zeros and nothing is a formula."""

    def __init__(self, path: Path, explanations: Sequence[ListColumn]) -> None:
        import openpyxl  # noqa: PLC0415  # 150 ms that a console without Excel files never pays

        self._path = path
        self._part = path.with_name(path.name + ".part")
        self._part.touch()
        self._book = openpyxl.Workbook(write_only=True)
        self._sheet = self._book.create_sheet(_("List"))
        self._explanations = explanations

    def write(self, cells: Sequence[str]) -> None:
        self._append(self._sheet, cells)

    @staticmethod
    def _append(sheet: object, cells: Iterable[str]) -> None:
        from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415  # see __init__

        row = []
        for text in cells:
            cell = WriteOnlyCell(sheet, value=_CONTROL.sub("", text))  # type: ignore[arg-type]
            cell.data_type = "s"
            cell.number_format = "@"
            row.append(cell)
        sheet.append(row)  # type: ignore[attr-defined]

    def _explain(self) -> None:
        if not self._explanations:
            return
        sheet = self._book.create_sheet(_("Columns"))
        self._append(sheet, (_("Column"), _("Needed"), _("What may stand in it")))
        for column in self._explanations:
            needed = _("yes") if column.required else _("no")
            self._append(sheet, (column.heading, needed, column.explanation))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._explain()
            self._book.save(self._part)
            _finish(self._part, self._path, failed=kind is not None)
        except OSError as failure:
            raise _not_written(self._part, self._path, failure) from failure


def _finish(part: Path, path: Path, *, failed: bool) -> None:
    if failed:
        part.unlink(missing_ok=True)
    else:
        os.replace(part, path)


def _not_written(part: Path, path: Path, failure: OSError) -> CannotWrite:
    with suppress(OSError):
        part.unlink(missing_ok=True)
    words = _("{path} cannot be written: {reason}.")
    return CannotWrite(words.format(path=path, reason=failure.strerror))


def write_template(path: Path, columns: Sequence[ListColumn]) -> None:
    """Write a file with the headings of a list; an Excel one explains the columns on a second sheet."""
    with create_file(path, explanations=columns) as file:
        file.write([column.heading for column in columns])


def write_errors(path: Path, errors: Iterable[RowError]) -> None:
    """Write the error list of an import, one error per row."""
    with create_file(path) as file:
        file.write([_("Row"), _("Column"), _("Value"), _("What to do")])
        for error in errors:
            file.write([str(error.row), error.column, error.value, error.explanation])
