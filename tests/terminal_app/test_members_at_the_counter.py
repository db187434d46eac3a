"""Members at the counter: found while typing, confirmed, put beside the sale, taken off, registered."""

from pathlib import Path

from fake_world import FakeWorld
from member_answers import FREE_CARD, LI, LOST_CARD, WANG, WANG_CARD
from till_at_work import COLA, counter

from protocol.messages import cards, devices, members, sales
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


async def test_a_card_attaches_its_member_at_once_and_the_prices_follow(tmp_path: Path) -> None:
    async with counter(tmp_path) as till:
        await till.sign_on()
        await till.scan(COLA)
        till.world.card(WANG_CARD)
        await till.until(lambda: "王小明 is beside the sale. Ctrl+Y takes them off." in till.notice)
        assert till.total == 315
        assert till.world.lane.shown[-1] == devices.MessageContent(text="Welcome, 王**!\nTotal ¥3.15")


async def test_a_card_before_the_first_scan_begins_the_sale(tmp_path: Path) -> None:
    async with counter(tmp_path) as till:
        await till.sign_on()
        till.world.card(WANG_CARD)
        await till.until(lambda: till.member == "王小明")
        await till.scan(COLA)
        assert (till.member, len(till.lines)) == ("王小明", 1)


async def test_a_scanned_member_code_attaches_and_goods_are_asked_for_once(tmp_path: Path) -> None:
    async with counter(tmp_path) as till:
        await till.sign_on()
        await till.scan(COLA)
        assert not till.world.shop.of(cards.FindMember)
        await till.scan(WANG.number, COLA)
        await till.until(lambda: till.member == "王小明")
        assert [code for code, _quantity in till.lines] == [COLA, COLA]


async def test_a_typed_number_is_confirmed_like_any_search(tmp_path: Path) -> None:
    async with counter(tmp_path) as till:
        await till.sign_on()
        await till.type("13812345678")
        await till.press("enter")
        await till.until(lambda: isinstance(till.app.screen, ConfirmMember))
        assert not till.world.shop.of(sales.AttachMember)
        await till.press("enter")
        assert till.member == "王小明"


async def test_a_code_that_is_neither_goods_nor_member_keeps_the_words_about_goods(tmp_path: Path) -> None:
    async with counter(tmp_path) as till:
        await till.sign_on()
        await till.scan("0000000000000")
        assert till.notice == "0000000000000 is not known. Search it by name."


async def test_a_lost_card_is_refused_in_words(tmp_path: Path) -> None:
    async with counter(tmp_path) as till:
        await till.sign_on()
        till.world.card(LOST_CARD)
        await till.until(lambda: till.notice == "This card was reported lost.")
        assert till.member is None


async def test_a_telephone_before_the_reader_is_refused_in_words(tmp_path: Path) -> None:
    async with counter(tmp_path) as till:
        await till.sign_on()
        till.world.card(FREE_CARD, random_uid=True)
        await till.until(lambda: till.notice == "A phone cannot be a member card.")


async def test_a_card_of_nobody_goes_to_the_member_registered_next(tmp_path: Path) -> None:
    async with counter(tmp_path) as till:
        await till.sign_on()
        till.world.card(FREE_CARD)
        await till.until(lambda: "Ctrl+A: new member with it" in till.notice)
        await till.press("ctrl+a")
        assert "Card: …FEED00" in till.screen_text
        await till.type("Zoe")
        await till.press("ctrl+s")
        await till.until(lambda: till.member == "Zoe")
        issued: cards.IssueCard = till.world.shop.of(cards.IssueCard)[0]
        assert (issued.number, issued.member_id) == (FREE_CARD, 4)


async def test_a_shop_that_wants_to_be_asked_is_asked_before_a_card_attaches(tmp_path: Path) -> None:
    world = FakeWorld()
    world.shop.confirm_member_card = True
    async with counter(tmp_path, world=world) as till:
        await till.sign_on()
        till.world.card(WANG_CARD)
        await till.until(lambda: isinstance(till.app.screen, ConfirmMember))
        await till.press("escape")
        assert till.member is None
        till.world.card(WANG_CARD)
        await till.until(lambda: isinstance(till.app.screen, ConfirmMember))
        await till.press("enter")
        assert till.member == "王小明"


async def test_another_member_takes_the_place_after_a_question(tmp_path: Path) -> None:
    async with counter(tmp_path) as till:
        await till.sign_on()
        await till.scan(WANG.number)
        await till.until(lambda: till.member == "王小明")
        await till.scan(LI.number)
        await till.until(lambda: isinstance(till.app.screen, ConfirmMember))
        assert "王小明 is beside the sale now and leaves it." in till.screen_text
        await till.press("enter")
        assert till.member == "李芳"


async def test_a_card_presented_while_the_store_is_away_waits_for_it(tmp_path: Path) -> None:
    async with counter(tmp_path) as till:
        await till.sign_on()
        till.world.shop.peer(False)
        till.world.card(WANG_CARD)
        await till.until(lambda: "1 scan waiting" in till.screen_text)
        till.world.shop.peer(True)
        await till.until(lambda: till.member == "王小明")


async def test_a_search_while_the_store_is_away_says_so_and_loses_nothing(tmp_path: Path) -> None:
    async with counter(tmp_path) as till:
        await till.sign_on()
        await till.scan(COLA)
        till.world.shop.peer(False)
        await till.type("wxm")
        await till.press("f6")
        assert "store server does not answer" in till.notice
        till.world.shop.peer(True)
        await till.press("backspace", "m", "enter", "enter")
        await till.until(lambda: till.member == "王小明")
