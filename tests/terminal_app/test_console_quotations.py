"""Quotations and refunds by keyboard, as the owner of the shop meets them."""

from datetime import date
from pathlib import Path

from price_owner import back_room

from protocol.messages.base import Refused
from protocol.messages.operators import Approve
from protocol.messages.quotations import ApproveQuotation, CancelQuotation, QuotationState, SaveQuotation
from protocol.messages.refunds import ReprintRefundSlip
from protocol.permissions import Permission
from terminal_app.console.day_page import DayPage
from terminal_app.console.form_dialog import FormDialog
from terminal_app.console.paper import PaperScreen
from terminal_app.console.picker import Picker
from terminal_app.console.prices.quotation_draft import off_percent, times_typed, typed_price
from terminal_app.console.prices.quotation_list import QuotationsScreen
from terminal_app.console.prices.quotation_screen import QuotationScreen
from terminal_app.console.prices.refunds_screen import RefundScreen, RefundsScreen
from terminal_app.console.question import Question
from terminal_app.console.sales_screen import SaleScreen
from terminal_app.screens.approval import ApprovalDialog
from terminal_app.widgets.field import Entry

# --- quotations -------------------------------------------------------------------------------------


def test_a_price_is_typed_as_an_amount_or_as_what_is_taken_off() -> None:
    assert typed_price("8.5", 1000, "CNY") == 850
    assert typed_price("10%", 1000, "CNY") == typed_price("9折", 1000, "CNY") == 900
    assert typed_price("cheap", 1000, "CNY") is None
    assert typed_price("-1", 1000, "CNY") is None
    assert (off_percent(1000, 900), off_percent(1000, 1000), off_percent(1000, 1050)) == (
        "-10.0 %",
        "",
        "+5.0 %",
    )
    assert times_typed("12*1001") == ("12", "1001")
    assert times_typed("1001") == ("1", "1001")


async def test_a_quotation_is_written_by_code_discounted_saved_and_approved(tmp_path: Path) -> None:
    async with back_room(tmp_path) as owner:
        await owner.open(QuotationsScreen())
        await owner.press("ctrl+n")
        await owner.until_on(QuotationScreen)
        await owner.write("#code", "60*1003")
        await owner.press("enter")
        await owner.until(lambda: len(owner.table.rows) == 1)
        assert owner.app.screen.take_scan("6940188803618")  # type: ignore[attr-defined]
        await owner.until(lambda: len(owner.table.rows) == 2)
        assert "Total 273.76" in owner.text("#total")
        await owner.press("f8")
        await owner.until_on(FormDialog)
        owner.fill(off="10%")
        await owner.save()
        await owner.until_on(QuotationScreen)
        assert "Total 246.38" in owner.text("#total")
        assert "273.76, -10.0 %" in owner.text("#total")
        await owner.press("f9")
        assert owner.said == "Save it first."
        await owner.save()
        await owner.until_on(FormDialog)
        assert owner.form.rows["valid_until"].editor.text == "2026-12-05"
        owner.fill(member="100007", note="Delivered on Monday")
        await owner.save()
        await owner.until(lambda: "Saved as Q-S1-0002" in owner.said)
        saved = owner.office.last(SaveQuotation)
        assert isinstance(saved, SaveQuotation)
        q = saved.quotation
        assert (q.customer, q.member_id, q.valid_until) == ("Wang Fang", 7, date(2026, 12, 5))
        assert [(line.product_id, line.unit_price_minor) for line in q.lines] == [(3, 405), (1, 338)]
        words = "A second person approves it."
        owner.office.refuse[ApproveQuotation] = Refused(
            code="approval_needed", explanation=words, permission=Permission.APPROVE_QUOTATIONS
        )
        await owner.press("f9")
        await owner.until_on(ApprovalDialog)
        owner.app.screen.query_one("#approver", Entry).value = "2"
        owner.app.screen.query_one("#approver-pin", Entry).value = "1234"
        await owner.press("enter")
        await owner.until(lambda: "Approved." in owner.said)
        assert owner.office.last(Approve)
        assert "(approved)" in owner.text(".page-title")


