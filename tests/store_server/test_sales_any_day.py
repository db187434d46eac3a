"""Any sequence of commands: the books are right after each day, and the same commands give the same books."""

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from refund_counter import tax
from shop_counter import Shop, open_shop

from protocol.identifiers import LaneCode, ProductId, RefundId, SaleId, TenderId
from protocol.messages.base import Refused, Request
from protocol.messages.refunds import (
    Disposition,
    ExchangeSale,
    RefundSale,
    RefundWithoutReceipt,
    RemoveExchange,
    ReturnLine,
    ReturnProduct,
)
from protocol.messages.sales import (
    AddItem,
    AddTender,
    CancelSale,
    ChangeQuantity,
    DiscountLine,
    DiscountSale,
    FinishSale,
    OverridePrice,
    ParkSale,
    RecallSale,
    RemoveTender,
    ReprintReceipt,
    VoidLine,
)
from protocol.messages.shifts import (
    CashDirection,
    CloseDay,
    CloseShift,
    CountDrawer,
    MoveCash,
    OpenDrawerWithoutSale,
    OpenShift,
)
from protocol.messages.stock import CorrectStock
from store_server.ledger.tables import wrong_balances, wrong_entries
from store_server.refunds.checks import wrong_refunds
from store_server.sales.checks import wrong_sales
from store_server.stock.tables import wrong_levels

LANES = st.sampled_from(["1", "2"]).map(LaneCode)
SALES = st.sampled_from(["a", "b", "c"]).map(SaleId)
TENDERS = st.sampled_from(["t1", "t2", "t3"]).map(TenderId)
CODES = st.sampled_from(["COLA", "6901234567906", "CRISPS", "12345", "2212345010004", "BASKET", "NONE"])
QUANTITIES = st.sampled_from([None, 1000, 3000, 455, 10_000_000])
LINE = st.integers(1, 4)
AMOUNTS = st.sampled_from([1, 100, 350, 1000, 9900, 20_000])

REFUNDS = st.sampled_from(["r1", "r2", "r3"]).map(RefundId)
RETURNS = st.lists(
    st.builds(
        ReturnLine,
        line=LINE,
        quantity_thousandths=st.sampled_from([1000, 2000, 77]),
        disposition=st.sampled_from(Disposition),
    ),
    min_size=1,
    max_size=2,
).map(tuple)
LOOSE = st.tuples(
    st.builds(
        ReturnProduct,
        product_id=st.sampled_from([1, 4, 99]).map(ProductId),
        quantity_thousandths=st.sampled_from([1000, 77]),
        reason=st.sampled_from(["x", ""]),
    )
)

REQUESTS: st.SearchStrategy[Request] = st.one_of(
    st.builds(AddItem, sale_id=SALES, lane=LANES, code=CODES, quantity_thousandths=QUANTITIES),
    st.builds(AddItem, sale_id=SALES, lane=LANES, code=CODES),
    st.builds(ChangeQuantity, sale_id=SALES, line=LINE, quantity_thousandths=st.sampled_from([2000, 77])),
    st.builds(VoidLine, sale_id=SALES, line=LINE),
    st.builds(OverridePrice, sale_id=SALES, line=LINE, unit_price_minor=AMOUNTS, reason=st.just("x")),
    st.builds(DiscountLine, sale_id=SALES, line=LINE, amount_minor=AMOUNTS, reason=st.just("x")),
    st.builds(DiscountSale, sale_id=SALES, rate_ppm=st.integers(0, 10**6), reason=st.just("x")),
    st.builds(AddTender, sale_id=SALES, tender_id=TENDERS, tender=st.just("cash"), amount_minor=AMOUNTS),
    st.builds(
        AddTender,
        sale_id=SALES,
        tender_id=TENDERS,
        tender=st.just("card"),
        amount_minor=AMOUNTS,
        reference=st.just("1"),
    ),
    st.builds(RemoveTender, sale_id=SALES, tender_id=TENDERS),
    st.builds(CancelSale, sale_id=SALES),
    st.builds(ParkSale, sale_id=SALES),
    st.builds(RecallSale, sale_id=SALES, lane=LANES),
    st.builds(ReprintReceipt, lane=LANES),
    st.builds(RefundSale, refund_id=REFUNDS, lane=LANES, sale_id=SALES, lines=RETURNS),
    st.builds(
        ExchangeSale, refund_id=REFUNDS, lane=LANES, sale_id=SALES, returned_sale_id=SALES, lines=RETURNS
    ),
    st.builds(RemoveExchange, sale_id=SALES),
    st.builds(RefundWithoutReceipt, refund_id=REFUNDS, lane=LANES, lines=LOOSE),
    st.builds(OpenDrawerWithoutSale, lane=LANES),
    st.builds(
        MoveCash,
        lane=LANES,
        direction=st.sampled_from(CashDirection),
        amount_minor=AMOUNTS,
        reason=st.just("x"),
    ),
    st.builds(CountDrawer, lane=LANES, counted_minor=AMOUNTS),
    st.builds(CloseShift, lane=LANES, reason=st.just("x"), left_in_drawer_minor=st.sampled_from([None, 100])),
    st.just(CloseDay()),
    st.builds(
        CorrectStock, product_id=st.just(ProductId(1)), counted_thousandths=AMOUNTS, reason=st.just("x")
    ),
)

