"""Registering a member at the counter: from two fields and Ctrl+S to the card in the customer's hand."""

import logging
from pathlib import Path

import pytest
from fake_world import FakeWorld
from member_answers import FREE_CARD, WANG_CARD
from till_at_work import counter

from protocol.messages import cards, catalogue, members
from terminal_app.members.confirm import ConfirmMember
from terminal_app.members.register import RegisterDialog
from terminal_app.members.register_entries import birthday_of


async def test_nobody_found_becomes_a_member_with_what_was_typed(tmp_path: Path) -> None:
    async with counter(tmp_path) as till:
        await till.sign_on()
        await till.type("13600001234")
        await till.press("f6", "f4")
        assert isinstance(till.app.screen, RegisterDialog)
        await till.type("Zoe")
        await till.press("enter", "enter")
        await till.type("f")
        await till.type("0517")
        await till.press("ctrl+s")
        made: members.RegisterMember = till.world.shop.of(members.RegisterMember)[0]
        assert (made.name, made.phone, made.gender, made.birthday) == (
            "Zoe",
            "13600001234",
            "female",
            "05-17",
        )
        basket = till.app.till.basket
        assert basket is not None
        assert basket.member_name == "Zoe"
        assert not till.world.shop.of(cards.IssueCard)


async def test_a_phone_that_somebody_has_offers_that_member(tmp_path: Path) -> None:
    async with counter(tmp_path) as till:
        await till.sign_on()
        await till.press("ctrl+a")
        await till.type("Wang")
        await till.press("enter")
        await till.type("13812345678")
        await till.press("ctrl+s")
        assert isinstance(till.app.screen, ConfirmMember)
        assert "The phone belongs to 王小明." in till.screen_text
        await till.press("escape")
        assert isinstance(till.app.screen, RegisterDialog)
        assert "13812345678" in till.screen_text
        await till.press("ctrl+s", "enter")
        assert till.member == "王小明"


async def test_a_refusal_marks_its_field_and_loses_nothing(tmp_path: Path) -> None:
    async with counter(tmp_path) as till:
        await till.sign_on()
        await till.type("13600001234")
        await till.press("ctrl+a", "ctrl+s")
        assert till.notice == "A member needs a name."
        assert till.app.focused is not None
        assert till.app.focused.id == "name"
        await till.type("Zoe")
        await till.press("ctrl+s")
        assert till.member == "Zoe"


async def test_a_birthday_that_is_none_is_asked_again(tmp_path: Path) -> None:
    async with counter(tmp_path) as till:
        await till.sign_on()
        await till.press("ctrl+a")
        await till.type("Zoe")
        await till.press("enter", "enter", "enter")
        await till.type("May")
        await till.press("enter")
        assert "“May” is no birthday" in till.notice
        await till.type("19900517")
        await till.press("ctrl+s")
        assert till.world.shop.of(members.RegisterMember)[0].birthday == "1990-05-17"


async def test_a_field_that_the_shop_requires_is_on_the_first_page(tmp_path: Path) -> None:
    world = FakeWorld()
    world.shop.extra_fields = (
        catalogue.ExtraFieldView(field="Branch", type="choice", choices=("North", "South"), required=True),
        catalogue.ExtraFieldView(field="Pet", type="yes_no"),
    )
    async with counter(tmp_path, world=world) as till:
        await till.sign_on()
        await till.press("ctrl+a")
        assert "* Branch" in till.screen_text
        assert "1 North  2 South" in till.screen_text
        assert "Pet" not in till.screen_text
        await till.type("Zoe")
        await till.press("enter", "enter", "enter", "enter")
        await till.press("enter")
        await till.type("2")
        await till.press("f2")
        assert "y / n" in till.screen_text
        await till.type("zoe@example.com")
        await till.press("ctrl+s")
        made: members.RegisterMember = world.shop.of(members.RegisterMember)[0]
        assert made.email == "zoe@example.com"
        assert made.extras == (catalogue.ExtraValue(field="Branch", value="South"),)


async def test_a_card_laid_on_the_form_belongs_to_the_new_member(tmp_path: Path) -> None:
    async with counter(tmp_path) as till:
        await till.sign_on()
        await till.press("ctrl+a")
        await till.type("Zoe")
        till.world.card(WANG_CARD)
        await till.until(lambda: "This card belongs to 王小明" in till.notice)
        till.world.card(FREE_CARD)
        await till.until(lambda: "bound when you save" in till.notice)
        await till.press("ctrl+s")
        await till.until(lambda: till.member == "Zoe")
        assert till.world.shop.cards[FREE_CARD] == 4


async def test_no_phone_is_written_to_the_log(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with counter(tmp_path) as till:
        await till.sign_on()
        await till.type("13812345678")
        await till.press("f6", "enter", "enter")
        await till.press("ctrl+a")
        await till.type("Zoe")
        await till.press("enter")
        await till.type("13600001234")
        await till.press("ctrl+s")
        await till.until(lambda: isinstance(till.app.screen, ConfirmMember) or till.member == "Zoe")
    assert "13812345678" not in caplog.text
    assert "13600001234" not in caplog.text


async def test_a_member_registered_before_the_shift_is_open_stands_all_the_same(tmp_path: Path) -> None:
    world = FakeWorld()
    world.shop.attach_needs_shift = True
    async with counter(tmp_path, world=world, shift=False) as till:
        await till.sign_on()
        await till.press("ctrl+a")
        await till.type("Zoe")
        await till.press("ctrl+s")
        assert till.notice == "The member is registered. No shift is open at this lane. Open one first."


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("0517", "05-17"),
        ("5-17", "05-17"),
        ("19900517", "1990-05-17"),
        ("1990-5-17", "1990-05-17"),
        ("1990年5月17日", "1990-05-17"),
        ("", ""),
        ("517", None),
    ],
)
def test_birthdays_are_read_as_people_write_them(typed: str, kept: str | None) -> None:
    assert birthday_of(typed) == kept
