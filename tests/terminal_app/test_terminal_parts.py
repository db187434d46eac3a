"""Small parts of the terminal: wedge scanners, pay codes, discounts, cells, large digits."""

import pytest

from terminal_app.checkout.discount import parse_discount
from terminal_app.checkout.pay_code import recognise
from terminal_app.wedge import Burst, Verdict
from terminal_app.widgets.big_digits import HEIGHT, HEIGHT_LARGE, big, large
from terminal_app.widgets.cells import cell_len, centre, fit, right, wrap


def _type(burst: Burst, text: str, gap_s: float, at_s: float = 0.0) -> list[Verdict]:
    verdicts = [burst.judge(character, False, at_s + n * gap_s) for n, character in enumerate(text)]
    return [*verdicts, burst.judge("\r", True, at_s + len(text) * gap_s)]


def test_a_wedge_scanner_is_known_by_its_speed() -> None:
    burst = Burst()
    verdicts = _type(burst, "6901234567892", 0.002)
    assert verdicts == [Verdict.PASS, *[Verdict.HOLD] * 12, Verdict.SCAN]
    assert burst.code == "6901234567892"


def test_a_person_is_never_held_up() -> None:
    assert set(_type(Burst(), "6901234567892", 0.08)) == {Verdict.PASS}


@pytest.mark.parametrize("text", ["12.50", "kekoukele", "1234"])
def test_fast_typing_that_is_no_barcode_is_handed_on(text: str) -> None:
    verdicts = _type(Burst(), text, 0.002)
    assert verdicts[-1] is Verdict.RELEASE
    assert Verdict.SCAN not in verdicts


def test_two_scans_in_a_row_are_two() -> None:
    burst = Burst()
    assert _type(burst, "6901234567892", 0.002)[-1] is Verdict.SCAN
    assert _type(burst, "6902083881405", 0.002, at_s=1.0)[-1] is Verdict.SCAN
    assert burst.code == "6902083881405"


@pytest.mark.parametrize(
    ("code", "reference"),
    [
        ("134567890123456789", "WeChat 6789"),
        ("281234567890123456", "Alipay 3456"),
        ("301234567890123456", "Alipay 3456"),
    ],
)
def test_a_pay_code_is_known_by_its_first_two_digits(code: str, reference: str) -> None:
    found = recognise(code)
    assert found is not None
    assert found.reference == reference


@pytest.mark.parametrize(
    "code", ["6901234567892", "161234567890123456", "311234567890123456", "13456789012345678x"]
)
def test_other_codes_are_no_pay_codes(code: str) -> None:
    assert recognise(code) is None


def test_a_discount_is_an_amount_or_a_percentage() -> None:
    assert parse_discount("5.50", "CNY") == (550, None)
    assert parse_discount("10%", "CNY") == (None, 100_000)
    assert parse_discount("12.5％", "CNY") == (None, 125_000)


@pytest.mark.parametrize("text", ["", "ten", "101%", "-5", "5.555"])
def test_other_texts_are_no_discount(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        parse_discount(text, "CNY")


def test_columns_are_counted_in_cells() -> None:
    assert cell_len(fit("可口可乐 330ml", 10)) == 10
    assert fit("可口可乐", 5) == "可口…"
    assert right("瓶", 4) == "  瓶"
    assert cell_len(centre("收款", 9)) == 9
    assert wrap("one two three", 7) == ["one two", "three"]
    assert wrap("可口可乐加大瓶", 6) == ["可口可", "乐加大", "瓶"]


def test_large_digits_have_their_height_and_even_lines() -> None:
    for rows, height in ((big("¥-1,234.56"), HEIGHT), (large("¥-1,234.56"), HEIGHT_LARGE)):
        assert len(rows) == height
        assert len({len(row) for row in rows}) == 1
