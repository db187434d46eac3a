"""Finds products for a typed text, best first, looking at a bounded number of rows whatever was typed."""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from protocol.identifiers import CategoryId
from store_server.catalogue.barcodes import lookup_form
from store_server.catalogue.search_keys import KEY_LENGTH, Rank, fold, ranks_for, terms_of

LOOKED_AT_MOST = 3000
"""So many keys of a rank are looked at for hits that a filter lets through; then there may be more."""
COMPARED_MOST = 200
"""So many products of a rank are compared word by word."""
CATEGORY_MOST = 5000
"""A category with at most so many goods is read whole; its goods are compared one by one."""
BARCODES_MOST = 200
TAIL_LENGTH = 4
"""The fewest digits of a barcode's tail."""
_LAST = "\U0010ffff"

_RANGE = (
    "SELECT product_id, category_id FROM product_keys "
    "WHERE on_sale = ?1 AND rank = ?2 AND key >= ?3 AND key < ?4 ORDER BY key, product_id"
)
BY_KEY = (
    f"SELECT k.product_id FROM ({_RANGE} LIMIT ?5) k "  # noqa: S608  # fixed pieces
    "WHERE ?6 IS NULL OR k.category_id IN (SELECT value FROM json_each(?6))"
)
IS_LONGER = f"SELECT 1 FROM ({_RANGE} LIMIT 1 OFFSET ?5)"  # noqa: S608  # fixed pieces
HOW_MANY = f"SELECT count(*) FROM ({_RANGE} LIMIT ?5)"  # noqa: S608  # fixed pieces
_ONE_TERM = "(instr(t.name, ?) OR instr(t.sounds, char(10) || ?))"
BY_TAIL = (
    "SELECT b.product_id FROM product_barcodes b CROSS JOIN products p USING (product_id) "
    "WHERE b.backwards >= ?1 AND b.backwards < ?2 AND p.pending = 0 AND p.on_sale >= ?3 "
    "AND (?4 IS NULL OR p.category_id IN (SELECT value FROM json_each(?4))) "
    "ORDER BY b.backwards, b.product_id LIMIT ?5"
)
BY_BARCODE_START = BY_TAIL.replace("b.backwards", "b.lookup")
BY_EXACT_CODE = (
    "SELECT p.product_id FROM products p WHERE p.code = ?1 COLLATE NOCASE AND p.pending = 0 "
    "AND p.on_sale >= ?2 AND (?3 IS NULL OR p.category_id IN (SELECT value FROM json_each(?3))) "
    "ORDER BY p.code <> ?1 LIMIT 20"
)
BELOW = (
    "WITH RECURSIVE below (category_id) AS (SELECT ? UNION "
    "SELECT c.category_id FROM categories c JOIN below b ON c.parent_id = b.category_id) "
    "SELECT category_id FROM below"
)
WHOLE_CATEGORY = (
    "SELECT product_id FROM product_texts t "
    "WHERE category_id IN (SELECT value FROM json_each(?1)) AND on_sale >= ?2 LIMIT ?3"
)
COUNT_IN_CATEGORIES = (
    "SELECT count(*) FROM (SELECT 1 FROM product_texts "
    "WHERE category_id IN (SELECT value FROM json_each(?)) LIMIT ?)"
)


def by_key_compared(terms: int) -> str:
    """Return the query for the goods of a range whose texts have so many words."""
    return (
        f"SELECT k.product_id FROM ({_RANGE} LIMIT ?5) k CROSS JOIN product_texts t "  # noqa: S608  # fixed pieces
        "ON t.category_id = k.category_id AND t.product_id = k.product_id "
        "WHERE (?6 IS NULL OR k.category_id IN (SELECT value FROM json_each(?6))) AND "
        + " AND ".join([_ONE_TERM] * terms)
    )


def in_categories(terms: int) -> str:
    """Return the query for goods of small categories that have so many words, best first."""
    return (
        "SELECT product_id FROM product_texts t "  # noqa: S608  # a fixed condition, repeated
        "WHERE category_id IN (SELECT value FROM json_each(?)) AND on_sale >= ? AND "
        + " AND ".join([_ONE_TERM] * terms)
        + " ORDER BY instr(sounds, char(10) || ?) <> 1, instr(name, ?) <> 1, product_id LIMIT ?"
    )


