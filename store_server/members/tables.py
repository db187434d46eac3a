"""The only writer of the members' tables; the search index moves with them in the same transaction."""

import json
import sqlite3
from collections.abc import Collection, Iterable, Mapping

from protocol.identifiers import MemberId
from protocol.messages.catalogue import ExtraFieldView
from store_server.catalogue.search_keys import fold
from store_server.database.unit_of_work import Work
from store_server.extras import ExtraField
from store_server.members.rules import COLUMNS, Member
from store_server.members.search_keys import NUMBER_LENGTH, Rank, keys_of

_INSERT = (
    f"INSERT INTO members ({', '.join(COLUMNS)}, state, joined_at, joined_on, pending) "  # noqa: S608  # names of columns
    f"VALUES ({', '.join('?' * len(COLUMNS))}, 'active', ?, ?, ?)"
)
_UPDATE = (
    f"UPDATE members SET {', '.join(f'{name} = ?' for name in COLUMNS)}, version = version + 1 "  # noqa: S608  # names of columns
    "WHERE member_id = ?"
)
MERGED = (
    "WITH RECURSIVE gone (member_id, number) AS ("
    " SELECT member_id, number FROM members WHERE merged_into = ?1"
    " UNION SELECT m.member_id, m.number FROM members m JOIN gone g ON m.merged_into = g.member_id)"
    " SELECT member_id, number FROM gone"
)
BEARER = "SELECT member_id FROM member_keys WHERE active = 1 AND rank = ? AND key = ? LIMIT 1"
BY_PHONE = "SELECT member_id, number, name FROM members WHERE phone = ? AND state = 'active' AND phone <> ''"


def load(db: sqlite3.Connection, member_id: int) -> Member | None:
    """Return a member with all that belongs to one."""
    row = db.execute("SELECT * FROM members WHERE member_id = ?", (member_id,)).fetchone()
    if row is None:
        return None
    extras = db.execute(
        "SELECT field, value FROM member_extras WHERE member_id = ? ORDER BY field", (member_id,)
    )
    tags = db.execute("SELECT tag FROM member_tags WHERE member_id = ? ORDER BY tag", (member_id,))
    return Member(
        **{name: row[name] for name in COLUMNS},
        extras=tuple((each[0], each[1]) for each in extras),
        tags=tuple(each[0] for each in tags),
    )


def row_of(db: sqlite3.Connection, member_id: int) -> sqlite3.Row | None:
    """Return the member's row; None for one who is not there or not yet."""
    row: sqlite3.Row | None = db.execute(
        "SELECT * FROM members WHERE member_id = ? AND pending = 0", (member_id,)
    ).fetchone()
    return row


def by_phone(db: sqlite3.Connection, phone: str) -> sqlite3.Row | None:
    """Return (member_id, number, name) of the active member who has the phone."""
    row: sqlite3.Row | None = db.execute(BY_PHONE, (phone,)).fetchone()
    return row


def by_number(db: sqlite3.Connection, number: str) -> MemberId | None:
    """Return the member with exactly this number, in whatever state."""
    row = db.execute("SELECT member_id FROM members WHERE number = ?", (number,)).fetchone()
    return None if row is None else MemberId(row[0])


def kept_member(db: sqlite3.Connection, member_id: int) -> MemberId:
    """Return who has the books of a member: the one into whom the member was merged, if so."""
    row = db.execute("SELECT merged_into FROM members WHERE member_id = ?", (member_id,)).fetchone()
    while row is not None and row[0] is not None:
        member_id = row[0]
        row = db.execute("SELECT merged_into FROM members WHERE member_id = ?", (member_id,)).fetchone()
    return MemberId(member_id)


def take_number(work: Work, first: int, last: int) -> int | None:
    """Return the next number of the store's block that no member and no card has; None: it is used up."""
    row = work.db.execute("SELECT next_number FROM member_state").fetchone()
    number = max(int(row[0]), first)
    width = len(str(last))
    while number <= last and _taken(work.db, f"{number:0{width}d}"):
        number += 1
    if number > last:
        return None
    work.db.execute("UPDATE member_state SET next_number = ?", (number + 1,))
    return number


def _taken(db: sqlite3.Connection, number: str) -> bool:
    return by_number(db, number) is not None or bearer_of_card(db, number) is not None


def bearer_of_card(db: sqlite3.Connection, number: str) -> MemberId | None:
    """Return the active member who has a card with exactly this number in use."""
    row = db.execute(BEARER, (int(Rank.CARD), fold(number)[:NUMBER_LENGTH])).fetchone()
    return None if row is None else MemberId(row[0])


def insert(work: Work, member: Member, joined_on: str, *, pending: bool = False) -> MemberId:
    """Add a member; a pending one cannot be found until `release`."""
    values = (getattr(member, name) for name in COLUMNS)
    made = work.db.execute(_INSERT, (*values, work.at, joined_on, pending))
    assert made.lastrowid is not None
    member_id = MemberId(made.lastrowid)
    _write_parts(work.db, member_id, member)
    work.db.execute("INSERT INTO member_standings VALUES (?, 0, ?, NULL, NULL, 0, 0)", (member_id, joined_on))
    if not pending:
        write_keys(work.db, member_id, 1, set(), keys_of(member))
    return member_id


