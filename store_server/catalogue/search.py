"""Finds products for a typed text, best first, looking at a bounded number of rows whatever was typed."""

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

from protocol.identifiers import CategoryId
from store_server.catalogue.barcodes import lookup_form
from store_server.catalogue.search_keys import KEY_LENGTH, fold, ranks_for, terms_of

LOOKED_AT_MOST = 4000
"""So many keys that a filter holds back are looked at; then the answer says that there are more."""
COMPARED_COSTS = 8
"""Comparing the whole text of a product takes as long as looking at so many keys."""
CATEGORY_MOST = 2000
"""A category with at most so many goods is read whole; its goods are compared one by one."""
TAIL_LENGTH = 4
"""The fewest digits of a barcode's tail."""
_LAST = "\U0010ffff"
_OWN_RANGES_MOST = 300
"""How many candidates are counted to choose the rarest of several words."""

BY_KEY = (
    "SELECT product_id, category_id, on_sale FROM product_keys "
    "WHERE rank = ? AND key >= ? AND key < ? ORDER BY key, product_id"
)
BY_TAIL = (
    "SELECT b.product_id, coalesce(p.category_id, 0), p.on_sale FROM product_barcodes b "
    "CROSS JOIN products p USING (product_id) "
    "WHERE b.backwards >= ? AND b.backwards < ? AND p.pending = 0 ORDER BY b.backwards, b.product_id"
)
BY_BARCODE_START = (
    "SELECT b.product_id, coalesce(p.category_id, 0), p.on_sale FROM product_barcodes b "
    "CROSS JOIN products p USING (product_id) "
    "WHERE b.lookup >= ? AND b.lookup < ? AND p.pending = 0 ORDER BY b.lookup"
)
BY_EXACT_CODE = (
    "SELECT product_id, coalesce(category_id, 0), on_sale FROM products "
    "WHERE code = ? COLLATE NOCASE AND pending = 0 ORDER BY code <> ? LIMIT 20"
)
TEXT_OF = "SELECT name, sounds FROM product_texts WHERE category_id = ? AND product_id = ?"
BELOW = (
    "WITH RECURSIVE below (category_id) AS (SELECT ? UNION "
    "SELECT c.category_id FROM categories c JOIN below b ON c.parent_id = b.category_id) "
    "SELECT category_id FROM below"
)
_ONE_TERM = "(instr(name, ?) OR instr(sounds, char(10) || ?))"


def in_categories(terms: int) -> str:
    """Return the query for goods of small categories that have so many terms, best first."""
    return (
        "SELECT product_id, category_id, on_sale FROM product_texts "  # noqa: S608  # a fixed condition, repeated
        "WHERE category_id IN (SELECT value FROM json_each(?)) AND on_sale >= ? AND "
        + " AND ".join([_ONE_TERM] * terms)
        + " ORDER BY instr(sounds, char(10) || ?) <> 1, instr(name, ?) <> 1, product_id LIMIT ?"
    )


COUNT_IN_CATEGORIES = (
    "SELECT count(*) FROM (SELECT 1 FROM product_texts "
    "WHERE category_id IN (SELECT value FROM json_each(?)) LIMIT ?)"
)

Candidate = tuple[int, int, int]
"""Product, its category (0: none), on sale."""


@dataclass(slots=True)
class Search:
    """One search: what is wanted, what was found so far, and how many rows it may still look at."""

    db: sqlite3.Connection
    wanted: int
    """So many distinct products are enough."""
    on_sale_only: bool
    categories: frozenset[int] | None = None
    found: dict[int, None] = field(default_factory=dict)
    """Product ids in the order of their goodness."""
    budget: int = LOOKED_AT_MOST
    cut_short: bool = False

    def rows(self, sql: str, *arguments: object) -> Iterator[tuple[int, ...]]:
        """Yield plain tuples: the hits' order and filter need no names."""
        cursor = self.db.cursor()
        cursor.row_factory = None
        yield from cursor.execute(sql, arguments)

    def take(self, candidates: Iterator[Candidate], terms: tuple[str, ...] = ()) -> None:
        """Take what fits until enough is found or too much was looked at."""
        for product_id, category_id, on_sale in candidates:
            if self.full or self.cut_short:
                return
            fits = (on_sale or not self.on_sale_only) and (
                self.categories is None or category_id in self.categories
            )
            if fits and product_id not in self.found and self._compares(product_id, category_id, terms):
                self.found[product_id] = None
            elif product_id not in self.found:
                self.budget -= COMPARED_COSTS if terms else 1
                self.cut_short = self.budget < 0

    def _compares(self, product_id: int, category_id: int, terms: tuple[str, ...]) -> bool:
        if not terms:
            return True
        row = next(self.rows(TEXT_OF, category_id, product_id), None)
        return row is not None and has_all(str(row[0]), str(row[1]), terms)

    @property
    def full(self) -> bool:
        """Whether enough is found."""
        return len(self.found) >= self.wanted


