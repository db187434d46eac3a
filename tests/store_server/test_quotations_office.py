"""A price for many units is written in the office, approved by somebody else, printed, and kept."""

import sqlite3
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from quotation_office import (
    LAST_DAY,
    TODAY,
    approve,
    approved,
    hire,
    line,
    look,
    quotation,
    write,
)
from shop_counter import APPLES, BASKET, OLD, Shop, open_shop, paper

from protocol.identifiers import MemberId
from protocol.messages.base import Refused
from protocol.messages.members import MemberFound, RegisterMember
from protocol.messages.profiles import EraseMember, ExportMember, MemberExport
from protocol.messages.quotations import (
    ApproveQuotation,
    CancelQuotation,
    GetQuotation,
    ListQuotations,
    PrintQuotation,
    QuotationChanged,
    QuotationFound,
    QuotationPaper,
    QuotationRows,
    QuotationState,
    SaveQuotation,
)
from protocol.permissions import Permission
from store_server.store.verification import verify_books


@pytest.fixture
def shop() -> Iterator[Shop]:
    shop = open_shop()
    hire(shop)
    yield shop
    assert verify_books(shop.db).findings == ()
    shop.db.close()


# Writing


def test_a_quotation_gets_a_number_names_and_sums(shop: Shop) -> None:
    there = write(shop)
    assert (there.number, there.version, there.state) == ("Q-S1-0001", 1, QuotationState.DRAFT)
    assert [(each.name, each.amount_minor) for each in there.lines] == [("可乐", 30_000), ("果篮", 90_000)]
    assert (there.total_minor, there.normal_total_minor) == (120_000, 35_000 + 99_000)
    assert (there.author, there.approver, there.valid_until) == ("Boss", "", LAST_DAY)
    assert write(shop).number == "Q-S1-0002"
    assert shop.journal().count("quotations.QuotationChanged") == 2


def test_a_change_is_a_new_version_and_the_old_one_is_kept(shop: Shop) -> None:
    there = write(shop)
    changed = write(shop, there.model_copy(update={"lines": (line(price=290),)}), "zhao")
    assert (changed.number, changed.version, changed.author) == ("Q-S1-0001", 2, "Zhao")
    assert changed.total_minor == 29_000
    totals = shop.db.execute("SELECT total_minor FROM quotation_versions ORDER BY version").fetchall()
    assert [row[0] for row in totals] == [120_000, 29_000]


def test_two_people_who_change_it_at_once_do_not_overwrite_each_other(shop: Shop) -> None:
    there = write(shop)
    write(shop, there)
    refused = shop.refusal(SaveQuotation(quotation=there), "zhao")
    assert refused.code == "changed_by_others"
    assert "Q-S1-0001" in refused.explanation


@pytest.mark.parametrize(
    ("view", "code", "field"),
    [
        (quotation(line(OLD)), "not_on_sale", "lines"),
        (quotation(line(999)), "no_such_product", "lines"),
        (quotation(line().model_copy(update={"quantity_thousandths": 1500})), "whole_only", "lines"),
        (quotation(line(price=10**10)), "bad_price", "lines"),
        (quotation(line(quantity=10**9, price=10**6)), "too_much", "lines"),
        (quotation(customer="  "), "customer_needed", "customer"),
        (quotation(valid_until=date(2026, 11, 20)), "quotation_expired", "valid_until"),
        (quotation(member_id=MemberId(77)), "no_such_member", "member_id"),
    ],
)
def test_what_cannot_be_quoted_is_refused_with_its_field(
    shop: Shop, view: object, code: str, field: str
) -> None:
    refused = shop.refusal(SaveQuotation.model_construct(quotation=view), "boss")
    assert (refused.code, refused.field) == (code, field)


def test_goods_by_weight_are_quoted_by_the_kilogram(shop: Shop) -> None:
    weighed = line(APPLES, price=1500).model_copy(update={"quantity_thousandths": 12_345})
    assert write(shop, quotation(weighed)).total_minor == 18_518


def test_a_cashier_writes_none_alone(shop: Shop) -> None:
    assert shop.refusal(SaveQuotation(quotation=quotation()), "li").code == "approval_needed"


# Approving


def test_somebody_else_approves_it(shop: Shop) -> None:
    there = write(shop)
    refused = shop.refusal(ApproveQuotation(quotation_id=there.quotation_id, version=1), "boss")
    assert (refused.code, refused.permission) == ("approval_needed", Permission.APPROVE_QUOTATIONS)
    assert refused.explanation == "Boss wrote the quotation Q-S1-0001: somebody else has to approve it."
    done = approve(shop, there)
    assert (done.state, done.approver) == (QuotationState.APPROVED, "Zhao")
    assert done.approved_at is not None


