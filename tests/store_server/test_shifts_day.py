"""Business day, cashier shift and drawer: floats, blind counts, slips, handover, closing."""

import sqlite3
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from shop_counter import Shop, open_shop, paper

from protocol.identifiers import LaneCode, SaleId, ShiftId, TenderId
from protocol.messages.sales import (
    AddTender,
    CancelSale,
    DiscountSale,
    OverridePrice,
    RemoveTender,
    ReprintReceipt,
    VoidLine,
)
from protocol.messages.shifts import (
    CashDirection,
    CashMoved,
    CloseDay,
    CloseShift,
    CountDrawer,
    DayClosed,
    DayFigures,
    DenominationCount,
    DrawerAllowed,
    DrawerCounted,
    GetDay,
    GetShift,
    ListShifts,
    MoveCash,
    OpenDrawerWithoutSale,
    OpenShift,
    PrintXSlip,
    ReprintShiftSlip,
    ShiftRows,
    ShiftState,
    Slip,
)
from protocol.permissions import Permission
from store_server.shifts.rules import (
    DENOMINATIONS,
    BadCount,
    Pieces,
    count_total,
    date_by_clock,
    date_to_open,
)
from store_server.store.verification import verify_books

LANE = LaneCode("1")
SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def shop() -> Iterator[Shop]:
    shop = open_shop()
    yield shop
    assert verify_books(shop.db).findings == ()
    shop.db.close()


def test_a_shift_opens_with_a_float_counted_by_notes_and_coins(shop: Shop) -> None:
    before = shop.do(ShiftState, GetShift(lane=LANE))
    assert before.shift is None
    assert before.denominations == DENOMINATIONS["CNY"]
    counts = (
        DenominationCount(value_minor=10_000, count=1),
        DenominationCount(value_minor=500, count=20),
        DenominationCount(value_minor=10, count=3),
    )
    state = shop.do(ShiftState, OpenShift(lane=LANE, shift_id=ShiftId("s"), counts=counts))
    assert state.shift is not None
    assert (state.shift.float_minor, state.shift.number, state.shift.operator) == (20_030, 1, "Li")
    assert state.business_date == "2026-11-21"
    assert shop.balance("drawer", "1") == 20_030
    assert shop.balance("safe", "store") == -20_030
    assert shop.journal()[-2:] == ["shifts.BusinessDayOpened", "shifts.ShiftOpened"]


def test_a_count_that_cannot_be_is_refused(shop: Shop) -> None:
    odd = (DenominationCount(value_minor=700, count=1),)
    request = OpenShift(lane=LANE, shift_id=ShiftId("s"), counts=odd)
    assert shop.refusal(request).explanation == "There is no coin or note of ¥7.00."
    notes = (DenominationCount(value_minor=10_000, count=1),)
    request = OpenShift(lane=LANE, shift_id=ShiftId("s"), counts=notes, float_minor=5)
    assert shop.refusal(request).code == "bad_count"
    assert shop.refusal(OpenShift(lane=LaneCode("a/b"), shift_id=ShiftId("s"))).code == "bad_lane"


def test_a_lane_has_one_shift(shop: Shop) -> None:
    shift_id = shop.open_shift()
    refused = shop.refusal(OpenShift(lane=LANE, shift_id=ShiftId("t")), "wang")
    assert refused.code == "shift_open"
    assert "Li has a shift open at lane 1" in refused.explanation
    shop.close_shift(20_000)
    assert shop.refusal(OpenShift(lane=LANE, shift_id=shift_id)).code == "id_used"


def test_cash_goes_in_and_out_with_a_reason_and_a_slip(shop: Shop) -> None:
    shop.open_shift()
    cash_in = MoveCash(lane=LANE, direction=CashDirection.IN, amount_minor=5000, reason="small change")
    assert shop.refusal(cash_in).code == "approval_needed"
    slip = shop.do(CashMoved, cash_in, approval=shop.approve(Permission.CASH_IN_OUT)).slip
    assert "Cash in" in paper(slip)
    assert "small change" in paper(slip)
    assert "50.00" in paper(slip)
    out = MoveCash(lane=LANE, direction=CashDirection.OUT, amount_minor=1500, reason="stamps")
    shop.ask_ok(out, "boss")
    assert shop.balance("drawer", "1") == 23_500
    no_reason = out.model_copy(update={"reason": " "})
    assert shop.refusal(no_reason, "boss").code == "reason_needed"


def test_a_barcode_typed_as_an_amount_of_cash_is_refused(shop: Shop) -> None:
    scanned = 6_901_234_567_892
    opening = OpenShift(lane=LANE, shift_id=ShiftId("s"), float_minor=scanned)
    assert "cannot be right" in shop.refusal(opening).explanation
    shop.open_shift()
    moved = MoveCash(lane=LANE, direction=CashDirection.IN, amount_minor=scanned, reason="change")
    assert shop.refusal(moved, "boss").code == "too_much"
    assert shop.refusal(CountDrawer(lane=LANE, counted_minor=scanned)).code == "too_much"


