"""Files as shopkeepers have them: read whole, or refused with a sentence; written whole, and harmless."""

import csv
import datetime as dt
from contextlib import suppress
from pathlib import Path

import openpyxl
import pytest

from protocol.messages.imports import ListColumn, RowError
from terminal_app.console.list_transfer import PIECE_ROWS, pieces
from terminal_app.console.spreadsheet_files import (
    CannotWrite,
    create_file,
    neutral,
    write_errors,
    write_template,
)
from terminal_app.console.spreadsheets import Unreadable, open_spreadsheet

GOODS = "barcode,name,price\n6940188803618,甘源蟹黄味瓜子仁75g,3.76\n6907777800519,惠宜咸味花生350g,8.6\n"
ROWS = [
    (2, ("6940188803618", "甘源蟹黄味瓜子仁75g", "3.76")),
    (3, ("6907777800519", "惠宜咸味花生350g", "8.6")),
]


def read(path: Path) -> tuple[tuple[str, ...], list[tuple[int, tuple[str, ...]]]]:
    with open_spreadsheet(path) as sheet:
        return sheet.headings, list(sheet.rows())


def refusal(path: Path) -> str:
    with pytest.raises(Unreadable) as caught:
        read(path)
    return str(caught.value)


@pytest.mark.parametrize(
    ("encoding", "sort"),
    [
        ("utf-8", "CSV, UTF-8, comma"),
        ("utf-8-sig", "CSV, UTF-8, comma"),
        ("gb18030", "CSV, GB18030, comma"),
        ("utf-16", "CSV, UTF-16, comma"),
    ],
)
def test_chinese_names_arrive_from_every_encoding_that_excel_writes(
    tmp_path: Path, encoding: str, sort: str
) -> None:
    path = tmp_path / "goods.csv"
    path.write_bytes(GOODS.encode(encoding))
    assert read(path) == (("barcode", "name", "price"), ROWS)
    with open_spreadsheet(path) as sheet:
        assert sheet.sort == sort


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(tmp_path: Path, delimiter: str) -> None:
    path = tmp_path / "goods.txt"
    path.write_text(GOODS.replace(",", delimiter), encoding="utf-8")
    assert read(path)[1] == ROWS


def test_blank_rows_are_left_out_and_the_others_keep_their_numbers(tmp_path: Path) -> None:
    path = tmp_path / "goods.csv"
    path.write_text('code,name\n\nA,"two\nlines"\n,\nB,\n', encoding="utf-8")
    assert read(path)[1] == [(3, ("A", "two\nlines")), (5, ("B", ""))]


def test_cells_beyond_the_headings_are_kept_only_when_something_is_in_them(tmp_path: Path) -> None:
    path = tmp_path / "goods.csv"
    path.write_text("code,name,,\nA,Tea,,\nB,Tea,,lost\n", encoding="utf-8")
    assert read(path) == (("code", "name"), [(2, ("A", "Tea")), (3, ("B", "Tea", "", "lost"))])


def test_an_excel_file_gives_codes_and_prices_as_people_read_them(tmp_path: Path) -> None:
    path = tmp_path / "goods.xlsx"
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (
        ["code", "barcode", "price", "from", "on sale", "formula"],
        ["0012", 6940188803618, 0.1 + 0.2, dt.datetime.fromisoformat("2026-11-21"), True, "=1+1"],
        [None, None, None],
        ["B", 6907777800519.0, 8.6, dt.datetime.fromisoformat("2026-11-21 08:30"), False, None],
    ):
        sheet.append(row)
    book.save(path)
    headings, rows = read(path)
    assert headings == ("code", "barcode", "price", "from", "on sale", "formula")
    assert rows == [
        (2, ("0012", "6940188803618", "0.3", "2026-11-21", "yes", "")),
        (4, ("B", "6907777800519", "8.6", "2026-11-21 08:30", "no", "")),
    ]


def test_a_file_that_cannot_be_an_import_is_refused_with_what_to_do(tmp_path: Path) -> None:
    assert "is a folder" in refusal(tmp_path)
    assert "no file" in refusal(tmp_path / "gone.csv")
    path = tmp_path / "file"
    for content, words in (
        (b"", "is empty"),
        (b" \r\n ", "is empty"),
        (b",,\nA,B,C\n", "first row is blank"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "old Excel format"),
        (b"PK\x03\x04 not really a zip", "is damaged"),
        (b"%PDF-1.7\x00\x01\x02", "neither a CSV file nor an Excel"),
        (b"\xff\xff\xff\xff,name\n", "not text in UTF-8 or GB18030"),
        (b'code,name\nA,"Tea\nB,Milk\n', "broken from line 2 on"),
        (b'code,name\nA,"5" TV"\n', "broken from line 2 on"),
        (b"code,name\nA," + b"x" * 4001 + b"\n", "Row 2: a cell has 4001 characters"),
        (",".join(f"c{i}" for i in range(201)).encode(), "201 columns"),
    ):
        path.write_bytes(content)
        assert words in refusal(path), content[:40]


