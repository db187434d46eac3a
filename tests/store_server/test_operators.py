"""Operators: PINs, locks, staff cards, sessions, approvals, roles."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from shop_counter import PINS, Shop, open_shop

from protocol.identifiers import LaneCode, OperatorId
from protocol.messages.base import Done
from protocol.messages.operators import (
    Approve,
    ChangeOwnPin,
    ListOperators,
    ListRoles,
    Operators,
    OperatorSaved,
    Roles,
    SaveOperator,
    SaveRole,
    SignedOn,
    SignOff,
    SignOn,
    Unlock,
)
from protocol.messages.shifts import GetShift, OpenDrawerWithoutSale
from protocol.permissions import PERMISSION_SENTENCES, ROLES, Permission
from store_server.operators.rules import lock_after, pin_fits, pin_problem

LOOK = GetShift(lane=LaneCode("1"))
LI, WANG = OperatorId(2), OperatorId(3)


@pytest.fixture
def shop() -> Iterator[Shop]:
    shop = open_shop()
    yield shop
    shop.db.close()


def save(**fields: object) -> SaveOperator:
    """Return an order that saves Li unless it is said otherwise."""
    return SaveOperator.model_validate(
        {"operator_id": LI, "code": "li", "name": "Li", "role": "cashier"} | fields
    )


def test_signing_on_tells_what_one_may_do(shop: Shop) -> None:
    signed_on = shop.do(SignedOn, SignOn(code="LI ", pin=PINS["li"]), "li")
    assert signed_on.operator.name == "Li"
    assert set(signed_on.permissions) == ROLES["cashier"]
    assert shop.journal()[-1] == "operators.OperatorSignedOn"


def test_a_new_sign_on_ends_the_terminals_earlier_session(shop: Shop) -> None:
    shop.do(SignedOn, SignOn(code="wang", pin=PINS["wang"]), "boss", at="terminal-li")
    assert shop.refusal(LOOK, "li").code == "not_signed_on"


@pytest.mark.parametrize("sign_on", [SignOn(code="li", pin="0001"), SignOn(code="ghost", pin="0001")])
def test_a_wrong_pin_and_an_unknown_code_sound_the_same(shop: Shop, sign_on: SignOn) -> None:
    refused = shop.refusal(sign_on)
    assert (refused.code, refused.explanation) == (
        "wrong_pin",
        "This code and PIN do not fit. Please try again.",
    )
    assert shop.journal()[-1] == "operators.SignOnFailed"


def test_too_many_wrong_pins_lock_for_a_while(shop: Shop) -> None:
    for _ in range(5):
        assert shop.refusal(SignOn(code="li", pin="0001")).code == "wrong_pin"
    refused = shop.refusal(SignOn(code="li", pin=PINS["li"]))
    assert refused.code == "locked"
    assert "Li is locked until 09:05" in refused.explanation
    shop.now += timedelta(minutes=5)
    shop.sign_on("li")


def test_a_right_pin_forgets_the_wrong_tries(shop: Shop) -> None:
    for _ in range(4):
        shop.refusal(SignOn(code="li", pin="0001"))
    shop.sign_on("li")
    assert shop.refusal(SignOn(code="li", pin="0001")).code == "wrong_pin"
    shop.sign_on("li")


def test_a_manager_unlocks_earlier(shop: Shop) -> None:
    for _ in range(5):
        shop.refusal(SignOn(code="li", pin="0001"))
    assert shop.do(OperatorSaved, save(unlock=True), "boss").operator.locked_until is None
    shop.sign_on("li")


def test_the_wrong_pin_of_an_approver_counts_too(shop: Shop) -> None:
    for _ in range(5):
        shop.refusal(Approve(action=Permission.NO_SALE, code="boss", pin="0001"))
    assert shop.refusal(SignOn(code="boss", pin=PINS["boss"]), "boss").code == "locked"


def test_a_staff_card_still_asks_for_the_pin(shop: Shop) -> None:
    shop.ask_ok(save(card="04A1B2C3"), "boss")
    assert shop.refusal(SignOn(card="04A1B2C3", pin="0001")).code == "wrong_pin"
    shop.do(SignedOn, SignOn(card="04A1B2C3", pin=PINS["li"]))
    assert "04A1B2C3" not in "\n".join(shop.db.iterdump())
    clash = save(operator_id=WANG, code="wang", name="Wang", card="04A1B2C3")
    assert shop.refusal(clash, "boss").code == "card_used"


def test_a_terminal_that_locked_itself_opens_with_the_same_pin(shop: Shop) -> None:
    assert shop.refusal(Unlock(pin="0001")).code == "wrong_pin"
    shop.do(Done, Unlock(pin=PINS["li"]))
    shop.do(Done, SignOff())
    assert shop.refusal(Unlock(pin=PINS["li"])).code == "not_signed_on"


def test_changing_the_own_pin_asks_for_the_old_one(shop: Shop) -> None:
    assert shop.refusal(ChangeOwnPin(old_pin="0001", new_pin="5926")).code == "wrong_pin"
    for weak, words in (("12", "at least 4 digits"), ("12x4", "digits only"), ("1234", "thief")):
        refused = shop.refusal(ChangeOwnPin(old_pin=PINS["li"], new_pin=weak))
        assert (refused.code, refused.field) == ("bad_pin", "new_pin")
        assert words in refused.explanation
    shop.do(Done, ChangeOwnPin(old_pin=PINS["li"], new_pin="5926"))
    assert shop.refusal(SignOn(code="li", pin=PINS["li"])).code == "wrong_pin"
    shop.do(SignedOn, SignOn(code="li", pin="5926"))


def test_one_who_left_is_out_at_once_and_cannot_come_back(shop: Shop) -> None:
    shop.ask_ok(save(active=False), "boss")
    assert shop.refusal(LOOK, "li").code == "not_signed_on"
    assert shop.refusal(SignOn(code="li", pin=PINS["li"])).code == "wrong_pin"


def test_a_new_pin_by_the_manager_ends_the_old_session(shop: Shop) -> None:
    shop.ask_ok(save(pin="5926"), "boss")
    assert shop.refusal(LOOK, "li").code == "not_signed_on"


def test_codes_and_roles_are_checked(shop: Shop) -> None:
    new = {"operator_id": None, "code": "zhao", "name": "Zhao", "pin": "5926"}
    for wrong, code in (
        ({"code": "LI"}, "code_used"),
        ({"name": " "}, "empty"),
        ({"role": "king"}, "no_such_role"),
        ({"pin": ""}, "bad_pin"),
    ):
        assert shop.refusal(save(**(new | wrong)), "boss").code == code
    assert shop.do(OperatorSaved, save(**new), "boss").operator.code == "zhao"
    assert shop.refusal(save(operator_id=OperatorId(99), code="x"), "boss").code == "no_such_operator"
    assert len(shop.do(Operators, ListOperators(), "boss").operators) == 4


def test_a_cashier_manages_nobody(shop: Shop) -> None:
    assert shop.refusal(save(role="manager")).permission == "manage_operators"


def test_somebody_who_may_manage_operators_is_always_left(shop: Shop) -> None:
    boss = {"operator_id": OperatorId(1), "code": "boss", "name": "Boss"}
    assert shop.refusal(save(**boss, role="cashier"), "boss").code == "last_manager"
    assert shop.refusal(save(**boss, role="manager", active=False), "boss").code == "last_manager"
    assert shop.refusal(SaveRole(role="manager", permissions=()), "boss").code == "last_manager"
    assert len(shop.do(Roles, ListRoles(), "boss").roles) == 3


def test_a_role_of_the_shops_own_takes_effect_at_once(shop: Shop) -> None:
    no_sale = OpenDrawerWithoutSale(lane=LaneCode("1"))
    shop.open_shift()
    assert shop.refusal(no_sale).code == "approval_needed"
    cashier = tuple(ROLES["cashier"] | {Permission.NO_SALE})
    shop.do(Done, SaveRole(role="cashier", permissions=cashier), "boss")
    shop.ask_ok(no_sale)


def test_a_permission_that_is_named_twice_is_given_once(shop: Shop) -> None:
    twice = (Permission.SELL, Permission.SHIFT, Permission.SELL)
    shop.do(Done, SaveRole(role="helper", permissions=twice), "boss")
    found = {each.role: each.permissions for each in shop.do(Roles, ListRoles(), "boss").roles}
    assert sorted(found["helper"]) == [Permission.SELL, Permission.SHIFT]


def test_a_pin_in_the_field_of_the_code_is_not_kept(shop: Shop) -> None:
    assert shop.refusal(SignOn(code=PINS["li"], pin="1"), None).code == "wrong_pin"
    kept = shop.db.execute("SELECT body FROM journal WHERE name = 'operators.SignOnFailed'").fetchall()
    assert [PINS["li"] in row[0] for row in kept] == [False]


def test_an_approval_lapses_after_two_minutes(shop: Shop) -> None:
    shop.open_shift()
    approval = shop.approve(Permission.NO_SALE)
    shop.now += timedelta(minutes=3)
    no_sale = OpenDrawerWithoutSale(lane=LaneCode("1"))
    assert shop.refusal(no_sale, approval=approval).code == "approval_needed"


def test_one_who_may_not_cannot_approve(shop: Shop) -> None:
    refused = shop.refusal(Approve(action=Permission.NO_SALE, code="wang", pin=PINS["wang"]))
    assert refused.code == "approver_may_not"
    assert refused.explanation.startswith("Wang may not approve this either")


def test_pins_stand_nowhere_in_the_books(shop: Shop) -> None:
    everything = "\n".join(shop.db.iterdump())
    assert "$argon2id$" in everything
    rows = [
        str(tuple(row)) for row in shop.db.execute("SELECT body FROM journal UNION SELECT body FROM answers")
    ]
    assert not any(pin in row for pin in PINS.values() for row in rows)


@pytest.mark.parametrize(("pin", "problem"), [("5926", None), ("592", "short"), ("１２３４", "digits")])
def test_what_a_pin_looks_like(pin: str, problem: str | None) -> None:
    assert pin_problem(pin, 4) == problem


def test_a_hash_that_is_none_fits_nothing() -> None:
    assert not pin_fits(None, "nobody")
    assert not pin_fits("not a hash", "1")


def test_the_lock_begins_at_the_limit() -> None:
    now = datetime(2026, 11, 21, tzinfo=UTC)
    assert lock_after(4, 5, 10, now) is None
    assert lock_after(5, 5, 10, now) == now + timedelta(minutes=10)


def test_every_permission_has_its_sentence() -> None:
    assert set(PERMISSION_SENTENCES) == set(Permission)


def test_a_refusal_that_is_kept_is_remembered(shop: Shop) -> None:
    wrong = SignOn(code="li", pin="0001")
    first = shop.refusal(wrong, command="c")
    assert shop.refusal(wrong, command="c") == first
    other = shop.refusal(SignOn(code="li", pin=PINS["li"]), command="c")
    assert other.code == "id_used"
