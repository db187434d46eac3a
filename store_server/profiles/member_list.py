"""The list of members: how a row of a file becomes a member, is taken back, and is written out again."""

import json
import sqlite3
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any

from protocol.language import _
from protocol.permissions import Permission
from store_server.cards import tables as cards
from store_server.catalogue.product_columns import extra_column
from store_server.database.unit_of_work import Work
from store_server.lists import CheckedRow, Column
from store_server.members import standing, tables, views
from store_server.members.rules import (
    Member,
    as_values,
    birthday_without_year,
    from_values,
    masked_phone,
)
from store_server.points import movements
from store_server.points import tables as points
from store_server.profiles.member_columns import COLUMNS
from store_server.profiles.member_row import ReadRow, read_row, shown

_EXPORTED = (
    "SELECT member_id FROM members WHERE number > ? AND state = 'active' AND pending = 0 "
    "ORDER BY number LIMIT ?"
)


@dataclass(frozen=True, slots=True)
class MemberList:
    """Members, for the imports room."""

    name: str = "members"
    personal: bool = True

    def shows_all(self, work: Work) -> bool:
        """Only those who may see the full profile get whole phones and the rest."""
        return work.session is not None and Permission.SEE_FULL_PROFILE in work.session.permissions

    def columns(self, work: Work) -> tuple[Column, ...]:
        """The fixed columns and one for each extra field."""
        return (*COLUMNS, *map(extra_column, tables.extra_fields(work.db)))

    def missing(self, columns: Collection[str]) -> tuple[str, ...]:
        """A row is about a member by number or phone, or makes a new one by name."""
        if {"number", "phone", "name"} & set(columns):
            return ()
        return (_("{number} (or {phone})").format(number=_("Member number"), phone=_("Phone")),)

    def stamp(self, work: Work) -> int:
        """Changes of members and their extra fields."""
        return tables.changes(work.db)

    def check(self, work: Work, row: Mapping[str, str]) -> CheckedRow:
        """Compare the row with the member who is there."""
        read = read_row(work, row)
        change = "new" if read.old is None else "same" if read.old == read.new else "changed"
        payload = {
            "member_id": read.member_id,
            "member": as_values(read.new),
            "opening": asdict(read.opening),
        }
        return CheckedRow(
            key=(read.new.number or masked_phone(read.new.phone) or read.new.name)[:200],
            change=change,
            details=_details(read)[:4000],
            payload=json.dumps(payload, ensure_ascii=False) if not read.errors else "",
            uniques=(
                ("number", read.new.number),
                ("phone", read.new.phone),
                *(("cards", number) for _kind, number in read.opening.cards),
            ),
            errors=tuple(read.errors),
        )

    def lock(self, work: Work, import_id: str) -> bool:
        """Nobody else changes members until `unlock`."""
        if tables.running_import(work.db) not in ("", import_id):
            return False
        tables.set_running_import(work.db, import_id)
        return True

    def unlock(self, work: Work) -> None:
        """Let others change members again."""
        tables.set_running_import(work.db, "")

    def apply(self, work: Work, payload: str) -> str:
        """Write the member; a new one stays hidden until settled, so that it can be taken back."""
        wanted = json.loads(payload)
        member, member_id = from_values(wanted["member"]), wanted["member_id"]
        before: dict[str, Any] = {"old": None}
        if member_id is None:
            if not member.number:
                member = replace(member, number=_next_number(work))
            member_id = tables.insert(work, member, wanted["opening"]["joined_on"], pending=True)
        else:
            old = tables.load(work.db, member_id)
            assert old is not None, "members are locked while a list is applied"
            before = {"old": as_values(old)}
            tables.update(work.db, member_id, old, member)
        return json.dumps({**before, "member_id": member_id}, ensure_ascii=False)

    def undo(self, work: Work, before: str) -> None:
        """Put the member back as one was, or away."""
        was = json.loads(before)
        if was["old"] is None:
            tables.remove_pending(work.db, was["member_id"])
            return
        now = tables.load(work.db, was["member_id"])
        assert now is not None
        tables.update(work.db, was["member_id"], now, from_values(was["old"]))

    def settle(self, work: Work, payload: str, before: str, reference: str) -> None:
        """Show a new member, with the tier, growth, points and cards to begin with."""
        was, opening = json.loads(before), json.loads(payload)["opening"]
        if was["old"] is not None:
            return
        member_id, today = was["member_id"], views.local_date(work)
        tables.release(work.db, member_id)
        standing.begin_with(work, member_id, opening["tier"], opening["growth"], today, reference)
        if opening["points"]:
            reason = points.Reason("adjust", today, reference)
            ends: date | None = movements.usual_expiry(work, today)
            movements.credit(work, member_id, opening["points"], reason, ends)
        for kind, number in opening["cards"]:
            cards.issue(work, member_id, kind, number, reason=reference[:200])

    def total(self, work: Work) -> int:
        """How many members there are; those who left are counted and not written out."""
        return int(work.db.execute("SELECT members FROM member_state").fetchone()[0])

    def export(self, work: Work, after_key: str, most: int) -> Sequence[tuple[str, tuple[str, ...]]]:
        """Active members by number; personal data only for those who may see the full profile."""
        names = [column.name for column in self.columns(work)]
        whole = self.shows_all(work)
        found = []
        for (member_id,) in work.db.execute(_EXPORTED, (after_key, most)).fetchall():
            member = tables.load(work.db, member_id)
            assert member is not None
            written = shown(work, member_id, member if whole else _masked(member))
            written["points"] = str(points.balance(work.db, member_id))
            found.append((member.number, tuple(written.get(name, "") for name in names)))
        return found


def _next_number(work: Work) -> str:
    settings = work.settings
    number = tables.take_number(work, settings.member_number_first, settings.member_number_last)
    if number is None:
        # What the database refuses ends an import and takes all of it back; so does this.
        raise sqlite3.IntegrityError("the store's block of member numbers is used up")
    return f"{number:0{len(str(settings.member_number_last))}d}"


def _masked(member: Member) -> Member:
    return replace(
        member,
        phone=masked_phone(member.phone),
        birthday=birthday_without_year(member.birthday),
        email="",
        address="",
        occupation="",
        income_band="",
        skin_condition="",
        extras=(),
    )


def _details(read: ReadRow) -> str:
    if read.old is None:
        return _("new member {name}").format(name=read.new.name)
    headings = {column.name: column.heading for column in COLUMNS}
    old, new = as_values(read.old), as_values(read.new)
    return ", ".join(_(headings.get(name, name)) for name in new if old[name] != new[name])
