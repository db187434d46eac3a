"""Members at the counter: found while typing, confirmed, put beside the sale, taken off, registered."""

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from fake_world import NOW, FakeWorld
from member_answers import FREE_CARD, LI, LOST_CARD, WANG, WANG_CARD
from till_at_work import COLA, counter

from protocol.identifiers import ProductId
from protocol.messages import cards, devices, members, profiles, sales
from protocol.messages.base import Answer, Request
from terminal_app.members.confirm import ConfirmMember
from terminal_app.members.find import FindDialog
from terminal_app.members.paying import Purse


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


async def test_enter_pressed_twice_confirms_nobody_unseen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with counter(tmp_path) as till:
        await till.sign_on()
        await till.scan(COLA)
        await till.type("wxm")
        await till.press("f6")
        await till.until(lambda: "138****5678" in till.screen_text)
        monkeypatch.setattr(ConfirmMember, "LOOK_S", 60.0)
        await till.press("enter", "enter")
        assert isinstance(till.app.screen, ConfirmMember)
        assert not till.world.shop.of(sales.AttachMember)
        monkeypatch.setattr(ConfirmMember, "LOOK_S", 0.0)
        await till.press("enter")
        assert till.member == "王小明"


async def test_esc_at_the_question_goes_back_to_the_list(tmp_path: Path) -> None:
    async with counter(tmp_path) as till:
        await till.sign_on()
        await till.press("f6")
        await till.type("5678")
        await till.press("enter", "escape")
        assert isinstance(till.app.screen, FindDialog)
        assert WANG.name in till.screen_text
        assert not till.world.shop.of(sales.AttachMember)


async def test_a_late_answer_to_an_older_text_is_not_shown(tmp_path: Path) -> None:
    world, late = FakeWorld(), asyncio.Event()
    at_once = world.shop.ask

    async def ask(request: Request, **more: Any) -> Answer:
        if isinstance(request, members.FindMembers) and request.text == "w":
            await late.wait()
        return await at_once(request, **more)

    world.shop.ask = ask  # type: ignore[method-assign]
    async with counter(tmp_path, world=world) as till:
        await till.sign_on()
        await till.press("f6")
        await till.type("wl")
        await till.until(lambda: "Wanda Lee" in till.screen_text)
        late.set()
        await till.rest()
        assert "王小明" not in till.screen_text


async def test_what_is_said_of_nobody_found_follows_the_text_and_is_never_cut(tmp_path: Path) -> None:
    async with counter(tmp_path) as till:
        await till.sign_on()
        await till.press("f6")
        assert "the card." in till.screen_text
        await till.type("zq")
        await till.until(lambda: "No member fits “zq”" in till.screen_text)
        await till.type("7")
        await till.until(lambda: "No member fits “zq7”" in till.screen_text)


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


async def test_a_search_that_had_no_answer_is_not_called_a_search_in_vain(tmp_path: Path) -> None:
    async with counter(tmp_path) as till:
        await till.sign_on()
        till.world.shop.peer(False)
        await till.type("wxm")
        await till.press("f6")
        assert "“wxm” was not searched for yet. Enter searches again." in till.screen_text
        await till.press("enter")
        assert "No member fits" not in till.screen_text
        assert "Nobody was found" not in till.notice
        till.world.shop.peer(True)
        await till.press("enter")
        await till.until(lambda: WANG.name in till.screen_text)
        await till.press("enter", "enter")
        await till.until(lambda: till.member == "王小明")


# --- what is shown beside the sale ---------------------------------------------------------------------


