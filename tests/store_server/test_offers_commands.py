"""Offers as their author meets them: saved, changed, switched, deleted or ended, and found again."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from coupon_counter import product
from shop_counter import Shop, open_shop

from protocol.identifiers import CategoryId, LaneCode, OfferId, ProductId, SaleId, TenderId
from protocol.messages.catalogue import CategorySaved, ProductFound, SaveCategory, SaveProduct
from protocol.messages.offers import (
    DeleteOffer,
    ExplainSale,
    GetOffer,
    ListOffers,
    NearlyReason,
    OfferFound,
    OfferRemoved,
    OfferRow,
    Offers,
    OfferState,
    SaleExplained,
    SaveOffer,
    SwitchOffer,
)
from protocol.messages.sales import AddTender, Basket, FinishSale, ParkSale, RecallSale
from protocol.offer import (
    AmountOff,
    Bundle,
    BundlePart,
    GoodsRange,
    NthItem,
    OfferConditions,
    OfferKind,
    OfferLimits,
    OfferTimes,
    OfferView,
    PercentOff,
    Threshold,
    ThresholdStep,
)
from store_server.offers import tables
from store_server.sales import steps
from store_server.store.verification import verify_books

S, T = SaleId("s-1"), SaleId("s-2")
EVERYTHING = GoodsRange(all_goods=True)


@pytest.fixture
def shop() -> Iterator[Shop]:
    shop = open_shop()
    shop.open_shift("1", who="li")
    yield shop
    assert verify_books(shop.db).findings == ()
    shop.db.close()


def save(shop: Shop, **fields: object) -> OfferRow:
    about = {"name": "Ten off", "benefit": PercentOff(rate_ppm=100_000), **fields}
    return shop.do(OfferFound, SaveOffer(offer=OfferView(**about)), "boss").offer  # type: ignore[arg-type]


def listed(shop: Shop, **wanted: object) -> list[str]:
    return [row.offer.name for row in shop.do(Offers, ListOffers(**wanted)).offers]  # type: ignore[arg-type]


def test_an_offer_reads_back_in_the_language_of_who_asks(shop: Shop) -> None:
    row = save(shop, limits=OfferLimits(in_all=5))
    assert (row.offer.offer_id, row.offer.version, row.state) == (1, 1, OfferState.LIVE)
    assert row.words == "all goods: 10 % off. At most 5 times in all."
    chinese = shop.do(OfferFound, GetOffer(offer_id=OfferId(1)), language="zh_CN").offer.words
    assert chinese != row.words
    assert "10 %" in chinese


def test_whoever_saves_second_is_told_that_it_was_changed(shop: Shop) -> None:
    first = save(shop).offer
    second = shop.do(OfferFound, SaveOffer(offer=first.model_copy(update={"priority": 3})), "boss").offer
    assert (second.offer.version, second.offer.priority) == (2, 3)
    refused = shop.refusal(SaveOffer(offer=first.model_copy(update={"priority": 4})), "boss")
    assert refused.code == "changed_by_others"
    assert shop.db.execute("SELECT count(*) FROM offer_versions").fetchone()[0] == 2


@pytest.mark.parametrize(
    ("fields", "code", "field"),
    [
        ({"name": "  "}, "bad_name", "name"),
        ({"goods": GoodsRange()}, "bad_goods", "goods"),
        ({"goods": GoodsRange(products=(ProductId(999),))}, "unknown", "goods"),
        ({"goods": GoodsRange(categories=(CategoryId(999),))}, "unknown", "goods"),
        ({"conditions": OfferConditions(tiers=(9,))}, "unknown", "conditions"),
        ({"conditions": OfferConditions(tags=(" ",))}, "bad_conditions", "conditions"),
        ({"times": OfferTimes(from_time="10:00", until_time="10:00")}, "bad_times", "times"),
        ({"benefit": NthItem(nth=2, pays_ppm=1_000_000)}, "bad_benefit", "benefit"),
        ({"benefit": Bundle(parts=(BundlePart(goods=EVERYTHING),))}, "bad_benefit", "benefit"),
        ({"benefit": Bundle(parts=(BundlePart(goods=GoodsRange()),))}, "bad_benefit", "benefit"),
        ({"benefit": Threshold(steps=(ThresholdStep(amount_minor=5),))}, "bad_benefit", "benefit"),
        ({"benefit": Threshold(steps=(ThresholdStep(spend_minor=5),))}, "bad_benefit", "benefit"),
        (
            {"benefit": Threshold(steps=(ThresholdStep(spend_minor=5, amount_minor=6),))},
            "bad_benefit",
            "benefit",
        ),
    ],
)
def test_an_offer_that_makes_no_sense_is_refused_with_its_field(
    shop: Shop, fields: dict[str, object], code: str, field: str
) -> None:
    about = {"name": "Ten off", "benefit": PercentOff(rate_ppm=100_000), **fields}
    refused = shop.refusal(SaveOffer(offer=OfferView(**about)), "boss")  # type: ignore[arg-type]
    assert (refused.code, refused.field) == (code, field)
    assert refused.explanation


def test_a_cashier_alone_saves_no_offer(shop: Shop) -> None:
    offer = OfferView(name="Mine", benefit=PercentOff(rate_ppm=1_000_000))
    assert shop.refusal(SaveOffer(offer=offer)).code == "approval_needed"


def test_an_offer_that_was_used_is_ended_and_not_deleted(shop: Shop) -> None:
    never, used = save(shop, name="Never", goods=GoodsRange(products=(product(shop, "WATER"),))), save(shop)
    shop.sell(S, "COLA")
    gone = shop.do(OfferRemoved, DeleteOffer(offer_id=OfferId(never.offer.offer_id or 0)), "boss")
    assert gone.offer is None
    ended = shop.do(OfferRemoved, DeleteOffer(offer_id=OfferId(used.offer.offer_id or 0)), "boss").offer
    assert ended is not None
    assert (ended.state, ended.used, ended.given_minor) == (OfferState.ENDED, 1, 35)
    assert listed(shop) == ["Ten off"]
    assert not shop.scan(T, "COLA").lines[0].offers


def test_offers_are_found_by_kind_state_goods_and_name(shop: Shop) -> None:
    save(shop, name="A", goods=GoodsRange(products=(product(shop, "COLA"),)))
    save(shop, name="B", benefit=AmountOff(amount_minor=5), priority=7, exclusive_group="week")
    save(shop, name="C", active=False)
    save(shop, name="D", times=OfferTimes(valid_from=shop.now + timedelta(days=1)))
    assert listed(shop) == ["B", "A", "C", "D"]
    assert listed(shop, offer_kind=OfferKind.AMOUNT_OFF) == ["B"]
    assert listed(shop, state=OfferState.OFF) == ["C"]
    assert listed(shop, state=OfferState.WAITING) == ["D"]
    assert listed(shop, text="WEEK") == ["B"]
    assert listed(shop, product_id=product(shop, "WATER")) == ["B", "C", "D"]
    page = shop.do(Offers, ListOffers(limit=2, offset=1))
    assert ([row.offer.name for row in page.offers], page.more) == (["A", "C"], True)


def test_goods_follow_their_category_when_it_moves(shop: Shop) -> None:
    drinks = shop.do(CategorySaved, SaveCategory(name="Drinks"), "boss").category.category_id
    save(shop, goods=GoodsRange(categories=(drinks,)))
    cold = shop.do(CategorySaved, SaveCategory(name="Cold"), "boss").category.category_id
    saved = SaveProduct(code="TEA", name="Tea", price_minor=1000, category_id=cold)
    shop.do(ProductFound, saved, "boss")
    assert shop.scan(S, "TEA").total_minor == 1000
    shop.do(CategorySaved, SaveCategory(category_id=cold, name="Cold", parent_id=drinks), "boss")
    assert shop.scan(S, "TEA").total_minor == 1800


def test_the_hour_that_was_shown_is_the_hour_that_is_paid(shop: Shop) -> None:
    local = shop.now.astimezone(shop.books.settings.zone)
    end = (local + timedelta(minutes=5)).strftime("%H:%M")
    save(shop, times=OfferTimes(from_time="00:00", until_time=end))
    shown = shop.scan(S, "COLA")
    assert shown.total_minor == 315
    shop.now += timedelta(minutes=10)
    shop.pay(S, shown.due_minor)
    assert shop.finish(S).basket.total_minor == 315
    assert shop.scan(T, "COLA").total_minor == 350
    told = shop.do(SaleExplained, ExplainSale(sale_id=T)).explanation
    assert told.nearly[0].reason is NearlyReason.TIME


def test_a_recalled_basket_costs_what_it_costs_now(shop: Shop) -> None:
    row = save(shop)
    assert shop.scan(S, "COLA").total_minor == 315
    shop.ask_ok(ParkSale(sale_id=S))
    shop.ask_ok(SwitchOffer(offer_id=OfferId(row.offer.offer_id or 0), active=False), "boss")
    assert shop.do(Basket, RecallSale(sale_id=S, lane=LaneCode("1"))).basket.total_minor == 350


def test_a_price_that_fell_after_a_card_paid_is_refused_until_the_payment_is_taken_back(shop: Shop) -> None:
    basket = shop.scan(S, "COLA")
    request = AddTender(
        sale_id=S,
        tender_id=TenderId("card-1"),
        tender="card",
        amount_minor=basket.due_minor,
        reference="A1",
    )
    shop.ask_ok(request)
    save(shop)
    finish = FinishSale(sale_id=S, lane=LaneCode("1"))
    assert shop.refusal(finish).code == "price_changed"
    assert shop.refusal(finish).code == "paid_more"


def test_offers_are_compiled_once_and_a_shop_without_any_is_asked_nothing_more(shop: Shop) -> None:
    asked: list[str] = []
    shop.scan(S, "COLA")
    shop.db.set_trace_callback(asked.append)
    shop.scan(S, "WATER")
    without = len(asked)
    assert not any("FROM offer" in text or "FROM coupon" in text for text in asked)
    shop.db.set_trace_callback(None)
    save(shop)
    shop.scan(S, "WATER")
    asked.clear()
    shop.db.set_trace_callback(asked.append)
    shop.scan(S, "WATER")
    shop.db.set_trace_callback(None)
    assert not any("offer_versions" in text for text in asked)
    assert len(asked) <= without + 3


@pytest.mark.parametrize(
    ("query", "arguments", "index"),
    [
        (tables.VERSION, (1, 1), "PRIMARY KEY"),
        (tables.USED.replace("?3", "'[]'").replace("?2", "''").replace("?1", "'[]'"), (), "PRIMARY KEY"),
        (steps.STEPS, ("s",), "PRIMARY KEY"),
        (steps.PARTS, ("s",), "PRIMARY KEY"),
    ],
)
def test_what_is_read_at_the_counter_has_an_index(
    shop: Shop, query: str, arguments: tuple[object, ...], index: str
) -> None:
    plan = [row["detail"] for row in shop.db.execute(f"EXPLAIN QUERY PLAN {query}", arguments)]
    assert any(index in step for step in plan), plan
    assert not any(step.startswith("SCAN") and "json_each" not in step and "j " not in step for step in plan)
