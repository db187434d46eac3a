"""The back room by keyboard: what the owner does all day, and what happens when the store says no."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import openpyxl
import pytest
from console_store import NOW, ConsoleStore, ConsoleWorld
from textual.pilot import Pilot

from protocol.identifiers import ProductId, TerminalName
from protocol.language import set_process_language
from protocol.messages.base import Refused
from protocol.messages.catalogue import ExtraValue, FindProducts, SaveCategory, SaveExtraField, SaveProduct
from protocol.messages.imports import ApplyImport, CancelImport
from protocol.messages.operators import Approve, SaveOperator, SaveRole
from protocol.messages.sales import ReprintReceipt
from protocol.messages.shifts import CloseDay
from protocol.messages.stock import CorrectStock
from protocol.messages.store import ChangeSetting, CreatePairingCode, Finding, LaneReported, SaveTemplate
from protocol.permissions import Permission
from terminal_app.console.app import ConsoleApp
from terminal_app.console.file_dialog import FileDialog
from terminal_app.console.form_dialog import FormDialog
from terminal_app.console.form_view import FormView
from terminal_app.console.import_screen import ImportScreen
from terminal_app.console.line_editor import LineEditor
from terminal_app.console.paper import PaperScreen
from terminal_app.console.product_screen import ProductScreen
from terminal_app.console.products_page import ProductsPage
from terminal_app.console.question import Information, Question
from terminal_app.console.table import Table
from terminal_app.screens.approval import ApprovalDialog
from terminal_app.screens.lock import LockScreen
from terminal_app.settings import TerminalSettings
from terminal_app.widgets.field import Entry
from terminal_app.widgets.notice import NoticeLine


@pytest.fixture(autouse=True)
def _english() -> AsyncIterator[None]:
    yield
    set_process_language("en")


class Owner:
    """Somebody at the keyboard of a console."""

    def __init__(self, app: ConsoleApp, pilot: Pilot[str], store: ConsoleStore) -> None:
        self.app = app
        self.pilot = pilot
        self.store = store

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.pilot.pause()

    async def write(self, text: str) -> None:
        """Put text where the cursor is, at a person's pace for the program."""
        field = self.app.focused
        assert hasattr(field, "value"), f"cannot type into {field}"
        field.value = text
        await self.pilot.pause()

    async def until(self, what: Callable[[], object]) -> None:
        """Wait for something to be so; fail after ten seconds: the machine may have other work."""
        end = time.monotonic() + 10
        while not what():
            assert time.monotonic() < end, f"never happened; the screen is {self.app.screen}"
            await self.pilot.pause(0.01)

    async def until_on(self, screen: type) -> None:
        await self.until(lambda: isinstance(self.app.screen, screen))
        await self.pilot.pause()

    @property
    def table(self) -> Table:
        return self.app.screen.query_one(Table)

    @property
    def said(self) -> str:
        return self.app.screen.query_one(NoticeLine).text

    @property
    def form(self) -> FormView:
        return self.app.screen.query_one(FormView)

    def codes(self) -> list[str]:
        return [row.cells[0] for row in self.table.rows]

    async def open_page(self, key: str) -> None:
        await self.press(key)
        await self.until(lambda: self.app.screen.query(Table) and self.table.rows)


@asynccontextmanager
async def back_room(
    tmp_path: Path, store: ConsoleStore | None = None, size: tuple[int, int] = (80, 24), language: str = "en"
) -> AsyncIterator[Owner]:
    """A console with somebody signed on."""
    store = store or ConsoleStore()
    settings = TerminalSettings(
        terminal=TerminalName("console"), data_directory=tmp_path, language=language, device_endpoint=""
    )
    app = ConsoleApp(settings, ConsoleWorld(store), clock=lambda: NOW)
    app.survives_errors = False
    async with app.run_test(size=size) as pilot:
        owner = Owner(app, pilot, store)
        await owner.until(lambda: app.screen.query("#code"))
        app.screen.query_one("#code", Entry).value = "1"
        app.screen.query_one("#pin", Entry).value = "1234"
        await owner.press("enter")
        await owner.until(
            lambda: (app.screen.query(Table) and owner.table.rows) or app.screen.query("#numbers")
        )
        yield owner