def _wang(**more: Any) -> profiles.MemberPanel:
    fields: dict[str, Any] = {
        "next_tier_name": "Gold",
        "growth_missing": 320,
        "growth_to_keep_missing": 120,
        "birthday_in_days": 0,
        "visits": 12,
        "last_visit": NOW - timedelta(days=19),
        "days_since_visit": 19,
        "average_basket_minor": 4520,
        "points": 1230,
        "points_worth_minor": 1230,
        "points_rate_points": 100,
        "points_rate_minor": 100,
        "points_ending": 300,
        "points_end_on": "2026-12-05",
        "favourites": (
            profiles.FavouriteView(
                product_id=ProductId(1), name="可口可乐 330ml", times=9, quantity_thousandths=1
            ),
        ),
    }
    view = members.MemberView(
        member_id=WANG.member_id,
        number=WANG.number,
        state=members.MemberState.ACTIVE,
        name=WANG.name,
        phone=WANG.phone,
        note=WANG.note,
        tags=("vip",),
        tier=1,
        tier_name="Silver",
        tier_until="2027-02-01",
        hidden=True,
    )
    return profiles.MemberPanel(member=view, **{**fields, **more})


def _world(**more: Any) -> FakeWorld:
    world = FakeWorld()
    world.shop.panels[WANG.member_id] = _wang(**more)
    world.shop.takes_points = True
    return world


async def test_a_wide_window_shows_everything_about_the_member_in_place_of_the_keys(tmp_path: Path) -> None:
    async with counter(tmp_path, size=(120, 40), world=_world()) as till:
        await till.sign_on()
        assert "Ctrl+W" in till.screen_text
        till.world.card(WANG_CARD)
        await till.until(lambda: "320 to Gold" in till.screen_text)
        for words in (
            "Silver · 320 to Gold",
            "✎ no plastic bags",
            "★ Birthday today!",
            "1,230 points = ¥12.30",
            "! 300 end on 2026-12-05",
            "120 to keep Silver until 2027-02-01",
            "Last visit 2026-11-02, 19 days ago",
            "Average basket ¥45.20",
            "12 visits",
            "# vip",
            "可口可乐 330ml",
        ):
            assert words in till.screen_text
        assert "Ctrl+W" not in till.screen_text
        await till.press("ctrl+y")
        assert "Ctrl+W" in till.screen_text
        assert till.app.till.member_panel is None


async def test_a_narrow_window_has_one_line_for_the_member_and_nothing_moves(tmp_path: Path) -> None:
    async with counter(tmp_path, world=_world()) as till:
        await till.sign_on()
        await till.scan(COLA)
        before = till.screen_text.splitlines()
        assert "No member (F6, or present the card)" in till.screen_text
        till.world.card(WANG_CARD)
        await till.until(lambda: "Birthday today" in till.screen_text)
        after = till.screen_text.splitlines()
        line = next(line for line in after if "☺ 王小明" in line)
        assert "Silver · 1,230 points = ¥12.30 · ★ Birthday today! · ✎ no plastic" in line
        assert [line.find("›") for line in before] == [line.find("›") for line in after]
        assert WANG.phone not in till.screen_text


async def test_the_member_line_is_right_in_chinese(tmp_path: Path) -> None:
    async with counter(tmp_path, language="zh_CN", world=_world()) as till:
        await till.sign_on()
        assert "没有会员" in till.screen_text
        till.world.card(WANG_CARD)
        await till.until(lambda: "今天生日" in till.screen_text)
        assert "1,230 积分 = ¥12.30" in till.screen_text
        assert till.notice == "本单会员：王小明。按 Ctrl+Y 取消。"


async def test_a_recalled_basket_brings_its_member_with_it(tmp_path: Path) -> None:
    async with counter(tmp_path, size=(120, 40), world=_world()) as till:
        await till.sign_on()
        await till.scan(WANG.number, COLA)
        await till.until(lambda: "320 to Gold" in till.screen_text)
        await till.press("f7", "enter")
        assert till.app.till.member_panel is None
        assert "320 to Gold" not in till.screen_text
        await till.press("f8", "enter")
        await till.until(lambda: "320 to Gold" in till.screen_text)


async def test_a_member_without_a_panel_yet_has_name_and_tier_from_the_basket(tmp_path: Path) -> None:
    world = FakeWorld()
    async with counter(tmp_path, world=world) as till:
        await till.sign_on()
        await till.scan(WANG.number)
        await till.until(lambda: "☺ 王小明 · Silver" in till.screen_text)


