"""Tax in the shop: which rate holds for which goods, on the basket, the receipt, in the books (PRC-7)."""

import json
from collections.abc import Iterator

import pytest
from refund_counter import back, change_product, give_back, tax, went_back
from shop_counter import APPLES, COLA, CRISPS, WATER, Shop, open_shop, paper

from protocol.identifiers import CategoryId, SaleId
from protocol.messages.catalogue import (
    Categories,
    CategorySaved,
    GetProduct,
    ListCategories,
    ProductFound,
    SaveCategory,
    SaveProduct,
)
from protocol.messages.sales import BasketView, DiscountSale, ListSales, SaleRows
from protocol.messages.shifts import DayFigures, GetDay
from protocol.messages.taxes import ListTaxRates, SaveTaxRate, TaxRates, TaxRateView
from protocol.permissions import Permission
from store_server.sales.checks import wrong_sales
from store_server.store.verification import verify_books

S = SaleId("s")


@pytest.fixture
def shop() -> Iterator[Shop]:
    shop = open_shop()
    shop.open_shift()
    yield shop
    assert verify_books(shop.db).findings == ()
    shop.db.close()


def category(shop: Shop, name: str, below: CategoryId | None = None, tax: str = "") -> CategoryId:
    request = SaveCategory(name=name, parent_id=below, tax=tax)
    return shop.do(CategorySaved, request, "boss").category.category_id


def taxes(basket: BasketView) -> dict[str, tuple[int, int]]:
    """Return {rate: (net, tax)}."""
    return {line.tax: (line.net_minor, line.tax_minor) for line in basket.taxes}


def test_the_nearest_rate_above_decides(shop: Shop) -> None:
    tax(shop, "vat13", 130_000, default=True)
    tax(shop, "vat9", 90_000)
    tax(shop, "vat0", 0)
    food = category(shop, "Food", tax="vat9")
    tea = category(shop, "Tea", food)
    change_product(shop, COLA, category_id=tea)
    change_product(shop, WATER, category_id=tea, tax="vat0")
    for code in ("COLA", "WATER", "CRISPS"):
        basket = shop.scan(S, code)
    assert [line.tax for line in basket.lines] == ["vat9", "vat0", "vat13"]
    assert taxes(basket) == {"vat0": (200, 0), "vat13": (708, 92), "vat9": (321, 29)}
    assert basket.total_minor == 1350


def test_without_any_rate_there_is_no_tax(shop: Shop) -> None:
    basket = shop.scan(S, "COLA")
    assert (basket.taxes, basket.tax_added_minor, basket.lines[0].tax) == ((), 0, "")


def test_tax_on_top_is_paid_too(shop: Shop) -> None:
    tax(shop, "tax8", 82_500, inclusive=False, default=True)
    shop.scan(S, "COLA")
    basket = shop.scan(S, "WATER")
    assert (basket.gross_minor, basket.tax_added_minor, basket.total_minor) == (550, 45, 595)
    assert basket.discount_minor == 0
    shop.pay(S, 595)
    done = shop.finish(S)
    text = paper(done.receipt)
    assert "TAX8 8.25 % | 0.45" in text
    assert "Total | ¥5.95" in text
    assert (shop.balance("sales", "store"), shop.balance("tax", "tax8")) == (-550, -45)
    day = shop.do(DayFigures, GetDay(), "boss")
    assert (day.gross_minor, day.discount_minor, day.net_minor) == (550, 0, 595)


def test_a_discount_on_the_sale_is_on_the_goods_and_the_journal_says_so(shop: Shop) -> None:
    tax(shop, "tax8", 82_500, inclusive=False, default=True)
    shop.scan(S, "BASKET")
    all_of_it = DiscountSale(sale_id=S, amount_minor=10_000, reason="friend")
    assert shop.refusal(all_of_it, "boss").code == "discount_too_big"
    shop.ask_ok(DiscountSale(sale_id=S, rate_ppm=100_000, reason="friend"), "boss")
    body = shop.db.execute("SELECT body FROM journal ORDER BY seq DESC LIMIT 1").fetchone()[0]
    shop.pay(S, 9645)
    sold = shop.finish(S).basket
    assert json.loads(body)["discount_minor"] == sold.sale_discount_minor == 990


def test_several_rates_inside_and_on_top_stand_on_one_receipt(shop: Shop) -> None:
    tax(shop, "vat13", 130_000)
    tax(shop, "tax8", 80_000, inclusive=False)
    change_product(shop, COLA, tax="vat13")
    change_product(shop, APPLES, tax="tax8")
    shop.scan(S, "COLA", 2000)
    shop.scan(S, "12345", 455)
    shop.scan(S, "WATER")
    shop.ask_ok(DiscountSale(sale_id=S, rate_ppm=100_000, reason="friend"), "boss")
    basket = shop.scan(S, "WATER")
    shop.pay(S, basket.due_minor)
    done = shop.finish(S)
    # 6.30 of cola has 0.72 inside; 8.14 of apples gets 0.65 on top; 3.60 of water has none.
    assert taxes(done.basket) == {"vat13": (558, 72), "tax8": (814, 65)}
    assert done.basket.total_minor == 630 + 814 + 65 + 360
    text = paper(done.receipt)
    assert "Tax | Without tax | Tax amount" in text
    assert "VAT13 13 % | 5.58 | 0.72" in text
    assert "TAX8 8 % | 8.14 | 0.65" in text