async def test_a_line_is_changed_and_taken_out(tmp_path: Path) -> None:
    async with back_room(tmp_path) as owner:
        await owner.open(QuotationsScreen())
        await owner.press("ctrl+n")
        await owner.until_on(QuotationScreen)
        await owner.save()
        assert "needs goods" in owner.said
        await owner.write("#code", "2*1002")
        await owner.press("enter")
        await owner.until(lambda: owner.table.rows)
        await owner.press("enter")
        await owner.until_on(FormDialog)
        owner.fill(quantity="10", price="10%", note="in boxes")
        await owner.save()
        await owner.until_on(QuotationScreen)
        assert owner.table.rows[0].cells[2:8] == ("10", "袋", "8.60", "7.74", "-10.0 %", "77.40")
        await owner.write("#code", "1002")
        await owner.press("enter")
        await owner.until(lambda: owner.cells(2) == ["11"])
        await owner.press("delete")
        assert not owner.table.rows
        await owner.press("escape")
        await owner.until_on(QuotationsScreen)


async def test_leaving_asks_before_a_quotation_is_lost(tmp_path: Path) -> None:
    async with back_room(tmp_path) as owner:
        await owner.open(QuotationsScreen())
        await owner.press("ctrl+n")
        await owner.until_on(QuotationScreen)
        await owner.write("#code", "1001")
        await owner.press("enter")
        await owner.until(lambda: owner.table.rows)
        await owner.press("escape")
        await owner.until_on(Question)
        await owner.press("escape")
        await owner.until_on(QuotationScreen)
        assert owner.table.rows


async def test_a_sold_quotation_shows_its_receipt_and_cannot_be_changed(tmp_path: Path) -> None:
    async with back_room(tmp_path) as owner:
        await owner.open(QuotationsScreen())
        assert owner.cells(2) == ["sold"]
        await owner.press("enter")
        await owner.until_on(QuotationScreen)
        await owner.until(lambda: owner.table.rows)
        assert "sold on receipt S1-1-20261121-0001" in owner.text("#head")
        await owner.press("f8")
        assert owner.said == "This quotation is sold; it stays as it is."
        await owner.press("f10")
        await owner.until_on(PaperScreen)
        await owner.press("escape")
        await owner.until_on(QuotationScreen)
        await owner.press("ctrl+t")
        await owner.until_on(SaleScreen)


async def test_a_quotation_is_given_up_with_a_reason(tmp_path: Path) -> None:
    async with back_room(tmp_path) as owner:
        office = owner.office
        office.quotations[1] = office.quotations[1].model_copy(update={"state": QuotationState.APPROVED})
        await owner.open(QuotationsScreen())
        await owner.press("f8")
        await owner.until_on(Picker)
        await owner.press("down", "down", "enter")
        await owner.until(lambda: "Listed: approved" in owner.text("#info"))
        await owner.press("enter")
        await owner.until_on(QuotationScreen)
        await owner.until(lambda: owner.table.rows)
        await owner.press("ctrl+d")
        await owner.until_on(FormDialog)
        owner.fill(reason="too dear")
        await owner.save()
        await owner.until(lambda: "Given up" in owner.said)
        given_up = office.last(CancelQuotation)
        assert isinstance(given_up, CancelQuotation)
        assert given_up.reason == "too dear"


# --- refunds ----------------------------------------------------------------------------------------


async def test_the_refunds_of_the_day_open_from_the_day(tmp_path: Path) -> None:
    async with back_room(tmp_path) as owner:
        await owner.press("f5")
        await owner.until_on(DayPage)
        await owner.until(lambda: "42" in owner.text("#numbers"))
        await owner.press("f6")
        await owner.until_on(RefundsScreen)
        await owner.until(lambda: owner.table.rows)
        assert "Paid back in all: 3.80" in owner.text("#info")
        await owner.press("enter")
        await owner.until_on(RefundScreen)
        await owner.until(lambda: "thrown away: damp" in owner.text("#text"))
        text = owner.text("#text")
        assert "Approved by Wang Fang" in text
        assert "Of the receipt S1-1-20261121-0001" in text
        assert "Points: 3 taken back, 0 given back" in text
        await owner.press("f9")
        await owner.until_on(SaleScreen)
        await owner.press("escape")
        await owner.until_on(RefundScreen)
        await owner.press("f8")
        await owner.until_on(PaperScreen)
        assert owner.office.last(ReprintRefundSlip)


async def test_a_scanned_slip_finds_its_refund(tmp_path: Path) -> None:
    async with back_room(tmp_path) as owner:
        await owner.open(RefundsScreen("2026-11-21"))
        assert owner.app.screen.take_scan("S1-1-20261121-R0001")  # type: ignore[attr-defined]
        await owner.until_on(RefundScreen)
        await owner.press("escape")
        await owner.until_on(RefundsScreen)
        assert owner.app.screen.take_scan("S1-1-20261121-R0999")  # type: ignore[attr-defined]
        await owner.until(lambda: "no such refund" in owner.said)