# --- products ---------------------------------------------------------------------------------------


async def test_products_are_found_as_one_types(tmp_path: Path) -> None:
    async with back_room(tmp_path) as owner:
        assert owner.codes() == ["1001", "1002", "1003", "1004"]
        await owner.write("tea")
        await owner.until(lambda: owner.codes() == ["1003"])
        await owner.press("escape")
        await owner.until(lambda: len(owner.codes()) == 4)


async def test_a_long_list_is_loaded_as_one_scrolls(tmp_path: Path) -> None:
    store = ConsoleStore()
    one = store.products[1]
    store.products = {
        i: one.model_copy(update={"product_id": ProductId(i), "code": f"{i:04d}"}) for i in range(1, 351)
    }
    async with back_room(tmp_path, store) as owner:
        assert len(owner.table.rows) == 100
        for rows in (200, 300, 350):
            owner.table.action_edge(1)
            await owner.until(lambda rows=rows: len(owner.table.rows) == rows)
        assert owner.table.rows[-1].cells[0] == "0350"


async def test_a_category_narrows_the_list(tmp_path: Path) -> None:
    async with back_room(tmp_path) as owner:
        await owner.press("f8")
        await owner.until(lambda: owner.app.screen.query("Picker Table"))
        await owner.write("snacks")
        await owner.press("enter")
        await owner.until(lambda: isinstance(owner.app.screen, ProductsPage))
        await owner.until(lambda: owner.store.last(FindProducts).category_id == 2)


async def test_a_product_is_changed_and_saved_with_the_version_that_was_read(tmp_path: Path) -> None:
    async with back_room(tmp_path) as owner:
        await owner.press("enter")
        await owner.until(lambda: owner.app.screen.query(FormView))
        form = owner.form
        assert form.rows["price_minor"].editor.text == "3.76"
        form.rows["price_minor"].editor.text = "4.20"
        form.rows["promotional_price_minor"].editor.text = "3.5"
        form.rows["extra:Origin"].editor.text = "新疆"
        await owner.app.screen.query_one(LineEditor).add("6907777800519")
        await owner.pilot.pause()
        await owner.press("ctrl+s")
        await owner.until_on(ProductsPage)
        saved = owner.store.last(SaveProduct)
        assert isinstance(saved, SaveProduct)
        assert (saved.product_id, saved.version, saved.price_minor) == (1, 1, 420)
        assert saved.promotional_price_minor == 350
        assert [b.barcode for b in saved.barcodes] == ["6940188803618", "6907777800519"]
        assert saved.extras == (ExtraValue(field="Origin", value="新疆"),)


async def test_every_wrong_field_has_its_sentence_and_nothing_is_sent(tmp_path: Path) -> None:
    async with back_room(tmp_path) as owner:
        await owner.press("ctrl+n")
        await owner.until(lambda: owner.app.screen.query(FormView))
        rows = owner.form.rows
        rows["code"].editor.text = "2001"
        rows["price_minor"].editor.text = "6940188803618"
        rows["promotion_until"].editor.text = "2026-13-01"
        await owner.press("ctrl+s")
        assert "Please fill this in" in rows["name"].sentence
        assert "barcode" in rows["price_minor"].sentence
        assert "not a date" in rows["promotion_until"].sentence
        assert owner.app.focused is rows["name"].editor
        assert not [r for r in owner.store.asked if isinstance(r, SaveProduct)]


async def test_a_promotion_without_a_price_is_refused_at_its_field(tmp_path: Path) -> None:
    async with back_room(tmp_path) as owner:
        await owner.press("enter")
        await owner.until(lambda: owner.app.screen.query(FormView))
        rows = owner.form.rows
        rows["promotion_from"].editor.text = "2026-11-22"
        await owner.press("ctrl+s")
        await owner.until(lambda: "needs its price" in rows["promotional_price_minor"].sentence)