async def test_the_latest_item_is_shown_at_the_price_of_the_member(tmp_path: Path) -> None:
    async with counter(tmp_path, size=(120, 40)) as till:
        await till.sign_on()
        await till.scan(COLA, WANG.number)
        await till.until(lambda: till.member == "王小明")
        assert "1 × 3.15" in till.screen_text


# --- paying ------------------------------------------------------------------------------------------------


async def test_an_empty_amount_is_as_much_as_the_points_can_pay(tmp_path: Path) -> None:
    async with counter(tmp_path, world=_world(points=200, points_worth_minor=200)) as till:
        await till.sign_on()
        await till.scan(COLA)
        till.world.card(WANG_CARD)
        await till.until(lambda: till.app.till.member_panel is not None)
        await till.press("f10", "down", "down", "down")
        assert "200 = ¥2.00" in till.screen_text
        assert "Empty: ¥2.00 for 200 points; 0 are left." in till.screen_text
        await till.type("1.05")
        assert "¥1.05 takes 105 points; 95 are left." in till.screen_text
        await till.press("backspace", "backspace", "backspace", "backspace", "enter")
        paid: sales.AddTender = till.world.shop.of(sales.AddTender)[0]
        assert (paid.tender, paid.amount_minor) == ("points", 200)
        assert till.notice == "Still ¥1.15 to pay"
        assert "0 = ¥0.00" in till.screen_text


async def test_more_than_the_points_are_worth_is_said_before_it_is_asked(tmp_path: Path) -> None:
    async with counter(tmp_path, world=_world(points=200, points_worth_minor=200)) as till:
        await till.sign_on()
        await till.scan(COLA, WANG.number)
        await till.until(lambda: till.app.till.member_panel is not None)
        await till.press("f10", "down", "down", "down")
        await till.type("3")
        assert "¥3.00 takes 300 points; only 200 are there." in till.screen_text


async def test_points_that_went_elsewhere_are_shown_when_the_payment_is_taken_back(tmp_path: Path) -> None:
    async with counter(tmp_path, world=_world(points=200, points_worth_minor=200)) as till:
        await till.sign_on()
        await till.scan(COLA, WANG.number)
        await till.until(lambda: till.app.till.member_panel is not None)
        await till.press("f10", "down", "down", "down")
        await till.type("1")
        await till.press("enter")
        await till.until(lambda: "100 = ¥1.00" in till.screen_text)
        till.world.shop.panels[WANG.member_id] = _wang(points=150, points_worth_minor=150)
        await till.press("delete")
        await till.until(lambda: "150 = ¥1.50" in till.screen_text)


async def test_a_card_that_comes_while_paying_still_lowers_what_is_due(tmp_path: Path) -> None:
    async with counter(tmp_path, world=_world()) as till:
        await till.sign_on()
        await till.scan(COLA)
        await till.press("f10")
        till.world.card(WANG_CARD)
        await till.until(lambda: "1,230 = ¥12.30" in till.screen_text)
        await till.press("enter")
        await till.until(lambda: till.app.till.done is not None)
        assert till.world.shop.finished[0].total_minor == 315


async def test_points_earned_are_said_with_the_change(tmp_path: Path) -> None:
    async with counter(tmp_path, world=_world()) as till:
        await till.sign_on()
        await till.scan(COLA, WANG.number)
        await till.until(lambda: till.member == "王小明")
        await till.type("5")
        await till.press("f9")
        assert "Points +3, now 1,233" in till.screen_text


@pytest.mark.parametrize(("amount", "takes"), [(99, 149), (2, 3), (1, 2)])
def test_the_counter_rounds_points_as_the_store_does(amount: int, takes: int) -> None:
    purse = Purse(points=1000, rate_points=3, rate_minor=2, currency="CNY")
    assert purse.taken_by(amount) == takes
    assert purse.worth_minor == 666
    assert purse.taken_by(purse.worth_minor) <= purse.points
