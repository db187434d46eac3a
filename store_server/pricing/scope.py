"""Ranges of goods, compiled: is a product in it?"""

from dataclasses import dataclass

from protocol.offer import GoodsRange


@dataclass(frozen=True, slots=True)
class Scope:
    """A range of goods as sets."""

    all_goods: bool
    categories: frozenset[int]
    products: frozenset[int]
    except_categories: frozenset[int]
    except_products: frozenset[int]
    weighed_counts: bool

    @classmethod
    def of(cls, goods: GoodsRange) -> "Scope":
        """Return the range compiled; one of all goods has no other inclusions."""
        return cls(
            goods.all_goods,
            frozenset() if goods.all_goods else frozenset(goods.categories),
            frozenset() if goods.all_goods else frozenset(goods.products),
            frozenset(goods.except_categories),
            frozenset(goods.except_products),
            goods.weighed_counts,
        )

    @property
    def has_exceptions(self) -> bool:
        """True: some goods are named that are not in it."""
        return bool(self.except_categories or self.except_products)

    def holds(self, product_id: int, categories: tuple[int, ...]) -> bool:
        """Return whether a product is in it; `categories` are its own and those above it."""
        inside = self.all_goods or product_id in self.products or not self.categories.isdisjoint(categories)
        return inside and self.allows(product_id, categories)

    def allows(self, product_id: int, categories: tuple[int, ...]) -> bool:
        """Return whether no exception names the product."""
        return product_id not in self.except_products and self.except_categories.isdisjoint(categories)


ALL_GOODS = Scope.of(GoodsRange(all_goods=True, weighed_counts=True))