def test_the_drawer_opens_without_a_sale_and_that_is_on_record(shop: Shop) -> None:
    request = OpenDrawerWithoutSale(lane=LANE, reason="change a note")
    assert shop.refusal(request, "boss").code == "no_shift"
    shop.open_shift()
    assert shop.refusal(request).permission == "no_sale"
    shop.do(DrawerAllowed, request, "boss")
    assert shop.journal()[-1] == "shifts.DrawerOpenedWithoutSale"


def test_nobody_learns_what_should_be_in_the_drawer_before_the_count(shop: Shop) -> None:
    shop.open_shift(float_minor=12_345)
    shop.sell("a", "COLA", "CRISPS")
    state = shop.do(ShiftState, GetShift(lane=LANE))
    assert state.shift is not None
    assert (state.shift.expected_minor, state.suggested_float_minor) == (None, 0)
    slip = paper(shop.do(Slip, PrintXSlip(lane=LANE)).slip)
    for told in ("134.95", "11.50", "Expected"):
        assert told not in slip
    assert "shifts.XSlipPrinted" in shop.journal()


def test_every_blind_count_stays_on_record(shop: Shop) -> None:
    shop.open_shift()
    shop.sell("a", "COLA")
    first = shop.do(DrawerCounted, CountDrawer(lane=LANE, counted_minor=19_000))
    assert (first.expected_minor, first.difference_minor, first.reason_needed) == (20_350, -1350, True)
    second = shop.do(DrawerCounted, CountDrawer(lane=LANE, counted_minor=20_300))
    assert (second.difference_minor, second.reason_needed) == (-50, False)
    assert shop.db.execute("SELECT count(*) FROM drawer_counts WHERE kind = 'count'").fetchone()[0] == 2
    with pytest.raises(sqlite3.IntegrityError):
        shop.db.execute("DELETE FROM drawer_counts")


def test_a_shift_closes_on_its_count_and_the_difference_is_recorded(shop: Shop) -> None:
    shop.open_shift()
    shop.sell("a", "COLA")
    closed = shop.close_shift(20_300, left_in_drawer_minor=15_000)
    assert (closed.shift.expected_minor, closed.shift.difference_minor) == (20_350, -50)
    assert shop.balance("drawer", "1") == 15_000
    assert shop.balance("cash_difference", "1") == 50
    assert shop.balance("safe", "store") == -20_000 + 5_300
    assert shop.do(ShiftState, GetShift(lane=LANE)).suggested_float_minor == 15_000
    assert shop.journal()[-1] == "shifts.ShiftClosed"


def test_a_difference_above_the_limit_asks_for_a_reason(shop: Shop) -> None:
    shop.open_shift()
    shop.ask_ok(CountDrawer(lane=LANE, counted_minor=19_400))
    refused = shop.refusal(CloseShift(lane=LANE))
    assert (refused.code, refused.field) == ("reason_needed", "reason")
    assert "-¥6.00" in refused.explanation
    shop.ask_ok(CloseShift(lane=LANE, reason="nobody knows"))


def test_a_shift_with_no_sale_closes(shop: Shop) -> None:
    shop.open_shift(float_minor=0)
    assert shop.close_shift(0).shift.sale_count == 0


def test_a_shift_is_counted_before_it_closes_and_again_after_cash_moved(shop: Shop) -> None:
    shop.open_shift()
    assert shop.refusal(CloseShift(lane=LANE)).code == "count_needed"
    shop.ask_ok(CountDrawer(lane=LANE, counted_minor=20_000))
    shop.sell("a", "COLA")
    refused = shop.refusal(CloseShift(lane=LANE))
    assert "count it again" in refused.explanation
    shop.close_shift(20_350)


def test_an_open_basket_or_a_payment_keeps_the_shift_open(shop: Shop) -> None:
    shop.open_shift()
    shop.ask_ok(CountDrawer(lane=LANE, counted_minor=20_000))
    shop.scan("a", "COLA")
    assert shop.refusal(CloseShift(lane=LANE)).code == "sale_open"
    shop.ask_ok(AddTender(sale_id=SaleId("a"), tender_id=TenderId("t"), tender="cash", amount_minor=100))
    assert shop.refusal(CloseShift(lane=LANE)).code == "payments_pending"
    shop.ask_ok(RemoveTender(sale_id=SaleId("a"), tender_id=TenderId("t")))
    shop.ask_ok(VoidLine(sale_id=SaleId("a"), line=1))
    shop.ask_ok(CloseShift(lane=LANE))


