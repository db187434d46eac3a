"""Fields of the console's forms: what a shopkeeper may type, and the sentence for the rest."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from protocol.identifiers import CategoryId
from protocol.messages.catalogue import CategoryView, ExtraFieldView
from protocol.receipt import Align, Cell, Document, Feed, Row, Rule, TextLine
from terminal_app.console.chart import hour_chart, share_bar
from terminal_app.console.check_digit import barcode_warning
from terminal_app.console.form_fields import Field, Kind, Mistake, parse, write
from terminal_app.console.paper import document_lines
from terminal_app.console.patterns import pattern_mistake
from terminal_app.console.product_form import extra_fields, promotion_mistakes
from terminal_app.console.progress_dialog import bar
from terminal_app.console.table import Column, layout

SHANGHAI = ZoneInfo("Asia/Shanghai")


def read(kind: Kind, text: str, **more: object) -> object:
    return parse(Field("key", "Label", kind, **more), text, "CNY", SHANGHAI)  # type: ignore[arg-type]


def test_typed_values_become_what_the_store_keeps() -> None:
    assert read(Kind.MONEY, " 12.5 ") == 1250
    assert read(Kind.QUANTITY, "0.455") == 455
    assert read(Kind.DATE, "2026年11月21日") == "2026-11-21"
    assert read(Kind.MOMENT, "2026-11-21") == datetime(2026, 11, 20, 16, 0, tzinfo=UTC)
    assert read(Kind.MOMENT, "2026/11/21 8：30") == datetime(2026, 11, 21, 0, 30, tzinfo=UTC)
    assert read(Kind.YES_NO, "yes") is True
    assert read(Kind.MONEY, "") is None
    assert read(Kind.TEXT, "") == ""


@pytest.mark.parametrize(
    ("kind", "text", "words"),
    [
        (Kind.MONEY, "abc", "not an amount"),
        (Kind.MONEY, "1.234", "not an amount"),
        (Kind.MONEY, "-1", "not below zero"),
        (Kind.MONEY, "6940188803618", "Is it a barcode"),
        (Kind.QUANTITY, "5km", "without a unit"),
        (Kind.DATE, "2026-02-30", "not a date"),
        (Kind.MOMENT, "2026-11-21 25:00", "not a date with a time"),
        (Kind.NUMBER, "twelve", "not a number"),
        (Kind.TEXT, "x" * 201, "At most 200"),
    ],
)
def test_what_cannot_be_used_gets_a_sentence(kind: Kind, text: str, words: str) -> None:
    with pytest.raises(Mistake, match=words):
        read(kind, text)


def test_a_needed_field_may_not_stay_empty() -> None:
    with pytest.raises(Mistake, match="fill this in"):
        read(Kind.TEXT, "  ", required=True)


@pytest.mark.parametrize(
    ("kind", "text"), [(Kind.MONEY, "12.50"), (Kind.QUANTITY, "0.455"), (Kind.MOMENT, "2026-11-21 08:30")]
)
def test_what_is_written_reads_back_the_same(kind: Kind, text: str) -> None:
    field = Field("key", "Label", kind)
    assert write(field, parse(field, text, "CNY", SHANGHAI), "CNY", SHANGHAI) == text


def test_a_promotion_needs_a_price_and_an_end_after_its_beginning() -> None:
    first, second = datetime(2026, 11, 21, tzinfo=UTC), datetime(2026, 11, 22, tzinfo=UTC)
    assert promotion_mistakes({}) == {}
    assert "promotional_price_minor" in promotion_mistakes({"promotion_from": first})
    dates = {"promotional_price_minor": 1, "promotion_from": second, "promotion_until": first}
    assert "promotion_until" in promotion_mistakes(dates)


def test_extra_fields_come_from_the_category_and_all_above_it() -> None:
    tree = [
        CategoryView(category_id=CategoryId(i), name=str(i), path=str(i), parent_id=above)
        for i, above in ((1, None), (2, CategoryId(1)), (3, None))
    ]
    fields = [ExtraFieldView(field="all")] + [
        ExtraFieldView(field=f"of {i}", category_id=CategoryId(i)) for i in (1, 2, 3)
    ]
    assert [f.label for f in extra_fields(fields, tree, "2")] == ["all", "of 1", "of 2"]
    assert [f.label for f in extra_fields(fields, tree, "")] == ["all"]


def test_only_trade_barcodes_are_checked() -> None:
    assert barcode_warning("6940188803618") == ""
    assert "should be 8" in barcode_warning("6940188803619")
    assert barcode_warning("96385074") == ""
    assert barcode_warning("ABC-12") == ""


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        ("21IIIIIWWWWWC", ""),
        ("21WWWWWPPPPPC", "item code"),
        ("21IIWWIIWWWWC", "side by side"),
        ("21IIIWWWPPPPC", "not both"),
        ("21XIIIIWWWWWC", "Only digits"),
        ("2II", "4 to 30"),
    ],
)
def test_a_barcode_pattern_that_cannot_work_is_explained(pattern: str, words: str) -> None:
    mistake = pattern_mistake(pattern)
    assert words in mistake
    assert bool(mistake) == bool(words)


def test_the_chart_stands_over_its_hours() -> None:
    lines = hour_chart({9: 100, 10: 400}, height=4, width=60, label="4.00")
    assert lines[0].startswith(" " * 8 + "███")
    assert lines[0].endswith("4.00")
    assert lines[3].startswith(" " * 4 + "███ ███")
    assert lines[4].split()[:3] == ["08", "09", "10"]


def test_a_day_without_sales_and_a_day_of_refunds_have_no_chart() -> None:
    assert hour_chart({}, 4, 60, "") == ["No sales yet."]
    assert hour_chart({9: -5}, 4, 60, "") == ["No sales yet."]


def test_bars_are_as_long_as_their_share() -> None:
    assert share_bar(50, 100, 10) == "█████"
    assert share_bar(0, 100, 10) == ""
    assert share_bar(1, 1_000_000, 10) == "▏", "the smallest payment is still seen"
    assert bar(500_000, 10) == "█████░░░░░  50 %"


def test_columns_share_the_width_and_optional_ones_leave_first() -> None:
    columns = [Column("a", 10), Column("b", least=10), Column("c", 10, optional=True)]
    assert layout(columns, 40) == [(0, 10), (1, 17), (2, 10)]
    assert layout(columns, 30) == [(0, 10), (1, 18)]


def test_a_slip_is_shown_as_it_is_printed() -> None:
    document = Document(
        title="Receipt",
        elements=(
            TextLine(text="柜台", align=Align.CENTRE),
            Rule(character="="),
            Row(cells=(Cell(text="瓜子", share=1), Cell(text="3.76", align=Align.RIGHT))),
            Feed(lines=2),
            TextLine(text="thank you very much indeed"),
        ),
    )
    assert document_lines(document, 20) == [
        "        柜台", "=" * 20, "瓜子            3.76", "", "", "thank you very much", "indeed",
    ]  # fmt: skip
