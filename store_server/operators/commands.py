"""What operators ask for: signing on and off, approvals, and the list of operators."""

import sqlite3

from protocol.identifiers import OperatorId
from protocol.language import _
from protocol.messages.base import Answer, Done, Refused
from protocol.messages.operators import (
    ActionApproved,
    ApprovalGranted,
    Approve,
    ChangeOwnPin,
    ListOperators,
    ListRoles,
    OperatorChanged,
    Operators,
    OperatorSaved,
    OperatorSignedOn,
    RoleChanged,
    Roles,
    SaveOperator,
    SaveRole,
    SignedOn,
    SignOff,
    SignOn,
    SignOnFailed,
    Unlock,
)
from store_server.database.unit_of_work import Work, read_time
from store_server.operators import sessions, tables
from store_server.operators.rules import pin_fits, pin_problem


def _prove(work: Work, row: sqlite3.Row | None, pin: str) -> Refused | None:
    """Check a PIN; a wrong one is counted and recorded, and locks after too many."""
    if row is not None and row["locked_until"] and read_time(row["locked_until"]) > work.now:
        until = read_time(row["locked_until"]).astimezone(work.settings.zone)
        text = _("Too many wrong PINs: {name} is locked until {time}. A manager can unlock earlier.")
        return Refused(code="locked", explanation=text.format(name=row["name"], time=f"{until:%H:%M}"))
    if pin_fits(row["pin_hash"] if row is not None and row["active"] else None, pin):
        assert row is not None
        if row["wrong_tries"] or row["locked_until"]:
            tables.forget_wrong_tries(work, OperatorId(row["operator_id"]))
        return None
    tries = tables.note_wrong_try(work, row) if row is not None else 1
    work.refusal_is_kept = True
    # A code that nobody has is not kept: it may be a PIN that was typed into the wrong field.
    known = row["code"] if row is not None else ""
    work.record(SignOnFailed(code=known, terminal=work.terminal, wrong_tries=tries))
    return Refused(
        code="wrong_pin", field="pin", explanation=_("This code and PIN do not fit. Please try again.")
    )


def sign_on(work: Work, command: SignOn) -> Answer:
    """Begin a session at the terminal that asks."""
    row = tables.by_card(work.db, command.card) if command.card else tables.by_code(work.db, command.code)
    refused = _prove(work, row, command.pin)
    if refused:
        return refused
    assert row is not None
    operator_id = OperatorId(row["operator_id"])
    token = sessions.begin(work, operator_id)
    work.record(OperatorSignedOn(operator_id=operator_id, terminal=work.terminal))
    return SignedOn(
        session=token,
        operator=tables.view(row).model_copy(update={"locked_until": None}),
        permissions=tuple(sorted(sessions.permissions_of(work.db, row["role"]))),
        must_change_pin=bool(row["must_change_pin"]),
    )


def sign_off(work: Work, command: SignOff) -> Answer:
    """End the session."""
    sessions.end(work)
    return Done()


def unlock(work: Work, command: Unlock) -> Answer:
    """Prove the PIN of the session's operator again."""
    row = tables.by_id(work.db, work.operator_id)
    return _prove(work, row, command.pin) or Done()


def change_own_pin(work: Work, command: ChangeOwnPin) -> Answer:
    """Replace the own PIN."""
    row = tables.by_id(work.db, work.operator_id)
    refused = _prove(work, row, command.old_pin) or _bad_pin(work, command.new_pin, "new_pin")
    if refused:
        return refused
    tables.set_pin(work, work.operator_id, command.new_pin, must_change=False)
    assert row is not None
    work.record(
        OperatorChanged(
            operator_id=work.operator_id,
            code=row["code"],
            name=row["name"],
            role=row["role"],
            active=True,
            pin_changed=True,
            card_changed=False,
        )
    )
    return Done()


def approve(work: Work, command: Approve) -> Answer:
    """Let a second person approve one action of the present session."""
    row = tables.by_card(work.db, command.card) if command.card else tables.by_code(work.db, command.code)
    refused = _prove(work, row, command.pin)
    if refused:
        return refused
    assert row is not None
    if command.action not in sessions.permissions_of(work.db, row["role"]):
        text = _("{name} may not approve this either. Ask somebody who may.").format(name=row["name"])
        return Refused(code="approver_may_not", permission=command.action, explanation=text)
    approver_id = OperatorId(row["operator_id"])
    approval = sessions.grant_approval(work, approver_id, command.action)
    work.record(
        ActionApproved(operator_id=work.operator_id, approver_id=approver_id, permission=command.action)
    )
    return ApprovalGranted(approval=approval, approver=tables.view(row))