def release(db: sqlite3.Connection, member_id: int) -> Member:
    """Let a pending member be found; return the member."""
    db.execute("UPDATE members SET pending = 0 WHERE member_id = ?", (member_id,))
    member = load(db, member_id)
    assert member is not None
    write_keys(db, member_id, 1, set(), keys_of(member))
    return member


def remove_pending(db: sqlite3.Connection, member_id: int) -> None:
    """Remove a member whom nobody could ever see."""
    for table in ("member_extras", "member_tags", "member_standings"):
        db.execute(f"DELETE FROM {table} WHERE member_id = ?", (member_id,))  # noqa: S608  # fixed names
    db.execute("DELETE FROM members WHERE member_id = ? AND pending = 1", (member_id,))


def update(db: sqlite3.Connection, member_id: int, old: Member, new: Member) -> None:
    """Replace what is known of an active member."""
    db.execute(_UPDATE, (*(getattr(new, name) for name in COLUMNS), member_id))
    if (old.extras, old.tags) != (new.extras, new.tags):
        db.execute("DELETE FROM member_extras WHERE member_id = ?", (member_id,))
        _keep_tags(db, member_id, new.tags)
        _write_parts(db, member_id, new)
    others = merged_numbers(db, member_id)
    write_keys(db, member_id, 1, keys_of(old, others), keys_of(new, others))


def merged_numbers(db: sqlite3.Connection, member_id: int) -> tuple[str, ...]:
    """Return the numbers of all who were merged into this one, directly or not."""
    return tuple(row[1] for row in db.execute(MERGED, (member_id,)))


def merged_ids(db: sqlite3.Connection, member_id: int) -> tuple[int, ...]:
    """Return all who were merged into this one, directly or not."""
    return tuple(row[0] for row in db.execute(MERGED, (member_id,)))


def restore_keys(db: sqlite3.Connection, member_id: int) -> None:
    """Add what is missing in the search index of an active member: the numbers of those merged into one."""
    member = load(db, member_id)
    assert member is not None
    write_keys(db, member_id, 1, set(), keys_of(member, merged_numbers(db, member_id)))


def forget(work: Work, member_id: int) -> None:
    """Blank all personal data of a member; the number stays. An active or closed one is erased thereby."""
    db, old, others = work.db, load(work.db, member_id), merged_numbers(work.db, member_id)
    assert old is not None
    for active in (0, 1):
        write_keys(db, member_id, active, keys_of(old, others), set())
    for table in ("member_extras", "member_tags"):
        db.execute(f"DELETE FROM {table} WHERE member_id = ?", (member_id,))  # noqa: S608  # fixed names
    db.execute("UPDATE member_events SET reason = '' WHERE member_id = ?", (member_id,))
    blank = Member(number=old.number, referrer_id=old.referrer_id)
    db.execute(_UPDATE, (*(getattr(blank, name) for name in COLUMNS), member_id))
    db.execute(
        "UPDATE members SET state = iif(state = 'merged', 'merged', 'erased'), "
        "ended_at = coalesce(ended_at, ?) WHERE member_id = ?",
        (work.at, member_id),
    )
    write_keys(db, member_id, 0, set(), keys_of(blank, others))


def move_keys(db: sqlite3.Connection, member_id: int, was_active: bool) -> None:
    """Bring the search index to the state in which the member's row is now."""
    member, others = load(db, member_id), merged_numbers(db, member_id)
    assert member is not None
    keys = keys_of(member, others)
    state = "SELECT state FROM members WHERE member_id = ?"
    active = db.execute(state, (member_id,)).fetchone()[0] == "active"
    write_keys(db, member_id, int(was_active), keys, set())
    write_keys(db, member_id, int(active), set(), keys)


def write_keys(
    db: sqlite3.Connection,
    member_id: int,
    active: int,
    before: set[tuple[int, str]],
    after: set[tuple[int, str]],
) -> None:
    """Bring a member's keys in one half of the search index from one set to another."""
    db.executemany(
        "DELETE FROM member_keys WHERE active = ? AND rank = ? AND key = ? AND member_id = ?",
        [(active, *each, member_id) for each in before - after],
    )
    db.executemany(
        "INSERT OR IGNORE INTO member_keys VALUES (?,?,?,?)",
        [(active, *each, member_id) for each in sorted(after - before)],
    )


def _write_parts(db: sqlite3.Connection, member_id: int, member: Member) -> None:
    db.executemany(
        "INSERT INTO member_extras VALUES (?,?,?)",
        [(member_id, field, value) for field, value in member.extras],
    )
    _add_tags(db, member_id, member.tags)


def _add_tags(db: sqlite3.Connection, member_id: int, tags: Iterable[str]) -> None:
    """Give tags by hand; one that is there stays as it is, by hand or by rule."""
    db.executemany(
        "INSERT INTO member_tags (member_id, tag) VALUES (?,?) ON CONFLICT DO NOTHING",
        [(member_id, tag) for tag in tags],
    )