def test_a_rate_that_changes_holds_for_goods_that_are_scanned_from_then_on(shop: Shop) -> None:
    tax(shop, "vat", 130_000, default=True)
    shop.scan(S, "COLA")
    tax(shop, "vat", 90_000, default=True)
    basket = shop.scan(S, "COLA")
    assert [(line.quantity_thousandths, line.tax_minor) for line in basket.lines] == [(1000, 40), (1000, 29)]
    assert len(basket.taxes) == 2


def test_a_rate_out_of_use_takes_no_tax(shop: Shop) -> None:
    tax(shop, "vat9", 90_000)
    change_product(shop, COLA, tax="vat9")
    view = TaxRateView(tax="vat9", name="VAT", rate_ppm=90_000, active=False)
    shop.do(TaxRates, SaveTaxRate(rate=view), "boss")
    assert shop.scan(S, "COLA").taxes == ()


def test_only_one_rate_is_the_shops(shop: Shop) -> None:
    tax(shop, "vat13", 130_000, default=True)
    tax(shop, "vat9", 90_000, default=True)
    rates = shop.do(TaxRates, ListTaxRates()).rates
    assert [(rate.tax, rate.shop_default) for rate in rates] == [("vat13", False), ("vat9", True)]


def test_rates_that_cannot_be_are_refused_in_words(shop: Shop) -> None:
    def save(**values: object) -> SaveTaxRate:
        view = {"tax": "vat", "name": "VAT", "rate_ppm": 1, **values}
        return SaveTaxRate(rate=TaxRateView.model_validate(view))

    assert shop.refusal(save(tax="VAT 13"), "boss").code == "bad_code"
    assert shop.refusal(save(name=" "), "boss").code == "bad_name"
    assert shop.refusal(save(active=False, shop_default=True), "boss").code == "default_in_use"
    assert shop.refusal(save()).permission == Permission.MANAGE_SETTINGS
    refused = shop.refusal(SaveCategory(name="Food", tax="gst"), "boss")
    assert (refused.code, refused.explanation) == ("no_such_tax", "There is no tax rate gst. Add it first.")
    product = SaveProduct(code="NEW", name="New", price_minor=100, tax="gst")
    assert shop.refusal(product, "boss").code == "no_such_tax"


def test_a_form_that_does_not_know_of_tax_leaves_it_as_it_is(shop: Shop) -> None:
    tax(shop, "vat9", 90_000)
    change_product(shop, COLA, tax="vat9")
    change_product(shop, COLA, tax=None, name="Cola")
    assert shop.do(ProductFound, GetProduct(product_id=COLA)).product.tax == "vat9"
    food = category(shop, "Food", tax="vat9")
    shop.ask_ok(SaveCategory(category_id=food, name="Foods"), "boss")
    assert shop.do(Categories, ListCategories()).categories[0].tax == "vat9"
    shop.ask_ok(SaveCategory(category_id=food, name="Foods", tax=""), "boss")
    assert shop.do(Categories, ListCategories()).categories[0].tax == ""


def test_goods_come_back_with_exactly_their_tax(shop: Shop) -> None:
    tax(shop, "vat13", 130_000, default=True)
    tax(shop, "tax8", 82_500, inclusive=False)
    change_product(shop, CRISPS, tax="tax8")
    shop.scan(S, "COLA", 3000)
    basket = shop.scan(S, "CRISPS", 3000)
    shop.pay(S, basket.due_minor)
    shop.finish(S)
    tax(shop, "vat13", 500_000, default=True)  # what is true today changes nothing
    for line in (1, 2, 2, 1, 1, 2):
        give_back(shop, S, back(line, 1))
    assert [shop.balance("tax", "vat13"), shop.balance("tax", "tax8"), shop.balance("sales", "store")] == [
        0
    ] * 3
    assert shop.balance("drawer", "1") == 20_000


def test_the_refund_slip_shows_the_tax_of_what_came_back(shop: Shop) -> None:
    tax(shop, "tax8", 80_000, inclusive=False, default=True)
    shop.scan(S, "COLA", 2000)
    shop.pay(S, 756)
    shop.finish(S)
    done = give_back(shop, S, back(1, 1))
    assert went_back(done) == [("cash", 378)]
    assert (done.refund.lines[0].tax_minor, done.refund.taxes[0].net_minor) == (28, 350)
    assert "TAX8 8 % | 3.50 | 0.28" in paper(done.slip)


def test_the_list_of_sales_shows_what_was_to_be_paid(shop: Shop) -> None:
    tax(shop, "tax8", 80_000, inclusive=False, default=True)
    shop.scan(S, "COLA")
    shop.pay(S, 378)
    shop.finish(S)
    assert shop.do(SaleRows, ListSales(text="3.78"), "boss").sales[0].total_minor == 378


@pytest.mark.parametrize(
    ("tampering", "finding"),
    [
        (
            "UPDATE sale_lines SET tax_minor = tax_minor + 1",
            "the tax vat13 of its lines is 41, it should be 40",
        ),
        ("UPDATE sale_lines SET tax_rate_ppm = 90000", "it should be 29"),
        ("UPDATE sales SET tax_added_minor = 5, total_minor = total_minor", "its tax on top is 5"),
    ],
)
def test_the_check_finds_tax_that_is_wrong(tampering: str, finding: str) -> None:
    shop = open_shop()
    shop.open_shift()
    tax(shop, "vat13", 130_000, default=True)
    shop.sell(S, "COLA")
    for trigger in ("lines_of_ended_sales_do_not_change", "ended_sales_do_not_change"):
        shop.db.execute(f"DROP TRIGGER {trigger}")
    shop.db.execute(tampering)
    assert any(finding in words for _number, words in wrong_sales(shop.db)), list(wrong_sales(shop.db))
    shop.db.close()
