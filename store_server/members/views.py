"""Members as clients see them: masked for the counter, whole for those who answer for the look."""

import sqlite3
from collections.abc import Iterable
from datetime import date

from protocol.identifiers import MemberId
from protocol.messages.catalogue import ExtraValue
from protocol.messages.members import MemberFound, MemberHit, MemberState, MemberView
from store_server.database.unit_of_work import Work
from store_server.members import tables
from store_server.members.rules import Member, birthday_without_year, masked_phone

HIT = (
    "SELECT m.member_id, m.number, m.name, m.phone, m.state, m.note, s.tier, t.name AS tier_name "
    "FROM members m JOIN member_standings s USING (member_id) JOIN tiers t USING (tier) "
    "WHERE m.member_id = ? AND m.pending = 0"
)
STANDING = (
    "SELECT s.tier, s.until, s.grace_until, s.growth, t.name FROM member_standings s "
    "JOIN tiers t USING (tier) "
    "WHERE s.member_id = ?"
)


def local_date(work: Work) -> date:
    """Return the present date of the store."""
    return work.now.astimezone(work.settings.zone).date()


def hits(db: sqlite3.Connection, member_ids: Iterable[int]) -> tuple[MemberHit, ...]:
    """Return the members as search results, in the order given."""
    rows = (db.execute(HIT, (each,)).fetchone() for each in member_ids)
    return tuple(
        MemberHit(
            member_id=MemberId(row["member_id"]),
            number=row["number"],
            name=row["name"],
            phone=masked_phone(row["phone"]),
            tier=row["tier"],
            tier_name=row["tier_name"],
            state=MemberState(row["state"]),
            note=row["note"],
        )
        for row in rows
        if row is not None
    )


def view(db: sqlite3.Connection, member_id: int, *, hidden: bool) -> MemberView | None:
    """Return a member, with personal data or without."""
    row = tables.row_of(db, member_id)
    member = tables.load(db, member_id)
    if row is None or member is None:
        return None
    standing = db.execute(STANDING, (member_id,)).fetchone()
    shown = _without_personal_data(member) if hidden else member
    return MemberView(
        member_id=MemberId(member_id),
        number=member.number,
        state=MemberState(row["state"]),
        name=shown.name,
        pinyin=shown.pinyin,
        phone=shown.phone,
        gender=shown.gender,
        birthday=shown.birthday,
        email=shown.email,
        address=shown.address,
        occupation=shown.occupation,
        income_band=shown.income_band,
        skin_condition=shown.skin_condition,
        extras=tuple(ExtraValue(field=field, value=value) for field, value in shown.extras),
        referrer_id=MemberId(member.referrer_id) if member.referrer_id is not None else None,
        referrer=_referrer(db, member.referrer_id),
        note=member.note,
        tags=member.tags,
        tier=standing["tier"],
        tier_name=standing["name"],
        tier_until=standing["grace_until"] or standing["until"] or "",
        growth=standing["growth"],
        joined_on=row["joined_on"],
        merged_into=row["merged_into"],
        hidden=hidden,
        version=row["version"],
    )


def _without_personal_data(member: Member) -> Member:
    return Member(
        number=member.number,
        name=member.name,
        pinyin=member.pinyin,
        phone=masked_phone(member.phone),
        gender=member.gender,
        birthday=birthday_without_year(member.birthday),
    )


def _referrer(db: sqlite3.Connection, referrer_id: int | None) -> str:
    row = db.execute("SELECT number, name FROM members WHERE member_id = ?", (referrer_id,)).fetchone()
    return f"{row['number']} {row['name']}".strip() if row is not None else ""


def found(work: Work, member_id: int, *, hidden: bool = True) -> MemberFound:
    """Return the answer of a command on a member who is there."""
    member = view(work.db, member_id, hidden=hidden)
    assert member is not None
    return MemberFound(member=member)


def key_of(answer: MemberFound) -> str:
    """Return under which key the answer of a command is remembered: personal data is kept once only."""
    return f"{answer.member.member_id}/{int(answer.member.hidden)}"


def again(work: Work, key: str) -> MemberFound:
    """Return the answer of a command that was carried out before, as the member is now."""
    member_id, hidden = key.split("/")
    return found(work, int(member_id), hidden=hidden == "1")
