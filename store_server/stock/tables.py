"""The only writer of the stock's tables."""

import sqlite3
from collections.abc import Iterator

from protocol.identifiers import ProductId
from protocol.language import _
from protocol.messages.stock import StockMoveView
from protocol.quantity import format_thousandths
from store_server.database.unit_of_work import Work, read_time


def move(work: Work, product_id: ProductId, quantity_thousandths: int, kind: str, reference: str) -> int:
    """Write one movement (above zero: into the shop) and its level; return the stock after it.

    The level may fall below zero: goods that are in the customer's hand are there, whatever the books say.
    """
    level = work.db.execute(
        "INSERT INTO stock_levels VALUES (?1, ?2) ON CONFLICT (product_id) "
        "DO UPDATE SET quantity_thousandths = quantity_thousandths + ?2 RETURNING quantity_thousandths",
        (product_id, quantity_thousandths),
    ).fetchone()[0]
    operator_id = work.session.operator_id if work.session else None
    work.db.execute(
        "INSERT INTO stock_moves (product_id, at, quantity_thousandths, kind, reference, operator_id, "
        "balance_thousandths) VALUES (?,?,?,?,?,?,?)",
        (product_id, work.at, quantity_thousandths, kind, reference, operator_id, level),
    )
    return int(level)


def level(db: sqlite3.Connection, product_id: ProductId) -> int:
    """Return the stock of a product in thousandths; 0 for one that never moved."""
    row = db.execute(
        "SELECT quantity_thousandths FROM stock_levels WHERE product_id = ?", (product_id,)
    ).fetchone()
    return 0 if row is None else int(row[0])


def product_exists(db: sqlite3.Connection, product_id: ProductId) -> bool:
    """Return whether the catalogue has the product."""
    return db.execute("SELECT 1 FROM products WHERE product_id = ?", (product_id,)).fetchone() is not None


MOVES_OF_PRODUCT = (
    "SELECT m.*, coalesce(o.name, '') AS operator FROM stock_moves m "
    "LEFT JOIN operators o USING (operator_id) "
    "WHERE m.product_id = ? ORDER BY m.move_id DESC LIMIT ?"
)


def moves(db: sqlite3.Connection, product_id: ProductId, limit: int) -> tuple[StockMoveView, ...]:
    """Return the latest movements of a product, latest first."""
    return tuple(
        StockMoveView(
            at=read_time(row["at"]),
            quantity_thousandths=row["quantity_thousandths"],
            kind=row["kind"],
            reference=row["reference"],
            operator=row["operator"],
            balance_thousandths=row["balance_thousandths"],
        )
        for row in db.execute(MOVES_OF_PRODUCT, (product_id, limit))
    )


def wrong_levels(db: sqlite3.Connection) -> Iterator[tuple[int, str]]:
    """Yield (product, what is wrong) where a level is not the sum of the product's movements."""
    rows = db.execute(
        "SELECT product_id, sum(kept) AS level, sum(moved) AS total FROM ("
        " SELECT product_id, quantity_thousandths AS kept, 0 AS moved FROM stock_levels UNION ALL"
        " SELECT product_id, 0, quantity_thousandths FROM stock_moves"
        ") GROUP BY product_id HAVING level <> total"
    )
    for row in rows:
        text = _("the stock is {level}, its movements sum to {sum}")
        yield (
            row["product_id"],
            text.format(level=format_thousandths(row["level"]), sum=format_thousandths(row["total"])),
        )
