"""Stock: movements and the level that they make."""

import sqlite3
from collections.abc import Iterator

import pytest
from shop_counter import APPLES, COLA, Shop, open_shop

from protocol.identifiers import ProductId
from protocol.messages.stock import CorrectStock, ListStockMoves, StockMoves
from store_server.stock.tables import MOVES_OF_PRODUCT, wrong_levels


@pytest.fixture
def shop() -> Iterator[Shop]:
    shop = open_shop()
    shop.open_shift()
    yield shop
    shop.db.close()


def correct(counted: int, reason: str = "stocktake", product: ProductId = COLA) -> CorrectStock:
    return CorrectStock(product_id=product, counted_thousandths=counted, reason=reason)


def test_a_correction_writes_the_difference_as_a_movement(shop: Shop) -> None:
    shop.do(StockMoves, correct(10_000), "boss")
    shop.sell("a", "COLA")
    answer = shop.do(StockMoves, correct(12_000, "found two"), "boss")
    assert answer.stock_thousandths == 12_000
    assert [(m.kind, m.quantity_thousandths, m.balance_thousandths, m.operator) for m in answer.moves] == [
        ("correction", 3000, 12_000, "Boss"),
        ("sale", -1000, 9000, "Li"),
        ("correction", 10_000, 10_000, "Boss"),
    ]
    assert answer.moves[0].reference == "found two"
    assert shop.journal()[-1] == "stock.StockCorrected"
    assert list(wrong_levels(shop.db)) == []


def test_a_correction_that_changes_nothing_writes_nothing(shop: Shop) -> None:
    assert shop.do(StockMoves, correct(0), "boss").moves == ()


def test_a_correction_needs_a_reason_a_product_and_a_sane_count(shop: Shop) -> None:
    assert shop.refusal(correct(1000, " "), "boss").code == "reason_needed"
    assert shop.refusal(correct(1000, product=ProductId(99)), "boss").code == "no_such_product"
    assert shop.refusal(correct(10**13), "boss").code == "too_many"
    assert shop.refusal(correct(1000)).code == "approval_needed"
    assert shop.refusal(ListStockMoves(product_id=ProductId(99)), "boss").code == "no_such_product"


def test_selling_what_is_not_there_goes_below_zero_and_is_shown(shop: Shop) -> None:
    shop.scan("a", "12345", 455)
    shop.pay("a", 905)
    shop.finish("a")
    answer = shop.do(StockMoves, ListStockMoves(product_id=APPLES), "boss")
    assert answer.stock_thousandths == -455


def test_a_level_that_is_not_the_sum_of_its_movements_is_found(shop: Shop) -> None:
    shop.do(StockMoves, correct(10_000), "boss")
    shop.db.execute("UPDATE stock_levels SET quantity_thousandths = 9000")
    assert list(wrong_levels(shop.db)) == [(COLA, "the stock is 9, its movements sum to 10")]
    shop.db.execute("DELETE FROM stock_levels")
    assert list(wrong_levels(shop.db)) == [(COLA, "the stock is 0, its movements sum to 10")]


def test_movements_never_change(shop: Shop) -> None:
    shop.do(StockMoves, correct(10_000), "boss")
    with pytest.raises(sqlite3.IntegrityError):
        shop.db.execute("UPDATE stock_moves SET quantity_thousandths = 1")


def test_the_movements_of_a_product_are_found_by_an_index(shop: Shop) -> None:
    plan = [row["detail"] for row in shop.db.execute(f"EXPLAIN QUERY PLAN {MOVES_OF_PRODUCT}", (COLA, 50))]
    assert any("stock_moves_by_product" in step for step in plan), plan
    assert not any("TEMP B-TREE" in step for step in plan), plan