def test_a_zip_that_is_no_workbook_and_a_workbook_cut_short_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "goods.xlsx"
    write_template(path, [ListColumn(column="code", heading="code", required=True, explanation="")])
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    assert "is damaged" in refusal(path)
    path.write_bytes(whole.replace(b"workbook.xml", b"workbook.xmX"))
    assert "neither a CSV file" in refusal(path)
    middle = whole.index(b"xl/worksheets/sheet1.xml") + 60
    path.write_bytes(whole[:middle] + b"\x00\x00\x00\x00" + whole[middle + 4 :])
    assert "is damaged" in refusal(path)


def test_progress_reaches_the_end_of_a_large_file(tmp_path: Path) -> None:
    path = tmp_path / "goods.csv"
    path.write_text("code,price\n" + "".join(f"A{i},{i}.50\n" for i in range(100_000)), encoding="utf-8")
    with open_spreadsheet(path) as sheet:
        cut = list(pieces(sheet.rows()))
        assert sheet.fraction_ppm() == 1_000_000
    assert [first for first, _rows in cut[:3]] == [2, 1002, 2002]
    assert sum(len(rows) for _first, rows in cut) == 100_000
    assert max(len(rows) for _first, rows in cut) == PIECE_ROWS


def test_progress_of_an_excel_file_is_known_without_its_own_word_for_its_size(tmp_path: Path) -> None:
    path = tmp_path / "goods.xlsx"
    with create_file(path) as file:
        for i in range(1000):
            file.write([f"c{i}"])
    with open_spreadsheet(path) as sheet:
        rows = sheet.rows()
        for _row in range(499):
            next(rows)
        assert sheet.fraction_ppm() == 500_000


def test_pieces_have_no_gap_and_stay_below_the_size_of_a_message() -> None:
    rows = [(2, ("A",)), (3, ("B",)), (5, ("C",)), *((n, ("文" * 4000,)) for n in range(6, 106))]
    cut = list(pieces(iter(rows)))
    assert cut[0] == (2, (("A",), ("B",)))
    assert cut[1][0] == 5
    assert [n for first, piece in cut for n in range(first, first + len(piece))] == [n for n, _cells in rows]
    assert all(sum(len(cell.encode()) for row in piece for cell in row) <= 500_000 for _first, piece in cut)


@pytest.mark.parametrize("name", ["out.csv", "out.xlsx"])
def test_what_was_written_reads_back_the_same_and_holds_no_formula(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    cells = ("007", "=1+1", "+86 10", "-5", "-a", "@sum", "茶, “green”", "two\nlines", "6940188803618")
    with create_file(path) as file:
        file.write([f"c{i}" for i in range(len(cells))])
        file.write(cells)
    assert read(path)[1] == [(2, cells)]
    if path.suffix == ".csv":
        raw = list(csv.reader(path.read_text(encoding="utf-8-sig").splitlines()))[1]
        assert not any(cell.startswith(("=", "+", "@")) for cell in raw)
    else:
        sheet = openpyxl.load_workbook(path).active
        assert sheet is not None
        assert {cell.data_type for row in sheet.iter_rows() for cell in row} == {"s"}


def test_a_negative_number_is_no_formula() -> None:
    assert [neutral(cell) for cell in ("-5", "-1.25", "+3", "-5+cmd", "=A1")] == [
        "-5", "-1.25", "+3", "'-5+cmd", "'=A1",
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["out.csv", "out.xlsx"])
def test_an_export_that_ends_early_leaves_the_old_file_as_it_was(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_text("last week's list", encoding="utf-8")
    with suppress(InterruptedError), create_file(path) as file:
        file.write(["code"])
        raise InterruptedError
    assert path.read_text(encoding="utf-8") == "last week's list"
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_that_cannot_be_written_is_refused_in_words(tmp_path: Path) -> None:
    for path, words in (
        (tmp_path / "no" / "out.csv", "no folder"),
        (tmp_path / "out.doc", "must end in .csv or .xlsx"),
        (tmp_path, "is a folder"),
    ):
        with pytest.raises(CannotWrite, match=words):
            create_file(path)


def test_a_template_names_the_columns_and_explains_them(tmp_path: Path) -> None:
    path = tmp_path / "template.xlsx"
    columns = [
        ListColumn(column="code", heading="货号", required=True, explanation="For example 1001."),
        ListColumn(column="name", heading="名称", required=False, explanation="Any text."),
    ]
    write_template(path, columns)
    assert read(path) == (("货号", "名称"), [])
    book = openpyxl.load_workbook(path)
    assert [[cell.value for cell in row] for row in book.worksheets[1].iter_rows()][1] == [
        "货号", "yes", "For example 1001.",
    ]  # fmt: skip


def test_the_error_list_goes_into_a_file(tmp_path: Path) -> None:
    path = tmp_path / "errors.csv"
    write_errors(path, [RowError(row=7, column="price", value="=9,9x", explanation="Write 9.90.")])
    assert read(path)[1] == [(2, ("7", "price", "=9,9x", "Write 9.90."))]
