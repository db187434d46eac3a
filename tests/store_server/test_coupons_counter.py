"""Coupons at the counter: shown, held, used once, taken off; and the sentence where one is not taken."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from coupon_counter import attach, basket, batch, issued, member, product, show
from refund_counter import back, give_back
from shop_counter import Shop, open_shop

from protocol.coupon import CouponAmount, CouponCodes, CouponGift, CouponIssue, CouponPercent
from protocol.identifiers import CouponBatchId, CouponId, LaneCode, OfferId, ProductId, SaleId, TerminalName
from protocol.messages.coupons import (
    BuyCoupon,
    CancelCoupon,
    CouponPaper,
    Coupons,
    CouponState,
    ListCoupons,
    PrintCoupon,
    RemoveCoupon,
    SaveCouponBatch,
    UseCoupon,
)
from protocol.messages.offers import ExplainSale, NearlyReason, OfferFound, SaleExplained, SaveOffer
from protocol.messages.points import AdjustPoints
from protocol.messages.sales import AddItem, Basket, CancelSale, FinishSale, ParkSale, RecallSale
from protocol.offer import (
    Bundle,
    BundlePart,
    GoodsRange,
    OfferConditions,
    OfferTimes,
    OfferView,
    Threshold,
    ThresholdStep,
)
from store_server.coupons.codes import ALPHABET, code_from, is_code, spaced
from store_server.daily.jobs import step
from store_server.store.verification import verify_books

S, T = SaleId("s-1"), SaleId("s-2")


@pytest.fixture
def shop() -> Iterator[Shop]:
    shop = open_shop()
    shop.open_shift("1", who="li")
    yield shop
    assert verify_books(shop.db).findings == ()
    shop.db.close()


def state(shop: Shop, code: str) -> CouponState:
    return shop.do(Coupons, ListCoupons(code=code), "boss").coupons[0].state


def test_codes_have_no_signs_that_are_confused_and_a_wrong_letter_is_found() -> None:
    assert not set("0O1I") & set(ALPHABET)
    for number in range(200):
        code = code_from(f"secret-{number}")
        assert is_code(code)
        assert is_code(spaced(code).lower())
        for place in range(len(code)):
            other = ALPHABET[(ALPHABET.index(code[place]) + 1 + number % 31) % 32]
            if other != code[place]:
                assert not is_code(code[:place] + other + code[place + 1 :])


def test_a_coupon_takes_off_what_it_says_and_is_used_once(shop: Shop) -> None:
    [coupon] = issued(shop, batch(shop))
    full = shop.scan(S, "COLA").total_minor
    seen = show(shop, S, coupon.code)
    assert seen.total_minor == full - 100
    assert [(each.name, each.saved_minor, each.problem) for each in seen.coupons] == [("1 off", 100, "")]
    assert [(each.name, each.amount_minor) for each in seen.lines[0].offers] == [("1 off", 100)]
    assert state(shop, coupon.code) is CouponState.HELD
    shop.pay(S, seen.due_minor)
    done = shop.finish(S)
    assert done.basket.total_minor == full - 100
    assert state(shop, coupon.code) is CouponState.USED
    shop.scan(T, "COLA")
    refused = shop.refusal(UseCoupon(sale_id=T, code=coupon.code))
    assert refused.code == "coupon_used"


def test_a_scanned_coupon_says_that_it_is_one(shop: Shop) -> None:
    [coupon] = issued(shop, batch(shop))
    batch(shop, "All", codes=CouponCodes.SHARED, shared_code="HELLO")
    for code in (coupon.code, coupon.code.replace("-", ""), "hello"):
        refused = shop.refusal(AddItem(sale_id=S, lane=LaneCode("1"), code=code))
        assert refused.code == "is_coupon"
    assert shop.refusal(AddItem(sale_id=S, lane=LaneCode("1"), code="HELLO2")).code == "unknown_barcode"


def test_a_coupon_on_an_open_sale_is_held_and_one_on_a_parked_sale_is_free(shop: Shop) -> None:
    shop.open_shift("2", who="wang")
    [coupon] = issued(shop, batch(shop))
    full = shop.scan(S, "COLA").total_minor
    show(shop, S, coupon.code)
    shop.scan(T, "COLA", lane="2", who="wang")
    refused = shop.refusal(UseCoupon(sale_id=T, code=coupon.code), "wang")
    assert refused.code == "coupon_held"
    assert "lane 1" in refused.explanation
    shop.ask_ok(ParkSale(sale_id=S))
    assert show(shop, T, coupon.code, "wang").total_minor == full - 100
    recalled = shop.do(Basket, RecallSale(sale_id=S, lane=LaneCode("1"))).basket
    assert (recalled.total_minor, recalled.coupons) == (full, ())


def test_a_coupon_is_free_again_when_it_is_taken_off_or_the_sale_is_given_up(shop: Shop) -> None:
    [coupon] = issued(shop, batch(shop))
    full = shop.scan(S, "COLA").total_minor
    show(shop, S, coupon.code)
    after = shop.do(Basket, RemoveCoupon(sale_id=S, code=coupon.code)).basket
    assert (after.total_minor, after.coupons, after.lines[0].offers) == (full, (), ())
    assert state(shop, coupon.code) is CouponState.LIVE
    show(shop, S, coupon.code)
    shop.ask_ok(CancelSale(sale_id=S), "boss")
    assert state(shop, coupon.code) is CouponState.LIVE


def test_a_coupon_with_nothing_to_take_off_stays_and_says_what_is_missing(shop: Shop) -> None:
    of = batch(shop, conditions=OfferConditions(minimum_spend_minor=10_000))
    [coupon] = issued(shop, of)
    shop.scan(S, "COLA")
    seen = show(shop, S, coupon.code)
    assert seen.coupons[0].problem == NearlyReason.SPEND_MORE
    told = shop.do(SaleExplained, ExplainSale(sale_id=S)).explanation
    assert told.nearly[0].reason is NearlyReason.SPEND_MORE
    assert told.nearly[0].missing_minor == 10_000 - seen.total_minor
    shop.pay(S, seen.due_minor)
    shop.finish(S)
    assert state(shop, coupon.code) is CouponState.LIVE


def test_a_members_coupon_is_theirs_alone(shop: Shop) -> None:
    mine, other = member(shop), member(shop, "李雷")
    [coupon] = issued(shop, batch(shop), mine)
    full = shop.scan(S, "COLA").total_minor
    assert shop.refusal(UseCoupon(sale_id=S, code=coupon.code)).code == "coupon_not_for_member"
    attach(shop, S, mine)
    assert show(shop, S, coupon.code).total_minor == full - 100
    assert attach(shop, S, other).total_minor == full
    assert state(shop, coupon.code) is CouponState.LIVE


def test_coupons_end_begin_and_are_limited(shop: Shop) -> None:
    shop.scan(S, "COLA")
    late = batch(shop, "Old", times=OfferTimes(valid_until=shop.now + timedelta(hours=1)))
    early = batch(shop, "New", times=OfferTimes(valid_from=shop.now + timedelta(days=30)))
    short = batch(shop, "Short", valid_days=2)
    [old], [new], [two_days] = issued(shop, late), issued(shop, early), issued(shop, short)
    shop.now += timedelta(hours=2)
    assert shop.refusal(UseCoupon(sale_id=S, code=old.code)).code == "coupon_expired"
    assert shop.refusal(UseCoupon(sale_id=S, code=new.code)).code == "coupon_not_yet"
    assert show(shop, S, two_days.code).coupons
    assert state(shop, old.code) is CouponState.EXPIRED
    assert shop.refusal(UseCoupon(sale_id=S, code="NONE")).code == "unknown_coupon"


def test_one_per_sale_and_alone(shop: Shop) -> None:
    of, other = batch(shop), batch(shop, "Alone", alone=True)
    first, second = issued(shop, of, count=2)
    [lonely] = issued(shop, other)
    shop.scan(S, "COLA", 3000)
    show(shop, S, first.code)
    assert shop.refusal(UseCoupon(sale_id=S, code=second.code)).code == "coupon_limit"
    assert shop.refusal(UseCoupon(sale_id=S, code=lonely.code)).code == "coupon_alone"


def test_a_shared_code_is_used_as_often_as_it_may(shop: Shop) -> None:
    batch(shop, "All", codes=CouponCodes.SHARED, shared_code="HELLO-10", uses_in_all=1)
    full = shop.scan(S, "COLA").total_minor
    seen = show(shop, S, "hello-10")
    shop.pay(S, seen.due_minor)
    shop.finish(S)
    shop.scan(T, "COLA")
    assert shop.refusal(UseCoupon(sale_id=T, code="HELLO-10")).code == "coupon_limit"
    assert basket(shop, T).total_minor == full


def test_a_gift_a_rate_with_a_limit_and_goods_in_bundles(shop: Shop) -> None:
    cola, water = product(shop, "COLA"), product(shop, "WATER")
    gift = batch(shop, "Free water", CouponGift(product_id=water))
    rate = batch(shop, "Half", CouponPercent(rate_ppm=500_000, most_minor=120))
    [one], [two] = issued(shop, gift), issued(shop, rate)
    shop.scan(S, "COLA", 4000)
    shop.scan(S, "WATER")
    seen = show(shop, S, one.code)
    assert seen.lines[1].amount_minor == 0
    assert show(shop, S, two.code).total_minor == seen.total_minor - 120
    part = BundlePart(goods=GoodsRange(products=(cola,)), count=2)
    bundle = OfferView(name="Pair", benefit=Bundle(parts=(part,), price_minor=100))
    shop.do(OfferFound, SaveOffer(offer=bundle), "boss")
    [three] = issued(shop, rate)
    shop.ask_ok(ParkSale(sale_id=S))
    shop.scan(T, "COLA", 2000)
    assert show(shop, T, three.code).coupons[0].problem == NearlyReason.OUT_OF_SCOPE


def test_an_offer_issues_a_coupon_when_the_sale_is_finished(shop: Shop) -> None:
    of = batch(shop, "Next time")
    step = ThresholdStep(spend_minor=100, coupon_batch_id=CouponBatchId(of.batch_id or 0))
    offer = OfferView(name="Come again", benefit=Threshold(steps=(step,)))
    saved = shop.do(OfferFound, SaveOffer(offer=offer), "boss").offer
    assert "a coupon: Next time" in saved.words
    done = shop.sell(S, "COLA")
    assert [each.name for each in done.coupons] == ["Next time"]
    code = done.coupons[0].code
    paper = "".join(str(element) for element in done.receipt.elements)
    assert code.replace("-", "") in paper
    full = shop.scan(T, "COLA").total_minor
    assert show(shop, T, code).total_minor == full - 100
    missing = offer.model_copy(
        update={"benefit": Threshold(steps=(step.model_copy(update={"coupon_batch_id": 99}),))}
    )
    assert shop.refusal(SaveOffer(offer=missing), "boss").code == "unknown"
    assert saved.offer.offer_id == OfferId(1)


def test_a_coupon_of_a_sale_ends_when_too_little_of_the_sale_is_left(shop: Shop) -> None:
    of = batch(shop, "Next time")
    cola = shop.scan("price", "COLA").total_minor
    shop.ask_ok(CancelSale(sale_id=SaleId("price")), "boss")
    step = ThresholdStep(
        spend_minor=2 * cola, every=True, amount_minor=10, coupon_batch_id=CouponBatchId(of.batch_id or 0)
    )
    offer = OfferView(name="Come again", benefit=Threshold(steps=(step,)))
    shop.ask_ok(SaveOffer(offer=offer), "boss")
    shop.scan(S, "COLA", 4000)
    shop.pay(S, 4 * cola - 20)
    done = shop.finish(S)
    assert len(done.coupons) == 2
    states = []
    for _part in range(3):
        give_back(shop, S, back(1, 1))
        states.append([state(shop, each.code) for each in done.coupons])
    live, gone = CouponState.LIVE, CouponState.CANCELLED
    assert [sorted(each) for each in states] == [[gone, live], [gone, live], [gone, gone]]
    assert shop.journal().count("coupons.CouponCancelled") == 2


def test_a_coupon_for_points(shop: Shop) -> None:
    of = batch(shop, points=50)
    buyer = member(shop)
    request = BuyCoupon(lane=LaneCode("1"), batch_id=CouponBatchId(of.batch_id or 0), member_id=buyer)
    assert shop.refusal(request).code == "not_enough_points"
    shop.ask_ok(AdjustPoints(member_id=buyer, points=60, reason="opening"), "boss")
    [coupon] = shop.do(Coupons, request).coupons
    assert (coupon.member_id, coupon.issued_for) == (buyer, "points")
    assert shop.db.execute("SELECT balance FROM points_accounts").fetchone()[0] == 10


def test_coupons_come_by_themselves_once(shop: Shop) -> None:
    batch(shop, "Welcome", issue_on=(CouponIssue.REGISTRATION,))
    batch(shop, "Birthday", issue_on=(CouponIssue.BIRTHDAY,))
    batch(shop, "Stopped", issue_on=(CouponIssue.REGISTRATION,), active=False)
    born = member(shop, birthday="11-21")
    member(shop, "李雷", birthday="11-22")
    for _day in range(2):
        while shop.dispatcher.act(shop.books, TerminalName("server"), step)[0]:
            pass
    found = shop.do(Coupons, ListCoupons(member_id=born), "boss").coupons
    assert sorted((each.name, each.issued_for) for each in found) == [
        ("Birthday", "birthday"),
        ("Welcome", "registration"),
    ]
    assert shop.db.execute("SELECT count(*) FROM coupons").fetchone()[0] == 3


def test_a_coupon_that_was_taken_back_is_not_taken_any_more(shop: Shop) -> None:
    [coupon] = issued(shop, batch(shop))
    full = shop.scan(S, "COLA").total_minor
    seen = show(shop, S, coupon.code)
    shop.pay(S, seen.due_minor)
    shop.ask_ok(CancelCoupon(coupon_id=CouponId(coupon.coupon_id), reason="printed twice"), "boss")
    refused = shop.refusal(FinishSale(sale_id=S, lane=LaneCode("1")))
    assert refused.code == "price_changed"
    assert basket(shop, S).total_minor == full
    assert state(shop, coupon.code) is CouponState.CANCELLED


def test_a_coupon_on_paper_has_its_code_as_a_barcode(shop: Shop) -> None:
    [coupon] = issued(shop, batch(shop, valid_days=10))
    paper = shop.do(CouponPaper, PrintCoupon(coupon_id=coupon.coupon_id)).paper
    text = str(paper.elements)
    assert coupon.code.replace("-", "") in text
    assert "Until 2026-12-01" in text


def test_a_batch_makes_sense_or_is_refused(shop: Shop) -> None:
    of = batch(shop)
    other = of.model_copy(update={"version": 7})
    assert shop.refusal(SaveCouponBatch(batch=other), "boss").code == "changed_by_others"
    for more, code in (
        ({"name": " "}, "bad_name"),
        ({"goods": GoodsRange()}, "bad_goods"),
        ({"goods": GoodsRange(products=(ProductId(999),))}, "unknown"),
        ({"codes": CouponCodes.SHARED, "shared_code": ""}, "code_needed"),
        ({"codes": CouponCodes.SHARED, "shared_code": "COLA"}, "code_taken"),
        (
            {
                "benefit": CouponAmount(amount_minor=500),
                "conditions": OfferConditions(minimum_spend_minor=400),
            },
            "bad_benefit",
        ),
    ):
        wrong = of.model_copy(update={"batch_id": None, "version": 0, **more})
        assert shop.refusal(SaveCouponBatch(batch=wrong), "boss").code == code