def test_more_than_was_counted_cannot_stay_in_the_drawer(shop: Shop) -> None:
    shop.open_shift()
    shop.ask_ok(CountDrawer(lane=LANE, counted_minor=20_000))
    assert shop.refusal(CloseShift(lane=LANE, left_in_drawer_minor=20_001)).code == "too_much"


def test_another_cashiers_shift_is_closed_only_by_one_who_may(shop: Shop) -> None:
    shop.open_shift()
    refused = shop.refusal(CountDrawer(lane=LANE, counted_minor=20_000), "wang")
    assert (refused.code, refused.permission) == ("approval_needed", "take_over_shift")
    take_over = Permission.TAKE_OVER_SHIFT
    count = CountDrawer(lane=LANE, counted_minor=20_000)
    shop.ask_ok(count, "wang", approval=shop.approve(take_over, "wang"))
    assert shop.refusal(CloseShift(lane=LANE), "wang").permission == "take_over_shift"
    shop.ask_ok(CloseShift(lane=LANE), "wang", approval=shop.approve(take_over, "wang"))
    row = shop.db.execute("SELECT closed_by_name FROM shifts").fetchone()
    assert row[0] == "Wang"
    row = shop.db.execute("SELECT approver_id FROM journal WHERE name = 'shifts.ShiftClosed'").fetchone()
    assert row[0] == 1


def test_a_handover_has_both_names_on_the_slip(shop: Shop) -> None:
    shop.open_shift()
    shop.ask_ok(CountDrawer(lane=LANE, counted_minor=20_000))
    assert shop.refusal(CloseShift(lane=LANE, handed_to="zhao")).code == "no_such_operator"
    answer = shop.close_shift(20_000, handed_to="WANG")
    assert answer.shift.handed_to == "Wang"
    text = paper(answer.slip)
    assert "Signature Li" in text
    assert "Signature Wang" in text


def test_the_z_slip_lists_what_each_cashier_did(shop: Shop) -> None:
    shop.open_shift()
    boss, a = "boss", SaleId("a")
    shop.scan(a, "COLA")
    shop.scan(a, "BASKET")
    shop.ask_ok(VoidLine(sale_id=a, line=1))
    shop.ask_ok(OverridePrice(sale_id=a, line=2, unit_price_minor=9000, reason="brown"), boss)
    shop.ask_ok(DiscountSale(sale_id=a, amount_minor=500, reason="regular"), boss)
    shop.pay(a, 8500, "card", "1")
    shop.finish(a)
    shop.scan("b", "WATER")
    shop.ask_ok(CancelSale(sale_id=SaleId("b")))
    shop.ask_ok(OpenDrawerWithoutSale(lane=LANE), boss)
    shop.ask_ok(ReprintReceipt(lane=LANE))
    slip = paper(shop.close_shift(20_000).slip)
    for line in (
        "Sales | 1",
        "Net sales | 85.00",
        "Bank card × 1 | 85.00",
        "Voided lines × 1 | 3.50",
        "Cancelled baskets × 1 | 2.00",
        "Drawer opened without a sale × 1 | 0.00\n  Boss × 1",
        "Price changes × 1 | 9.00",
        "Discounts × 1 | 5.00",
        "Roundings × 0 | 0.00",
        "Refunds × 0 | 0.00",
        "Copies of receipts × 1 | 85.00\n  Li × 1",
        "Cash difference | 0.00",
    ):
        assert line in slip, slip


def test_a_copy_of_the_z_slip_says_so(shop: Shop) -> None:
    shift_id = shop.open_shift()
    assert shop.refusal(ReprintShiftSlip(shift_id=shift_id), "boss").code == "no_such_shift"
    shop.close_shift(20_000)
    assert paper(shop.do(Slip, ReprintShiftSlip(shift_id=shift_id), "boss").slip).startswith("COPY 1")


def test_a_closed_shift_never_changes(shop: Shop) -> None:
    shop.open_shift()
    shop.close_shift(20_000)
    with pytest.raises(sqlite3.IntegrityError):
        shop.db.execute("UPDATE shifts SET counted_minor = 0")


def test_the_days_figures(shop: Shop) -> None:
    shop.open_shift()
    shop.sell("a", "COLA", "CRISPS")
    shop.scan("b", "BASKET")
    shop.pay("b", 9900, "card", "1")
    shop.finish("b")
    shop.close_shift(21_100)
    day = shop.do(DayFigures, GetDay(), "boss")
    assert (day.sale_count, day.gross_minor, day.discount_minor, day.net_minor) == (2, 11_200, 150, 11_050)
    assert [(t.tender, t.count, t.amount_minor) for t in day.tenders] == [
        ("cash", 1, 1150),
        ("card", 1, 9900),
    ]
    assert [(t.tender, t.count, t.amount_minor) for t in day.by_hour] == [("09", 2, 11_050)]
    assert (day.difference_minor, day.closed, day.item_count_thousandths) == (-50, False, 3000)
    rows = shop.do(ShiftRows, ListShifts(), "boss").shifts
    assert [(row.lane, row.sale_count, row.difference_minor) for row in rows] == [("1", 2, -50)]