def _keep_tags(db: sqlite3.Connection, member_id: int, tags: Iterable[str]) -> None:
    """Take off all tags but these."""
    db.execute(
        "DELETE FROM member_tags WHERE member_id = ? AND tag NOT IN (SELECT value FROM json_each(?))",
        (member_id, json.dumps(list(tags))),
    )


def end(work: Work, member_id: int, state: str, merged_into: int | None, reason: str) -> None:
    """Close, merge or open a membership again; the search index follows."""
    was = work.db.execute("SELECT state FROM members WHERE member_id = ?", (member_id,)).fetchone()[0]
    work.db.execute(
        "UPDATE members SET state = ?, merged_into = ?, ended_at = ?, version = version + 1 "
        "WHERE member_id = ?",
        (state, merged_into, None if state == "active" else work.at, member_id),
    )
    move_keys(work.db, member_id, was == "active")
    note_event(work, member_id, state, reason)


def note_event(work: Work, member_id: int, state: str, reason: str) -> None:
    """Keep why a membership changed its state."""
    operator = work.session.operator_id if work.session else None
    work.db.execute(
        "INSERT INTO member_events (member_id, at, state, reason, operator_id) VALUES (?,?,?,?,?)",
        (member_id, work.at, state, reason, operator),
    )


def count_change(db: sqlite3.Connection) -> None:
    """Count a change: an import that was checked before it has to be checked again."""
    db.execute("UPDATE member_state SET changes = changes + 1")


def changes(db: sqlite3.Connection) -> int:
    """Return how often members or their extra fields were changed."""
    return int(db.execute("SELECT changes FROM member_state").fetchone()[0])


def running_import(db: sqlite3.Connection) -> str:
    """Return the import that is being applied; empty for none."""
    return str(db.execute("SELECT import_id FROM member_state").fetchone()[0])


def set_running_import(db: sqlite3.Connection, import_id: str) -> None:
    """Keep everybody else from changing members while an import is applied; empty: no more."""
    db.execute("UPDATE member_state SET import_id = ?, changes = changes + 1", (import_id,))


def extra_fields(db: sqlite3.Connection) -> dict[str, ExtraField]:
    """Return the extra fields of members by name."""
    rows = db.execute("SELECT * FROM member_fields ORDER BY field")
    return {
        row["field"]: ExtraField(
            row["field"], row["type"], tuple(json.loads(row["choices"])), bool(row["required"])
        )
        for row in rows
    }


def save_extra_field(db: sqlite3.Connection, view: ExtraFieldView) -> None:
    """Add or change an extra field."""
    db.execute(
        "INSERT INTO member_fields VALUES (?,?,?,?) ON CONFLICT (field) DO UPDATE SET "
        "type = excluded.type, choices = excluded.choices, required = excluded.required",
        (view.field, view.type, json.dumps(view.choices, ensure_ascii=False), view.required),
    )


def values_of_field(db: sqlite3.Connection, field: str) -> Iterable[tuple[str, str]]:
    """Return (value, number of the first member who has it) of an extra field, each value once."""
    return db.execute(
        "SELECT e.value, min(m.number) FROM member_extras e JOIN members m USING (member_id) "
        "WHERE e.field = ? GROUP BY e.value",
        (field,),
    ).fetchall()


def tag_counts(db: sqlite3.Connection) -> Mapping[str, int]:
    """Return how many active members have each tag, the most used first."""
    rows = db.execute(
        "SELECT t.tag, count(*) AS n FROM member_tags t JOIN members m USING (member_id) "
        "WHERE m.state = 'active' GROUP BY t.tag ORDER BY n DESC, t.tag"
    )
    return {row[0]: row[1] for row in rows}


def set_tags(db: sqlite3.Connection, member_id: int, tags: Collection[str]) -> None:
    """Replace a member's tags."""
    _keep_tags(db, member_id, tags)
    _add_tags(db, member_id, sorted(tags))
    db.execute("UPDATE members SET version = version + 1 WHERE member_id = ?", (member_id,))


def tags_by_rule(db: sqlite3.Connection, member_id: int) -> set[str]:
    """Return the tags that a rule gave to a member."""
    rows = db.execute("SELECT tag FROM member_tags WHERE member_id = ? AND by_rule", (member_id,))
    return {row[0] for row in rows}


def tag_by_rule(db: sqlite3.Connection, tag: str, fitting: Collection[int], after: int, end: int) -> None:
    """Let exactly those among the members of a range have a tag by rule who fit; tags by hand stay."""
    had = {
        row[0]
        for row in db.execute(
            "SELECT member_id FROM member_tags "
            "WHERE tag = ? AND member_id > ? AND member_id <= ? AND by_rule",
            (tag, after, end),
        )
    }
    gone = had - set(fitting)
    db.executemany(
        "DELETE FROM member_tags WHERE member_id = ? AND tag = ?", [(member_id, tag) for member_id in gone]
    )
    db.executemany(
        "INSERT INTO member_tags (member_id, tag, by_rule) VALUES (?,?,1) ON CONFLICT DO NOTHING",
        [(member_id, tag) for member_id in fitting if member_id not in had],
    )
