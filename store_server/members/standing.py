"""The only writer of tiers, growth and what members buy; each change of a tier is a row with its reason."""

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date

from protocol.identifiers import MemberId, ProductId, SaleId
from protocol.language import _, speaking
from protocol.messages.members import MemberTierChanged
from protocol.money import minor_digits
from store_server.catalogue.shelves import ancestors
from store_server.database.unit_of_work import Work
from store_server.members.tier_rules import (
    BY_HAND,
    DOWNGRADE,
    Change,
    GrowthRule,
    Standing,
    Tier,
    given,
    grow,
    growth_of_points,
    growth_of_sale,
    review,
)

_TIER_COLUMNS = ", ".join(each.name for each in fields(Tier))
DUE = (
    "SELECT member_id FROM member_standings WHERE until < ?1 AND (until, member_id) > (?2, ?3) "
    "ORDER BY until, member_id LIMIT ?4"
)
FAVOURITES = (
    "SELECT g.product_id, p.name, g.times, g.quantity_thousandths FROM member_goods g "
    "JOIN products p USING (product_id) WHERE g.member_id = ? "
    "ORDER BY g.times DESC, g.last_at DESC, g.product_id LIMIT ?"
)


@dataclass(frozen=True, slots=True)
class Purchase:
    """A finished sale as growth and profile see it."""

    sale_id: SaleId
    business_date: str
    total_minor: int
    lines: tuple[tuple[ProductId, int, int], ...]
    """(product, quantity in thousandths, amount paid)."""


def tiers(db: sqlite3.Connection) -> list[Tier]:
    """Return the tiers, the first first."""
    rows = db.execute(f"SELECT {_TIER_COLUMNS} FROM tiers ORDER BY tier")  # noqa: S608  # names of columns
    return [Tier(*row) for row in rows]


def growth_rules(db: sqlite3.Connection) -> list[GrowthRule]:
    """Return the rules of growth."""
    rows = db.execute("SELECT basis, growth_thousandths, category_id FROM growth_rules ORDER BY rule_id")
    return [GrowthRule(*row) for row in rows]


def replace_tiers(db: sqlite3.Connection, table: Sequence[Tier]) -> None:
    """Replace the table of tiers; members stay in theirs."""
    marks = ", ".join("?" * len(fields(Tier)))
    updates = ", ".join(f"{each.name} = excluded.{each.name}" for each in fields(Tier))
    db.execute("DELETE FROM tiers WHERE tier >= ?", (len(table),))
    db.executemany(
        f"INSERT INTO tiers ({_TIER_COLUMNS}) VALUES ({marks}) ON CONFLICT DO UPDATE SET {updates}",  # noqa: S608  # names of columns
        [tuple(getattr(tier, each.name) for each in fields(Tier)) for tier in table],
    )


def replace_growth_rules(db: sqlite3.Connection, rules: Iterable[GrowthRule]) -> None:
    """Replace the rules of growth."""
    db.execute("DELETE FROM growth_rules")
    db.executemany(
        "INSERT INTO growth_rules (basis, growth_thousandths, category_id) VALUES (?,?,?)",
        [(rule.basis, rule.growth_thousandths, rule.category_id) for rule in rules],
    )


def highest_tier_held(db: sqlite3.Connection) -> int:
    """Return the highest tier that some member has."""
    return int(db.execute("SELECT coalesce(max(tier), 0) FROM member_standings").fetchone()[0])


def tiers_held(db: sqlite3.Connection) -> frozenset[int]:
    """Return the tiers that some member has."""
    query = "SELECT tier FROM tiers t WHERE EXISTS (SELECT 1 FROM member_standings s WHERE s.tier = t.tier)"
    return frozenset(int(row[0]) for row in db.execute(query))


def standing_of(db: sqlite3.Connection, member_id: int) -> Standing:
    """Return where a member stands."""
    row = db.execute("SELECT * FROM member_standings WHERE member_id = ?", (member_id,)).fetchone()
    return Standing(
        row["tier"],
        date.fromisoformat(row["since"]),
        date.fromisoformat(row["until"]) if row["until"] else None,
        date.fromisoformat(row["grace_until"]) if row["grace_until"] else None,
        row["growth"],
        row["grown_since"],
    )


def write(work: Work, member_id: int, standing: Standing) -> None:
    """Keep where a member stands."""
    work.db.execute(
        "UPDATE member_standings SET tier = ?, since = ?, until = ?, grace_until = ?, growth = ?, "
        "grown_since = ? WHERE member_id = ?",
        (
            standing.tier,
            standing.since.isoformat(),
            standing.until.isoformat() if standing.until else None,
            standing.grace_until.isoformat() if standing.grace_until else None,
            standing.growth,
            standing.grown_since,
            member_id,
        ),
    )


