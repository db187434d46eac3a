"""Coupons by keyboard: written, given out, followed, cancelled."""

from pathlib import Path

from price_owner import back_room

from protocol.coupon import CouponAmount, CouponCodes, CouponGift, CouponIssue, CouponPercent
from protocol.identifiers import ProductId
from protocol.messages.coupons import CancelCoupon, CouponState, IssueCoupons, SaveCouponBatch
from terminal_app.console.file_dialog import FileDialog
from terminal_app.console.form_dialog import FormDialog
from terminal_app.console.paper import PaperScreen
from terminal_app.console.picker import Picker
from terminal_app.console.prices.coupon_issued import CouponsScreen
from terminal_app.console.prices.coupon_list import CouponBatchesScreen
from terminal_app.console.prices.coupon_screen import CouponBatchScreen
from terminal_app.console.prices.goods_screen import GoodsScreen
from terminal_app.console.question import Question
from terminal_app.console.sales_screen import SaleScreen
from terminal_app.widgets.field import Entry

# --- coupons ----------------------------------------------------------------------------------------


async def test_coupons_are_listed_with_what_they_say(tmp_path: Path) -> None:
    async with back_room(tmp_path, (120, 40)) as owner:
        await owner.open(CouponBatchesScreen())
        assert owner.cells(0) == ["Autumn", "10 off from 100"]
        assert owner.cells(2) == ["code AUTUMN10", "birthday"]
        assert owner.cells(3) == ["–", "30 days"]
        assert "reads back what “Autumn” says" in owner.text()
        await owner.write("#search", "10 off")
        await owner.until(lambda: owner.cells(0) == ["10 off from 100"])


async def test_coupons_of_a_new_kind_are_saved_and_read_back(tmp_path: Path) -> None:
    async with back_room(tmp_path) as owner:
        await owner.open(CouponBatchesScreen())
        await owner.press("ctrl+n")
        await owner.until_on(Picker)
        await owner.press("enter")
        await owner.until_on(CouponBatchScreen)
        await owner.until_form()
        owner.fill(name="20 off", amount_minor="20", minimum_spend_minor="200", valid_days="14", points="500")
        owner.fill(issue_on="registration\nbirthday", tiers="1\n2")
        await owner.save()
        await owner.until_on(CouponBatchesScreen)
        saved = owner.office.last(SaveCouponBatch)
        assert isinstance(saved, SaveCouponBatch)
        batch = saved.batch
        assert batch.benefit == CouponAmount(amount_minor=2000)
        assert batch.goods.all_goods
        assert batch.conditions.minimum_spend_minor == 20000
        assert batch.issue_on == (CouponIssue.BIRTHDAY, CouponIssue.REGISTRATION)
        assert (batch.conditions.tiers, batch.valid_days, batch.points, batch.per_sale) == (
            (1, 2),
            14,
            500,
            1,
        )
        await owner.until(lambda: "reads back what “20 off” says" in owner.said)


async def test_a_code_for_everybody_is_typed_in_small_letters_and_stored_in_capitals(tmp_path: Path) -> None:
    async with back_room(tmp_path) as owner:
        await owner.open(CouponBatchesScreen())
        await owner.press("ctrl+n")
        await owner.until_on(Picker)
        await owner.press("down", "enter")
        await owner.until_on(CouponBatchScreen)
        await owner.until_form()
        owner.fill(name="Spring", rate_ppm="9折", most_minor="50", codes="shared", valid_until="2026-12-31")
        await owner.save()
        assert "Which code is it?" in owner.form.rows["shared_code"].sentence
        owner.fill(shared_code="spring-10", issue_on="birthday")
        await owner.save()
        assert "not issued" in owner.form.rows["issue_on"].sentence
        owner.fill(issue_on="", uses_in_all="1,000", uses_per_member="1")
        await owner.save()
        await owner.until_on(CouponBatchesScreen)
        saved = owner.office.last(SaveCouponBatch)
        assert isinstance(saved, SaveCouponBatch)
        assert saved.batch.benefit == CouponPercent(rate_ppm=100_000, most_minor=5000)
        assert (saved.batch.codes, saved.batch.shared_code) == (CouponCodes.SHARED, "SPRING-10")
        assert (saved.batch.uses_in_all, saved.batch.uses_per_member) == (1000, 1)
        until = saved.batch.times.valid_until
        assert until is not None
        assert until.isoformat() == "2026-12-31T16:00:00+00:00"


async def test_free_goods_are_found_by_searching_and_the_range_by_scanning(tmp_path: Path) -> None:
    async with back_room(tmp_path) as owner:
        await owner.open(CouponBatchesScreen())
        await owner.press("ctrl+n")
        await owner.until_on(Picker)
        await owner.press("down", "down", "enter")
        await owner.until_on(CouponBatchScreen)
        await owner.until_form()
        owner.fill(name="A free tea", count="2")
        owner.form.rows["product_id"].editor.focus()
        await owner.press("space")
        await owner.until_on(Picker)
        await owner.until(lambda: len(owner.table.rows) == 4)
        await owner.press("down", "down", "enter")
        await owner.until_on(CouponBatchScreen)
        await owner.press("tab", "tab", "space")
        await owner.until_on(GoodsScreen)
        await owner.until(lambda: owner.table.rows)
        await owner.press("space")
        assert owner.app.screen.take_scan("6940188803618")  # type: ignore[attr-defined]
        await owner.until(lambda: len(owner.table.rows) == 3)
        await owner.press("ctrl+s")
        await owner.until_on(CouponBatchScreen)
        await owner.save()
        await owner.until_on(CouponBatchesScreen)
        saved = owner.office.last(SaveCouponBatch)
        assert isinstance(saved, SaveCouponBatch)
        assert saved.batch.benefit == CouponGift(product_id=ProductId(3), count=2)
        assert saved.batch.goods.products == (1,)
        assert not saved.batch.goods.all_goods


