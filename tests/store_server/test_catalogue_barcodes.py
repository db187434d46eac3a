"""Rules of barcodes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store_server.catalogue.barcodes import (
    check_digit,
    inner_check_digit,
    lookup_form,
    pattern_problem,
    read_in_store,
    right_check_digit,
)

digits = st.text("0123456789", min_size=7, max_size=13).filter(lambda text: len(text) + 1 in (8, 12, 13, 14))


@given(digits)
def test_a_code_with_its_check_digit_is_right(body: str) -> None:
    assert right_check_digit(body + check_digit(body)) is None


@given(digits, st.integers(0, 12), st.integers(1, 9))
def test_one_wrong_digit_is_always_noticed(body: str, place: int, shift: int) -> None:
    code = body + check_digit(body)
    place %= len(code)
    wrong = code[:place] + str((int(code[place]) + shift) % 10) + code[place + 1 :]
    assert right_check_digit(wrong) is not None


@pytest.mark.parametrize("code", ["6901236378823", "036000291452", "96385074", "10012345678902"])
def test_real_codes_have_the_right_check_digit(code: str) -> None:
    assert right_check_digit(code) is None


@given(st.text("0123456789", min_size=11, max_size=11))
def test_upc_a_equals_ean_13_with_a_zero_in_front(body: str) -> None:
    upc = body + check_digit(body)
    assert lookup_form(upc) == lookup_form("0" + upc) == lookup_form("00" + upc)


def test_a_code_of_another_form_is_found_as_it_is_printed() -> None:
    assert lookup_form("0012") == "0012"
    assert lookup_form("A-000000000012") == "A-000000000012"


def test_the_inner_check_digit_is_that_of_the_gs1_examples() -> None:
    assert inner_check_digit("2875") == "9"
    assert inner_check_digit("14685") == "6"


@given(st.integers(0, 99999), st.integers(0, 99999))
def test_a_weight_that_was_written_is_read(item: int, grams: int) -> None:
    body = f"21{item:05d}{grams:05d}"
    read = read_in_store(body + check_digit(body), ["22IIIIIPPPPPC", "21IIIIIWWWWWC"])
    assert read is not None
    assert (read.item, read.weight_thousandths, read.price_minor) == (f"{item:05d}", grams, None)


@given(st.integers(0, 9999), st.integers(0, 9999))
def test_a_price_with_its_own_check_digit_is_read(item: int, price: int) -> None:
    body = f"02{item:05d}{inner_check_digit(f'{price:04d}')}{price:04d}"
    read = read_in_store(body + check_digit(body), ["02IIIIIVPPPPC"])
    assert read is not None
    assert read.price_minor == price


def test_a_wrong_check_digit_is_no_in_store_barcode() -> None:
    body = "210012300455"
    wrong = str((int(check_digit(body)) + 1) % 10)
    assert read_in_store(body + wrong, ["21IIIIIWWWWWC"]) is None


@pytest.mark.parametrize(
    ("pattern", "problem"),
    [
        ("21IIIIIWWWWWC", None),
        ("02IIIIIVPPPPC", None),
        ("2IIIIIIWWWWWC", "fixed"),
        ("IIIIIIIWWWWWC", "fixed"),
        ("21WWWWWWW", "item"),
        ("21IIIIIIIIIIC", "value"),
        ("21IIWWIIWWWWC", "item"),
        ("21IIIIIWPWPWC", "value"),
        ("21IIIIICWWWWW", "check"),
        ("21IIIIIWWWWC1", "check"),
        ("21IIIIWWWWWWVC", "inner"),
        ("21IIIIVVPPPPC", "inner"),
        ("21IIIIIWWWWWCC", "check"),
    ],
)
def test_a_pattern_that_cannot_work_is_named(pattern: str, problem: str | None) -> None:
    assert pattern_problem(pattern) == problem