def test_the_second_person_can_approve_at_the_authors_screen(shop: Shop) -> None:
    there = write(shop, who="zhao")
    approval = shop.approve(Permission.APPROVE_QUOTATIONS, "zhao")
    done = approve(shop, there, "zhao", approval=approval)
    assert (done.author, done.approver) == ("Zhao", "Boss")


def test_the_author_cannot_approve_with_an_approval_of_their_own(shop: Shop) -> None:
    there = write(shop)
    approval = shop.approve(Permission.APPROVE_QUOTATIONS, "boss")
    request = ApproveQuotation(quotation_id=there.quotation_id, version=1)
    assert shop.refusal(request, "boss", approval=approval).code == "approval_needed"


def test_a_shop_of_one_person_lets_the_author_approve(shop: Shop) -> None:
    shop.setting("quotation_second_person", "no")
    assert approve(shop, write(shop), "boss").state is QuotationState.APPROVED


def test_only_what_was_read_is_approved(shop: Shop) -> None:
    there = write(shop)
    write(shop, there)
    request = ApproveQuotation(quotation_id=there.quotation_id, version=1)
    assert shop.refusal(request, "zhao").code == "changed_by_others"


def test_a_change_of_an_approved_one_makes_it_a_draft_again(shop: Shop) -> None:
    there = approved(shop)
    changed = write(shop, there)
    assert (changed.state, changed.approver, changed.version) == (QuotationState.DRAFT, "", 2)
    assert shop.db.execute("SELECT count(*) FROM quotation_approvals").fetchone()[0] == 1
    assert approve(shop, changed).version == 2
    request = ApproveQuotation(quotation_id=there.quotation_id, version=2)
    assert shop.refusal(request, "zhao").code == "quotation_approved"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE quotation_lines SET unit_price_minor = 1",
        "DELETE FROM quotation_lines",
        "UPDATE quotation_versions SET total_minor = 1",
        "UPDATE quotation_versions SET customer = 'somebody else'",
        "DELETE FROM quotation_versions",
        "INSERT INTO quotation_lines SELECT quotation_id, version, 9, product_id, code, name, unit, "
        "1, 1, 1, '' FROM quotation_lines LIMIT 1",
        "UPDATE quotation_approvals SET approver_name = 'Nobody'",
        "DELETE FROM quotation_approvals",
        "UPDATE quotations SET number = 'Q-1'",
        "DELETE FROM quotations",
    ],
)
def test_the_database_itself_keeps_what_was_approved(shop: Shop, statement: str) -> None:
    approved(shop)
    with pytest.raises(sqlite3.IntegrityError):
        shop.db.execute(statement)


# Giving up, running out


def test_one_that_was_given_up_stays_with_its_reason(shop: Shop) -> None:
    there = approved(shop)
    assert there.quotation_id is not None
    request = CancelQuotation(quotation_id=there.quotation_id, reason="too dear")
    assert shop.do(QuotationFound, request, "boss").quotation.state is QuotationState.CANCELLED
    fact = shop.facts[-1]
    assert isinstance(fact, QuotationChanged)
    assert fact.reason == "too dear"
    assert shop.refusal(SaveQuotation(quotation=there), "boss").code == "quotation_cancelled"
    assert shop.refusal(request, "boss").code == "quotation_cancelled"
    with pytest.raises(sqlite3.IntegrityError):
        shop.db.execute("UPDATE quotations SET state = 'approved', reason = ''")


def test_after_its_last_day_it_has_expired_and_a_new_date_makes_it_a_draft(shop: Shop) -> None:
    there = approved(shop, valid_until=TODAY)
    assert look(shop, there.quotation_id).state is QuotationState.APPROVED
    shop.now += timedelta(days=1)
    assert look(shop, there.quotation_id).state is QuotationState.EXPIRED
    request = ApproveQuotation(quotation_id=there.quotation_id, version=1)
    assert shop.refusal(request, "zhao").code == "quotation_expired"
    late = there.model_copy(update={"valid_until": LAST_DAY})
    assert write(shop, late).state is QuotationState.DRAFT


# Finding and printing


def test_they_are_listed_latest_first_and_found_by_number_customer_and_state(shop: Shop) -> None:
    write(shop, quotation(customer="School No. 5"))
    approved(shop, customer="Hotel")
    approved(shop, customer="Kindergarten", valid_until=TODAY)
    shop.now += timedelta(days=1)

    def numbers(**more: object) -> list[str]:
        rows = shop.do(QuotationRows, ListQuotations(**more), "li").quotations
        return [row.number[-1] for row in rows]

    assert numbers() == ["3", "2", "1"]
    assert numbers(text="hotel") == ["2"]
    assert numbers(text="q-s1-0003") == ["3"]
    assert numbers(state=QuotationState.EXPIRED) == ["3"]
    assert numbers(state=QuotationState.APPROVED) == ["2"]
    assert numbers(limit=1, offset=1) == ["2"]
    assert shop.do(QuotationRows, ListQuotations(limit=1)).more
    found = shop.do(QuotationFound, GetQuotation(number="q-s1-0002"), "li").quotation
    assert found.customer == "Hotel"
    assert shop.refusal(GetQuotation(number="Q-S1-9999"), "li").code == "no_such_quotation"