async def test_a_refusal_stands_at_its_field_and_nothing_typed_is_lost(tmp_path: Path) -> None:
    async with back_room(tmp_path) as owner:
        await owner.open(CouponBatchesScreen())
        await owner.press("enter")
        await owner.until_on(CouponBatchScreen)
        await owner.until_form()
        assert owner.form.rows["rate_ppm"].editor.text == "10%"
        owner.fill(name="10 off from 100", valid_days="7")
        await owner.save()
        await owner.until(lambda: "of this name" in owner.form.rows["name"].sentence)
        assert owner.form.rows["valid_days"].editor.text == "7"
        await owner.press("escape")
        await owner.until_on(Question)


async def test_a_coupon_is_issued_to_a_member_who_was_named_in_part(tmp_path: Path) -> None:
    async with back_room(tmp_path) as owner:
        await owner.open(CouponBatchesScreen())
        await owner.press("f9")
        assert "one code for everybody: AUTUMN10" in owner.said
        await owner.press("down", "f9")
        await owner.until_on(FormDialog)
        owner.fill(member="wang", reason="sorry")
        await owner.save()
        await owner.until(lambda: owner.form.rows["member"].sentence)
        assert "100007 Wang Fang, 100008 Wang Lei" in owner.form.rows["member"].sentence
        owner.fill(member="wang fang")
        await owner.save()
        await owner.until_on(CouponBatchesScreen)
        await owner.until(lambda: "1 coupon for 100007 Wang Fang: C00001" in owner.said)
        issued = owner.office.last(IssueCoupons)
        assert isinstance(issued, IssueCoupons)
        assert (issued.member_id, issued.reason) == (7, "sorry")


async def test_many_codes_go_to_a_file_and_what_was_issued_is_in_it_when_the_store_stops(
    tmp_path: Path,
) -> None:
    async with back_room(tmp_path) as owner:
        owner.office.refuse_issue_after = 250
        await owner.open(CouponBatchesScreen())
        await owner.press("down", "f9")
        await owner.until_on(FormDialog)
        owner.fill(count="300", reason="flyer")
        await owner.save()
        await owner.until_on(FileDialog)
        owner.app.screen.query_one("#path", Entry).value = str(tmp_path / "codes.csv")
        owner.app.screen.query_one("#path", Entry).focus()
        await owner.press("enter")
        await owner.until(lambda: "100 were not issued" in owner.said)
        assert "No more of them are issued." in owner.said
        rows = (tmp_path / "codes.csv").read_text("utf-8-sig").splitlines()
        assert len(rows) == 201
        assert rows[1].startswith("C00001,10 off from 100,can be used")


async def test_issued_coupons_are_seen_printed_cancelled_and_exported(tmp_path: Path) -> None:
    async with back_room(tmp_path, (120, 40)) as owner:
        office = owner.office
        await owner.open(CouponBatchesScreen())
        await owner.press("down")
        office.IssueCoupons(IssueCoupons(batch_id=1, member_id=7, count=2))  # type: ignore[arg-type]
        office.coupons[1] = office.coupons[1].model_copy(
            update={"state": CouponState.USED, "sale_id": "sale-1"}
        )
        await owner.press("f8")
        await owner.until_on(CouponsScreen)
        await owner.until(lambda: owner.table.rows and owner.cells(2) == ["100007 Wang Fang"] * 2)
        assert owner.cells(1) == ["can be used", "used"]
        await owner.press("enter")
        await owner.until_on(PaperScreen)
        await owner.press("escape")
        await owner.until_on(CouponsScreen)
        await owner.press("delete")
        await owner.until_on(FormDialog)
        owner.fill(reason="lost")
        await owner.save()
        await owner.until(lambda: owner.table.rows and owner.cells(1)[0] == "cancelled")
        cancelled = office.last(CancelCoupon)
        assert isinstance(cancelled, CancelCoupon)
        assert cancelled.reason == "lost"
        await owner.press("down", "delete")
        assert "this one is used" in owner.said
        await owner.press("f10")
        await owner.until_on(SaleScreen)
        await owner.press("escape")
        await owner.until_on(CouponsScreen)
        await owner.press("ctrl+e")
        await owner.until_on(FileDialog)
        owner.app.screen.query_one("#path", Entry).value = str(tmp_path / "all.csv")
        owner.app.screen.query_one("#path", Entry).focus()
        await owner.press("enter")
        await owner.until(lambda: "2 coupons written" in owner.said)
        assert "C00002" in (tmp_path / "all.csv").read_text("utf-8-sig")
