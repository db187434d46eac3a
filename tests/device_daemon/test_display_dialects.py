"""The customer reads the same on every display that the shop may have, each in its own way."""

import pytest

from device_daemon.drivers.display_dialects import DigitDialect, Digits, TextDialect
from device_daemon.profiles import DisplayProfile, load
from device_daemon.simulators.display import SimulatedDisplay
from protocol.language import speaking
from protocol.messages.devices import (
    DisplayContent,
    IdleContent,
    ItemContent,
    MessageContent,
    PaidContent,
    ShowOnDisplay,
    TotalContent,
)

COLA = ItemContent(
    name="可口可乐 330ml",
    quantity_thousandths=2000,
    unit_price_minor=350,
    amount_minor=700,
    total_minor=1250,
)
PAID = PaidContent(total_minor=1250, paid_minor=2000, change_minor=750)


def lines(content: DisplayContent, profile: str, language: str = "en") -> tuple[str, ...]:
    """Return what the simulated display shows after the dialect's very bytes."""
    settings = load(DisplayProfile, "displays", profile)
    simulated = SimulatedDisplay("display-1", settings, lambda: None)
    with speaking(language):
        simulated.receive(TextDialect(settings).begin())
        simulated.receive(TextDialect(settings).encode(ShowOnDisplay(show=content)))
    return simulated.lines


def test_an_item_is_shown_with_its_amount_and_the_total() -> None:
    assert lines(COLA, "escpos-20x2-chinese", "zh_CN") == ("2x 可口可乐 330 7.00", "合计           12.50")


def test_a_display_without_chinese_shows_the_amounts_and_no_rubbish() -> None:
    assert lines(COLA, "escpos-20x2", "zh_CN") == ("2x              7.00", "               12.50")
    assert lines(COLA, "escpos-20x2", "en") == ("2x              7.00", "TOTAL          12.50")


def test_the_change_is_shown_with_what_was_paid() -> None:
    assert lines(PAID, "escpos-20x2") == ("PAID           20.00", "CHANGE          7.50")


def test_total_welcome_and_message() -> None:
    assert lines(TotalContent(total_minor=1250, item_count=3), "escpos-20x2") == (
        "TOTAL             x3",
        "               12.50",
    )
    assert lines(IdleContent(text="Welcome\nto our shop"), "escpos-20x2") == (
        "      Welcome       ",
        "    to our shop     ",
    )
    assert lines(MessageContent(text="Please wait for the cashier"), "escpos-20x2") == (
        "Please wait for the ",
        "      cashier       ",
    )


def test_an_amount_is_never_cut_and_a_long_name_is() -> None:
    long = ItemContent(name="x" * 60, amount_minor=123456789, total_minor=123456789)
    assert lines(long, "escpos-20x2") == ("xxxxxxxxx 1234567.89", "TOTAL     1234567.89")


@pytest.mark.parametrize(
    ("content", "shown"),
    [
        (COLA, Digits("3.50", "price")),
        (TotalContent(total_minor=1250), Digits("12.50", "total")),
        (PAID, Digits("7.50", "change")),
        (PaidContent(total_minor=1250, paid_minor=1250, change_minor=0), Digits("12.50", "paid")),
        (IdleContent(text="Welcome"), Digits("")),
        (TotalContent(total_minor=10**9), Digits("--------", "total")),
    ],
)
@pytest.mark.parametrize("profile", ["led8", "led8-binary"])
def test_the_digit_display_lights_the_lamp_of_what_it_shows(
    content: DisplayContent, shown: Digits, profile: str
) -> None:
    settings = load(DisplayProfile, "displays", profile)
    dialect = DigitDialect(settings)
    request = ShowOnDisplay(show=content)
    assert dialect.digits(request) == shown
    simulated = SimulatedDisplay("display-1", settings, lambda: None)
    simulated.receive(dialect.begin() + dialect.encode(request))
    assert simulated.lines[0].strip() == shown.text
    assert simulated.lamp == shown.lamp


def test_the_lamp_is_a_digit_to_most_and_a_number_to_some() -> None:
    total = ShowOnDisplay(show=TotalContent(total_minor=1250))
    ascii_bytes = DigitDialect(load(DisplayProfile, "displays", "led8")).encode(total)
    binary_bytes = DigitDialect(load(DisplayProfile, "displays", "led8-binary")).encode(total)
    assert ascii_bytes == b"\x1bQA12.50\r\x1bs2"
    assert binary_bytes == b"\x1bQA12.50\r\x1bs\x02"