def add_row(work: Work, member_id: int, on: str, growth: int, reason: str, reference: str) -> None:
    """Write a row of growth."""
    work.db.execute(
        "INSERT INTO growth_rows (member_id, at, business_date, growth, reason, reference) "
        "VALUES (?,?,?,?,?,?)",
        (member_id, work.at, on, growth, reason, reference),
    )


def _words(table: Sequence[Tier], change: Change, standing: Standing) -> str:
    """Return why a tier changed, for the member and for the shop."""
    tier = table[change.from_tier]
    match change.change:
        case "upgrade":
            text = _("Growth value {growth} reached the {needed} of {tier}.")
            above = table[change.to_tier]
            return text.format(growth=standing.growth, needed=above.growth_needed, tier=above.name)
        case "keep":
            text = _("{grown} grew in the time of {tier}; {needed} keep it.")
        case "grace":
            text = _("{grown} grew in the time of {tier}; {needed} would keep it. Days of grace began.")
        case _:
            text = _("{grown} grew in the time of {tier}; {needed} would have kept it.")
    return text.format(grown=max(change.grown, 0), tier=tier.name, needed=tier.growth_to_keep)


def note_change(work: Work, member_id: int, change: Change, reason: str, reference: str) -> None:
    """Write why a tier changed, and the growth that changed with it; record the fact."""
    if change.growth:
        kind = BY_HAND if change.change == BY_HAND else DOWNGRADE
        add_row(work, member_id, change.on.isoformat(), change.growth, kind, reference)
    work.db.execute(
        "INSERT INTO tier_changes (member_id, at, business_date, from_tier, to_tier, change, reason, "
        "reference, after_growth) VALUES (?1,?2,?3,?4,?5,?6,?7,?8, "
        "(SELECT coalesce(max(growth_id), 0) FROM growth_rows WHERE member_id = ?1))",
        (
            member_id,
            work.at,
            change.on.isoformat(),
            change.from_tier,
            change.to_tier,
            change.change,
            reason,
            reference,
        ),
    )
    work.record(
        MemberTierChanged(
            member_id=MemberId(member_id),
            from_tier=change.from_tier,
            to_tier=change.to_tier,
            change=change.change,
        )
    )


def review_member(work: Work, member_id: int, today: date, table: Sequence[Tier]) -> Standing:
    """Bring a member's tier to the present day; return the standing."""
    before = standing_of(work.db, member_id)
    after, changes = review(table, before, today)
    if changes:
        with speaking(work.settings.language):
            for change in changes:
                note_change(work, member_id, change, _words(table, change, after), change.on.isoformat())
        write(work, member_id, after)
    return after


def review_due(work: Work, today: str, after: tuple[str, int], most: int) -> tuple[str, int] | None:
    """Bring the tiers that have run out to the present day, so many at once.

    Return where to go on, None: all are done. Doing it twice on a day changes nothing.
    """
    found = work.db.execute(DUE, (today, *after, most)).fetchall()
    table, day = tiers(work.db), date.fromisoformat(today)
    place: tuple[str, int] | None = None
    for row in found:
        until = standing_of(work.db, row[0]).until
        assert until is not None
        place = (until.isoformat(), row[0])
        review_member(work, row[0], day, table)
    return place if len(found) == most else None


def add_growth(work: Work, member_id: int, growth: int, on: str, reason: str, reference: str) -> None:
    """Add growth value, and the tier that it brings; the tier is first brought to the present day."""
    table, today = tiers(work.db), date.fromisoformat(on)
    before = review_member(work, member_id, today, table)
    if not growth:
        return
    after, change = grow(table, before, growth, today)
    add_row(work, member_id, on, growth, reason, reference)
    write(work, member_id, after)
    if change is not None:
        with speaking(work.settings.language):
            words = _words(table, change, after)
        note_change(work, member_id, change, words, reference)


def give_tier(work: Work, member_id: int, to_tier: int, reason: str, today: date) -> None:
    """Give a tier by hand."""
    table = tiers(work.db)
    before = review_member(work, member_id, today, table)
    after, change = given(table, before, to_tier, today)
    write(work, member_id, after)
    note_change(work, member_id, change, reason, work.command_id)


def begin_with(work: Work, member_id: int, tier: int, growth: int, on: date, reference: str) -> None:
    """Let a member who comes from elsewhere begin with a tier or growth, whichever gives the higher tier."""
    if growth:
        add_growth(work, member_id, growth, on.isoformat(), "by_hand", reference)
    if tier > standing_of(work.db, member_id).tier:
        give_tier(work, member_id, tier, reference, on)


def note_sale(work: Work, member_id: MemberId, purchase: Purchase) -> None:
    """Let a member grow by a finished sale and keep what was bought; in the sale's own transaction."""
    last = work.db.execute("SELECT last_date FROM member_visits WHERE member_id = ?", (member_id,)).fetchone()
    first_today = last is None or last[0] != purchase.business_date
    lines = [(amount, _categories(work.db, product)) for product, _quantity, amount in purchase.lines]
    per_unit = 10 ** minor_digits(work.settings.currency)
    growth = growth_of_sale(growth_rules(work.db), lines, per_unit, first_today)
    add_growth(work, member_id, growth, purchase.business_date, "sale", purchase.sale_id)
    _note_visit(work, member_id, purchase)
    _keep_sale(work, member_id, purchase)


