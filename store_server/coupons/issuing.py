"""How coupons come into the world: by hand, for points, by an offer, by themselves; each is a fact."""

from datetime import timedelta

from protocol.coupon import CouponCodes
from protocol.identifiers import CouponBatchId, MemberId, SaleId
from protocol.messages.coupons import CouponsIssued
from store_server.coupons import tables
from store_server.coupons.codes import code_from
from store_server.coupons.tables import Batch, CouponRow, Issue
from store_server.database.unit_of_work import Work


def gives_out(work: Work, batch: Batch) -> bool:
    """Return whether coupons of the batch are issued now."""
    view = batch.view
    until = view.times.valid_until
    return view.active and view.codes is CouponCodes.UNIQUE and (until is None or until > work.now)


def issue(work: Work, batch: Batch, count: int, to: Issue) -> list[CouponRow]:
    """Issue so many coupons; fewer where the member has this one already."""
    view, ends_at = batch.view, batch.view.times.valid_until
    if view.valid_days:
        own = work.now + timedelta(days=view.valid_days)
        ends_at = own if ends_at is None or own < ends_at else ends_at
    made = []
    for _number in range(count):
        row = tables.insert_coupon(work, batch.batch_id, code_from(work.new_secret()), ends_at, to)
        if row is not None:
            made.append(row)
    if made:
        work.record(
            CouponsIssued(
                batch_id=CouponBatchId(batch.batch_id),
                count=len(made),
                member_id=None if to.member_id is None else MemberId(to.member_id),
                issued_for=to.issued_for,
                sale_id=None if to.sale_id is None else SaleId(to.sale_id),
            )
        )
    return made


def issue_for_offer(work: Work, batch_id: int, member_id: int | None, sale_id: str, count: int) -> None:
    """Issue what an offer promised; a batch that was stopped gives nothing."""
    batch = tables.batch(work.db, batch_id)
    if batch is not None and gives_out(work, batch):
        issue(work, batch, count, Issue("offer", member_id, sale_id=sale_id))
