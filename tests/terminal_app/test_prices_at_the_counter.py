"""Prices at the counter: why something costs that, coupons, money and points, quotations, cash rounding."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from fake_world import FakeWorld
from member_answers import WANG_CARD
from member_open import member_open
from price_answers import FIVE_OFF, OTHERS, QUOTATION, USED
from till_at_work import COLA, CRISPS, WATER, Counter, counter

from protocol.identifiers import OfferId
from protocol.messages import coupons, offers, quotations, sales
from protocol.messages.base import Answer, Request
from protocol.messages.offers import NearlyReason, StepKind
from terminal_app.checkout.screen import CheckoutScreen
from terminal_app.pricing.coupons_dialog import CouponsDialog
from terminal_app.pricing.explain_screen import ExplainScreen
from terminal_app.pricing.quotation_dialog import QuotationDialog

WHY, COUPONS, POINTS_PRICE, QUOTATIONS = "ctrl+v", "f17", "f16", "f20"
SIZES = [((80, 24), "en"), ((120, 40), "en"), ((80, 24), "zh_CN"), ((120, 40), "zh_CN")]
HALF = offers.ExplainedStep(
    step=StepKind.OFFER,
    offer_id=OfferId(1),
    name="Second at half price",
    words="Each second piece at half its price.",
    before_minor=1900,
    after_minor=1425,
    lines=(offers.StepLine(line=2, quantity_thousandths=2000, before_minor=1900, after_minor=1425),),
)
NEAR = offers.NearlyView(
    offer_id=OfferId(2),
    name="5 off from 30",
    reason=NearlyReason.SPEND_MORE,
    words="2.10 more for 5 off from 30.",
    missing_minor=210,
)
TIME = offers.NearlyView(name="Early bird", reason=NearlyReason.TIME, words="Only before ten.")


def _discounted(till: Counter) -> None:
    """Have the offer work on the crisps of the basket."""
    shop, basket = till.world.shop, till.app.till.basket
    assert basket is not None
    shop.steps = (HALF,)
    first, second = basket.lines
    saving = sales.OfferSaving(name=HALF.name, amount_minor=475)
    second = second.model_copy(update={"discount_minor": 475, "amount_minor": 1425, "offers": (saving,)})
    answer = shop._keep(basket.model_copy(update={"lines": (first, second)}))
    till.app.till.take(answer)


async def _two_lines(till: Counter) -> None:
    await till.sign_on()
    await till.scan(COLA)
    await till.type("2*")
    await till.scan(CRISPS)
    _discounted(till)
    await till.rest()


# --- why ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("size", "language"), SIZES)
async def test_one_key_shows_each_rule_with_amounts_before_and_after(
    tmp_path: Path, size: tuple[int, int], language: str
) -> None:
    async with counter(tmp_path, size=size, language=language) as till:
        till.world.shop.nearly = (NEAR,)
        await _two_lines(till)
        await till.press(WHY)
        assert isinstance(till.app.screen, ExplainScreen)
        await till.until(lambda: "Second at half price" in till.screen_text)
        text = till.screen_text
        for part in ("19.00 → 14.25", "−4.75", "¥14.25", "2.10 more for 5 off"):
            assert part in text
        assert "330ml" not in text
        await till.press("tab")
        await till.until(lambda: "330ml" in till.screen_text)
        assert "¥17.75" in till.screen_text
        await till.press("escape")
        assert isinstance(till.app.screen, CheckoutScreen)


async def test_the_whole_sale_adds_up_with_tax_on_top_and_rounding(tmp_path: Path) -> None:
    async with counter(tmp_path) as till:
        await _two_lines(till)
        basket = till.app.till.basket
        assert basket is not None
        more = {"tax_added_minor": 104, "rounding_minor": -4}
        till.app.till.basket = basket.model_copy(update=more)
        await till.press(WHY, "tab")
        await till.until(lambda: "Tax on top" in till.screen_text)
        lines = till.screen_text.splitlines()
        for words, amount in (
            ("Normal prices", "22.50"),
            ("All goods together", "17.75"),
            ("Tax on top", "+1.04"),
            ("Rounding", "−0.04"),
            ("To pay", "¥18.75"),
        ):
            assert any(words in line and amount in line for line in lines), words


async def test_arrows_go_to_another_line_and_esc_back(tmp_path: Path) -> None:
    async with counter(tmp_path) as till:
        await _two_lines(till)
        await till.press(WHY)
        await till.until(lambda: "Line 2" in till.screen_text)
        await till.press("left")
        await till.until(lambda: "Line 1" in till.screen_text)
        assert "No rule changed a price." in till.screen_text


async def test_the_last_sale_is_explained_after_it_was_finished(tmp_path: Path) -> None:
    async with counter(tmp_path) as till:
        await _two_lines(till)
        await till.type("50")
        await till.press("f9")
        await till.until(lambda: till.app.till.done is not None)
        await till.press(WHY)
        await till.until(lambda: "S1-1-20261121-0001" in till.screen_text)
        await till.until(lambda: "Paid" in till.screen_text)
        assert "19.00 → 14.25" in till.screen_text


async def test_a_sale_is_found_by_the_number_of_its_receipt_short_or_scanned(tmp_path: Path) -> None:
    async with counter(tmp_path) as till:
        await _two_lines(till)
        await till.type("50")
        await till.press("f9")
        await till.until(lambda: till.app.till.done is not None)
        await till.scan(WATER)
        await till.type("1")
        await till.press(WHY)
        await till.until(lambda: "Receipt S1-1-20261121-0001" in till.screen_text)
        await till.press("escape", WHY)
        await till.until(lambda: "Line 1" in till.screen_text)
        await till.scan("S1-1-20261121-0001")
        await till.until(lambda: "Receipt S1-1-20261121-0001" in till.screen_text)
        await till.scan("S1-1-20261121-0099")
        await till.until(lambda: "There is no receipt" in till.notice)


# --- on the basket --------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_an_offer_is_named_below_its_line(tmp_path: Path, size: tuple[int, int]) -> None:
    async with counter(tmp_path, size=size) as till:
        await _two_lines(till)
        line = next(line for line in till.screen_text.splitlines() if "└ Second at half price" in line)
        assert "-4.75" in line
        assert "└ Discount" not in till.screen_text


@pytest.mark.parametrize(("size", "language"), SIZES)
async def test_a_moment_after_the_scan_the_nearest_offer_is_said(
    tmp_path: Path, size: tuple[int, int], language: str
) -> None:
    async with counter(tmp_path, size=size, language=language) as till:
        till.world.shop.nearly = (TIME, NEAR)
        await till.sign_on()
        await till.scan(COLA)
        assert not till.world.shop.of(offers.ExplainSale)
        await till.until(lambda: "→ 2.10 more for 5 off from" in till.screen_text)
        await till.scan(WATER)
        assert "2.10 more" not in till.screen_text
        await till.until(lambda: "2.10 more" in till.screen_text)
        assert "Only before ten" not in till.screen_text


async def test_a_slow_answer_about_offers_holds_no_scan_up(tmp_path: Path) -> None:
    world, late = FakeWorld(), asyncio.Event()
    at_once = world.shop.ask

    async def ask(request: Request, **more: Any) -> Answer:
        if isinstance(request, offers.ExplainSale):
            await late.wait()
        return await at_once(request, **more)

    world.shop.ask = ask  # type: ignore[method-assign]
    world.shop.nearly = (NEAR,)
    async with counter(tmp_path, world=world) as till:
        await till.sign_on()
        await till.scan(COLA)
        await till.scan(WATER, CRISPS)
        assert [code for code, _ in till.lines] == [COLA, WATER, CRISPS]
        late.set()
        await till.until(lambda: "2.10 more" in till.screen_text)


# --- coupons --------------------------------------------------------------------------------------


async def test_a_scanned_coupon_goes_on_the_sale_and_says_what_it_gives(tmp_path: Path) -> None:
    async with counter(tmp_path) as till:
        await till.sign_on()
        await till.scan(CRISPS, FIVE_OFF)
        await till.until(lambda: till.total == 450)
        assert "Five off takes ¥5.00 off" in till.notice
        assert "└ Five off" in till.screen_text


async def test_a_coupon_before_the_first_item_is_refused_in_words(tmp_path: Path) -> None:
    async with counter(tmp_path) as till:
        await till.sign_on()
        await till.scan(FIVE_OFF)
        assert "Scan the goods first" in till.notice
        assert not till.world.shop.of(coupons.UseCoupon)


async def test_a_used_coupon_is_refused_in_words_and_the_basket_stays(tmp_path: Path) -> None:
    async with counter(tmp_path) as till:
        await till.sign_on()
        await till.scan(CRISPS, USED)
        assert "used already" in till.notice
        assert till.total == 950


async def test_a_coupon_whose_answer_was_lost_is_used_once(tmp_path: Path) -> None:
    async with counter(tmp_path) as till:
        await till.sign_on()
        await till.scan(CRISPS)
        shop, ask = till.world.shop, till.world.shop.ask
        lost: list[Request] = []

        async def losing(request: Request, **more: Any) -> Answer:
            answer = await ask(request, **more)
            if isinstance(request, coupons.UseCoupon) and not lost:
                lost.append(request)
                shop.away = True
                return await ask(request, **more)
            return answer

        shop.ask = losing  # type: ignore[method-assign]
        till.world.scan(FIVE_OFF)
        await till.until(lambda: bool(lost))
        shop.peer(True)
        await till.until(lambda: till.total == 450)
        assert len([r for r in shop.carried_out if isinstance(r, coupons.UseCoupon)]) == 1


@pytest.mark.parametrize(("size", "language"), SIZES)
async def test_coupons_are_listed_typed_and_taken_off(
    tmp_path: Path, size: tuple[int, int], language: str
) -> None:
    async with counter(tmp_path, size=size, language=language) as till:
        await till.sign_on()
        await till.scan(CRISPS)
        await till.press(COUPONS)
        assert isinstance(till.app.screen, CouponsDialog)
        await till.type("WRONG")
        await till.press("enter")
        assert "There is no coupon with the code WRONG" in till.notice
        await till.press(*["backspace"] * 5)
        await till.type(FIVE_OFF)
        await till.press("enter")
        await till.until(lambda: till.total == 450)
        await till.until(lambda: "✓ Five off" in till.screen_text and "-5.00" in till.screen_text)
        await till.press("delete")
        await till.until(lambda: till.total == 950)
        assert "✓ Five off" not in till.screen_text


async def test_a_coupon_that_gives_nothing_yet_says_what_is_missing(tmp_path: Path) -> None:
    async with counter(tmp_path) as till:
        shop = till.world.shop
        shop.coupon_gives = 0
        shop.nearly = (
            offers.NearlyView(
                name="Five off", reason=NearlyReason.SPEND_MORE, words="0.50 more for Five off."
            ),
        )
        await till.sign_on()
        await till.scan(CRISPS, FIVE_OFF)
        assert "gives nothing yet" in till.notice
        await till.press(COUPONS)
        await till.until(lambda: "0.50 more for Five off." in till.screen_text)


async def test_a_members_coupons_are_there_to_choose(tmp_path: Path) -> None:
    async with counter(tmp_path) as till:
        await till.sign_on()
        await till.scan(CRISPS)
        till.world.card(WANG_CARD)
        await till.until(lambda: till.member == "王小明")
        before = till.total
        await till.press(COUPONS)
        await till.until(lambda: OTHERS in till.screen_text)
        assert "5.00 off from 10.00." in till.screen_text
        await till.press("enter")
        await till.until(lambda: till.total == before - 500)


async def test_another_ones_coupon_is_refused_in_words(tmp_path: Path) -> None:
    async with counter(tmp_path) as till:
        await till.sign_on()
        await till.scan(CRISPS)
        await till.press(COUPONS)
        await till.scan(OTHERS)
        assert "belongs to a member" in till.notice


async def test_a_coupon_is_given_for_points_and_printed(tmp_path: Path) -> None:
    async with member_open(tmp_path) as at:
        await at.till.press("f9")
        await at.till.until(lambda: "Coupon · Ten off" in at.till.screen_text)
        await at.till.press("end", "down", "down", "down", "backspace")
        await at.till.type("2")
        await at.till.press("enter")
        assert "one at a time" in at.till.notice
        await at.till.press("backspace")
        await at.till.type("1")
        await at.till.press("enter")
        await at.till.until(lambda: "gets 1 × Ten off for 300 points" in at.till.notice)
        assert len(at.desk.of(coupons.BuyCoupon)) == 1
        assert "Coupon" in [paper.title for paper in at.till.world.lane.printed.values()]


# --- money and points, quotations -----------------------------------------------------------------


async def test_prices_in_money_and_points_are_asked_for_and_given_up(tmp_path: Path) -> None:
    async with counter(tmp_path) as till:
        till.world.shop.price_points_each = 1000
        await till.sign_on()
        await till.scan(CRISPS)
        await till.press(POINTS_PRICE)
        assert "Attach the member first" in till.notice
        till.world.card(WANG_CARD)
        await till.until(lambda: till.member == "王小明")
        await till.press(POINTS_PRICE)
        await till.until(lambda: "1,000 points" in till.notice)
        assert "+ 1,000 points" in till.screen_text
        await till.press(POINTS_PRICE)
        await till.until(lambda: "in money again" in till.notice)
        assert "+ 1,000 points" not in till.screen_text


async def test_a_wish_for_points_that_nothing_has_is_not_kept(tmp_path: Path) -> None:
    async with counter(tmp_path) as till:
        await till.sign_on()
        await till.scan(CRISPS)
        till.world.card(WANG_CARD)
        await till.until(lambda: till.member == "王小明")
        await till.press(POINTS_PRICE)
        await till.until(lambda: "Nothing in this basket" in till.notice)
        till.world.shop.price_points_each = 1000
        await till.press(POINTS_PRICE)
        await till.until(lambda: "1,000 points" in till.notice)


@pytest.mark.parametrize(("size", "language"), SIZES)
async def test_an_approved_quotation_becomes_a_basket(
    tmp_path: Path, size: tuple[int, int], language: str
) -> None:
    async with counter(tmp_path, size=size, language=language) as till:
        await till.sign_on()
        await till.press(QUOTATIONS)
        assert isinstance(till.app.screen, QuotationDialog)
        await till.until(lambda: QUOTATION.number in till.screen_text)
        assert "东街小学" in till.screen_text
        await till.press("enter")
        await till.until(lambda: till.total == 7200)
        assert QUOTATION.number in till.notice


async def test_a_scanned_quotation_asks_first(tmp_path: Path) -> None:
    async with counter(tmp_path) as till:
        await till.sign_on()
        await till.scan(QUOTATION.number)
        await till.until(lambda: "东街小学" in till.screen_text)
        await till.press("enter")
        await till.until(lambda: till.total == 7200)


async def test_a_quotation_is_not_mixed_with_goods_of_another_basket(tmp_path: Path) -> None:
    async with counter(tmp_path) as till:
        await till.sign_on()
        await till.scan(COLA)
        await till.press(QUOTATIONS)
        assert "There is a basket here already" in till.notice
        await till.scan(QUOTATION.number)
        await till.until(lambda: "There is a basket here already" in till.notice)
        assert not till.world.shop.of(quotations.SellQuotation)


# --- cash and the end of the sale -----------------------------------------------------------------


def _rounded(till: Counter, cash_due_minor: int) -> None:
    basket = till.app.till.basket
    assert basket is not None
    rounded = basket.model_copy(update={"cash_due_minor": cash_due_minor})
    till.world.shop.baskets[basket.sale_id] = rounded
    till.app.till.basket = rounded
    till.app.till.changed()


async def test_exact_cash_is_what_is_due_after_rounding(tmp_path: Path) -> None:
    async with counter(tmp_path) as till:
        await till.sign_on()
        await till.scan(COLA)
        _rounded(till, 345)
        await till.rest()
        assert "In cash 3.45" in till.screen_text
        await till.press("f9")
        assert "F5 5.00" in till.screen_text
        await till.press("enter")
        await till.until(lambda: bool(till.world.shop.of(sales.AddTender)))
        assert till.world.shop.of(sales.AddTender)[0].amount_minor == 345


async def test_a_card_pays_the_exact_amount_all_the_same(tmp_path: Path) -> None:
    async with counter(tmp_path) as till:
        await till.sign_on()
        await till.scan(COLA)
        _rounded(till, 345)
        await till.press("f10", "down", "tab")
        await till.type("123456")
        await till.press("enter")
        await till.until(lambda: bool(till.world.shop.of(sales.AddTender)))
        assert till.world.shop.of(sales.AddTender)[0].amount_minor == 350


async def test_what_is_rounded_away_needs_no_payment(tmp_path: Path) -> None:
    async with counter(tmp_path) as till:
        await till.sign_on()
        await till.scan(COLA)
        _rounded(till, 0)
        await till.press("f9")
        await till.press("enter")
        await till.until(lambda: bool(till.world.shop.of(sales.FinishSale)))
        assert not till.world.shop.of(sales.AddTender)


async def test_an_offer_that_was_used_up_meanwhile_is_said_and_the_new_price_drawn(tmp_path: Path) -> None:
    async with counter(tmp_path) as till:
        await _two_lines(till)
        till.world.shop.new_price = 1900
        await till.type("17.75")
        await till.press("f9")
        await till.until(lambda: "The price has changed" in till.notice)
        assert till.total == 2250
        assert "Second at half price" not in till.screen_text
        assert "STILL TO PAY" in till.screen_text
        await till.type("4.75")
        await till.press("f9")
        await till.until(lambda: till.app.till.done is not None)
