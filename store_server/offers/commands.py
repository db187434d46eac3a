"""The requests about offers, each with its function; a basket to try them on is answered by the sales."""

from datetime import datetime
from typing import Any

from protocol.language import _
from protocol.messages import offers
from protocol.messages.base import Answer, Refused
from protocol.messages.offers import (
    DeleteOffer,
    GetOffer,
    ListOffers,
    OfferChanged,
    OfferDeleted,
    OfferFound,
    OfferRemoved,
    OfferRow,
    Offers,
    OfferState,
    SaveOffer,
    SwitchOffer,
)
from protocol.offer import OfferView
from store_server.catalogue.category_tree import category_tree
from store_server.database.unit_of_work import Work
from store_server.offers import tables
from store_server.offers.book import shop_offers
from store_server.offers.naming import names_for
from store_server.offers.problems import offer_problem
from store_server.offers.tables import Present
from store_server.pricing.offers import OfferBook
from store_server.pricing.wording import Names, offer_words


def state_of(view: OfferView, used: int, given_minor: int, now: datetime) -> OfferState:
    """Return where an offer stands."""
    times, limits = view.times, view.limits
    if not view.active:
        return OfferState.OFF
    if times.valid_until is not None and times.valid_until <= now:
        return OfferState.ENDED
    if (limits.in_all and used >= limits.in_all) or (
        limits.budget_minor and given_minor >= limits.budget_minor
    ):
        return OfferState.USED_UP
    if times.valid_from is not None and times.valid_from > now:
        return OfferState.WAITING
    return OfferState.LIVE


def _row(work: Work, there: Present, names: Names) -> OfferRow:
    return OfferRow(
        offer=there.view,
        words=offer_words(there.view, names)[:4000],
        state=state_of(there.view, there.used, there.given_minor, work.now),
        used=there.used,
        given_minor=there.given_minor,
    )


def _found(work: Work, there: Present) -> OfferRow:
    return _row(work, there, names_for(work, [there.view]))


def _no_such_offer() -> Refused:
    return Refused(code="no_such_offer", field="offer_id", explanation=_("This offer does not exist."))


def get_offer(work: Work, query: GetOffer) -> Answer:
    """One offer as it is now."""
    there = tables.present(work.db, query.offer_id)
    return _no_such_offer() if there is None else OfferFound(offer=_found(work, there))


def _about(work: Work, views: list[OfferView], product_id: int) -> list[OfferView]:
    """Return the offers in whose ranges a product is."""
    row = work.db.execute("SELECT category_id FROM products WHERE product_id = ?", (product_id,)).fetchone()
    if row is None:
        return []
    book = OfferBook.of(views)
    hits = book.hits(product_id, category_tree(work).chain(row[0]))
    about = {book.offers[book.slots[slot].key].view.offer_id for slot in (*hits.pieces, *hits.spend)}
    return [view for view in views if view.offer_id in about]


def list_offers(work: Work, query: ListOffers) -> Answer:
    """The offers in the order in which they go."""
    text = query.text.strip().casefold()
    views = [
        view
        for view in shop_offers(work).views
        if (not text or text in view.name.casefold() or text in view.exclusive_group.casefold())
        and query.offer_kind in (None, view.kind)
    ]
    if query.product_id is not None:
        views = _about(work, views, query.product_id)
    given = tables.given(work.db)
    rows = [Present(view, *given[view.offer_id or 0]) for view in views]
    if query.state is not None:
        rows = [row for row in rows if state_of(row.view, row.used, row.given_minor, work.now) is query.state]
    page = rows[query.offset : query.offset + query.limit]
    names = names_for(work, [row.view for row in page])
    return Offers(
        offers=tuple(_row(work, row, names) for row in page), more=len(rows) > query.offset + query.limit
    )


def save_offer(work: Work, command: SaveOffer) -> Answer:
    """Add an offer, or keep a new version of one."""
    view = command.offer.model_copy(
        update={
            "name": command.offer.name.strip(),
            "exclusive_group": command.offer.exclusive_group.strip(),
        }
    )
    if view.offer_id is not None:
        there = tables.present(work.db, view.offer_id)
        if there is None:
            return _no_such_offer()
        if there.view.version != view.version:
            text = _("{name} was changed by somebody else meanwhile. Look at it again, then change it.")
            words = text.format(name=there.view.name)
            return Refused(code="changed_by_others", explanation=words)
    problem = offer_problem(work, view)
    return problem or OfferFound(offer=_kept(work, view))


def _kept(work: Work, view: OfferView) -> OfferRow:
    kept = tables.save(work, view)
    work.record(OfferChanged(offer=kept))
    there = tables.present(work.db, kept.offer_id or 0)
    assert there is not None
    return _found(work, there)


def switch_offer(work: Work, command: SwitchOffer) -> Answer:
    """Make an offer work, or stop it: a new version, so that sales name the one that priced them."""
    there = tables.present(work.db, command.offer_id)
    if there is None:
        return _no_such_offer()
    if there.view.active == command.active:
        return OfferFound(offer=_found(work, there))
    return OfferFound(offer=_kept(work, there.view.model_copy(update={"active": command.active})))


def delete_offer(work: Work, command: DeleteOffer) -> Answer:
    """Delete an offer that was never used; end one that was."""
    there = tables.present(work.db, command.offer_id)
    if there is None:
        return _no_such_offer()
    if not there.used:
        tables.remove(work, command.offer_id)
        work.record(OfferDeleted(offer_id=command.offer_id, name=there.view.name))
        return OfferRemoved()
    until = there.view.times.valid_until
    if until is not None and until <= work.now:
        return OfferRemoved(offer=_found(work, there))
    begin = there.view.times.valid_from
    first = begin if begin is None or begin < work.now else None
    times = there.view.times.model_copy(update={"valid_from": first, "valid_until": work.now})
    return OfferRemoved(offer=_kept(work, there.view.model_copy(update={"times": times})))


HANDLERS: dict[type[Any], Any] = {
    offers.ListOffers: list_offers,
    offers.GetOffer: get_offer,
    offers.SaveOffer: save_offer,
    offers.SwitchOffer: switch_offer,
    offers.DeleteOffer: delete_offer,
}
