"""Asks the store server what the numbers in filters are called."""

from collections.abc import Iterable
from typing import Any

from protocol.messages.base import Refused
from protocol.messages.catalogue import Categories, GetProduct, ListCategories, ProductFound
from protocol.messages.members import ListTiers, Tiers
from protocol.messages.profiles import MemberFilter
from terminal_app.console.frame import Framed
from terminal_app.console.members.filter_words import Names


async def ask_names(screen: Framed[Any], filters: Iterable[MemberFilter], known: Names | None) -> Names:
    """Return the names of tiers and categories, and of the goods in these filters; what is known stays."""
    names = known or Names()
    if not names.tiers:
        tiers = await screen.ask(ListTiers(), Tiers)
        categories = await screen.ask(ListCategories(), Categories)
        if not isinstance(tiers, Refused):
            names.tiers = {tier.tier: tier.name for tier in tiers.tiers}
        if not isinstance(categories, Refused):
            names.categories = {each.category_id: each.path for each in categories.categories}
    for product_id in {each.bought_product for each in filters if each.bought_product is not None}:
        if product_id not in names.products:
            found = await screen.ask(GetProduct(product_id=product_id), ProductFound)
            if not isinstance(found, Refused):
                names.products[product_id] = found.product.name
    return names
