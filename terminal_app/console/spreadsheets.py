"""Reads a CSV or Excel file row by row as text cells, and says in a sentence why when it cannot."""

import codecs
import csv
import datetime as dt
import io
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Protocol, Self

from protocol.language import _

if TYPE_CHECKING:
    from openpyxl.workbook import Workbook

MAX_CELL = 4000
"""Characters in one cell; the wire takes no more."""
MAX_COLUMNS = 200
_DELIMITERS = (",", ";", "\t", "|")
_CHUNK = 1 << 20
_OLD_EXCEL = b"\xd0\xcf\x11\xe0"
_ZIP = b"PK\x03\x04"
_NEUTRALISED = ("'=", "'+", "'-", "'@")
"""What `spreadsheet_files` writes for a text that a spreadsheet would take for a formula."""
_DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, KeyError, ValueError, SyntaxError, OSError)
"""What openpyxl and the libraries below it raise for a workbook that is not whole; no list is documented."""

NumberedRow = tuple[int, tuple[str, ...]]


class Unreadable(Exception):
    """The file cannot be read; its words are a sentence for the person who chose it."""


class Spreadsheet(Protocol):
    """An open file: its headings, then its rows. A context manager that closes the file."""

    headings: tuple[str, ...]
    sort: str
    """What was found, for the person: `CSV, UTF-8, comma`."""

    def rows(self) -> Iterator[NumberedRow]:
        """Yield rows that are not blank with their number in the file, headings being row 1."""

    def fraction_ppm(self) -> int:
        """Return how much of the file has been read, in parts per million."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


def open_spreadsheet(path: Path) -> Spreadsheet:
    """Open a CSV file or an Excel workbook, recognised by content. Raises Unreadable with a sentence."""
    if path.is_dir():
        raise Unreadable(_("{path} is a folder. Choose a file in it.").format(path=path))
    try:
        with path.open("rb") as file:
            start = file.read(4096)
    except FileNotFoundError as error:
        raise Unreadable(_("There is no file {path}. Check the name.").format(path=path)) from error
    except PermissionError as error:
        words = _("{path} may not be read by this user. Ask for the right to read it, or copy the file.")
        raise Unreadable(words.format(path=path)) from error
    except OSError as error:
        words = _("{path} cannot be read: {reason}.")
        raise Unreadable(words.format(path=path, reason=error.strerror)) from error
    if not start.strip():
        raise Unreadable(_("{name} is empty. The first row must hold the headings.").format(name=path.name))
    if start.startswith(_OLD_EXCEL):
        words = _("{name} is in the old Excel format. Open it in Excel and save it as .xlsx or as CSV.")
        raise Unreadable(words.format(name=path.name))
    if start.startswith(_ZIP):
        return ExcelFile(path)
    utf_16 = start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    if b"\x00" in start and not utf_16:
        raise Unreadable(_wrong_type(path))
    return CsvFile(path, _encoding(path, ("utf-16",) if utf_16 else ("utf-8-sig", "gb18030")))


def _wrong_type(path: Path) -> str:
    words = _("{name} is neither a CSV file nor an Excel workbook (.xlsx). Save the table as one of these.")
    return words.format(name=path.name)


def _encoding(path: Path, candidates: tuple[str, ...]) -> str:
    """Return the encoding of a text file: UTF-8, or GB18030 as Excel in China writes it."""
    for encoding in candidates:
        decoder = codecs.getincrementaldecoder(encoding)()
        try:
            with path.open("rb") as file:
                while chunk := file.read(_CHUNK):
                    decoder.decode(chunk)
                decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            continue
        return encoding
    words = _(
        "{name} is not text in UTF-8 or GB18030. Save it as “CSV UTF-8” or as an Excel workbook (.xlsx)."
    )
    raise Unreadable(words.format(name=path.name))


def _headings(cells: tuple[str, ...], name: str) -> tuple[str, ...]:
    headings = [cell.strip() for cell in cells]
    while headings and not headings[-1]:
        headings.pop()
    if not headings:
        raise Unreadable(_("{name} has no headings: its first row is blank.").format(name=name))
    if len(headings) > MAX_COLUMNS:
        words = _("{name} has {count} columns; a list has at most {most}. Delete the columns not needed.")
        raise Unreadable(words.format(name=name, count=len(headings), most=MAX_COLUMNS))
    return tuple(headings)


def _numbered(records: Iterator[list[str]], width: int) -> Iterator[NumberedRow]:
    """Number the rows after the headings, drop blank ones and empty cells beyond the headings."""
    for number, record in enumerate(records, start=2):
        cells = [cell.strip() for cell in record]
        while len(cells) > width and not cells[-1]:
            cells.pop()
        if not any(cells):
            continue
        for cell in cells:
            if len(cell) > MAX_CELL:
                words = _("Row {row}: a cell has {count} characters; at most {most} fit.")
                raise Unreadable(words.format(row=number, count=len(cell), most=MAX_CELL))
        yield number, tuple(cell[1:] if cell.startswith(_NEUTRALISED) else cell for cell in cells)


class CsvFile:
    """A CSV file of any usual encoding and delimiter."""

    def __init__(self, path: Path, encoding: str) -> None:
        self._name = path.name
        self._size = max(1, path.stat().st_size)
        self._raw = path.open("rb")
        self._file = io.TextIOWrapper(self._raw, encoding=encoding, newline="")
        try:
            delimiter = self._delimiter()
            self._reader = csv.reader(self._file, delimiter=delimiter, strict=True)
            self.headings = _headings(tuple(self._next() or ()), self._name)
        except BaseException:
            self._file.close()
            raise
        self.sort = "CSV, {}, {}".format(
            {"utf-8-sig": "UTF-8", "gb18030": "GB18030", "utf-16": "UTF-16"}[encoding],
            {",": _("comma"), ";": _("semicolon"), "\t": _("tab"), "|": _("bar")}[delimiter],
        )

    def _delimiter(self) -> str:
        """Return the delimiter that cuts the first row into most columns."""
        first = self._file.readline()
        self._file.seek(0)
        widths = {mark: len(next(csv.reader([first], delimiter=mark), [])) for mark in _DELIMITERS}
        return max(_DELIMITERS, key=lambda mark: widths[mark])

    def _next(self) -> list[str] | None:
        line = self._reader.line_num + 1
        try:
            return next(self._reader, None)
        except csv.Error as error:
            words = _(
                "{name} is broken from line {line} on: look there for a quotation mark without a partner."
            )
            raise Unreadable(words.format(line=line, name=self._name)) from error

    def rows(self) -> Iterator[NumberedRow]:
        """Yield the rows below the headings."""
        return _numbered(iter(self._next, None), len(self.headings))

    def fraction_ppm(self) -> int:
        """Return how much of the file has been read, by bytes."""
        return min(1_000_000, self._raw.tell() * 1_000_000 // self._size)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()


class ExcelFile:
    """The first sheet of an Excel workbook, read without loading it whole."""

    def __init__(self, path: Path) -> None:
        self._name = path.name
        self._book = self._open(path)
        try:
            self._sheet = self._book.worksheets[0]
            self._sheet.reset_dimensions()  # some programs write a wrong size, and rows would be lost
            self._records: Iterator[tuple[Any, ...]] = self._sheet.iter_rows(values_only=True)
            self._rows_total = self._count(path)
            self._rows_read = 0
            self.headings: tuple[str, ...] = ()
            self.headings = _headings(tuple(self._next() or ()), self._name)
        except BaseException:
            self._close()
            raise
        self.sort = _("Excel, sheet “{sheet}”").format(sheet=self._sheet.title)

    def _open(self, path: Path) -> "Workbook":
        import openpyxl  # noqa: PLC0415  # 150 ms that a console without Excel files never pays
        from openpyxl.utils.exceptions import InvalidFileException  # noqa: PLC0415

        try:
            with zipfile.ZipFile(path) as archive:
                if "xl/workbook.xml" not in archive.namelist():
                    raise Unreadable(_wrong_type(path))
                if broken := archive.testzip():
                    words = _("{name} is damaged (in its part {part}). Open it in Excel and save it again.")
                    raise Unreadable(words.format(name=path.name, part=broken))
            return openpyxl.load_workbook(path, read_only=True, data_only=True)
        except (*_DAMAGE, InvalidFileException) as error:
            words = _("{name} is damaged. Open it in Excel and save it again.")
            raise Unreadable(words.format(name=path.name)) from error

    @staticmethod
    def _count(path: Path) -> int:
        """Return the rows of the first sheet, for the progress; it often does not say."""
        with zipfile.ZipFile(path) as archive:
            sheets = sorted(name for name in archive.namelist() if name.startswith("xl/worksheets/sheet"))
            if not sheets:
                return 0
            rows, end = 0, b""
            with archive.open(sheets[0]) as sheet:
                while chunk := sheet.read(_CHUNK):
                    rows += (end + chunk).count(b"<row")
                    end = chunk[-3:]
            return rows

    def _next(self) -> list[str] | None:
        try:
            record = next(self._records, None)
        except _DAMAGE as error:
            words = _("{name} is damaged after row {row}. Open it in Excel and save it again.")
            raise Unreadable(words.format(name=self._name, row=self._rows_read)) from error
        if record is None:
            return None
        self._rows_read += 1
        cells = [_cell_text(value) for value in record]
        return cells + [""] * (len(self.headings) - len(cells))  # a sheet's rows end at their last cell

    def rows(self) -> Iterator[NumberedRow]:
        """Yield the rows below the headings."""
        return _numbered(iter(self._next, None), len(self.headings))

    def fraction_ppm(self) -> int:
        """Return how much of the sheet has been read, by the size that it gives itself."""
        return min(1_000_000, self._rows_read * 1_000_000 // max(1, self._rows_total, self._rows_read))

    def _close(self) -> None:
        self._book.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close()


def _cell_text(value: object) -> str:
    """Return a cell as a person reads it: 15 digits of a number, as Excel shows them; dates as 2026-11-21."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case float():
            return f"{value:.15g}"
        case dt.datetime():
            midnight = value.time() == dt.time()
            return value.date().isoformat() if midnight else value.isoformat(" ", "minutes")
        case dt.date():
            return value.isoformat()
        case _:
            return str(value)
