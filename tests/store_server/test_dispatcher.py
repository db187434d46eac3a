"""One command, once: permissions, repeated ids, rollback, a full disk, a bug in a room."""

import sqlite3
from collections.abc import Iterator
from typing import Any

import pytest
from shop_counter import MORNING, Shop, open_shop

from protocol.identifiers import CommandId, LaneCode, SaleId, TerminalName
from protocol.messages.base import Done, Header, Refused
from protocol.messages.operators import SignedOn, SignOff, SignOn
from protocol.messages.sales import AddItem, Basket, VoidLine
from protocol.messages.shifts import GetShift, OpenDrawerWithoutSale
from protocol.permissions import Permission
from protocol.registry import requests
from store_server.bootstrap import handlers, make_dispatcher
from store_server.dispatcher import Dispatcher, _database_refusal

ITEM = AddItem(sale_id=SaleId("a"), lane=LaneCode("1"), code="COLA")
NO_SALE = OpenDrawerWithoutSale(lane=LaneCode("1"), reason="change")


@pytest.fixture
def shop() -> Iterator[Shop]:
    shop = open_shop()
    shop.open_shift()
    yield shop
    shop.db.close()


def everything(shop: Shop) -> list[str]:
    return list(shop.db.iterdump())


def test_the_same_command_id_gets_the_same_answer_and_is_done_once(shop: Shop) -> None:
    first = shop.do(Basket, ITEM, command="c")
    before = everything(shop)
    assert shop.do(Basket, ITEM, command="c") == first
    assert everything(shop) == before


def test_a_used_command_id_does_nothing_for_another_command(shop: Shop) -> None:
    shop.ask_ok(ITEM, command="c")
    assert shop.refusal(VoidLine(sale_id=SaleId("a"), line=1), command="c").code == "id_used"


def test_a_used_command_id_does_nothing_for_the_same_command_with_another_content(shop: Shop) -> None:
    shop.ask_ok(ITEM, command="c")
    before = everything(shop)
    other = ITEM.model_copy(update={"code": "WATER"})
    assert shop.refusal(other, command="c").code == "id_used"
    assert everything(shop) == before


def test_a_refused_command_leaves_nothing_and_may_be_asked_again(shop: Shop) -> None:
    before = everything(shop)
    wrong = ITEM.model_copy(update={"code": "NOTHING"})
    shop.refusal(wrong, command="c")
    assert everything(shop) == before
    shop.do(Basket, ITEM, command="c")


def test_nobody_acts_without_a_session_or_from_another_terminal(shop: Shop) -> None:
    assert shop.refusal(ITEM, "stranger").code == "not_signed_on"
    assert shop.refusal(ITEM, "li", at="stolen-laptop").code == "not_signed_on"
    shop.do(Done, SignOff())
    assert shop.refusal(ITEM).code == "not_signed_on"


def test_an_approval_is_good_for_one_action_at_one_terminal(shop: Shop) -> None:
    refused = shop.refusal(NO_SALE)
    assert (refused.code, refused.permission) == ("approval_needed", "no_sale")
    wrong = shop.approve(Permission.DISCOUNT)
    assert shop.refusal(NO_SALE, approval=wrong).code == "approval_needed"
    shop.sign_on("wang")
    theirs = shop.approve(Permission.NO_SALE, "wang")
    assert shop.refusal(NO_SALE, approval=theirs).code == "approval_needed"
    approval = shop.approve(Permission.NO_SALE)
    shop.ask_ok(NO_SALE, approval=approval)
    assert shop.refusal(NO_SALE, approval=approval).code == "approval_needed"


def test_the_journal_names_operator_approver_and_terminal(shop: Shop) -> None:
    shop.ask_ok(NO_SALE, approval=shop.approve(Permission.NO_SALE), command="c")
    row = shop.db.execute("SELECT * FROM journal ORDER BY seq DESC LIMIT 1").fetchone()
    named = (row["command_id"], row["operator_id"], row["approver_id"], row["terminal"])
    assert named == ("c", 2, 1, "terminal-li")


def test_facts_are_published_only_after_the_commit(shop: Shop) -> None:
    shop.facts.clear()
    shop.refusal(NO_SALE)
    assert shop.facts == []
    shop.ask_ok(NO_SALE, "boss")
    assert [type(fact).__name__ for fact in shop.facts] == ["DrawerOpenedWithoutSale"]


