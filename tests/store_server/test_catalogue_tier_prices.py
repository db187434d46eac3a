"""Goods with a price of their own for a tier: at the counter, in the price list, and when they change."""

from collections.abc import Iterator

import pytest
from catalogue_shop import Shop as Office
from coupon_counter import attach, member
from shop_counter import Shop, open_shop

from protocol.identifiers import ProductId, SaleId
from protocol.messages.imports import (
    ExportList,
    ExportRows,
    GetImport,
    GetImportDetails,
    ImportAnswer,
    ImportDetails,
    ImportState,
)
from protocol.messages.prices import (
    ListTierPrices,
    PriceFound,
    PriceRow,
    PriceRows,
    SaveTierPrices,
    TierPrice,
)
from store_server.store.verification import verify_books

S, T = SaleId("s-1"), SaleId("s-2")


@pytest.fixture
def shop() -> Iterator[Shop]:
    shop = open_shop()
    shop.open_shift("1", who="li")
    shop.db.execute("UPDATE tiers SET discount_ppm = 100000 WHERE tier = 0")
    yield shop
    assert verify_books(shop.db).findings == ()
    shop.db.close()


def row(shop: Shop, code: str) -> PriceRow:
    return next(each for each in shop.do(PriceRows, ListTierPrices(text=code)).rows if each.code == code)


def save(shop: Shop, code: str, *prices: TierPrice) -> PriceRow:
    there = row(shop, code)
    request = SaveTierPrices(product_id=there.product_id, version=there.version, prices=prices)
    return shop.do(PriceFound, request, "boss").row


def test_a_product_with_its_own_price_for_the_tier_costs_that_and_not_the_tiers_discount(shop: Shop) -> None:
    who = member(shop)
    full = shop.scan(S, "COLA").total_minor
    assert attach(shop, S, who).total_minor == full - full // 10
    saved = save(shop, "COLA", TierPrice(tier=0, price_minor=123))
    assert [each.price_minor for each in saved.tier_prices] == [123]
    basket = shop.scan(S, "COLA")
    assert basket.total_minor == 2 * 123
    assert basket.lines[0].price_reason == "member price"
    shop.pay(S, basket.due_minor)
    shop.finish(S)
    save(shop, "COLA")
    attach(shop, T, who)
    assert shop.scan(T, "COLA").total_minor == full - full // 10


def test_a_price_for_a_tier_never_makes_goods_dearer(shop: Shop) -> None:
    full = shop.scan(S, "COLA").total_minor
    save(shop, "COLA", TierPrice(tier=0, price_minor=full + 50))
    assert attach(shop, S, member(shop)).total_minor == full


def test_the_price_list_shows_what_is_asked_for(shop: Shop) -> None:
    assert not shop.do(PriceRows, ListTierPrices(with_tier_price=True)).rows
    save(shop, "COLA", TierPrice(tier=0, price_minor=1))
    assert [each.code for each in shop.do(PriceRows, ListTierPrices(with_tier_price=True)).rows] == ["COLA"]
    everything = shop.do(PriceRows, ListTierPrices()).rows
    assert [each.code for each in everything] == sorted(each.code for each in everything)
    first = shop.do(PriceRows, ListTierPrices(limit=2))
    assert (first.rows, first.more) == (everything[:2], True)
    rest = shop.do(PriceRows, ListTierPrices(limit=500, offset=2))
    assert (rest.rows, rest.more) == (everything[2:], False)


def test_a_wrong_price_for_a_tier_is_refused_in_words(shop: Shop) -> None:
    there = row(shop, "COLA")
    one = TierPrice(tier=0, price_minor=5)

    def refused(prices: tuple[TierPrice, ...], product: int = there.product_id, version: int = 1) -> str:
        request = SaveTierPrices(product_id=ProductId(product), version=version, prices=prices)
        return shop.refusal(request, "boss").code

    assert refused((one, one)) == "tier_twice"
    assert refused((TierPrice(tier=7, price_minor=5),)) == "unknown"
    assert refused((one,), version=9) == "changed_by_others"
    assert refused((one,), product=999) == "no_such_product"


def test_prices_for_tiers_go_in_with_a_list_and_come_out_again() -> None:
    office = Office()
    office.save("1", "Tea", 300)
    headings = ["code", "name", "price", "tier_price:会员"]
    done = office.imported(headings, [["1", "Tea", "3.00", "2.50"], ["2", "Milk", "5.00", ""]])
    state = office.get(GetImport(import_id=done), ImportAnswer).view
    assert (state.state, state.new, state.changed) == (ImportState.APPLIED, 1, 1)
    assert [tuple(row) for row in office.db.execute("SELECT tier, price_minor FROM tier_prices")] == [
        (0, 250)
    ]
    again = office.checked(headings, [["1", "Tea", "3.00", "2.50"], ["2", "Milk", "5.00", ""]])
    assert office.get(GetImport(import_id=again), ImportAnswer).view.same == 2
    wrong = office.checked(headings, [["1", "Tea", "3.00", "0"]])
    found = office.get(GetImportDetails(import_id=wrong, limit=10), ImportDetails).errors
    assert [each.column for each in found] == ["tier_price:会员"]
    piece = office.get(ExportList(list_name="products", after_key=""), ExportRows)
    at = list(piece.headings).index("tier_price:会员")
    assert [row[at] for row in piece.rows] == ["2.50", ""]
    office.close()