async def test_a_wrong_check_digit_warns_and_does_not_refuse(tmp_path: Path) -> None:
    async with back_room(tmp_path) as owner:
        await owner.press("enter")
        await owner.until(lambda: owner.app.screen.query(FormView))
        lines = owner.app.screen.query_one(LineEditor)
        lines.rows[0].fields[0].text = "6940188803619"
        await owner.until(lambda: "should be 8" in lines.rows[0].sentence)
        await owner.press("ctrl+s")
        await owner.until_on(ProductsPage)


async def test_a_refused_save_keeps_what_was_typed_and_explains_the_conflict(tmp_path: Path) -> None:
    store = ConsoleStore()
    async with back_room(tmp_path, store) as owner:
        await owner.press("enter")
        await owner.until(lambda: owner.app.screen.query(FormView))
        owner.form.rows["name"].editor.text = "New name"
        store.products[1] = store.products[1].model_copy(update={"version": 2})
        await owner.press("ctrl+s")
        await owner.until(lambda: "Somebody else changed this product" in owner.said)
        assert owner.form.rows["name"].editor.text == "New name"


async def test_leaving_a_changed_form_asks_first(tmp_path: Path) -> None:
    async with back_room(tmp_path) as owner:
        await owner.press("enter")
        await owner.until(lambda: owner.app.screen.query(FormView))
        owner.form.rows["name"].editor.text = "Half typed"
        await owner.press("escape")
        await owner.until_on(Question)
        await owner.press("escape")
        await owner.until_on(ProductScreen)
        assert owner.form.rows["name"].editor.text == "Half typed"
        await owner.press("escape")
        await owner.until_on(Question)
        await owner.press("enter")
        await owner.until_on(ProductsPage)


async def test_extra_fields_follow_the_category_and_keep_what_was_typed(tmp_path: Path) -> None:
    async with back_room(tmp_path) as owner:
        await owner.press("enter")
        await owner.until(lambda: owner.app.screen.query(FormView))
        assert "extra:Roast" in owner.form.rows
        owner.form.rows["extra:Origin"].editor.text = "Yunnan"
        owner.form.rows["category_id"].editor.text = "1"
        await owner.until(lambda: "extra:Roast" not in owner.form.rows)
        assert owner.form.rows["extra:Origin"].editor.text == "Yunnan"


async def test_stock_is_corrected_with_a_second_persons_approval(tmp_path: Path) -> None:
    store = ConsoleStore()
    store.refuse[CorrectStock] = Refused(
        code="approval_needed", explanation="A supervisor must approve.", permission=Permission.ADJUST_STOCK
    )
    async with back_room(tmp_path, store) as owner:
        await owner.press("f10")
        await owner.until(lambda: owner.app.screen.query(Table) and owner.table.rows)
        await owner.press("ctrl+n")
        await owner.until_on(FormDialog)
        owner.form.rows["counted_thousandths"].editor.text = "23.5"
        owner.form.rows["reason"].editor.text = "broken bag"
        await owner.press("ctrl+s")
        await owner.until_on(ApprovalDialog)
        owner.app.screen.query_one("#approver", Entry).value = "1"
        owner.app.screen.query_one("#approver-pin", Entry).value = "1234"
        await owner.press("enter")
        await owner.until(lambda: "stock is 23.5" in owner.said)
        assert owner.store.approvals[-1] == "a1"
        assert store.products[1].stock_thousandths == 23500
        assert isinstance(owner.store.last(Approve), Approve)