def test_a_bug_in_a_room_is_answered_and_changes_nothing(
    shop: Shop, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(work: Any, command: Any) -> Any:
        work.db.execute("DELETE FROM answers")
        raise KeyError("oops")

    real = shop.dispatcher
    shop.dispatcher = Dispatcher({AddItem: broken}, {}, lambda: MORNING, shop.make_id, shop.make_id)
    before = everything(shop)
    refused = shop.refusal(ITEM, command="c-7")
    assert refused.code == "internal"
    assert "c-7" in refused.explanation
    assert "c-7" in caplog.text
    assert everything(shop) == before
    shop.dispatcher = real
    shop.do(Basket, ITEM, command="c-7")


def test_a_full_disk_is_said_in_words_and_nothing_is_half_done(shop: Shop) -> None:
    pages = shop.db.execute("PRAGMA page_count").fetchone()[0]
    shop.db.execute(f"PRAGMA max_page_count = {pages}")
    answer, asked = None, 0
    while not isinstance(answer, Refused):
        before = everything(shop)
        asked += 1
        answer = shop.ask(ITEM.model_copy(update={"code": ("COLA", "WATER")[asked % 2]}))
    assert answer.code == "disk_full"
    assert everything(shop) == before
    shop.db.execute("PRAGMA max_page_count = 1000000")
    shop.do(Basket, ITEM)


@pytest.mark.parametrize(
    ("code", "answer"),
    [
        (sqlite3.SQLITE_FULL, "disk_full"),
        (sqlite3.SQLITE_IOERR_WRITE, "disk_full"),
        (sqlite3.SQLITE_IOERR_SHMSIZE, "disk_full"),
        (sqlite3.SQLITE_BUSY, "internal"),
        (None, "internal"),
    ],
)
def test_a_disk_that_cannot_take_the_wals_index_is_full_too(code: int | None, answer: str) -> None:
    error = sqlite3.OperationalError("disk I/O error")
    if code is not None:
        error.sqlite_errorcode = code
    header = Header(id=CommandId("c"), name="sales.FinishSale")
    assert _database_refusal(error, header).code == answer


def test_a_request_that_nobody_answers_is_refused(shop: Shop) -> None:
    shop.dispatcher = Dispatcher({}, {}, lambda: MORNING, shop.make_id, shop.make_id)
    assert shop.refusal(GetShift(lane=LaneCode("1"))).code == "not_here"


def test_every_room_answers_its_requests_and_no_other_class_is_among_them() -> None:
    known = set(requests().values())
    assert set(handlers()) <= known


def test_no_table_keeps_a_session(shop: Shop) -> None:
    signed_on = shop.do(SignedOn, SignOn(code="li", pin="3942"), command="c")
    assert signed_on.session not in "\n".join(everything(shop))
    assert "3942" not in [row[0] for row in shop.db.execute("SELECT body FROM journal")]


def test_a_retired_permission_in_the_books_harms_nobody(shop: Shop) -> None:
    shop.db.execute("INSERT INTO role_permissions VALUES ('cashier', 'fly')")
    shop.do(Basket, ITEM)


def test_what_the_server_does_by_itself_is_one_transaction(shop: Shop) -> None:
    def fails(work: Any) -> None:
        work.db.execute("DELETE FROM answers")
        raise ValueError("no")

    before = everything(shop)
    with pytest.raises(ValueError, match="no"):
        shop.dispatcher.act(shop.books, TerminalName("server"), fails)
    assert everything(shop) == before


def test_a_draft_does_not_wait_for_the_disk_and_money_does(shop: Shop) -> None:
    def level() -> int:
        return int(shop.db.execute("PRAGMA synchronous").fetchone()[0])

    shop.ask_ok(ITEM)
    assert level() == 1
    shop.pay("a", 350)
    assert level() == 2
    shop.finish("a")
    assert level() == 2


def test_an_unknown_header_session_is_nobody() -> None:
    shop = open_shop()
    header = Header(id=CommandId("c"), name="sales.AddItem", sender=TerminalName("terminal-li"))
    answer = make_dispatcher().handle(shop.books, header, ITEM).answer
    assert isinstance(answer, Refused)
    assert answer.code == "not_signed_on"
    shop.db.close()


def test_a_broken_database_file_is_no_crash(shop: Shop) -> None:
    shop.db.execute("DROP TABLE sale_lines")
    refused = shop.refusal(ITEM)
    assert refused.code == "internal"
    with pytest.raises(sqlite3.OperationalError):
        shop.db.execute("SELECT * FROM sale_lines")
