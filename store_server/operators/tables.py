"""The only writer of the tables of operators and roles."""

import sqlite3
from collections.abc import Iterable, Iterator

from protocol.identifiers import OperatorId
from protocol.messages.operators import OperatorView, RoleView
from protocol.permissions import PERMISSION_BY_NAME, Permission
from store_server.database.unit_of_work import Work, read_time, stored_time
from store_server.operators.rules import HASHER, digest, lock_after


def view(row: sqlite3.Row) -> OperatorView:
    """Return an operator's row as others may see it."""
    return OperatorView(
        operator_id=OperatorId(row["operator_id"]),
        code=row["code"],
        name=row["name"],
        role=row["role"],
        language=row["language"],
        active=bool(row["active"]),
        locked_until=read_time(row["locked_until"]) if row["locked_until"] else None,
        has_card=row["card_digest"] is not None,
    )


def by_code(db: sqlite3.Connection, code: str) -> sqlite3.Row | None:
    """Return the operator with this code, in capital or small letters."""
    row: sqlite3.Row | None = db.execute("SELECT * FROM operators WHERE code = ?", (code.strip(),)).fetchone()
    return row


def by_card(db: sqlite3.Connection, card: str) -> sqlite3.Row | None:
    """Return the operator to whom the staff card belongs."""
    row: sqlite3.Row | None = db.execute(
        "SELECT * FROM operators WHERE card_digest = ?", (digest(card.strip()),)
    ).fetchone()
    return row


def by_id(db: sqlite3.Connection, operator_id: OperatorId) -> sqlite3.Row | None:
    """Return the operator."""
    row: sqlite3.Row | None = db.execute(
        "SELECT * FROM operators WHERE operator_id = ?", (operator_id,)
    ).fetchone()
    return row


def all_operators(db: sqlite3.Connection) -> Iterator[sqlite3.Row]:
    """Yield all operators by code."""
    yield from db.execute("SELECT * FROM operators ORDER BY active DESC, code")


def name_of(db: sqlite3.Connection, operator_id: OperatorId | None) -> str:
    """Return the operator's name, empty for nobody."""
    row = db.execute("SELECT name FROM operators WHERE operator_id = ?", (operator_id,)).fetchone()
    return "" if row is None else str(row[0])


def note_wrong_try(work: Work, row: sqlite3.Row) -> int:
    """Count a wrong PIN, lock the operator when there were too many; return the count."""
    tries = int(row["wrong_tries"]) + 1
    until = lock_after(tries, work.settings.wrong_pin_limit, work.settings.pin_lock_minutes, work.now)
    work.db.execute(
        "UPDATE operators SET wrong_tries = ?, locked_until = ? WHERE operator_id = ?",
        (0 if until else tries, stored_time(until) if until else None, row["operator_id"]),
    )
    return tries


def forget_wrong_tries(work: Work, operator_id: OperatorId) -> None:
    """The PIN was right, or a manager said so."""
    work.db.execute(
        "UPDATE operators SET wrong_tries = 0, locked_until = NULL WHERE operator_id = ?", (operator_id,)
    )


def set_pin(work: Work, operator_id: OperatorId, pin: str, *, must_change: bool) -> None:
    """Store the PIN's hash."""
    work.db.execute(
        "UPDATE operators SET pin_hash = ?, must_change_pin = ?, wrong_tries = 0, locked_until = NULL "
        "WHERE operator_id = ?",
        (HASHER.hash(pin), must_change, operator_id),
    )


def insert(work: Work, code: str, name: str, role: str, pin: str, language: str | None) -> OperatorId:
    """Add an operator with a PIN that somebody else chose; they may change it."""
    made = work.db.execute(
        "INSERT INTO operators (code, name, role, pin_hash, language, must_change_pin) VALUES (?,?,?,?,?,0)",
        (code, name, role, HASHER.hash(pin), language),
    )
    assert made.lastrowid is not None
    return OperatorId(made.lastrowid)


def update(
    work: Work, operator_id: OperatorId, code: str, name: str, role: str, language: str | None, active: bool
) -> None:
    """Change an operator."""
    work.db.execute(
        "UPDATE operators SET code = ?, name = ?, role = ?, language = ?, active = ? WHERE operator_id = ?",
        (code, name, role, language, active, operator_id),
    )


def set_card(work: Work, operator_id: OperatorId, card: str) -> None:
    """Bind a staff card."""
    work.db.execute(
        "UPDATE operators SET card_digest = ? WHERE operator_id = ?", (digest(card.strip()), operator_id)
    )


def role_exists(db: sqlite3.Connection, role: str) -> bool:
    """Return whether there is such a role."""
    return db.execute("SELECT 1 FROM roles WHERE role = ?", (role,)).fetchone() is not None


def roles(db: sqlite3.Connection) -> tuple[RoleView, ...]:
    """Return all roles with what they may do."""
    found: dict[str, list[Permission]] = {
        row[0]: [] for row in db.execute("SELECT role FROM roles ORDER BY role")
    }
    for role, permission in db.execute("SELECT role, permission FROM role_permissions ORDER BY permission"):
        if permission in PERMISSION_BY_NAME:
            found[role].append(PERMISSION_BY_NAME[permission])
    return tuple(RoleView(role=role, permissions=tuple(held)) for role, held in found.items())


def save_role(db: sqlite3.Connection, role: str, permissions: Iterable[Permission]) -> None:
    """Add a role or replace what it may do."""
    db.execute("INSERT INTO roles VALUES (?) ON CONFLICT DO NOTHING", (role,))
    db.execute("DELETE FROM role_permissions WHERE role = ?", (role,))
    rows = [(role, permission.value) for permission in permissions]
    db.executemany("INSERT INTO role_permissions VALUES (?,?)", rows)


def managers_left(db: sqlite3.Connection) -> int:
    """Return how many active operators may manage operators."""
    row = db.execute(
        "SELECT count(*) FROM operators o JOIN role_permissions p USING (role) "
        "WHERE o.active AND p.permission = ?",
        (Permission.MANAGE_OPERATORS,),
    ).fetchone()
    return int(row[0])