async def test_categories_and_extra_fields_are_added(tmp_path: Path) -> None:
    async with back_room(tmp_path) as owner:
        await owner.press("ctrl+t")
        await owner.until(lambda: len(owner.table.rows) == 2)
        await owner.press("ctrl+n")
        await owner.until_on(FormDialog)
        owner.form.rows["name"].editor.text = "Nuts"
        await owner.press("ctrl+s")
        await owner.until(lambda: "Saved: Nuts" in owner.said)
        saved = owner.store.last(SaveCategory)
        assert isinstance(saved, SaveCategory)
        assert saved.parent_id == 1, "a new one begins below the one under the cursor"
        await owner.press("escape", "ctrl+e")
        await owner.until(lambda: owner.table.rows and owner.table.rows[0].key == "Origin")
        await owner.press("ctrl+n")
        await owner.until_on(FormDialog)
        owner.form.rows["field"].editor.text = "Grade"
        owner.form.rows["type"].editor.text = "choice"
        owner.form.rows["choices"].editor.text = "A，B, C"
        await owner.press("ctrl+s")
        await owner.until(lambda: "Saved" in owner.said)
        extra = owner.store.last(SaveExtraField)
        assert isinstance(extra, SaveExtraField)
        assert extra.extra.choices == ("A", "B", "C")


async def test_a_wrong_barcode_pattern_is_refused_at_its_line(tmp_path: Path) -> None:
    async with back_room(tmp_path) as owner:
        await owner.press("ctrl+b")
        await owner.until(
            lambda: (
                owner.app.screen.query(LineEditor) and len(owner.app.screen.query_one(LineEditor).rows) == 2
            )
        )
        lines = owner.app.screen.query_one(LineEditor)
        await lines.add("22WWWWWPPPPPC")
        await owner.pilot.pause()
        await owner.press("ctrl+s")
        await owner.until(lambda: "item code (I) is missing" in lines.rows[1].sentence)


# --- import and export --------------------------------------------------------------------------------


async def choose(owner: Owner, path: Path) -> None:
    """Type a path into the file dialog and take it."""
    await owner.until_on(FileDialog)
    entry = owner.app.screen.query_one("#path", Entry)
    entry.focus()
    entry.value = str(path)
    await owner.pilot.pause()
    await owner.press("enter")


async def test_a_file_is_imported_after_a_preview(tmp_path: Path) -> None:
    path = tmp_path / "goods.csv"
    path.write_text("code,name,price\n1001,瓜子,3.90\n2001,Milk,6.50\n", encoding="gb18030")
    async with back_room(tmp_path) as owner:
        await owner.open_page("f14")
        await owner.press("f8")
        await choose(owner, path)
        await owner.until_on(ImportScreen)
        await owner.until(lambda: [row.cells[0] for row in owner.table.rows] == ["2", "3"])
        await owner.press("ctrl+s")
        await owner.until(lambda: owner.said == "Applied: 1 new, 1 changed, 0 the same.")
        assert isinstance(owner.store.last(ApplyImport), ApplyImport)


async def test_mistakes_are_listed_by_row_saved_to_a_file_and_block_the_import(tmp_path: Path) -> None:
    path = tmp_path / "goods.csv"
    path.write_text("code,name,price\nA,Tea,1\nA,Tea,2\n", encoding="utf-8")
    async with back_room(tmp_path) as owner:
        await owner.open_page("f14")
        await owner.press("f8")
        await choose(owner, path)
        await owner.until_on(ImportScreen)
        await owner.until(lambda: owner.table.rows and owner.table.rows[0].cells[0] == "3")
        assert "Stands here twice" in owner.table.rows[0].cells[3]
        await owner.press("ctrl+s")
        assert "while rows have mistakes" in owner.said
        await owner.press("f9")
        await choose(owner, tmp_path / "errors.csv")
        await owner.until(lambda: "Written" in owner.said)
        assert "Stands here twice" in (tmp_path / "errors.csv").read_text(encoding="utf-8-sig")
        await owner.press("escape")
        await owner.until(lambda: any(isinstance(r, CancelImport) for r in owner.store.asked))


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.csv", b"sku,name\n1,Tea\n", "heading “code” is missing"),
        ("a.csv", b"code,name\n", "headings and no rows"),
        ("a.csv", b"", "is empty"),
        ("a.xlsx", b"%PDF\x00", "neither a CSV file nor"),
    ],
)
async def test_a_file_that_cannot_be_imported_gets_a_sentence(
    tmp_path: Path, name: str, content: bytes, words: str
) -> None:
    (tmp_path / name).write_bytes(content)
    async with back_room(tmp_path) as owner:
        await owner.open_page("f14")
        await owner.press("f8")
        await choose(owner, tmp_path / name)
        await owner.until(lambda: not isinstance(owner.app.screen, FileDialog) and words in owner.said)