@dataclass(slots=True)
class Search:
    """One search: what is wanted, and what was found so far."""

    db: sqlite3.Connection
    wanted: int
    """So many distinct products are enough."""
    on_sale_least: int
    """1: only goods that are on sale."""
    categories: str | None = None
    """The categories as a JSON array; None: all."""
    found: dict[int, None] = field(default_factory=dict)
    """Product ids in the order of their goodness."""
    cut_short: bool = False
    """Not everything was looked at: there may be more."""

    @property
    def full(self) -> bool:
        """Whether enough is found."""
        return len(self.found) >= self.wanted

    def rows(self, sql: str, arguments: Sequence[object]) -> Iterator[tuple[int, ...]]:
        """Yield plain tuples: a hit's id needs no name."""
        cursor = self.db.cursor()
        cursor.row_factory = None
        yield from cursor.execute(sql, arguments)

    def take(self, sql: str, arguments: Sequence[object]) -> None:
        """Take what a query finds until enough is found."""
        if not self.full:
            for (product_id,) in self.rows(sql, arguments):
                self.found[product_id] = None
                if self.full:
                    return

    def take_range(self, rank: Rank, folded: str, terms: Sequence[str] = ()) -> None:
        """Take the goods of a range of keys that fit the filter and have all the words."""
        key = folded[:KEY_LENGTH]
        most = COMPARED_MOST if terms else LOOKED_AT_MOST if self.categories else self.wanted * 4
        most += self.wanted
        sql = by_key_compared(len(terms)) if terms else BY_KEY
        twice = [term for term in terms for _ in range(2)]
        for on_sale in range(1, self.on_sale_least - 1, -1):
            if self.full:
                return
            where = (on_sale, int(rank), key, key + _LAST, most)
            self.take(sql, (*where, self.categories, *twice))
            if not self.full and next(self.rows(IS_LONGER, where), None) is not None:
                self.cut_short = True


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
        categories = json.dumps(sorted(row[0] for row in db.execute(BELOW, (category_id,))))
    search = Search(db, offset + limit + 1, int(on_sale_only), categories)
    folded, typed = fold(text), text.strip()
    if not typed and categories is not None:
        search.take(WHOLE_CATEGORY, (categories, int(on_sale_only), search.wanted))
    elif folded or not typed:
        _exact(search, typed)
        if categories is not None and _is_small(db, categories):
            _compare_category(search, categories, folded, terms_of(text))
        else:
            _by_keys(search, folded)
            _by_words(search, terms_of(text))
    ids = list(islice(search.found, offset, offset + limit))
    return ids, search.cut_short or len(search.found) > offset + limit


def _exact(search: Search, text: str) -> None:
    """Take the goods whose code or barcode it is, then those whose barcode ends or begins with it."""
    if not text:
        return
    filters = (search.on_sale_least, search.categories)
    most = search.wanted + BARCODES_MOST
    search.take(BY_EXACT_CODE, (text, *filters))
    whole = lookup_form(text)
    search.take(BY_BARCODE_START, (whole, whole + "\0", *filters, most))
    if len(text) >= TAIL_LENGTH and text.isascii() and text.isdigit():
        tail, start = text[::-1], "0" + text
        search.take(BY_TAIL, (tail, tail + _LAST, *filters, most))
        search.take(BY_BARCODE_START, (start, start + _LAST, *filters, most))


def _by_keys(search: Search, folded: str) -> None:
    """Take the goods that have a key beginning with the text; with no text all, in the order of codes."""
    terms = (folded,) if len(folded) > KEY_LENGTH else ()
    for rank in ranks_for(folded) if folded else (Rank.CODE,):
        search.take_range(rank, folded, terms)


def _by_words(search: Search, terms: list[str]) -> None:
    """Take the goods that have all the words in any order: those with the rarest are compared."""
    if search.full or len(terms) < 2:
        return
    counted = [sum(_how_many(search, rank, term) for rank in ranks_for(term)) for term in terms]
    rarest = terms[counted.index(min(counted))]
    for rank in ranks_for(rarest):
        search.take_range(rank, rarest, terms)


def _how_many(search: Search, rank: Rank, term: str) -> int:
    key = term[:KEY_LENGTH]
    return next(search.rows(HOW_MANY, (1, int(rank), key, key + _LAST, COMPARED_MOST)))[0]


def _is_small(db: sqlite3.Connection, categories: str) -> bool:
    counted = db.execute(COUNT_IN_CATEGORIES, (categories, CATEGORY_MOST + 1))
    return int(counted.fetchone()[0]) <= CATEGORY_MOST


def _compare_category(search: Search, categories: str, folded: str, terms: list[str]) -> None:
    """Take the goods of a small category, those first whose code or name begins with the text."""
    compared = terms if len(terms) > 1 else [folded]
    twice = [term for term in compared for _ in range(2)]
    arguments = (categories, search.on_sale_least, *twice, folded, folded, search.wanted)
    search.take(in_categories(len(compared)), arguments)
