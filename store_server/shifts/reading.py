"""What is open: the lane's shift, the business date, the drawer's figure."""

from protocol.identifiers import LaneCode
from protocol.language import _
from protocol.messages.base import Answer, Refused
from protocol.messages.shifts import GetDay, GetShift, ListShifts, ShiftRows, ShiftState
from store_server.database.unit_of_work import Work
from store_server.ledger.rules import Account
from store_server.ledger.tables import balance
from store_server.shifts import figures, tables
from store_server.shifts.rules import date_by_clock, date_to_open, denominations


def drawer(work: Work, lane: str) -> Account:
    """Return the account of a lane's drawer."""
    return Account("drawer", lane, work.settings.currency)


def in_drawer(work: Work, lane: str) -> int:
    """Return what the books say is in the lane's drawer."""
    return balance(work.db, drawer(work, lane))


def _clock_date(work: Work) -> str:
    settings = work.settings
    return date_by_clock(work.now, settings.zone, settings.day_rollover).isoformat()


def present_date(work: Work) -> str:
    """Return the business date that is open, or that the next shift would open."""
    there = tables.open_date(work.db)
    if there is not None:
        return there
    by_clock = date_by_clock(work.now, work.settings.zone, work.settings.day_rollover)
    return date_to_open(by_clock, tables.last_closed_date(work.db)).isoformat()


def shift_state(work: Work, lane: LaneCode) -> ShiftState:
    """Return the shift of a lane with all that opening one needs."""
    row = tables.open_shift_of(work.db, lane)
    there = tables.open_date(work.db)
    return ShiftState(
        shift=tables.view(row, figures.sale_count(work.db, row["shift_id"])) if row is not None else None,
        denominations=denominations(work.settings.currency),
        suggested_float_minor=max(in_drawer(work, lane), 0),
        business_date=present_date(work),
        day_overdue=there is not None and there < _clock_date(work),
    )


def get_shift(work: Work, query: GetShift) -> Answer:
    """The open shift of a lane. While it is open nobody learns what should be in its drawer."""
    state = shift_state(work, query.lane)
    return state if state.shift is None else state.model_copy(update={"suggested_float_minor": 0})


def reported_date(work: Work, business_date: str) -> str:
    """Return the date that is meant: empty is the open day, or the last one while none is open."""
    return business_date or tables.open_date(work.db) or tables.last_date(work.db) or present_date(work)


def list_shifts(work: Work, query: ListShifts) -> Answer:
    """Shifts of a business date, latest first."""
    business_date = reported_date(work, query.business_date)
    return ShiftRows(
        shifts=tuple(
            tables.view(row, figures.sale_count(work.db, row["shift_id"]))
            for row in tables.shifts_of(work.db, business_date)
        )
    )


def get_day(work: Work, query: GetDay) -> Answer:
    """The figures of a business date."""
    business_date = reported_date(work, query.business_date)
    if len(business_date) != 10:
        text = _("{date} is not a date such as 2026-11-21.").format(date=business_date)
        return Refused(code="bad_date", field="business_date", explanation=text)
    return figures.day_figures(work, business_date)