def test_a_day_closes_when_all_shifts_are_closed_and_never_opens_again(shop: Shop) -> None:
    assert shop.refusal(CloseDay(), "boss").code == "no_day"
    shop.open_shift()
    assert shop.refusal(CloseDay(), "boss").explanation == (
        "Shifts are still open at lane 1. Close them first."
    )
    shop.sell("a", "COLA")
    shop.close_shift(20_350)
    closed = shop.do(DayClosed, CloseDay(), "boss")
    assert closed.figures.closed
    assert "Net sales | 3.50" in paper(closed.slip)
    with pytest.raises(sqlite3.IntegrityError):
        shop.db.execute("UPDATE business_days SET closed_at = NULL")
    assert shop.do(DayFigures, GetDay(), "boss").business_date == "2026-11-21", "the last day is shown"
    # The same evening a shift is opened all the same: its sales go to the next day.
    shop.open_shift()
    assert shop.sell("b", "COLA").receipt_number == "S1-1-20261122-0001"


def test_a_sale_after_midnight_belongs_to_the_day_that_is_open(shop: Shop) -> None:
    shop.open_shift()
    shop.now += timedelta(hours=16)  # one in the morning
    assert shop.sell("a", "COLA").receipt_number == "S1-1-20261121-0001"
    state = shop.do(ShiftState, GetShift(lane=LANE))
    assert not state.day_overdue
    shop.now += timedelta(hours=4)
    assert shop.do(ShiftState, GetShift(lane=LANE)).day_overdue
    assert shop.sell("b", "COLA").receipt_number == "S1-1-20261121-0002"


@pytest.mark.parametrize(
    ("clock", "day"),
    [
        (datetime(2026, 11, 20, 19, 59, tzinfo=UTC), date(2026, 11, 20)),
        (datetime(2026, 11, 20, 20, 0, tzinfo=UTC), date(2026, 11, 21)),
        (datetime(2026, 11, 21, 15, 59, tzinfo=UTC), date(2026, 11, 21)),
        (datetime(2026, 11, 21, 16, 1, tzinfo=UTC), date(2026, 11, 21)),
    ],
)
def test_before_the_rollover_it_is_still_yesterday(clock: datetime, day: date) -> None:
    assert date_by_clock(clock, SHANGHAI, "04:00") == day


def test_the_next_day_is_after_the_last_closed_one() -> None:
    today = date(2026, 11, 21)
    assert date_to_open(today, None) == today
    assert date_to_open(today, date(2026, 11, 20)) == today
    assert date_to_open(today, today) == date(2026, 11, 22)


@pytest.mark.parametrize("days", [4000, -30])
def test_a_clock_that_is_hard_to_believe_needs_somebody_who_may_close_days(shop: Shop, days: int) -> None:
    shop.open_shift()
    shop.close_shift(20_000)
    shop.do(DayClosed, CloseDay(), "boss")
    shop.now += timedelta(days=days)
    opening = OpenShift(lane=LANE, shift_id=ShiftId("doubtful"), float_minor=0)
    refused = shop.refusal(opening)
    assert refused.code == "approval_needed"
    assert refused.permission == Permission.CLOSE_DAY
    assert "The last business day was" in refused.explanation
    assert shop.ask(opening, approval=shop.approve(Permission.CLOSE_DAY)) is not None
    assert shop.do(ShiftState, GetShift(lane=LANE)).shift is not None


def test_after_a_holiday_of_a_month_the_shop_just_opens(shop: Shop) -> None:
    shop.open_shift()
    shop.close_shift(20_000)
    shop.do(DayClosed, CloseDay(), "boss")
    shop.now += timedelta(days=30)
    shop.open_shift()


def test_a_count_by_pieces_and_by_amount_must_agree() -> None:
    pieces = [Pieces(100, 3), Pieces(100, 2), Pieces(50, 1)]
    assert count_total(pieces, None, "CNY") == 550
    assert count_total(pieces, 550, "CNY") == 550
    assert count_total([], 77, "CNY") == 77
    with pytest.raises(BadCount):
        count_total(pieces, 500, "CNY")


@pytest.mark.parametrize("currency", DENOMINATIONS)
def test_coins_and_notes_are_listed_largest_first(currency: str) -> None:
    listed = DENOMINATIONS[currency]
    assert list(listed) == sorted(set(listed), reverse=True)
