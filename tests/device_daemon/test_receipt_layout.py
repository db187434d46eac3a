"""A receipt stands on the paper as its author meant, whatever the width and the language."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from device_daemon.characters import CharacterSet
from device_daemon.profiles import PrinterProfile, load
from device_daemon.receipt_layout import BarcodeOut, QrOut, TextOut, layout, wrap
from protocol.receipt import (
    Align,
    Barcode,
    Cell,
    Document,
    Feed,
    QrCode,
    Row,
    Rule,
    Symbology,
    TextLine,
)

GOLDEN = Path(__file__).parent / "golden"

RECEIPT = Document(
    title="Receipt S1-2-20261121-0042",
    elements=(
        TextLine(text="小明超市", align=Align.CENTRE, bold=True, width=2, height=2),
        TextLine(text="Xiaoming's Corner Shop · 中山路88号", align=Align.CENTRE),
        TextLine(text="S1-2-20261121-0042  2026-11-21 21:05"),
        Rule(),
        Row(cells=(Cell(text="可口可乐 330ml", share=1), Cell(text="¥7.00", align=Align.RIGHT))),
        Row(cells=(Cell(text="  2 x 3.50"), Cell(text="", share=1))),
        Row(
            cells=(
                Cell(text="特级初榨橄榄油（西班牙原装进口，礼盒装）750ml", share=1),
                Cell(text="¥128.00", align=Align.RIGHT),
            )
        ),
        Row(
            cells=(
                Cell(text="散装苹果", share=2),
                Cell(text="0.455kg", align=Align.RIGHT, share=1),
                Cell(text="¥5.41", align=Align.RIGHT),
            )
        ),
        Row(cells=(Cell(text="Café crème", share=1), Cell(text="-¥1.00", align=Align.RIGHT)), bold=True),
        Rule(character="="),
        Row(cells=(Cell(text="合计"), Cell(text="¥139.41", align=Align.RIGHT)), bold=True, width=2, height=2),
        Row(cells=(Cell(text="现金"), Cell(text="¥150.00", align=Align.RIGHT))),
        Row(cells=(Cell(text="找零"), Cell(text="¥10.59", align=Align.RIGHT))),
        Feed(lines=1),
        TextLine(text="谢谢惠顾，欢迎再次光临！凭小票七日内可退换，食品类商品除外。"),
        Barcode(symbology=Symbology.CODE128, data="S1-2-20261121-0042"),
        QrCode(data="https://example.invalid/r/0042"),
    ),
)


def drawn(columns: int, marks: tuple[str, ...] = ()) -> str:
    profile = load(PrinterProfile, "printers", "generic-80", {"columns": columns})
    lines = []
    for line in layout(RECEIPT, columns, CharacterSet(profile).cells, marks):
        match line:
            case TextOut():
                style = ("B" if line.bold else " ") + f"{line.width}{line.height}"
                lines.append(f"{style}|{line.text}")
            case BarcodeOut():
                lines.append(f"   |[{line.symbology.value} {line.data}]")
            case QrOut():
                lines.append(f"   |[qr {line.data}]")
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("columns", [32, 48])
def test_a_receipt_looks_as_on_the_picture(columns: int) -> None:
    golden = GOLDEN / f"receipt-{columns}.txt"
    assert drawn(columns) == golden.read_text(encoding="utf-8")


def test_a_copy_says_so_at_its_top_and_at_its_end() -> None:
    lines = drawn(48, ("*** COPY ***",)).splitlines()
    assert lines[0] == "B12|" + " " * 18 + "*** COPY ***"
    assert lines[-1] == "B11|" + " " * 18 + "*** COPY ***"


def test_the_last_amount_of_a_row_stands_at_the_right_edge() -> None:
    for columns in (32, 42, 48):
        line = next(line for line in drawn(columns).splitlines() if line.startswith("B22|合计"))
        assert cells(line[4:]) == columns // 2


def test_a_row_that_cannot_stand_side_by_side_is_stacked_not_cut() -> None:
    row = Row(cells=(Cell(text="a" * 20), Cell(text="b" * 20, align=Align.RIGHT)))
    lines = layout(Document(title="", elements=(row,)), 32, cells)
    assert [line.text.strip() for line in lines if isinstance(line, TextOut)] == ["a" * 20, "b" * 20]


def test_chinese_wraps_between_characters_and_punctuation_never_begins_a_line() -> None:
    assert wrap("欢迎光临，谢谢！", 8, cells) == ["欢迎光", "临，谢", "谢！"]


def test_english_wraps_at_words_and_an_endless_word_is_broken() -> None:
    assert wrap("the quick brown fox", 10, cells) == ["the quick", "brown fox"]
    assert wrap("x" * 25, 10, cells) == ["x" * 10, "x" * 10, "x" * 5]


@given(st.text(max_size=120), st.integers(16, 64), st.integers(1, 4))
def test_no_line_is_wider_than_the_paper_and_no_character_is_lost(
    text: str, columns: int, width: int
) -> None:
    profile = load(PrinterProfile, "printers", "generic-80", {"columns": columns})
    measure = CharacterSet(profile).cells
    document = Document(title="", elements=(TextLine(text=text, width=width),))
    lines = [line for line in layout(document, columns, measure) if isinstance(line, TextOut)]
    assert all(measure(line.text) * line.width <= columns for line in lines)
    assert "".join("".join(line.text.split()) for line in lines) == "".join(text.split())


def cells(text: str) -> int:
    return CharacterSet(PrinterProfile()).cells(text)
