"""Who is signed on at a terminal, and approvals that wait to be used; the dispatcher reads them."""

import sqlite3

from protocol.identifiers import ApprovalId, OperatorId, SessionToken, TerminalName
from protocol.language import _
from protocol.messages.base import Refused
from protocol.permissions import PERMISSION_BY_NAME, Permission
from store_server.database.unit_of_work import Session, Work, read_time, stored_time
from store_server.operators.rules import APPROVAL_LIFE, digest


def find(db: sqlite3.Connection, token: SessionToken, terminal: TerminalName) -> Session | None:
    """Return the session of this token at this terminal, while its operator is active."""
    row = db.execute(
        "SELECT o.operator_id, o.code, o.name, o.role FROM sessions s JOIN operators o USING (operator_id) "
        "WHERE s.token_digest = ? AND s.terminal = ? AND o.active",
        (digest(token), terminal),
    ).fetchone()
    if row is None:
        return None
    permissions = permissions_of(db, row["role"])
    return Session(token, OperatorId(row[0]), row["code"], row["name"], row["role"], permissions, terminal)


def permissions_of(db: sqlite3.Connection, role: str) -> frozenset[Permission]:
    """Return what the role may do; a permission that this version does not know is left out."""
    rows = db.execute("SELECT permission FROM role_permissions WHERE role = ?", (role,))
    return frozenset(PERMISSION_BY_NAME[row[0]] for row in rows if row[0] in PERMISSION_BY_NAME)


def begin(work: Work, operator_id: OperatorId) -> SessionToken:
    """End the terminal's earlier session and begin one for the operator."""
    work.db.execute("DELETE FROM sessions WHERE terminal = ?", (work.terminal,))
    token = SessionToken(work.new_secret())
    work.db.execute(
        "INSERT INTO sessions VALUES (?,?,?,?)", (digest(token), operator_id, work.terminal, work.at)
    )
    return token


def end(work: Work) -> None:
    """End the session of the one who asks."""
    assert work.session is not None
    work.db.execute("DELETE FROM sessions WHERE token_digest = ?", (digest(work.session.token),))


def end_all_of(work: Work, operator_id: OperatorId) -> None:
    """End every session of an operator: deactivated, or a new PIN."""
    work.db.execute("DELETE FROM sessions WHERE operator_id = ?", (operator_id,))


def also_needs(work: Work, permission: Permission) -> Refused | None:
    """Return why the one who asks may not, where the permission depends on what is asked.

    An approval that came with the request and was not used yet is used up; None: it may be done.
    """
    assert work.session is not None
    if permission in work.session.permissions:
        return None
    if work.approval is not None and work.approver_id is None:
        work.approver_id = use_approval(work, work.session, work.approval, permission)
        if work.approver_id is not None:
            return None
    text = _("{name} may not do this alone. Somebody who may has to approve it.")
    return Refused(
        code="approval_needed", permission=permission, explanation=text.format(name=work.session.name)
    )


def grant_approval(work: Work, approver_id: OperatorId, permission: Permission) -> ApprovalId:
    """Store an approval for one action of the present session."""
    assert work.session is not None
    approval = ApprovalId(work.new_id())
    work.db.execute(
        "INSERT INTO approvals VALUES (?,?,?,?,?,NULL)",
        (
            approval,
            digest(work.session.token),
            approver_id,
            permission,
            stored_time(work.now + APPROVAL_LIFE),
        ),
    )
    return approval


def use_approval(
    work: Work, session: Session, approval: ApprovalId, permission: Permission
) -> OperatorId | None:
    """Use the approval up for this command and return who gave it; None when it does not fit."""
    row = work.db.execute("SELECT * FROM approvals WHERE approval_id = ?", (approval,)).fetchone()
    if row is None or row["token_digest"] != digest(session.token) or row["permission"] != permission:
        return None
    if row["used_by_command"] is not None or read_time(row["valid_until"]) < work.now:
        return None
    work.db.execute(
        "UPDATE approvals SET used_by_command = ? WHERE approval_id = ?", (work.command_id, approval)
    )
    return OperatorId(row["approver_id"])