async def test_the_list_is_exported_to_excel(tmp_path: Path) -> None:
    async with back_room(tmp_path) as owner:
        await owner.open_page("f14")
        await owner.press("f9")
        await choose(owner, tmp_path / "out.xlsx")
        await owner.until(lambda: "4 rows" in owner.said)
        book = openpyxl.load_workbook(tmp_path / "out.xlsx", read_only=True)
        rows = list(book.worksheets[0].iter_rows(values_only=True))
        book.close()
        assert rows[0] == ("code", "name", "price")
        assert len(rows) == 5


# --- operators ------------------------------------------------------------------------------------------


async def test_an_operator_is_added_and_a_short_pin_is_refused_at_the_field(tmp_path: Path) -> None:
    async with back_room(tmp_path) as owner:
        await owner.open_page("f15")
        assert "locked until" in owner.table.rows[1].cells[5]
        await owner.press("ctrl+n")
        await owner.until_on(FormDialog)
        rows = owner.form.rows
        rows["code"].editor.text, rows["name"].editor.text, rows["pin"].editor.text = "4", "陈明", "12"
        await owner.press("ctrl+s")
        assert "at least 4 digits" in rows["pin"].sentence
        rows["pin"].editor.text = "4711"
        await owner.press("ctrl+s")
        await owner.until(lambda: "Saved: 陈明" in owner.said)
        saved = owner.store.last(SaveOperator)
        assert isinstance(saved, SaveOperator)
        assert (saved.operator_id, saved.role, saved.pin) == (None, "cashier", "4711")


async def test_unlocking_and_a_new_pin_typed_twice(tmp_path: Path) -> None:
    async with back_room(tmp_path) as owner:
        await owner.open_page("f15")
        await owner.press("down", "f9")
        await owner.until(lambda: "can sign on again" in owner.said)
        unlocked = owner.store.last(SaveOperator)
        assert isinstance(unlocked, SaveOperator)
        assert (unlocked.operator_id, unlocked.unlock) == (2, True)
        await owner.press("f8")
        await owner.until_on(FormDialog)
        owner.form.rows["pin"].editor.text = "2468"
        owner.form.rows["again"].editor.text = "2469"
        await owner.press("ctrl+s")
        await owner.until(lambda: "differ" in owner.form.rows["again"].sentence)


async def test_a_role_is_changed_permission_by_permission(tmp_path: Path) -> None:
    async with back_room(tmp_path) as owner:
        await owner.open_page("f15")
        await owner.press("ctrl+t")
        await owner.until(lambda: owner.table.rows and owner.table.rows[0].key == "cashier")
        await owner.press("enter")
        await owner.until(lambda: owner.app.screen.query(FormView))
        owner.form.rows["discount"].editor.text = "yes"
        await owner.press("ctrl+s")
        await owner.until(lambda: any(isinstance(r, SaveRole) for r in owner.store.asked))
        saved = owner.store.last(SaveRole)
        assert isinstance(saved, SaveRole)
        assert Permission.DISCOUNT in saved.permissions
        assert Permission.MANAGE_OPERATORS not in saved.permissions


# --- the day ----------------------------------------------------------------------------------------------


async def test_the_day_shows_figures_and_a_sale_down_to_its_receipt(tmp_path: Path) -> None:
    async with back_room(tmp_path) as owner:
        await owner.press("f5")
        await owner.until(
            lambda: owner.app.screen.query("#numbers") and getattr(owner.app.screen, "_day", None)
        )
        text = str(owner.app.screen.query_one("#numbers").render())
        assert "1,500.00" in text
        await owner.press("f8")
        await owner.until(lambda: owner.app.screen.query(Table) and owner.table.rows)
        await owner.press("enter")
        await owner.until(lambda: owner.app.screen.query("#text"))
        await owner.until(lambda: "override: old box" in str(owner.app.screen.query_one("#text").render()))
        await owner.press("f8")
        await owner.until_on(PaperScreen)
        reprint = owner.store.last(ReprintReceipt)
        assert isinstance(reprint, ReprintReceipt)
        assert reprint.receipt_number == "S1-1-20261121-0001"


