"""The categories above a category, kept beside the books until the catalogue changes."""

from dataclasses import dataclass, field

from store_server.catalogue import tables
from store_server.database.unit_of_work import Work

TREE = "category_tree"
"""The word under which the tree is kept."""


@dataclass(slots=True)
class CategoryTree:
    """Which category is below which, and the chains that were asked for."""

    changes: int
    """How far the catalogue was when it was read."""
    parents: dict[int, int | None]
    chains: dict[int, tuple[int, ...]] = field(default_factory=dict)

    def chain(self, category_id: int | None) -> tuple[int, ...]:
        """Return a category, the one above it, and so on to the top; nothing for goods without one."""
        if category_id is None:
            return ()
        known = self.chains.get(category_id)
        if known is not None:
            return known
        found: list[int] = []
        at: int | None = category_id
        while at is not None and at not in found:
            found.append(at)
            at = self.parents.get(at)
        self.chains[category_id] = tuple(found)
        return self.chains[category_id]


def category_tree(work: Work) -> CategoryTree:
    """Return the tree as it is now: one small question where nothing has changed."""
    changes = tables.changes(work.db)
    kept = work.kept.get(TREE)
    if isinstance(kept, CategoryTree) and kept.changes == changes:
        return kept
    parents = {row[0]: row[1] for row in work.db.execute("SELECT category_id, parent_id FROM categories")}
    tree = CategoryTree(changes, parents)
    work.kept[TREE] = tree
    return tree
