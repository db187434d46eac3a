"""The tables of this room: how much of each product is there, and every movement that made it so."""

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

from store_server.database.migrations import run_script

migrations = Migrations("stock")


@migrations()
def m001_stock(db: Database) -> None:
    """Levels and moves; a move is never changed or removed."""
    run_script(
        db,
        """
CREATE TABLE stock_levels (
    product_id INTEGER PRIMARY KEY REFERENCES products,
    quantity_thousandths INTEGER NOT NULL
) STRICT
;;
CREATE TABLE stock_moves (
    move_id INTEGER PRIMARY KEY,
    product_id INTEGER NOT NULL REFERENCES products,
    at TEXT NOT NULL,
    quantity_thousandths INTEGER NOT NULL,
    kind TEXT NOT NULL,
    reference TEXT NOT NULL,
    operator_id INTEGER REFERENCES operators,
    balance_thousandths INTEGER NOT NULL
) STRICT
;;
CREATE INDEX stock_moves_by_product ON stock_moves (product_id, move_id)
;;
CREATE TRIGGER stock_moves_do_not_change BEFORE UPDATE ON stock_moves
BEGIN SELECT RAISE(ABORT, 'stock moves never change'); END
;;
CREATE TRIGGER stock_moves_are_not_removed BEFORE DELETE ON stock_moves
BEGIN SELECT RAISE(ABORT, 'stock moves are never removed'); END
""",
    )
