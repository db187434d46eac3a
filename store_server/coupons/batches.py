"""Commands on batches: the list, and a change."""

from protocol.coupon import CouponAmount, CouponBatchView, CouponCodes
from protocol.language import _
from protocol.messages.base import Answer, Refused
from protocol.messages.coupons import (
    CouponBatchChanged,
    CouponBatches,
    CouponBatchFound,
    CouponBatchRow,
    ListCouponBatches,
    SaveCouponBatch,
)
from protocol.offer import AmountOff, OfferView
from store_server.coupons import codes, tables
from store_server.coupons.tables import Batch
from store_server.coupons.words import batch_words, names_for, spoken_of
from store_server.database.unit_of_work import Work
from store_server.offers.naming import Spoken
from store_server.offers.problems import senseless, unknown

_OF_GOODS = (
    "SELECT 1 FROM product_barcodes WHERE lookup = ?1 UNION ALL SELECT 1 FROM products WHERE code = ?1"
)


def _rows(work: Work, found: list[Batch]) -> tuple[CouponBatchRow, ...]:
    names = names_for(work, [each.view for each in found])
    return tuple(
        CouponBatchRow(
            batch=each.view,
            words=batch_words(each.view, names)[:4000],
            issued=each.issued,
            used=each.used,
            given_minor=each.given_minor,
        )
        for each in found
    )


def _is_over(batch: Batch, work: Work) -> bool:
    view, until = batch.view, batch.view.times.valid_until
    used_up = view.codes is CouponCodes.SHARED and view.uses_in_all and batch.used >= view.uses_in_all
    return not view.active or bool(used_up) or (until is not None and until <= work.now)


def list_coupon_batches(work: Work, query: ListCouponBatches) -> Answer:
    """The batches, latest first."""
    text = query.text.strip()
    if not query.active_only:
        found = tables.batches(work.db, text, query.limit + 1, query.offset, for_points=query.for_points)
    else:
        everything = tables.batches(work.db, text, -1, 0, for_points=query.for_points)
        live = [each for each in everything if not _is_over(each, work)]
        found = live[query.offset : query.offset + query.limit + 1]
    return CouponBatches(batches=_rows(work, found[: query.limit]), more=len(found) > query.limit)


def save_coupon_batch(work: Work, command: SaveCouponBatch) -> Answer:
    """Add a batch, or change one that nobody else has changed meanwhile."""
    view = _tidy(command.batch)
    before: Batch | None = None
    if view.batch_id is not None:
        before = tables.batch(work.db, view.batch_id)
        if before is None:
            return no_such_batch()
        if before.view.version != view.version:
            text = _("{name} was changed by somebody else meanwhile. Look at it again, then change it.")
            words = text.format(name=before.view.name)
            return Refused(code="changed_by_others", explanation=words)
    problem = _problem(work, view, before)
    if problem is not None:
        return problem
    kept = tables.save_batch(work, view)
    work.record(CouponBatchChanged(batch=kept))
    saved = tables.batch(work.db, kept.batch_id or 0)
    assert saved is not None
    return CouponBatchFound(batch=_rows(work, [saved])[0])


def no_such_batch() -> Refused:
    """Return the refusal of a batch that is not there."""
    return Refused(code="no_such_batch", field="batch_id", explanation=_("There are no such coupons."))


def _tidy(view: CouponBatchView) -> CouponBatchView:
    """What the kind of codes has no use for is not kept."""
    shared = view.codes is CouponCodes.SHARED
    return view.model_copy(
        update={
            "name": view.name.strip(),
            "shared_code": view.shared_code if shared else "",
            "uses_in_all": view.uses_in_all if shared else 0,
            "valid_days": 0 if shared else view.valid_days,
            "per_sale": 1 if shared else view.per_sale,
        }
    )


def _problem(work: Work, view: CouponBatchView, before: Batch | None) -> Refused | None:
    # A batch has the name, goods, conditions and times of an offer, and the same must make sense in them.
    alike = OfferView(
        name=view.name or " ",
        goods=view.goods,
        benefit=AmountOff(amount_minor=1),
        conditions=view.conditions,
        times=view.times,
    )
    spoken = Spoken()
    spoken_of(view, spoken)
    return senseless(alike) or _bad_benefit(view) or unknown(work, spoken) or _codes(work, view, before)


def _bad_benefit(view: CouponBatchView) -> Refused | None:
    spend = view.conditions.minimum_spend_minor
    if isinstance(view.benefit, CouponAmount) and 0 < spend < view.benefit.amount_minor:
        text = _("It takes more off than must be spent for it.")
        return Refused(code="bad_benefit", field="benefit", explanation=text)
    return None


def _codes(work: Work, view: CouponBatchView, before: Batch | None) -> Refused | None:
    if before is not None and before.view.codes is not view.codes and (before.issued or before.used):
        text = _("Coupons are out: their kind of code cannot change. Switch it off and make another one.")
        return Refused(code="codes_are_out", field="codes", explanation=text)
    if view.codes is CouponCodes.UNIQUE:
        return None
    code = view.shared_code
    if len(code.strip("-")) < 3:
        text = _("A code for everybody needs at least 3 letters or digits.")
        return Refused(code="code_needed", field="shared_code", explanation=text)
    if view.issue_on or view.points:
        text = _("A code for everybody is not issued to members. Give each coupon its own code.")
        return Refused(code="not_issued", field="codes", explanation=text)
    other = tables.batch_of_code(work.db, code)
    taken = other is not None and (before is None or other.batch_id != before.batch_id)
    taken = taken or tables.coupon_of_code(work.db, codes.plain(code)) is not None
    taken = (
        taken
        or work.db.execute(
            _OF_GOODS,
            (code,),
        ).fetchone()
        is not None
    )
    if taken:
        text = _("The code {code} is taken already.").format(code=code)
        return Refused(code="code_taken", field="shared_code", explanation=text)
    return None
