"""The requests about coupons, each with its function; what puts one on a basket is answered by the sales."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from protocol.coupon import CouponCodes
from protocol.identifiers import CouponBatchId, CouponId, LaneCode, MemberId, SaleId
from protocol.language import _
from protocol.messages import coupons as messages
from protocol.messages.base import Answer, Fact, Refused
from protocol.messages.coupons import (
    BuyCoupon,
    CancelCoupon,
    CouponCancelled,
    Coupons,
    CouponState,
    CouponView,
    IssueCoupons,
    ListCoupons,
)
from protocol.messages.members import MemberRegistered, MemberTierChanged
from store_server.coupons import batches, codes, own_motion, paper, tables
from store_server.coupons.issuing import gives_out, issue
from store_server.coupons.tables import Batch, CouponRow, Issue
from store_server.coupons.words import coupon_words, names_for
from store_server.database.unit_of_work import Work, read_time
from store_server.members.tables import kept_member, merged_ids
from store_server.points import movements
from store_server.points.people import active
from store_server.points.selling import not_enough, points_there
from store_server.points.statement import today
from store_server.points.tables import Reason
from store_server.shifts import tables as shifts
from store_server.shifts.opening import no_shift


def _state(row: CouponRow, now: datetime) -> CouponState:
    if row.state != tables.LIVE:
        return CouponState(row.state)
    if row.held_by is not None:
        return CouponState.HELD
    return CouponState.EXPIRED if row.end is not None and row.end <= now else CouponState.LIVE


def views(work: Work, rows: Iterable[CouponRow]) -> tuple[CouponView, ...]:
    """Return coupons as they are shown, with their batches in words."""
    found = list(rows)
    of: dict[int, Batch] = {}
    for row in found:
        if row.batch_id not in of:
            batch = tables.batch(work.db, row.batch_id)
            assert batch is not None
            of[row.batch_id] = batch
    names = names_for(work, [batch.view for batch in of.values()])
    return tuple(
        _view(work, row, of[row.batch_id], coupon_words(of[row.batch_id].view, names)) for row in found
    )


def _view(work: Work, row: CouponRow, batch: Batch, words: str) -> CouponView:
    sale = row.used_sale or row.held_by
    number = None
    if row.used_sale:
        query = "SELECT receipt_number FROM sales WHERE sale_id = ?"
        number = work.db.execute(query, (row.used_sale,)).fetchone()
    return CouponView(
        coupon_id=CouponId(row.coupon_id),
        batch_id=CouponBatchId(row.batch_id),
        name=batch.view.name,
        words=words[:4000],
        code=codes.spaced(row.code),
        state=_state(row, work.now),
        member_id=None if row.member_id is None else MemberId(row.member_id),
        issued_at=read_time(row.issued_at),
        ends_at=row.end,
        issued_for=row.issued_for,
        sale_id=None if sale is None else SaleId(sale),
        receipt_number=number[0] or "" if number else "",
    )


def list_coupons(work: Work, query: ListCoupons) -> Answer:
    """Coupons of a batch or of a member, those of merged members included."""
    people: list[int] = []
    if query.member_id is not None:
        kept = kept_member(work.db, query.member_id)
        people = [kept, *merged_ids(work.db, kept)]
    rows = list(
        tables.coupons(
            work.db,
            work.at,
            batch_id=query.batch_id,
            people=people,
            code=codes.plain(query.code),
            state=query.state.value if query.state else "",
            limit=query.limit + 1,
            offset=query.offset,
        )
    )
    return Coupons(coupons=views(work, rows[: query.limit]), more=len(rows) > query.limit)


def _issuable(work: Work, batch_id: int) -> Batch | Refused:
    batch = tables.batch(work.db, batch_id)
    if batch is None:
        return batches.no_such_batch()
    if batch.view.codes is CouponCodes.SHARED:
        text = _("{name} has one code for everybody: {code}. There is nothing to issue.")
        words = text.format(name=batch.view.name, code=batch.view.shared_code)
        return Refused(code="shared_code", field="batch_id", explanation=words)
    if not gives_out(work, batch):
        text = _("{name} is over; no coupon of it is issued any more.").format(name=batch.view.name)
        return Refused(code="batch_over", field="batch_id", explanation=text)
    return batch


def issue_coupons(work: Work, command: IssueCoupons) -> Answer:
    """Issue coupons by hand."""
    batch = _issuable(work, command.batch_id)
    if isinstance(batch, Refused):
        return batch
    if command.member_id is None:
        made = issue(work, batch, command.count, Issue("batch", occasion=command.reason.strip()))
        return Coupons(coupons=views(work, made))
    member = active(work.db, command.member_id)
    if isinstance(member, Refused):
        return member
    to = Issue("hand", member.member_id, command.reason.strip())
    return Coupons(coupons=views(work, issue(work, batch, command.count, to)))


def buy_coupon(work: Work, command: BuyCoupon) -> Answer:
    """Give a member a coupon for points: both in one transaction."""
    member = active(work.db, command.member_id)
    if isinstance(member, Refused):
        return member
    if shifts.open_shift_of(work.db, LaneCode(command.lane)) is None:
        return no_shift(command.lane)
    batch = _issuable(work, command.batch_id)
    if isinstance(batch, Refused):
        return batch
    points, day = batch.view.points, today(work)
    if not points:
        text = _("{name} is not given for points.").format(name=batch.view.name)
        return Refused(code="not_for_points", field="batch_id", explanation=text)
    if movements.debit(work, member.member_id, points, Reason("gift", day, batch.view.name)) is None:
        return not_enough(points, points_there(work, member.member_id, day))
    return Coupons(coupons=views(work, issue(work, batch, 1, Issue("points", member.member_id))))


def cancel_coupon(work: Work, command: CancelCoupon) -> Answer:
    """Take a coupon back that was not used."""
    row = tables.coupon(work.db, command.coupon_id)
    reason = command.reason.strip()
    if row is None:
        return Refused(code="no_such_coupon", explanation=_("This coupon does not exist."))
    if not reason:
        text = _("Please say why; it is kept with the coupon.")
        return Refused(code="reason_needed", field="reason", explanation=text)
    if not tables.cancel(work, command.coupon_id, reason):
        text = _("This coupon was used or taken back already.")
        return Refused(code="coupon_used", field="coupon_id", explanation=text)
    work.record(CouponCancelled(coupon_id=command.coupon_id, reason=reason))
    after = tables.coupon(work.db, command.coupon_id)
    assert after is not None
    return Coupons(coupons=views(work, [after]))


HANDLERS: dict[type[Any], Any] = {
    messages.ListCouponBatches: batches.list_coupon_batches,
    messages.SaveCouponBatch: batches.save_coupon_batch,
    messages.ListCoupons: list_coupons,
    messages.IssueCoupons: issue_coupons,
    messages.BuyCoupon: buy_coupon,
    messages.CancelCoupon: cancel_coupon,
    messages.PrintCoupon: paper.print_coupon,
}

REACTIONS: dict[type[Fact], Callable[[Work, Any], None]] = {
    MemberRegistered: own_motion.welcome,
    MemberTierChanged: own_motion.come_up,
}
"""What issues coupons by itself, in the transaction of the command that did it."""