async def test_closing_the_day_asks_and_shows_the_slip(tmp_path: Path) -> None:
    async with back_room(tmp_path) as owner:
        await owner.press("f5")
        await owner.until(lambda: owner.app.screen.query("#numbers"))
        await owner.press("f10")
        await owner.until_on(Question)
        assert not any(isinstance(r, CloseDay) for r in owner.store.asked)
        await owner.press("enter")
        await owner.until_on(PaperScreen)


async def test_a_cash_difference_is_told_in_words(tmp_path: Path) -> None:
    async with back_room(tmp_path) as owner:
        await owner.press("f5")
        await owner.until(lambda: getattr(owner.app.screen, "_day", None))
        await owner.press("f9")
        await owner.until(lambda: owner.app.screen.query(Table) and owner.table.rows)
        assert owner.table.rows[0].cells[9] == "short 1.50"
        await owner.press("enter")
        await owner.until_on(PaperScreen)


# --- devices and settings -----------------------------------------------------------------------------------


async def test_devices_of_all_lanes_are_told_in_words_and_live(tmp_path: Path) -> None:
    async with back_room(tmp_path) as owner:
        await owner.open_page("f16")
        states = [row.cells[1] for row in owner.table.rows]
        assert states == ["● present", "● ready", "✗ no paper", "✗ away"]
        lane = owner.store.lanes[1].model_copy(update={"present": True})
        owner.app.store_fact(LaneReported(lane=lane))
        await owner.until(lambda: owner.table.rows[-1].cells[1] == "● present")


async def test_a_setting_is_changed_and_a_refusal_stays_at_the_field(tmp_path: Path) -> None:
    store = ConsoleStore()
    store.refuse[ChangeSetting] = Refused(
        code="bad", explanation="A name has at most 40 letters.", field="value"
    )
    async with back_room(tmp_path, store) as owner:
        await owner.open_page("f7")
        await owner.press("enter")
        await owner.until_on(FormDialog)
        owner.form.rows["value"].editor.text = "Corner shop"
        await owner.press("ctrl+s")
        await owner.until(lambda: "40 letters" in owner.form.rows["value"].sentence)
        assert owner.form.rows["value"].editor.text == "Corner shop"
        await owner.press("ctrl+s")
        await owner.until(lambda: "Saved: Store name" in owner.said)


async def test_backup_and_check_of_the_books_report_in_words(tmp_path: Path) -> None:
    store = ConsoleStore()
    async with back_room(tmp_path, store) as owner:
        await owner.open_page("f7")
        await owner.press("ctrl+b")
        await owner.until(lambda: "complete and checked: /backups/store.db" in owner.said)
        await owner.press("ctrl+o")
        await owner.until(lambda: "books are right: 42 sales" in owner.said)
        store.findings = (Finding(where="journal row 12", explanation="Its hash does not fit."),)
        await owner.press("ctrl+o")
        await owner.until(
            lambda: owner.table.rows and owner.table.rows[0].cells[1] == "Its hash does not fit."
        )


async def test_a_template_that_does_not_work_is_refused_and_stays(tmp_path: Path) -> None:
    async with back_room(tmp_path, size=(120, 30)) as owner:
        await owner.open_page("f7")
        await owner.press("f8")
        await owner.until(lambda: owner.table.rows and owner.table.rows[0].key == "receipt")
        await owner.press("enter")
        await owner.until(lambda: owner.app.screen.query("TextArea") and owner.app.screen.area.text)
        owner.app.screen.area.text = "no variables"
        await owner.press("ctrl+s")
        await owner.until(lambda: "Line 1" in owner.said)
        assert owner.app.screen.area.text == "no variables"
        owner.app.screen.area.text = "{{ total }}"
        await owner.press("ctrl+s")
        await owner.until(lambda: "Saved" in owner.said)
        assert isinstance(owner.store.last(SaveTemplate), SaveTemplate)


