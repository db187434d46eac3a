"""The points catalogue: what members get for points, and giving it at the counter."""

import sqlite3

from protocol.identifiers import GiftId, LaneCode, ProductId
from protocol.language import _
from protocol.messages.base import Answer, Refused
from protocol.messages.points import GiftChanged, Gifts, GiftView, ListGifts, RedeemGift, SaveGift
from protocol.quantity import ONE
from store_server.database.unit_of_work import Work
from store_server.points import movements
from store_server.points.people import active
from store_server.points.selling import not_enough, points_there
from store_server.points.statement import statement, today
from store_server.points.tables import Reason
from store_server.shifts import tables as shifts
from store_server.shifts.opening import no_shift
from store_server.stock import tables as stock


def _view(row: sqlite3.Row) -> GiftView:
    return GiftView(
        gift_id=GiftId(row["gift_id"]),
        name=row["name"],
        points=row["points"],
        product_id=None if row["product_id"] is None else ProductId(row["product_id"]),
        per_member=row["per_member"],
        active=bool(row["active"]),
    )


def list_gifts(work: Work, query: ListGifts) -> Answer:
    """What members get for points, the cheapest first."""
    rows = work.db.execute(
        "SELECT * FROM points_gifts WHERE active OR NOT ? ORDER BY points, name", (query.active_only,)
    )
    return Gifts(gifts=tuple(_view(row) for row in rows))


def save_gift(work: Work, command: SaveGift) -> Answer:
    """Add a gift or change one; what was given stays as it was."""
    gift = command.gift.model_copy(update={"name": command.gift.name.strip()})
    if not gift.name:
        return Refused(code="name_needed", field="name", explanation=_("The gift needs a name."))
    if gift.product_id is not None and not stock.product_exists(work.db, gift.product_id):
        text = _("There is no such product.")
        return Refused(code="no_such_product", field="product_id", explanation=text)
    values = (gift.gift_id, gift.name, gift.points, gift.product_id, gift.per_member, gift.active)
    if gift.gift_id is not None and _gift(work, gift.gift_id) is None:
        return _no_such_gift()
    made = work.db.execute(
        "INSERT INTO points_gifts VALUES (?,?,?,?,?,?) ON CONFLICT (gift_id) DO UPDATE SET "
        "name = excluded.name, points = excluded.points, product_id = excluded.product_id, "
        "per_member = excluded.per_member, active = excluded.active RETURNING gift_id",
        values,
    ).fetchone()
    work.record(GiftChanged(gift=gift.model_copy(update={"gift_id": made[0]})))
    return list_gifts(work, ListGifts(active_only=False))


def _gift(work: Work, gift_id: int) -> sqlite3.Row | None:
    row: sqlite3.Row | None = work.db.execute(
        "SELECT * FROM points_gifts WHERE gift_id = ?", (gift_id,)
    ).fetchone()
    return row


def _no_such_gift() -> Refused:
    return Refused(code="no_such_gift", field="gift_id", explanation=_("There is no such gift."))


def redeem_gift(work: Work, command: RedeemGift) -> Answer:
    """Give a gift at the counter: points, stock and the record in one transaction."""
    member = active(work.db, command.member_id)
    if isinstance(member, Refused):
        return member
    if shifts.open_shift_of(work.db, LaneCode(command.lane)) is None:
        return no_shift(command.lane)
    gift = _gift(work, command.gift_id)
    if gift is None or not gift["active"]:
        return _no_such_gift()
    if (
        gift["per_member"]
        and _had(work, member.member_id, command.gift_id) + command.pieces > gift["per_member"]
    ):
        text = _("A member gets {count} of {gift} at most.")
        words = text.format(count=gift["per_member"], gift=gift["name"])
        return Refused(code="gift_limit", field="pieces", explanation=words)
    points, day = gift["points"] * command.pieces, today(work)
    name = f"{gift['name']} × {command.pieces}" if command.pieces > 1 else gift["name"]
    row_id = movements.debit(work, member.member_id, points, Reason("gift", day, name))
    if row_id is None:
        return not_enough(points, points_there(work, member.member_id, day))
    work.db.execute(
        "INSERT INTO points_gifts_given VALUES (?,?,?,?,?)",
        (row_id, command.gift_id, member.member_id, command.lane, command.pieces),
    )
    if gift["product_id"] is not None:
        stock.move(work, ProductId(gift["product_id"]), -command.pieces * ONE, "gift", member.number)
    return statement(work, member)


def _had(work: Work, member_id: int, gift_id: int) -> int:
    query = "SELECT coalesce(sum(pieces), 0) FROM points_gifts_given WHERE member_id = ? AND gift_id = ?"
    return int(work.db.execute(query, (member_id, gift_id)).fetchone()[0])
