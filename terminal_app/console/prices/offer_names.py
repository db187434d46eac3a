"""What an offer points at, by name: categories, goods, tiers, tags and coupons, as the store has them."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from protocol.identifiers import ProductId
from protocol.language import _, ngettext
from protocol.messages.base import Refused
from protocol.messages.catalogue import Categories, GetProduct, ListCategories, ProductFound
from protocol.messages.coupons import CouponBatches, ListCouponBatches
from protocol.messages.members import ListTags, ListTiers, Tags, Tiers
from protocol.offer import Bundle, BuyGet, GoodsRange, OfferView, Threshold
from terminal_app.console.frame import Framed
from terminal_app.console.members.tiers_words import listed
from terminal_app.console.product_picker import product_words

_NAMED = 3
"""So many goods are named on one line; of the others the number."""
_ASKED = 200
"""So many goods are asked for by name; a range with more shows numbers for the others."""


@dataclass(slots=True)
class OfferNames:
    """The names that are known; goods are added as they are met."""

    tiers: dict[int, str] = field(default_factory=dict)
    tags: tuple[str, ...] = ()
    categories: dict[int, str] = field(default_factory=dict)
    products: dict[int, str] = field(default_factory=dict)
    batches: dict[int, str] = field(default_factory=dict)

    def category(self, number: int) -> str:
        """Return the path of a category."""
        return self.categories.get(number, f"#{number}")

    def product(self, number: int) -> str:
        """Return code and name of goods."""
        return self.products.get(number, f"#{number}")

    def goods(self, goods: GoodsRange) -> str:
        """Return a range on one line: what a field shows."""
        held = [_("All goods")] if goods.all_goods else self._few(goods.categories, goods.products)
        text = listed(held) if held else _("none chosen yet")
        without = self._few(goods.except_categories, goods.except_products)
        return _("{goods} – without {others}").format(goods=text, others=listed(without)) if without else text

    def _few(self, categories: Iterable[int], products: Iterable[int]) -> list[str]:
        names = [self.category(number) for number in categories]
        names += [self.product(number) for number in products]
        rest = len(names) - _NAMED
        if rest > 1:
            more = ngettext("{count} more", "{count} more", rest).format(count=rest)
            return [*names[:_NAMED], more]
        return names


def _ranges(offer: OfferView) -> list[GoodsRange]:
    """Return every range of goods that an offer names."""
    ranges = [offer.goods]
    match offer.benefit:
        case BuyGet(get_range=GoodsRange() as given):
            ranges.append(given)
        case Bundle(parts=parts):
            ranges += [part.goods for part in parts]
    return ranges


def goods_named(offer: OfferView) -> list[ProductId]:
    """Return every product that an offer names."""
    found = [number for goods in _ranges(offer) for number in (*goods.products, *goods.except_products)]
    if isinstance(offer.benefit, Threshold):
        gifts = (step.gift_product_id for step in offer.benefit.steps)
        found += [number for number in gifts if number is not None]
    return list(dict.fromkeys(found))


async def ask_offer_names(screen: Framed[Any], offer: OfferView) -> OfferNames:
    """Return the names that the form of an offer needs; what cannot be had is shown by its number."""
    names = OfferNames()
    tiers = await screen.ask(ListTiers(), Tiers)
    if not isinstance(tiers, Refused):
        names.tiers = {tier.tier: tier.name for tier in tiers.tiers}
    tags = await screen.ask(ListTags(), Tags)
    if not isinstance(tags, Refused):
        names.tags = tuple(each.tag for each in tags.tags)
    categories = await screen.ask(ListCategories(), Categories)
    if not isinstance(categories, Refused):
        names.categories = {each.category_id: each.path for each in categories.categories}
    if isinstance(offer.benefit, Threshold):
        batches = await screen.ask(ListCouponBatches(active_only=True), CouponBatches)
        if not isinstance(batches, Refused):
            names.batches = {b.batch.batch_id: b.batch.name for b in batches.batches if b.batch.batch_id}
    for number in goods_named(offer)[:_ASKED]:
        found = await screen.ask(GetProduct(product_id=number), ProductFound)
        if not isinstance(found, Refused):
            names.products[number] = product_words(found.product.code, found.product.name)
    return names