ONE = st.just((ReturnLine(line=1, quantity_thousandths=1000),))
BROUGHT_BACK: st.SearchStrategy[Request] = st.one_of(
    st.builds(RefundSale, refund_id=REFUNDS, lane=LANES, sale_id=SALES, lines=ONE),
    st.builds(ExchangeSale, refund_id=REFUNDS, lane=LANES, sale_id=SALES, returned_sale_id=SALES, lines=ONE),
)
KINDS = [st.tuples(SALES, LANES, AMOUNTS), BROUGHT_BACK, REQUESTS, REQUESTS]
STEPS = st.lists(st.sampled_from(KINDS).flatmap(lambda kind: kind), max_size=40)
"""A request, or: scan a cola at the lane into the sale, pay what is due in cash, finish."""


def play(shop: Shop, steps: list[Any]) -> None:
    for lane, shift in (("1", "s1"), ("2", "s2")):
        shop.ask(OpenShift(lane=LaneCode(lane), shift_id=shift, float_minor=20_000), "boss")
    shop.setting("cash_rounding", "50")
    tax(shop, "vat13", 130_000, default=True)
    for number, step in enumerate(steps):
        if isinstance(step, tuple):
            sale, lane, amount = step
            shop.ask(AddItem(sale_id=sale, lane=lane, code="COLA"), "boss")
            for tender in (f"cash-{number}", f"more-{number}"):
                pay = AddTender(
                    sale_id=sale, tender_id=TenderId(tender), tender="cash", amount_minor=amount + 20_000
                )
                shop.ask(pay, "boss")
            shop.ask(FinishSale(sale_id=sale, lane=lane), "boss")
        else:
            answer = shop.ask(step, "boss")
            assert not (isinstance(answer, Refused) and answer.code == "internal"), (step, answer)


def wrong(shop: Shop) -> list[Any]:
    checks = (wrong_entries, wrong_balances, wrong_sales, wrong_refunds, wrong_levels)
    return [found for check in checks for found in check(shop.db)]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(STEPS)
def test_whatever_is_asked_the_books_are_right_and_the_same_again(steps: list[Any]) -> None:
    first, second = open_shop(), open_shop()
    try:
        play(first, steps)
        play(second, steps)
        assert wrong(first) == []
        assert sum(row[0] for row in first.db.execute("SELECT balance FROM ledger_accounts")) == 0
        assert list(first.db.iterdump()) == list(second.db.iterdump())
    finally:
        first.db.close()
        second.db.close()


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(STEPS)
def test_a_command_asked_again_changes_nothing(steps: list[Any]) -> None:
    shop = open_shop()
    try:
        play(shop, steps)
        before = list(shop.db.iterdump())
        ids = [row[0] for row in shop.db.execute("SELECT command_id FROM answers")]
        for command in ids:
            if command in shop.asked:
                request, who = shop.asked[command]
                assert not isinstance(shop.ask(request, who, command=command), Refused)
        assert list(shop.db.iterdump()) == before
    finally:
        shop.db.close()
