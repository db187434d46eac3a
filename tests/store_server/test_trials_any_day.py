"""Any day of the shop, whatever was scanned, given and shown: a trial knows to the cent what it cost."""

from datetime import timedelta

from coupon_counter import attach, batch, issued, member, show
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shop_counter import Shop, open_shop
from trial_counter import baskets, cheaper_cola, half_cola, save, try_it

from protocol.identifiers import SaleId, TrialId
from protocol.messages.sales import DiscountSale
from protocol.messages.trials import CompareTrialBasket, TrialCompared
from protocol.offer import (
    BuyGet,
    CheapestFree,
    NFor,
    OfferConditions,
    OfferLimits,
    OfferView,
    PercentOff,
    Threshold,
    ThresholdStep,
)

OFFERS = (
    OfferView(name="Ten off", benefit=PercentOff(rate_ppm=100_000), limits=OfferLimits(in_all=5)),
    OfferView(name="Two for", benefit=NFor(count=2, price_minor=500), limits=OfferLimits(per_day=2)),
    OfferView(name="Free one", benefit=CheapestFree(count=3), limits=OfferLimits(budget_minor=600)),
    OfferView(name="One more", benefit=BuyGet(buy=1, get=1), limits=OfferLimits(per_member=1)),
    OfferView(
        name="Spend",
        benefit=Threshold(steps=(ThresholdStep(spend_minor=1500, amount_minor=200),)),
        conditions=OfferConditions(members_only=True),
    ),
    OfferView(
        name="First", benefit=PercentOff(rate_ppm=50_000), conditions=OfferConditions(first_purchase=True)
    ),
)
CODES = ("COLA", "COLA", "WATER", "CRISPS", "BASKET", "12345")

sale = st.fixed_dictionaries(
    {
        "codes": st.lists(st.sampled_from(CODES), min_size=1, max_size=6),
        "member": st.integers(0, 2),
        "off": st.sampled_from([0, 0, 100]),
        "coupon": st.booleans(),
        "change": st.sampled_from([None, None, *range(len(OFFERS))]),
    }
)


def ring_up(shop: Shop, name: str, wanted: dict, members: list, code: str) -> int:  # type: ignore[type-arg]
    """Ring one sale up; return what it cost."""
    for each in wanted["codes"]:
        basket = shop.scan(name, each, 455 if each == "12345" else None)
    if wanted["member"]:
        basket = attach(shop, name, members[wanted["member"] - 1])
    if wanted["coupon"]:
        basket = show(shop, name, code)
    if wanted["off"]:
        request = DiscountSale(sale_id=SaleId(name), amount_minor=wanted["off"], reason="regular")
        shop.ask_ok(request, approval=shop.approve(request.permission))
        basket = shop.scan(name, "WATER")
    if basket.due_minor:
        shop.pay(name, basket.due_minor)
    return shop.finish(name).basket.total_minor


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(sales=st.lists(sale, min_size=1, max_size=6), limit=st.sampled_from([0, 1, 3]))
def test_before_is_what_was_paid_and_both_sides_add_up(sales: list[dict], limit: int) -> None:  # type: ignore[type-arg]
    shop = open_shop()
    try:
        shop.open_shift()
        members = [member(shop), member(shop, "李明")]
        codes = [each.code for each in issued(shop, batch(shop), count=len(sales))]
        paid = 0
        for number, wanted in enumerate(sales):
            if wanted["change"] is not None:
                save(shop, OFFERS[wanted["change"]])
            paid += ring_up(shop, f"s{number}", wanted, members, codes[number])
            shop.now += timedelta(minutes=5)
        books = shop.db.serialize()
        found = try_it(shop, half_cola(priority=5, limits=OfferLimits(in_all=limit)))
        assert (found.not_priced, found.before_minor) == (0, paid)
        again = try_it(shop, cheaper_cola(40, priority=5), "second")
        assert again.before_minor == paid
        for name, trial in (("trial", found), ("second", again)):
            total = 0
            for basket in baskets(shop, name):
                request = CompareTrialBasket(trial_id=TrialId(name), sale_id=basket.sale_id)
                sides = shop.do(TrialCompared, request, "boss")
                for side, minor in ((sides.before, basket.before_minor), (sides.after, basket.after_minor)):
                    assert side.total_minor == minor
                    steps = sum(step.before_minor - step.after_minor for step in side.steps)
                    assert side.gross_minor - side.total_minor == steps
                total += basket.before_minor - basket.after_minor
            assert total == trial.cost_minor
        assert shop.db.serialize() == books
    finally:
        shop.db.close()
