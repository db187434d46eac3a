"""Trials in the tests' shop: begin one, let it go on until it is over, look at it."""

from datetime import date
from typing import Any

from shop_counter import COLA, Shop

from protocol.identifiers import TrialId
from protocol.messages.offers import OfferFound, SaveOffer
from protocol.messages.trials import (
    GetTrial,
    ListTrialBaskets,
    StartTrial,
    Trial,
    TrialBasket,
    TrialBaskets,
    TrialState,
    TrialView,
)
from protocol.offer import AmountOff, GoodsRange, NthItem, OfferView
from store_server.trials import commands as trials

TODAY = date(2026, 11, 21)


def half_cola(**more: Any) -> OfferView:
    """Return the offer: each second cola at half price."""
    benefit = NthItem(nth=2, pays_ppm=500_000)
    return OfferView(name="Second cola", goods=GoodsRange(products=(COLA,)), benefit=benefit, **more)


def cheaper_cola(minor: int = 50, **more: Any) -> OfferView:
    """Return the offer: so much off each cola."""
    goods = GoodsRange(products=(COLA,))
    return OfferView(name="Cheaper cola", goods=goods, benefit=AmountOff(amount_minor=minor), **more)


def save(shop: Shop, offer: OfferView) -> OfferView:
    """Make the offer one of the shop's."""
    return shop.do(OfferFound, SaveOffer(offer=offer), "boss").offer.offer


def begin(
    shop: Shop, offer: OfferView, first: date = TODAY, last: date = TODAY, name: str = "trial", **more: Any
) -> TrialView:
    """Begin a trial; nothing is looked at yet."""
    request = StartTrial(trial_id=TrialId(name), offer=offer, first_day=first, last_day=last, **more)
    return shop.do(Trial, request, "boss").trial


def let_it_go_on(shop: Shop) -> None:
    """Do what the server does between requests."""
    while trials.step(shop.books):
        pass


def look(shop: Shop, name: str = "trial") -> TrialView:
    """Ask how far a trial is."""
    return shop.do(Trial, GetTrial(trial_id=TrialId(name)), "boss").trial


def try_it(shop: Shop, offer: OfferView, name: str = "trial", **more: Any) -> TrialView:
    """Try an offer over the whole of its days."""
    begin(shop, offer, name=name, **more)
    let_it_go_on(shop)
    found = look(shop, name)
    assert found.state is TrialState.DONE
    assert found.looked_at == found.of
    return found


def baskets(shop: Shop, name: str = "trial", **more: Any) -> tuple[TrialBasket, ...]:
    """Return the baskets that would have been others."""
    return shop.do(TrialBaskets, ListTrialBaskets(trial_id=TrialId(name), **more), "boss").baskets