def test_the_paper_says_everything_and_a_draft_says_so(shop: Shop) -> None:
    there = write(shop, quotation(line(note="cold"), line(BASKET, 10, 9000), note="Free delivery"))
    assert there.quotation_id is not None
    request = PrintQuotation(quotation_id=there.quotation_id)
    document = shop.do(QuotationPaper, request, "li", language="zh_CN").paper
    assert document.title == "Quotation Q-S1-0001"
    text = paper(document)
    assert "DRAFT - not approved" in text
    approve(shop, there)
    text = paper(shop.do(QuotationPaper, request, "li").paper)
    assert text.splitlines() == [
        "Corner Shop",
        "Quotation",
        "Quotation number | Q-S1-0001",
        "Quoted for | School No. 5",
        "Date | 2026-11-21",
        "Valid until | 2026-11-30",
        "可乐",
        "  100瓶 × 3.00 | 300.00",
        "  cold",
        "果篮",
        "  10 × 90.00 | 900.00",
        "At normal prices | 1340.00",
        "Saved by the quotation | 140.00",
        "Total | ¥1200.00",
        "Free delivery",
        "Written by | Boss",
        "Approved by | Zhao",
        "*Q-S1-0001*",
        "Signature",
    ]
    shop.setting("language", "zh_CN")
    assert "报价单" in paper(shop.do(QuotationPaper, request, "li", language="en").paper)


# What is kept of people


def test_the_journal_names_no_customer_and_erasing_the_member_blanks_the_words(shop: Shop) -> None:
    member = shop.do(MemberFound, RegisterMember(name="王芳", phone="13800000000"), "boss").member
    there = write(shop, quotation(customer="王芳", member_id=member.member_id, note="for 王芳's party"))
    assert there.customer == "王芳"
    journal = "".join(row[0] for row in shop.db.execute("SELECT body FROM journal"))
    answers = "".join(row[0] for row in shop.db.execute("SELECT body FROM answers"))
    assert "王芳" not in journal + answers
    held = shop.do(MemberExport, ExportMember(member_id=member.member_id), "boss").facts
    assert ("Q-S1-0001", "王芳 for 王芳's party") in [(fact.what, fact.value) for fact in held]
    shop.ask_ok(EraseMember(member_id=member.member_id, reason="asked for it"), "boss")
    after = look(shop, there.quotation_id)
    assert (after.customer, after.note) == (member.number, "")
    assert after.total_minor == there.total_minor


def test_the_check_of_the_books_finds_what_was_bent(shop: Shop) -> None:
    approved(shop)
    for table in ("quotation_lines", "quotation_versions", "quotation_approvals", "quotations"):
        for (trigger,) in shop.db.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = ?", (table,)
        ).fetchall():
            shop.db.execute(f"DROP TRIGGER {trigger}")
    for bend, back, words in (
        (
            "UPDATE quotation_lines SET unit_price_minor = 1 WHERE line = 1",
            "UPDATE quotation_lines SET unit_price_minor = 300 WHERE line = 1",
            "lines sum to",
        ),
        (
            "UPDATE quotations SET state = 'draft'",
            "UPDATE quotations SET state = 'approved'",
            "not as the journal has it",
        ),
        (
            "UPDATE quotation_approvals SET version = 0",
            "UPDATE quotation_approvals SET version = 1",
            "nobody has approved",
        ),
    ):
        shop.db.execute("PRAGMA foreign_keys = OFF")
        shop.db.execute(bend)
        found = [each.explanation for each in verify_books(shop.db).findings]
        assert any(words in each for each in found), found
        shop.db.execute(back)
        shop.db.execute("PRAGMA foreign_keys = ON")


def test_nobody_without_the_permission_approves(shop: Shop) -> None:
    there = write(shop)
    answer = shop.ask(ApproveQuotation(quotation_id=there.quotation_id, version=1), "li")
    assert isinstance(answer, Refused)


def test_a_command_asked_again_is_answered_as_before(shop: Shop) -> None:
    request = SaveQuotation(quotation=quotation())
    first = shop.do(QuotationFound, request, "boss", command="once")
    assert shop.do(QuotationFound, request, "boss", command="once") == first
    assert shop.db.execute("SELECT count(*) FROM quotations").fetchone()[0] == 1
