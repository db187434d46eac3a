"""What would an offer have cost? Past sales priced anew, by the rules of their time and with the offer."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from shop_counter import COLA, Shop, open_shop
from trial_counter import TODAY, baskets, begin, cheaper_cola, half_cola, let_it_go_on, look, save, try_it

from protocol.identifiers import LaneCode, MemberId, SaleId, TrialId
from protocol.messages.base import Refused
from protocol.messages.members import MemberFound, RegisterMember
from protocol.messages.offers import Explanation, OfferFound, StepKind, SwitchOffer
from protocol.messages.points import AdjustPoints
from protocol.messages.sales import AttachMember, DiscountLine, DiscountSale, FinishSale, OverridePrice
from protocol.messages.shifts import CloseDay, DayClosed
from protocol.messages.trials import (
    CancelTrial,
    CompareTrialBasket,
    GetTrial,
    ListTrialBaskets,
    StartTrial,
    Trial,
    TrialCompared,
    TrialState,
)
from protocol.offer import (
    GoodsRange,
    OfferConditions,
    OfferLimits,
    OfferTimes,
    OfferView,
    PercentOff,
    PointsPrice,
    Threshold,
    ThresholdStep,
)
from store_server.trials import commands as trials
from store_server.trials.past_sales import COUNT, PAGE
from store_server.trials.trial import Trials


@pytest.fixture
def shop() -> Iterator[Shop]:
    shop = open_shop()
    shop.open_shift()
    yield shop
    shop.db.close()


# What it would have cost


def test_each_second_cola_at_half_price_would_have_cost_175(shop: Shop) -> None:
    shop.sell("two", "COLA", "COLA")
    shop.sell("one", "COLA", "WATER")
    shop.sell("none", "WATER")
    found = try_it(shop, half_cola())
    assert (found.looked_at, found.changed, found.times, found.not_priced) == (3, 1, 1, 0)
    assert (found.before_minor, found.after_minor, found.cost_minor) == (700 + 550 + 200, 525 + 750, 175)
    assert found.words == "可乐: of each 2 the cheapest at 50 % of its price."
    (basket,) = baskets(shop)
    assert (basket.sale_id, basket.line_count, basket.times) == ("two", 1, 1)
    assert (basket.before_minor, basket.after_minor) == (700, 525)
    assert basket.receipt_number == "S1-1-20261121-0001"


def test_the_basket_that_differs_most_comes_first(shop: Shop) -> None:
    for sale, count in (("small", 2), ("large", 6), ("middle", 4)):
        shop.sell(sale, *["COLA"] * count)
    try_it(shop, half_cola())
    assert [basket.sale_id for basket in baskets(shop)] == ["large", "middle", "small"]
    assert [basket.sale_id for basket in baskets(shop, limit=1, offset=1)] == ["middle"]


def test_what_was_decided_by_hand_stays_as_it_was(shop: Shop) -> None:
    shop.scan("s", "COLA", 2000)
    shop.scan("s", "CRISPS", 1000)
    shop.scan("s", "12345", 455)
    shop.scan("s", "GIFT", price_minor=5000)
    by_hand = OverridePrice(sale_id=SaleId("s"), line=2, unit_price_minor=700, reason="damaged")
    shop.ask_ok(by_hand, approval=shop.approve(by_hand.permission))
    for discount in (
        DiscountLine(sale_id=SaleId("s"), line=1, rate_ppm=100_000, reason="regular"),
        DiscountSale(sale_id=SaleId("s"), amount_minor=300, reason="waited"),
    ):
        shop.ask_ok(discount, approval=shop.approve(discount.permission))
    due = shop.scan("s", "WATER").due_minor
    shop.pay("s", due)
    shop.finish("s")
    found = try_it(shop, half_cola())
    assert (found.before_minor, found.not_priced) == (due, 0)
    # 10 % came off 7.00, now it comes off 5.25: 6.30 and 4.72.
    assert found.cost_minor == 158


def test_the_price_list_of_that_day_counts_and_not_todays(shop: Shop) -> None:
    shop.sell("s", "COLA", "COLA")
    shop.db.execute("UPDATE products SET price_minor = 900 WHERE product_id = ?", (COLA,))
    assert try_it(shop, half_cola()).cost_minor == 175


def test_a_promotion_and_the_price_of_a_tier_are_as_at_the_sale(shop: Shop) -> None:
    member = _register(shop)
    shop.db.execute("UPDATE tiers SET discount_ppm = 100000")
    shop.ask_ok(AttachMember(sale_id=SaleId("s"), lane=LaneCode("1"), member_id=member))
    shop.sell("s", "COLA", "CRISPS")
    shop.db.execute("UPDATE tiers SET discount_ppm = 500000")
    shop.db.execute("UPDATE products SET promotional_price_minor = NULL")
    goods = GoodsRange(all_goods=True)
    found = try_it(shop, OfferView(name="Ten", goods=goods, benefit=PercentOff(rate_ppm=100_000)))
    assert found.before_minor == 315 + 800
    assert found.cost_minor == 31 + 80


# Beside the offers of that time


def test_what_it_cost_by_the_rules_of_that_time_is_what_was_paid(shop: Shop) -> None:
    ten_off = save(shop, OfferView(name="Ten off", benefit=PercentOff(rate_ppm=100_000)))
    paid = [shop.sell("first", "COLA", "COLA", "WATER").basket.total_minor]
    save(shop, cheaper_cola())
    paid.append(shop.sell("second", "COLA", "CRISPS").basket.total_minor)
    assert ten_off.offer_id is not None
    shop.do(OfferFound, SwitchOffer(offer_id=ten_off.offer_id, active=False), "boss")
    paid.append(shop.sell("third", "COLA", "WATER").basket.total_minor)
    assert len(set(paid)) == 3
    found = try_it(shop, half_cola(priority=9))
    assert found.before_minor == sum(paid)
    assert found.not_priced == 0
    assert [basket.sale_id for basket in baskets(shop)] == ["first"]


def test_an_offer_that_came_between_the_scan_and_the_end_of_the_sale_has_priced_it(shop: Shop) -> None:
    save(shop, OfferView(name="Ten off", benefit=PercentOff(rate_ppm=100_000)))
    shop.scan("s", "COLA", 2000)
    shop.pay("s", 630)
    save(shop, cheaper_cola(100, priority=9))
    assert shop.refusal(FinishSale(sale_id=SaleId("s"), lane=LaneCode("1"))).code == "price_changed"
    assert shop.finish("s").basket.total_minor == 500
    found = try_it(shop, half_cola())
    assert (found.before_minor, found.not_priced) == (500, 0)


def test_alone_it_is_compared_with_a_shop_without_offers(shop: Shop) -> None:
    save(shop, OfferView(name="Ten off", benefit=PercentOff(rate_ppm=100_000)))
    shop.sell("s", "COLA", "COLA")
    beside, alone = (
        try_it(shop, half_cola(priority=9)),
        try_it(shop, half_cola(), "alone", with_other_offers=False),
    )
    assert (beside.before_minor, beside.after_minor) == (630, 525)
    assert (alone.before_minor, alone.after_minor) == (700, 525)


def test_a_changed_offer_takes_the_place_of_the_saved_one(shop: Shop) -> None:
    there = save(shop, cheaper_cola(50))
    shop.sell("s", "COLA")
    found = try_it(shop, cheaper_cola(80, offer_id=there.offer_id, version=there.version))
    assert (found.before_minor, found.after_minor, found.changed) == (300, 270, 1)
    same = try_it(shop, there, "same")
    assert (same.cost_minor, same.times, same.changed) == (0, 1, 0)


def test_an_offer_that_is_over_or_switched_off_is_tried_on_the_clock_of_each_sale(shop: Shop) -> None:
    over = datetime(2020, 1, 1, tzinfo=UTC)
    shop.sell("s", "COLA")
    times = OfferTimes(valid_until=over, from_time="08:00", until_time="10:00")
    assert try_it(shop, cheaper_cola(times=times, active=False)).cost_minor == 50
    shop.now += timedelta(hours=2)
    shop.sell("later", "COLA")
    assert try_it(shop, cheaper_cola(times=times), "again").cost_minor == 50


def test_of_an_exclusive_group_it_works_where_it_is_the_better_one(shop: Shop) -> None:
    save(shop, cheaper_cola(100, exclusive_group="cola"))
    shop.sell("one", "COLA")
    shop.sell("two", "COLA", "COLA")
    found = try_it(shop, half_cola(exclusive_group="cola"))
    assert (found.changed, found.times, found.cost_minor) == (0, 0, 0)
    found = try_it(shop, cheaper_cola(120, exclusive_group="cola"), "better")
    assert (found.changed, found.times, found.cost_minor) == (2, 3, 60)


# Limits are counted along the trial


@pytest.mark.parametrize(
    ("limits", "cost"),
    [
        (OfferLimits(per_sale=1), 150),
        (OfferLimits(in_all=4), 200),
        (OfferLimits(per_day=3), 150),
        (OfferLimits(budget_minor=120), 100),
        (OfferLimits(), 300),
    ],
)
def test_its_limits_are_counted_in_the_order_of_the_sales(shop: Shop, limits: OfferLimits, cost: int) -> None:
    for sale in ("a", "b", "c"):
        shop.sell(sale, "COLA", "COLA")
    assert try_it(shop, cheaper_cola(limits=limits)).cost_minor == cost


def test_a_day_begins_with_a_new_limit_of_the_day(shop: Shop) -> None:
    shop.sell("a", "COLA", "COLA")
    _next_day(shop, 20_700)
    shop.sell("b", "COLA", "COLA")
    limited = cheaper_cola(limits=OfferLimits(per_day=1))
    assert try_it(shop, limited, first=TODAY, last=date(2026, 11, 22)).cost_minor == 100
    assert try_it(shop, limited, "second", first=date(2026, 11, 22), last=date(2026, 11, 22)).of == 1


def test_each_member_has_a_limit_of_their_own(shop: Shop) -> None:
    members = [_register(shop, phone) for phone in ("13800000001", "13800000002")]
    for number, member in enumerate((*members, members[0])):
        sale = f"sale-{number}"
        shop.ask_ok(AttachMember(sale_id=SaleId(sale), lane=LaneCode("1"), member_id=member))
        shop.sell(sale, "COLA", "COLA")
    shop.sell("nobody", "COLA")
    assert try_it(shop, cheaper_cola(limits=OfferLimits(per_member=3))).times == 3 + 2


def test_the_limits_of_other_offers_are_where_they_were(shop: Shop) -> None:
    save(shop, cheaper_cola(limits=OfferLimits(in_all=3)))
    paid = [shop.sell(sale, "COLA", "COLA").basket.total_minor for sale in ("a", "b", "c")]
    assert paid == [600, 650, 700]
    _next_day(shop, 20_000 + sum(paid))
    shop.sell("d", "COLA")
    day = date(2026, 11, 22)
    found = try_it(shop, half_cola(), "late", first=day, last=day)
    assert (found.before_minor, found.not_priced) == (350, 0)
    found = try_it(shop, half_cola(priority=9))
    assert (found.before_minor, found.not_priced) == (sum(paid), 0)


def test_a_first_purchase_is_the_first_one_then(shop: Shop) -> None:
    member = _register(shop)
    for sale in ("first", "second"):
        shop.ask_ok(AttachMember(sale_id=SaleId(sale), lane=LaneCode("1"), member_id=member))
        shop.sell(sale, "COLA")
    try_it(shop, cheaper_cola(conditions=OfferConditions(first_purchase=True)))
    assert [basket.sale_id for basket in baskets(shop)] == ["first"]


def test_points_on_top_are_told(shop: Shop) -> None:
    shop.ask_ok(AttachMember(sale_id=SaleId("s"), lane=LaneCode("1"), member_id=_register(shop)))
    shop.sell("s", "BASKET")
    step = ThresholdStep(spend_minor=5000, points=30)
    found = try_it(shop, OfferView(name="Points", benefit=Threshold(steps=(step,))))
    assert (found.points, found.cost_minor, found.changed) == (30, 0, 1)


def test_a_price_in_money_and_points_is_tried_as_if_every_member_had_asked_for_it(shop: Shop) -> None:
    member = _register(shop)
    shop.ask_ok(AdjustPoints(member_id=member, points=60, reason="opening"), "boss")
    shop.ask_ok(AttachMember(sale_id=SaleId("s"), lane=LaneCode("1"), member_id=member))
    shop.sell("s", "COLA", "COLA")
    shop.sell("nobody", "COLA", "COLA")
    goods = GoodsRange(products=(COLA,))
    benefit = PointsPrice(price_minor=100, points=50)
    found = try_it(shop, OfferView(name="Cola for points", goods=goods, benefit=benefit))
    assert (found.changed, found.times, found.cost_minor, found.points) == (1, 1, 250, -50)


def test_points_that_a_sale_would_have_doubled_are_told(shop: Shop) -> None:
    shop.ask_ok(AttachMember(sale_id=SaleId("s"), lane=LaneCode("1"), member_id=_register(shop)))
    earned = shop.sell("s", "BASKET").points_earned
    assert earned > 0
    step = ThresholdStep(spend_minor=5000, points_multiplier_ppm=3_000_000)
    found = try_it(shop, OfferView(name="Triple", benefit=Threshold(steps=(step,))))
    assert found.points == 2 * earned


# Side by side


def test_both_sides_of_a_basket_are_explained_to_the_cent(shop: Shop) -> None:
    save(shop, OfferView(name="Ten off", benefit=PercentOff(rate_ppm=100_000)))
    shop.sell("s", "COLA", "COLA", "WATER")
    try_it(shop, half_cola(priority=9))
    compared = shop.do(
        TrialCompared, CompareTrialBasket(trial_id=TrialId("trial"), sale_id=SaleId("s")), "boss"
    )
    (basket,) = baskets(shop)
    for side, total in ((compared.before, basket.before_minor), (compared.after, basket.after_minor)):
        assert side.total_minor == total
        assert _adds_up(side)
    assert [step.name for step in compared.before.steps] == ["Ten off"]
    assert [step.name for step in compared.after.steps] == ["Second cola", "Ten off"]
    assert compared.after.steps[0].step is StepKind.OFFER
    assert "of each 2 the cheapest" in compared.after.steps[0].words


def test_a_limit_is_as_far_side_by_side_as_it_was_along_the_trial(shop: Shop) -> None:
    for sale in ("a", "b"):
        shop.sell(sale, "COLA", "COLA")
    try_it(shop, cheaper_cola(limits=OfferLimits(in_all=3)))
    for sale, times in (("a", 2), ("b", 1)):
        request = CompareTrialBasket(trial_id=TrialId("trial"), sale_id=SaleId(sale))
        assert shop.do(TrialCompared, request, "boss").after.steps[0].times == times


def test_a_basket_that_would_not_have_changed_is_not_there_to_compare(shop: Shop) -> None:
    shop.sell("s", "WATER")
    try_it(shop, half_cola())
    request = CompareTrialBasket(trial_id=TrialId("trial"), sale_id=SaleId("s"))
    assert shop.refusal(request, "boss").code == "no_such_sale"


# While it goes on


def test_it_goes_on_in_small_steps_and_its_progress_can_be_read(shop: Shop) -> None:
    for number in range(5):
        shop.sell(f"s{number}", "COLA", "COLA")
    assert begin(shop, half_cola()).state is TrialState.RUNNING
    seen = []
    while trials.step(shop.books):
        seen.append(look(shop).looked_at)
    assert set(range(6)) == set(seen)
    assert look(shop).state is TrialState.DONE


def test_a_trial_that_is_cancelled_stops_at_once_and_keeps_what_it_found(shop: Shop) -> None:
    for number in range(5):
        shop.sell(f"s{number}", "COLA", "COLA")
    begin(shop, half_cola())
    while look(shop).looked_at < 2:
        trials.step(shop.books)
    stopped = shop.do(Trial, CancelTrial(trial_id=TrialId("trial")), "boss").trial
    assert (stopped.state, stopped.looked_at, stopped.of) == (TrialState.CANCELLED, 2, 5)
    assert not trials.pending(shop.books)
    assert not trials.step(shop.books)
    assert look(shop) == stopped
    assert len(baskets(shop)) == 2
    assert shop.do(Trial, CancelTrial(trial_id=TrialId("trial")), "boss").trial == stopped


def test_asked_again_the_same_trial_is_answered(shop: Shop) -> None:
    shop.sell("s", "COLA", "COLA")
    done = try_it(shop, half_cola())
    assert begin(shop, half_cola()) == done
    assert not trials.pending(shop.books)


def test_two_trials_go_on_side_by_side(shop: Shop) -> None:
    for number in range(4):
        shop.sell(f"s{number}", "COLA", "COLA")
    begin(shop, half_cola(), name="one")
    begin(shop, cheaper_cola(), name="other")
    while look(shop, "one").looked_at < 3:
        trials.step(shop.books)
    assert look(shop, "other").looked_at >= 2
    let_it_go_on(shop)
    assert (look(shop, "one").cost_minor, look(shop, "other").cost_minor) == (4 * 175, 4 * 100)


def test_only_the_latest_trials_are_kept(shop: Shop) -> None:
    for number in range(Trials.KEPT + 1):
        try_it(shop, half_cola(), f"trial-{number}")
    assert shop.refusal(GetTrial(trial_id=TrialId("trial-0")), "boss").code == "no_such_trial"
    assert shop.refusal(ListTrialBaskets(trial_id=TrialId("trial-0")), "boss").code == "no_such_trial"
    assert look(shop, "trial-1").state is TrialState.DONE


def test_what_is_sold_while_it_goes_on_is_not_part_of_it(shop: Shop) -> None:
    shop.sell("before", "COLA", "COLA")
    begin(shop, half_cola())
    shop.sell("after", "COLA", "COLA")
    let_it_go_on(shop)
    assert (look(shop).looked_at, look(shop).of) == (1, 1)


def test_nothing_is_written_into_the_books(shop: Shop) -> None:
    save(shop, cheaper_cola(limits=OfferLimits(in_all=3)))
    for number in range(3):
        shop.sell(f"s{number}", "COLA", "COLA")
    journal, books = shop.journal(), shop.db.serialize()
    try_it(shop, half_cola(priority=9, limits=OfferLimits(per_day=1)))
    request = CompareTrialBasket(trial_id=TrialId("trial"), sale_id=baskets(shop)[0].sale_id)
    shop.do(TrialCompared, request, "boss")
    assert shop.journal() == journal
    assert shop.db.serialize() == books


def test_a_sale_that_cannot_be_priced_as_it_was_is_counted_apart(shop: Shop) -> None:
    save(shop, OfferView(name="Tag", benefit=PercentOff(rate_ppm=100_000), conditions=_tagged()))
    member = _register(shop)
    shop.db.execute("INSERT INTO member_tags (member_id, tag) VALUES (?, 'friend')", (member,))
    shop.ask_ok(AttachMember(sale_id=SaleId("s"), lane=LaneCode("1"), member_id=member))
    shop.sell("s", "COLA", "COLA")
    shop.db.execute("DELETE FROM member_tags")
    found = try_it(shop, half_cola())
    assert (found.looked_at, found.not_priced, found.before_minor, found.changed) == (1, 1, 0, 0)


def test_days_without_sales_and_days_in_the_wrong_order(shop: Shop) -> None:
    day = date(2020, 1, 1)
    assert try_it(shop, half_cola(), first=day, last=day).of == 0
    wrong = StartTrial(trial_id=TrialId("x"), offer=half_cola(), first_day=TODAY, last_day=day)
    assert shop.refusal(wrong, "boss").code == "bad_days"


def test_an_offer_that_could_not_be_saved_is_not_tried(shop: Shop) -> None:
    nothing = half_cola().model_copy(update={"goods": GoodsRange()})
    request = StartTrial(trial_id=TrialId("x"), offer=nothing, first_day=TODAY, last_day=TODAY)
    assert shop.refusal(request, "boss").field == "goods"
    unknown = half_cola().model_copy(update={"offer_id": 99})
    request = StartTrial(trial_id=TrialId("x"), offer=unknown, first_day=TODAY, last_day=TODAY)
    assert shop.refusal(request, "boss").code == "no_such_offer"


def test_a_cashier_alone_tries_no_offers(shop: Shop) -> None:
    request = StartTrial(trial_id=TrialId("x"), offer=half_cola(), first_day=TODAY, last_day=TODAY)
    assert isinstance(shop.ask(request, "li"), Refused)


@pytest.mark.parametrize(("query", "values"), [(COUNT, (1, 2)), (PAGE, (1, 2, 3, 4, 5))])
def test_the_sales_of_a_day_are_found_by_an_index(shop: Shop, query: str, values: tuple[int, ...]) -> None:
    plan = " ".join(row[3] for row in shop.db.execute(f"EXPLAIN QUERY PLAN {query}", values))
    assert "sales_by_date (business_date=? AND " in plan
    assert "ended_at<?" in plan
    assert "SCAN" not in plan
    assert "TEMP B-TREE" not in plan


def _register(shop: Shop, phone: str = "13800000000") -> MemberId:
    return shop.do(MemberFound, RegisterMember(name="Wang", phone=phone), "boss").member.member_id


def _tagged() -> OfferConditions:
    return OfferConditions(tags=("friend",))


def _next_day(shop: Shop, counted: int) -> None:
    shop.close_shift(counted)
    shop.do(DayClosed, CloseDay(), "boss")
    shop.now += timedelta(days=1)
    shop.open_shift()


def _adds_up(side: Explanation) -> bool:
    return side.gross_minor - side.total_minor == sum(s.before_minor - s.after_minor for s in side.steps)
