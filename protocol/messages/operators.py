"""Operators: who may do what, signing on and off, approval by a second person."""

from typing import Annotated

from pydantic import AwareDatetime, Field, StrictBool, StrictInt

from protocol.identifiers import ApprovalId, OperatorId, SessionToken
from protocol.messages.base import ROW_ID, Answer, Command, Done, Fact, Model, Name, Query
from protocol.permissions import Permission

Pin = Annotated[str, Field(min_length=1, max_length=32)]


class OperatorView(Model):
    """An operator as others may see them."""

    operator_id: OperatorId
    code: Name
    """What the operator types to sign on: short, digits or letters."""
    name: Name
    role: Name
    language: str | None = None
    """The language that the operator prefers; None follows the terminal."""
    active: StrictBool = True
    locked_until: AwareDatetime | None = None
    """After too many wrong PINs: until when no PIN is accepted."""
    has_card: StrictBool = False


class SignedOn(Answer):
    """The sign-on succeeded."""

    holds_secret = True
    session: SessionToken
    operator: OperatorView
    permissions: tuple[Permission, ...]
    must_change_pin: StrictBool = False


class SignOn(Command):
    """Sign an operator on at the sending terminal, by code or staff card, and PIN."""

    answer = SignedOn
    open_to_all = True
    secret_fields = ("pin", "card")
    code: Name = ""
    """The operator's code; empty when a card is given."""
    card: Name = ""
    """The number of the staff card; the PIN is asked for all the same."""
    pin: Pin


class SignOff(Command):
    """End the session. The basket stays as it is."""

    answer = Done


class Unlock(Command):
    """Prove the PIN again at a terminal that locked itself."""

    answer = Done
    secret_fields = ("pin",)
    pin: Pin


class ChangeOwnPin(Command):
    """Set a new PIN for oneself; the old one is asked for."""

    answer = Done
    secret_fields = ("old_pin", "new_pin")
    old_pin: Pin
    new_pin: Pin


class ApprovalGranted(Answer):
    """The approval; its id goes into the header of the one request that it is for."""

    approval: ApprovalId
    approver: OperatorView


class Approve(Command):
    """A second person with the permission approves one action of the present session, by code and PIN.

    The approval is good for one request that needs this permission, in this session, for two minutes.
    """

    answer = ApprovalGranted
    secret_fields = ("pin", "card")
    action: Permission
    """The permission that the request needs."""
    code: Name = ""
    card: Name = ""
    pin: Pin


class Operators(Answer):
    """The operators of the store."""

    operators: tuple[OperatorView, ...]


class ListOperators(Query):
    """All operators, those who have left too."""

    answer = Operators
    permission = Permission.MANAGE_OPERATORS


class OperatorSaved(Answer):
    """The operator as stored."""

    operator: OperatorView


class SaveOperator(Command):
    """Add an operator (no id) or change one. Empty PIN or card: unchanged."""

    answer = OperatorSaved
    permission = Permission.MANAGE_OPERATORS
    secret_fields = ("pin", "card")
    operator_id: Annotated[OperatorId, ROW_ID] | None = None
    code: Name
    name: Name
    role: Name
    pin: Annotated[str, Field(max_length=32)] = ""
    card: Name = ""
    language: Annotated[str, Field(max_length=20)] | None = None
    active: StrictBool = True
    unlock: StrictBool = False
    """True: forget the wrong tries."""


class RoleView(Model):
    """A role and what it may do."""

    role: Name
    permissions: tuple[Permission, ...]


class Roles(Answer):
    """The roles of the store."""

    roles: tuple[RoleView, ...]


class ListRoles(Query):
    """All roles."""

    answer = Roles
    permission = Permission.MANAGE_OPERATORS


class SaveRole(Command):
    """Add a role or change what it may do. Nobody can take MANAGE_OPERATORS from the last one who has it."""

    answer = Done
    permission = Permission.MANAGE_OPERATORS
    role: Name
    permissions: Annotated[tuple[Permission, ...], Field(max_length=100)]


class OperatorSignedOn(Fact):
    """Somebody signed on."""

    operator_id: OperatorId
    terminal: str


class SignOnFailed(Fact):
    """A sign-on or an approval was tried with a wrong PIN; the journal keeps that it was, never the PIN."""

    code: Name
    """The operator's code; empty for one that nobody has: it may be a PIN in the wrong field."""
    terminal: str
    wrong_tries: StrictInt


class OperatorChanged(Fact):
    """An operator was added or changed."""

    operator_id: OperatorId
    code: Name
    name: Name
    role: Name
    active: StrictBool
    pin_changed: StrictBool
    """True: a new PIN was set; what it is stays unknown."""
    card_changed: StrictBool


class RoleChanged(Fact):
    """A role was added, or what it may do was changed."""

    role: Name
    permissions: tuple[Permission, ...]


class ActionApproved(Fact):
    """A second person approved an action."""

    operator_id: OperatorId
    approver_id: OperatorId
    permission: Permission
