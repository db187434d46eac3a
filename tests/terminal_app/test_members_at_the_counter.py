"""Members at the counter: found while typing, confirmed, put beside the sale, taken off, registered."""

from pathlib import Path

from member_answers import WANG
from till_at_work import COLA, counter

from protocol.messages import cards, members, sales
from terminal_app.members.confirm import ConfirmMember
from terminal_app.members.find import FindDialog
from terminal_app.members.register import RegisterDialog


async def test_a_member_is_found_by_initials_confirmed_and_the_basket_repriced(tmp_path: Path) -> None:
    async with counter(tmp_path) as till:
        await till.sign_on()
        await till.scan(COLA)
        await till.type("wxm")
        await till.press("f6")
        await till.until(lambda: "138****5678" in till.screen_text)
        await till.press("enter")
        assert isinstance(till.app.screen, ConfirmMember)
        assert "王 小 明" in till.screen_text
        assert "no plastic bags" in till.screen_text
        assert not till.world.shop.of(sales.AttachMember)
        await till.press("enter")
        basket = till.app.till.basket
        assert basket is not None
        assert (basket.member_name, basket.total_minor) == ("王小明", 315)
        assert "王小明 is beside the sale" in till.notice


async def test_esc_at_the_question_goes_back_to_the_list(tmp_path: Path) -> None:
    async with counter(tmp_path) as till:
        await till.sign_on()
        await till.press("f6")
        await till.type("5678")
        await till.press("enter", "escape")
        assert isinstance(till.app.screen, FindDialog)
        assert WANG.name in till.screen_text
        assert not till.world.shop.of(sales.AttachMember)


async def test_a_member_taken_off_leaves_the_prices_of_anybody(tmp_path: Path) -> None:
    async with counter(tmp_path) as till:
        await till.sign_on()
        await till.scan(COLA)
        await till.type("wxm")
        await till.press("f6", "enter", "enter", "ctrl+y")
        basket = till.app.till.basket
        assert basket is not None
        assert (basket.member_id, basket.total_minor) == (None, 350)
        await till.press("ctrl+y")
        assert till.notice == "No member is beside the sale."


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