def check_pin(work: Work, command: Approve | Unlock) -> Refused | None:
    """Judge the PIN of an approval or of an unlocking, and do nothing else.

    For the training books, which have their own copy of the operators: there, too, wrong tries count for
    real, or a PIN could be guessed in practice.
    """
    match command:
        case Unlock():
            row = tables.by_id(work.db, work.operator_id)
        case Approve():
            row = (
                tables.by_card(work.db, command.card)
                if command.card
                else tables.by_code(work.db, command.code)
            )
    return _prove(work, row, command.pin)


def list_operators(work: Work, query: ListOperators) -> Answer:
    """All operators."""
    return Operators(operators=tuple(tables.view(row) for row in tables.all_operators(work.db)))


def _bad_pin(work: Work, pin: str, field: str) -> Refused | None:
    least = work.settings.pin_length
    match pin_problem(pin, least):
        case None:
            return None
        case "digits":
            text = _("A PIN has digits only.")
        case "short":
            text = _("A PIN has at least {count} digits.").format(count=least)
        case _:
            text = _("This PIN is one of the first that a thief would try. Please choose another.")
    return Refused(code="bad_pin", field=field, explanation=text)


def _bad_operator(work: Work, command: SaveOperator) -> Refused | None:
    if not command.code.strip() or not command.name.strip():
        return Refused(code="empty", field="code", explanation=_("An operator needs a code and a name."))
    if not tables.role_exists(work.db, command.role):
        text = _("There is no role {role}.").format(role=command.role)
        return Refused(code="no_such_role", field="role", explanation=text)
    other = tables.by_code(work.db, command.code)
    if other is not None and other["operator_id"] != command.operator_id:
        text = _("The code {code} belongs to {name}.").format(code=command.code, name=other["name"])
        return Refused(code="code_used", field="code", explanation=text)
    holder = tables.by_card(work.db, command.card) if command.card else None
    if holder is not None and holder["operator_id"] != command.operator_id:
        text = _("This card belongs to {name}.").format(name=holder["name"])
        return Refused(code="card_used", field="card", explanation=text)
    if command.pin or command.operator_id is None:
        return _bad_pin(work, command.pin, "pin")
    return None


def save_operator(work: Work, command: SaveOperator) -> Answer:
    """Add or change an operator; the last one who may manage operators stays so."""
    refused = _bad_operator(work, command)
    if refused:
        return refused
    code, name, role = command.code.strip(), command.name.strip(), command.role
    operator_id = command.operator_id
    if operator_id is None:
        operator_id = tables.insert(work, code, name, role, command.pin, command.language)
    elif tables.by_id(work.db, operator_id) is None:
        return Refused(code="no_such_operator", explanation=_("This operator does not exist."))
    else:
        tables.update(work, operator_id, code, name, role, command.language, command.active)
        if command.pin:
            tables.set_pin(work, operator_id, command.pin, must_change=False)
        if command.pin or not command.active:
            sessions.end_all_of(work, operator_id)
        if command.unlock:
            tables.forget_wrong_tries(work, operator_id)
    if command.card:
        tables.set_card(work, operator_id, command.card)
    if tables.managers_left(work.db) == 0:
        return _last_manager()
    row = tables.by_id(work.db, operator_id)
    assert row is not None
    work.record(
        OperatorChanged(
            operator_id=operator_id,
            code=code,
            name=name,
            role=role,
            active=bool(row["active"]),
            pin_changed=bool(command.pin),
            card_changed=bool(command.card),
        )
    )
    return OperatorSaved(operator=tables.view(row))


def _last_manager() -> Refused:
    text = _("Somebody must be left who may manage operators.")
    return Refused(code="last_manager", explanation=text)


def list_roles(work: Work, query: ListRoles) -> Answer:
    """All roles."""
    return Roles(roles=tables.roles(work.db))


def save_role(work: Work, command: SaveRole) -> Answer:
    """Add a role or change what it may do."""
    if not command.role.strip():
        return Refused(code="empty", field="role", explanation=_("A role needs a name."))
    permissions = tuple(dict.fromkeys(command.permissions))
    tables.save_role(work.db, command.role.strip(), permissions)
    work.record(RoleChanged(role=command.role.strip(), permissions=permissions))
    return Done() if tables.managers_left(work.db) else _last_manager()


HANDLERS = {
    SignOn: sign_on,
    SignOff: sign_off,
    Unlock: unlock,
    ChangeOwnPin: change_own_pin,
    Approve: approve,
    ListOperators: list_operators,
    SaveOperator: save_operator,
    ListRoles: list_roles,
    SaveRole: save_role,
}