def has_all(name: str, sounds: str, terms: tuple[str, ...]) -> bool:
    """Return whether each term is in the name or begins one of the sounds, the code or a barcode."""
    return all(term in name or f"\n{term}" in sounds for term in terms)


def find(
    db: sqlite3.Connection,
    text: str,
    category_id: CategoryId | None,
    on_sale_only: bool,
    limit: int,
    offset: int,
) -> tuple[list[int], bool]:
    """Return the ids of the products that a text finds, best first, and whether there are more."""
    categories = None
    if category_id is not None:
        categories = frozenset(row[0] for row in db.execute(BELOW, (category_id,)))
    search = Search(db, offset + limit + 1, on_sale_only, categories)
    folded = fold(text)
    if folded or not text.strip():
        _exact(search, text.strip())
        if categories is not None and _is_small(db, categories):
            _compare_category(search, categories, folded, terms_of(text))
        else:
            _by_keys(search, folded)
            _by_words(search, terms_of(text))
    ids = list(islice(search.found, offset, offset + limit))
    return ids, search.cut_short or len(search.found) > offset + limit


def _exact(search: Search, text: str) -> None:
    """Take the goods whose code or barcode it is, then those whose barcode begins or ends with it."""
    if not text:
        return
    search.take(search.rows(BY_EXACT_CODE, text, text))  # type: ignore[arg-type]
    whole = lookup_form(text)
    search.take(search.rows(BY_BARCODE_START, whole, whole + "\0"))  # type: ignore[arg-type]
    if len(text) >= TAIL_LENGTH and text.isascii() and text.isdigit():
        tail = text[::-1]
        search.take(search.rows(BY_TAIL, tail, tail + _LAST))  # type: ignore[arg-type]
        start = "0" + text
        search.take(search.rows(BY_BARCODE_START, start, start + _LAST))  # type: ignore[arg-type]


def _ranges(search: Search, folded: str) -> Iterator[Candidate]:
    key = folded[:KEY_LENGTH]
    for rank in ranks_for(folded)[: None if folded else 1]:
        yield from search.rows(BY_KEY, int(rank), key, key + _LAST)  # type: ignore[misc]


def _by_keys(search: Search, folded: str) -> None:
    if not search.full:
        search.take(_ranges(search, folded), (folded,) if len(folded) > KEY_LENGTH else ())


def _by_words(search: Search, terms: list[str]) -> None:
    """Take the goods that have all the words in any order: those with the rarest are compared."""
    if search.full or len(terms) < 2:
        return
    counted = [sum(1 for _ in islice(_ranges(search, term), _OWN_RANGES_MOST)) for term in terms]
    rarest = terms[counted.index(min(counted))]
    search.take(_ranges(search, rarest), tuple(terms))


def _is_small(db: sqlite3.Connection, categories: frozenset[int]) -> bool:
    counted = db.execute(COUNT_IN_CATEGORIES, (json.dumps(sorted(categories)), CATEGORY_MOST + 1))
    return int(counted.fetchone()[0]) <= CATEGORY_MOST


def _compare_category(search: Search, categories: frozenset[int], folded: str, terms: list[str]) -> None:
    """Take the goods of a small category, those first whose code or name begins with the text."""
    compared = terms if len(terms) > 1 else [folded]
    twice = [term for term in compared for _ in range(2)]
    arguments = (json.dumps(sorted(categories)), int(search.on_sale_only), *twice, folded, folded)
    found = search.rows(in_categories(len(compared)), *arguments, search.wanted)
    search.take(found)  # type: ignore[arg-type]
