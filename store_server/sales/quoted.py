"""Baskets that hold the goods of a quotation: at most one basket holds it, and a finished sale keeps it."""

import sqlite3
from dataclasses import dataclass, replace

from protocol.language import _
from protocol.messages.base import Refused
from store_server.database.unit_of_work import Work
from store_server.sales.rows import QUOTATION, Basket, Line


@dataclass(frozen=True, slots=True)
class Held:
    """The quotation of a sale: a row of `sale_quotations`."""

    sale_id: str
    quotation_id: int
    number: str
    version: int
    """The version whose prices are in the basket."""
    valid_until: str
    """The last business date on which it can be sold."""
    state: str
    """`held` by this sale, `free` while it is parked, `lost` to another sale or a change."""


HOLDER = (
    "SELECT q.sale_id, s.lane, s.state FROM sale_quotations q JOIN sales s USING (sale_id) "
    "WHERE q.quotation_id = ? AND q.state = 'held'"
)
_READ = "SELECT * FROM sale_quotations WHERE sale_id = ?"
_STATE = "UPDATE sale_quotations SET state = ? WHERE sale_id = ?"
_LOSE = "UPDATE sale_quotations SET state = 'lost' WHERE quotation_id = ? AND state = 'free'"
"""Of parked sales: one that has ended is never free."""


def holder(db: sqlite3.Connection, quotation_id: int) -> sqlite3.Row | None:
    """Return sale, lane and state of the sale that holds a quotation, open or finished."""
    row: sqlite3.Row | None = db.execute(HOLDER, (quotation_id,)).fetchone()
    return row


def quotation_of(db: sqlite3.Connection, sale_id: str) -> Held | None:
    """Return the quotation whose goods are in a sale."""
    row = db.execute(_READ, (sale_id,)).fetchone()
    return None if row is None else Held(*row)


def hold(work: Work, held: Held) -> None:
    """Let a new basket hold a quotation; the database refuses a second one."""
    values = (held.sale_id, held.quotation_id, held.number, held.version, held.valid_until, held.state)
    work.db.execute("INSERT INTO sale_quotations VALUES (?,?,?,?,?,?)", values)


def let_go(work: Work, basket: Basket, *, for_good: bool) -> None:
    """Free the quotation of a basket that is parked or, for good, given up; called before its sale ends."""
    held = quotation_of(work.db, basket.sale.sale_id)
    if held is not None and held.state == "held":
        work.db.execute(_STATE, ("lost" if for_good else "free", held.sale_id))


def lose(work: Work, quotation_id: int) -> None:
    """Let parked baskets no longer take a quotation up again, because it has changed or was given up."""
    work.db.execute(_LOSE, (quotation_id,))


def take_up(work: Work, basket: Basket, business_date: str) -> Basket:
    """Return a recalled basket: it holds its quotation again, or the goods of that are taken out of it."""
    held = quotation_of(work.db, basket.sale.sale_id)
    if held is None:
        return basket
    free = (
        held.state == "free"
        and business_date <= held.valid_until
        and holder(work.db, held.quotation_id) is None
    )
    work.db.execute(_STATE, ("held" if free else "lost", held.sale_id))
    return basket if free else _without_quoted(basket)


def _without_quoted(basket: Basket) -> Basket:
    return replace(basket, lines=tuple(_voided(line) for line in basket.lines))


def _voided(line: Line) -> Line:
    if line.price_kind != QUOTATION or line.voided:
        return line
    return replace(line, voided=True, share_minor=0, amount_minor=line.amount_minor + line.share_minor)


def cannot_finish(work: Work, basket: Basket, business_date: str) -> Refused | None:
    """Return why the goods of a quotation in this basket cannot be sold now."""
    if all(line.price_kind != QUOTATION for line in basket.live):
        return None
    held = quotation_of(work.db, basket.sale.sale_id)
    assert held is not None
    assert held.state == "held", "the goods of a quotation leave the basket with it"
    if business_date <= held.valid_until:
        return None
    text = _("The quotation {number} was valid until {date}. Cancel the sale and have a new one approved.")
    words = text.format(number=held.number, date=held.valid_until)
    return Refused(code="quotation_expired", explanation=words)


def is_fixed(line: Line) -> Refused | None:
    """Return why a line of a quotation stays as it is."""
    if line.price_kind != QUOTATION:
        return None
    text = _("{name} belongs to the quotation {number}, which is sold whole. Change the quotation instead.")
    words = text.format(name=line.name, number=line.override_reason)
    return Refused(code="quoted", field="line", explanation=words)