def note_points(work: Work, member_id: MemberId, points: int, business_date: str, reference: str) -> None:
    """Let a member grow by points that were earned, where the shop has such a rule."""
    growth = growth_of_points(growth_rules(work.db), points)
    if growth > 0:
        add_growth(work, member_id, growth, business_date, "points", reference)


def _categories(db: sqlite3.Connection, product_id: ProductId) -> frozenset[int]:
    row = db.execute("SELECT category_id FROM products WHERE product_id = ?", (product_id,)).fetchone()
    return frozenset(ancestors(db, row[0])) if row is not None else frozenset()


def _note_visit(work: Work, member_id: MemberId, purchase: Purchase) -> None:
    work.db.execute(
        "INSERT INTO member_visits VALUES (?1, 1, ?2, ?3, ?3, ?4) ON CONFLICT DO UPDATE SET "
        "visits = visits + 1, spent_minor = spent_minor + ?2, last_at = ?3, last_date = ?4",
        (member_id, purchase.total_minor, work.at, purchase.business_date),
    )
    bought: dict[int, int] = {}
    for product_id, quantity, _amount in purchase.lines:
        bought[product_id] = bought.get(product_id, 0) + quantity
    work.db.executemany(
        "INSERT INTO member_goods VALUES (?1, ?2, 1, ?3, ?4) ON CONFLICT DO UPDATE SET "
        "times = times + 1, quantity_thousandths = quantity_thousandths + ?3, last_at = ?4",
        [(member_id, product_id, quantity, work.at) for product_id, quantity in bought.items()],
    )


def _keep_sale(work: Work, member_id: MemberId, purchase: Purchase) -> None:
    """Keep what the sale did, for the day on which its goods come back."""
    work.db.execute(
        "INSERT INTO member_sales SELECT ?1, ?2, ?3, ?4, ?5, coalesce(sum(growth), 0) FROM growth_rows "
        "WHERE reference = ?1 AND reason IN ('sale', 'points')",
        (purchase.sale_id, member_id, work.at, purchase.business_date, purchase.total_minor),
    )


def hand_over(work: Work, keep_id: int, gone_id: int, on: str, reason: str) -> None:
    """Let what one member grew and bought become another's: growth by new rows, the better tier stays."""
    gone = standing_of(work.db, gone_id)
    if gone.growth:
        add_row(work, gone_id, on, -gone.growth, "merge", str(keep_id))
        work.db.execute("UPDATE member_standings SET growth = 0 WHERE member_id = ?", (gone_id,))
    add_growth(work, keep_id, gone.growth, on, "merge", str(gone_id))
    kept, table = standing_of(work.db, keep_id), tiers(work.db)
    if gone.tier > kept.tier:
        after, change = given(table, kept, gone.tier, date.fromisoformat(on))
        write(work, keep_id, replace(after, until=gone.until, grace_until=gone.grace_until))
        note_change(work, keep_id, replace(change, change="merge"), reason, work.command_id)
    _join_visits(work.db, keep_id, gone_id)


def _join_visits(db: sqlite3.Connection, keep_id: int, gone_id: int) -> None:
    db.execute(
        "INSERT INTO member_visits SELECT ?1, visits, spent_minor, first_at, last_at, last_date "
        "FROM member_visits WHERE member_id = ?2 ON CONFLICT DO UPDATE SET "
        "visits = visits + excluded.visits, spent_minor = spent_minor + excluded.spent_minor, "
        "first_at = min(first_at, excluded.first_at), last_at = max(last_at, excluded.last_at), "
        "last_date = max(last_date, excluded.last_date)",
        (keep_id, gone_id),
    )
    db.execute(
        "INSERT INTO member_goods SELECT ?1, product_id, times, quantity_thousandths, last_at "
        "FROM member_goods WHERE member_id = ?2 ON CONFLICT DO UPDATE SET "
        "times = times + excluded.times, last_at = max(last_at, excluded.last_at), "
        "quantity_thousandths = quantity_thousandths + excluded.quantity_thousandths",
        (keep_id, gone_id),
    )
    db.execute("DELETE FROM member_visits WHERE member_id = ?", (gone_id,))
    db.execute("DELETE FROM member_goods WHERE member_id = ?", (gone_id,))


def forget_reasons(db: sqlite3.Connection, member_id: int) -> None:
    """Blank what people wrote as reasons; the changes themselves stay."""
    db.execute(
        "UPDATE tier_changes SET reason = '' WHERE member_id = ? AND change IN ('by_hand', 'merge')",
        (member_id,),
    )