async def test_a_new_terminal_gets_a_pairing_code(tmp_path: Path) -> None:
    async with back_room(tmp_path) as owner:
        await owner.open_page("f7")
        await owner.press("f10")
        await owner.until(lambda: owner.table.rows and owner.table.rows[0].key == "lane-1")
        await owner.press("ctrl+n")
        await owner.until_on(FormDialog)
        owner.form.rows["terminal"].editor.text = "lane-2"
        await owner.press("ctrl+s")
        await owner.until_on(Information)
        assert "7-apple" in str(owner.app.screen.query_one("#information").render())
        assert isinstance(owner.store.last(CreatePairingCode), CreatePairingCode)


# --- the shell around it ---


async def test_the_language_changes_under_an_open_form_and_nothing_typed_is_lost(tmp_path: Path) -> None:
    async with back_room(tmp_path) as owner:
        await owner.press("enter")
        await owner.until(lambda: owner.app.screen.query(FormView))
        owner.form.rows["name"].editor.text = "Half typed"
        await owner.press("ctrl+g")
        assert "售价" in str(owner.form.rows["price_minor"].query(".label").first().render())
        assert owner.form.rows["name"].editor.text == "Half typed"


async def test_a_server_that_is_away_is_told_in_words(tmp_path: Path) -> None:
    async with back_room(tmp_path) as owner:
        assert owner.store.on_peer is not None
        owner.store.on_peer(False)
        await owner.press("ctrl+r")
        await owner.until(lambda: "does not answer" in owner.said)
        assert "away since" in owner.app.top_words()[1]


async def test_the_lock_hides_the_page_until_the_pin_is_given(tmp_path: Path) -> None:
    async with back_room(tmp_path) as owner:
        await owner.press("ctrl+l")
        await owner.until_on(LockScreen)
        await owner.press("f5")
        assert isinstance(owner.app.screen, LockScreen)
        owner.app.screen.query_one("#lock-pin", Entry).value = "1234"
        await owner.press("enter")
        await owner.until_on(ProductsPage)


async def test_a_scan_searches_the_list(tmp_path: Path) -> None:
    async with back_room(tmp_path) as owner:
        owner.app.scanned("6907777800519")
        await owner.until(lambda: owner.codes() == ["1002"])


async def test_who_may_not_edit_products_begins_at_the_day(tmp_path: Path) -> None:
    store = ConsoleStore()
    async with back_room(tmp_path, store) as owner:
        assert owner.app.signed_on is not None
        owner.app.signed_on = owner.app.signed_on.model_copy(update={"permissions": (Permission.SEE_SALES,)})
        assert owner.app.first_place().HERE == "day"
        await asyncio.sleep(0)


async def test_going_to_another_page_gives_a_checked_import_back(tmp_path: Path) -> None:
    path = tmp_path / "goods.csv"
    path.write_text("code,name,price\nA,Tea,1\n", encoding="utf-8")
    async with back_room(tmp_path) as owner:
        await owner.open_page("f14")
        await owner.press("f8")
        await choose(owner, path)
        await owner.until_on(ImportScreen)
        await owner.press("f2")
        await owner.until_on(ProductsPage)
        assert isinstance(owner.store.asked[-1], (CancelImport, FindProducts))
        assert any(isinstance(request, CancelImport) for request in owner.store.asked)


async def test_going_to_another_page_with_something_typed_asks_first(tmp_path: Path) -> None:
    async with back_room(tmp_path) as owner:
        await owner.press("enter")
        await owner.until(lambda: owner.app.screen.query(FormView))
        owner.form.rows["name"].editor.text = "Half typed"
        await owner.press("f5")
        await owner.until_on(Question)
        await owner.press("escape")
        await owner.until_on(ProductScreen)
        assert owner.form.rows["name"].editor.text == "Half typed"
