"""A small store in memory that answers all that the console asks, with the messages of the protocol."""

# ruff: noqa: N802  # the methods are named after the messages that they answer

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from tax_office import TaxAnswers

from protocol.identifiers import (
    ApprovalId,
    CategoryId,
    CommandId,
    LaneCode,
    OperatorId,
    ProductId,
    SaleId,
    SessionToken,
    ShiftId,
    TerminalName,
)
from protocol.messages.base import Answer, Done, Refused, Request
from protocol.messages.catalogue import (
    BarcodePatterns,
    BarcodePatternView,
    BarcodeView,
    Categories,
    CategorySaved,
    CategoryView,
    DeleteCategory,
    ExtraFields,
    ExtraFieldView,
    FindProducts,
    GetProduct,
    ListBarcodePatterns,
    ListCategories,
    ListExtraFields,
    ProductFound,
    ProductHit,
    ProductHits,
    ProductView,
    SaveBarcodePatterns,
    SaveCategory,
    SaveExtraField,
    SaveProduct,
)
from protocol.messages.imports import (
    AddImportRows,
    ApplyImport,
    BeginImport,
    CancelImport,
    CheckImport,
    DescribeList,
    ExportList,
    ExportRows,
    GetImport,
    GetImportDetails,
    ImportAnswer,
    ImportDetails,
    ImportState,
    ImportView,
    ListColumn,
    ListColumns,
    RowChange,
    RowError,
)
from protocol.messages.operators import (
    ApprovalGranted,
    Approve,
    ListOperators,
    ListRoles,
    Operators,
    OperatorSaved,
    OperatorView,
    Roles,
    RoleView,
    SaveOperator,
    SaveRole,
    SignedOn,
    SignOff,
    SignOn,
    Unlock,
)
from protocol.messages.presence import Greeting, Hello
from protocol.messages.sales import (
    BasketState,
    BasketView,
    GetSale,
    LineView,
    ListSales,
    ListTenderKinds,
    ReceiptCopy,
    ReprintReceipt,
    SaleRow,
    SaleRows,
    SaleState,
    SaveTenderKind,
    TenderKinds,
    TenderKindView,
    TenderView,
)
from protocol.messages.shifts import (
    CloseDay,
    DayClosed,
    DayFigures,
    GetDay,
    ListShifts,
    ReprintShiftSlip,
    ShiftRows,
    ShiftView,
    Slip,
    TenderTotal,
)
from protocol.messages.stock import CorrectStock, ListStockMoves, StockMoves, StockMoveView
from protocol.messages.store import (
    BackupMade,
    BooksVerified,
    ChangeSetting,
    CreatePairingCode,
    Finding,
    GetTemplate,
    LaneDevice,
    Lanes,
    LaneView,
    ListLanes,
    ListSettings,
    ListTerminals,
    MakeBackup,
    PairingCode,
    RevokeTerminal,
    SaveTemplate,
    Settings,
    SettingView,
    TemplateText,
    Terminals,
    TerminalView,
    VerifyBooks,
)
from protocol.permissions import ROLES
from protocol.receipt import Align, Cell, Document, Feed, Row, Rule, TextLine
from terminal_app.store_client import StoreClient

NOW = datetime(2026, 11, 21, 6, 30, tzinfo=UTC)
GOODS = [
    ("1001", "甘源蟹黄味瓜子仁75g", 376, "6940188803618", "袋", 24000),
    ("1002", "惠宜咸味花生350g", 860, "6907777800519", "袋", -2000),
    ("1003", "Oolong tea 500 ml", 450, "6921168509256", "bottle", 60000),
    ("1004", "Apples", 1280, "", "kg", 15455),
]


def paper(title: str) -> Document:
    """A slip."""
    return Document(
        title=title,
        elements=(
            TextLine(text="柜台便利店", align=Align.CENTRE, bold=True, width=2, height=2),
            Rule(),
            Row(cells=(Cell(text="甘源蟹黄味瓜子仁75g", share=1), Cell(text="3.76", align=Align.RIGHT))),
            Feed(),
            Row(cells=(Cell(text="Total", share=1), Cell(text="3.76", align=Align.RIGHT))),
        ),
    )


class ConsoleStore(TaxAnswers):
    """An Asker: one method per request, named after its class. `asked` keeps what was asked."""

    def __init__(self) -> None:
        super().__init__()
        self.session: SessionToken | None = None
        self.language = "en"
        self.training = False
        self.on_peer: Callable[[bool], None] | None = None
        self.asked: list[Request] = []
        self.approvals: list[ApprovalId | None] = []
        self.refuse: dict[type[Request], Refused] = {}
        """Refused once, unless the request comes with an approval."""
        self.role = "manager"
        self.categories = [
            CategoryView(category_id=CategoryId(1), name="Food", path="Food", product_count=4),
            CategoryView(
                category_id=CategoryId(2), name="Snacks", parent_id=CategoryId(1), path="Food › Snacks"
            ),
        ]
        self.extras = [
            ExtraFieldView(field="Origin"),
            ExtraFieldView(
                field="Roast", category_id=CategoryId(2), type="choice", choices=("light", "dark")
            ),
        ]
        self.products = {
            i: ProductView(
                product_id=ProductId(i), code=code, name=name, price_minor=price, unit=unit,
                category_id=CategoryId(2), category="Snacks", stock_thousandths=stock,
                barcodes=(BarcodeView(barcode=barcode),) if barcode else (),
            )
            for i, (code, name, price, barcode, unit, stock) in enumerate(GOODS, start=1)
        }  # fmt: skip
        self.operators = [
            OperatorView(operator_id=OperatorId(1), code="1", name="Wang Fang", role="manager"),
            OperatorView(operator_id=OperatorId(2), code="2", name="李静", role="cashier",
                         locked_until=NOW + timedelta(minutes=5)),
            OperatorView(operator_id=OperatorId(3), code="3", name="Old Zhao", role="cashier", active=False),
        ]  # fmt: skip
        self.roles = {role: tuple(sorted(permissions)) for role, permissions in ROLES.items()}
        self.patterns: tuple[BarcodePatternView, ...] = (
            BarcodePatternView(pattern="21IIIIIWWWWWC", note="scale"),
        )
        self.rows: list[tuple[str, ...]] = []
        self.headings: tuple[str, ...] = ()
        self.import_state = ImportState.RECEIVING
        self.settings = [
            SettingView(setting="store_name", value="柜台便利店", default="", explanation="Stands on receipts."),  # noqa: E501
            SettingView(setting="difference_limit_minor", value="500", default="500",
                        explanation="A cash difference above it asks for a reason."),
        ]  # fmt: skip
        self.findings: tuple[Finding, ...] = ()
        self.lanes = (
            LaneView(lane=LaneCode("1"), terminal=TerminalName("lane-1"), present=True, operator="李静",
                     reported_at=NOW, devices=(
                LaneDevice(name="scanner-1", kind="scanner", state="online", words="Ready."),
                LaneDevice(name="printer-1", kind="pos_printer", state="rec_empty",
                           words="No paper: put in a new roll."))),
            LaneView(lane=LaneCode("2"), terminal=TerminalName("lane-2"), present=False, reported_at=NOW),
        )  # fmt: skip

    def close(self) -> None:
        """Nothing is open."""

    async def ask(
        self,
        request: Request,
        *,
        id: CommandId | None = None,  # noqa: A002
        approval: ApprovalId | None = None,
        timeout_s: float = 5,
    ) -> Answer:
        """Answer by the method of the request's name."""
        self.asked.append(request)
        self.approvals.append(approval)
        if approval is None and type(request) in self.refuse:
            refusal = self.refuse[type(request)]
            if refusal.code != "approval_needed":
                del self.refuse[type(request)]
            return refusal
        answer: Answer = getattr(self, type(request).__name__)(request)
        return answer

    async def ask_until_answered(
        self,
        request: Request,
        *,
        id: CommandId | None = None,  # noqa: A002
        approval: ApprovalId | None = None,
    ) -> Answer:
        """The console never insists."""
        return await self.ask(request, id=id, approval=approval)

    def last(self, kind: type[Request]) -> Request:
        """Return the latest request of a kind."""
        return next(r for r in reversed(self.asked) if isinstance(r, kind))

    # --- answers, one method per request -------------------------------------------------------------

    def Hello(self, r: Hello) -> Answer:
        return Greeting(
            program="store_server", program_version="0", protocol_major=1, protocol_minor=0, publisher="p",
            sequence=0, store_code="S1", store_name="柜台便利店", currency="CNY",
            time_zone="Asia/Shanghai",
        )  # fmt: skip

    def SignOn(self, r: SignOn) -> Answer:
        if r.pin != "1234":
            return Refused(code="wrong_pin", explanation="Code or PIN is wrong.")
        return SignedOn(
            session=SessionToken("s"), operator=self.operators[0].model_copy(update={"role": self.role}),
            permissions=tuple(ROLES[self.role]),
        )  # fmt: skip

    def SignOff(self, r: SignOff) -> Answer:
        return Done()

    def Unlock(self, r: Unlock) -> Answer:
        return Done() if r.pin == "1234" else Refused(code="wrong_pin", explanation="The PIN is wrong.")

    def Approve(self, r: Approve) -> Answer:
        return ApprovalGranted(approval=ApprovalId("a1"), approver=self.operators[0])

    def FindProducts(self, r: FindProducts) -> Answer:
        found = [
            p
            for p in self.products.values()
            if (
                r.text.casefold() in f"{p.code} {p.name}".casefold()
                or any(r.text == b.barcode for b in p.barcodes)
            )
            and (p.on_sale or not r.on_sale_only)
        ]
        page = found[r.offset : r.offset + r.limit]
        return ProductHits(
            hits=tuple(
                ProductHit(
                    product_id=p.product_id, code=p.code, name=p.name, unit=p.unit, price_minor=p.price_minor,
                    on_sale=p.on_sale, category=p.category, stock_thousandths=p.stock_thousandths,
                    barcode=p.barcodes[0].barcode if p.barcodes else "",
                )
                for p in page
            ),
            more=len(found) > r.offset + r.limit,
        )  # fmt: skip

    def GetProduct(self, r: GetProduct) -> Answer:
        return ProductFound(product=self.products[r.product_id])

    def SaveProduct(self, r: SaveProduct) -> Answer:
        number = r.product_id or ProductId(len(self.products) + 1)
        earlier = self.products.get(number)
        if earlier and earlier.version != r.version:
            return Refused(code="changed_by_others", explanation="Version 2 is in the books.")
        fields = r.model_dump(exclude={"product_id", "version", "barcodes", "extras", "tax"})
        tax = r.tax if r.tax is not None else earlier.tax if earlier else ""
        product = ProductView(
            **fields, tax=tax, product_id=number, version=earlier.version + 1 if earlier else 1,
            barcodes=r.barcodes, extras=r.extras,
        )  # fmt: skip
        self.products[number] = product
        return ProductFound(product=product)

    def ListCategories(self, r: ListCategories) -> Answer:
        return Categories(categories=tuple(self.categories))

    def SaveCategory(self, r: SaveCategory) -> Answer:
        view = CategoryView(
            category_id=r.category_id or CategoryId(len(self.categories) + 1), name=r.name,
            parent_id=r.parent_id, path=r.name, tax=r.tax or "",
        )  # fmt: skip
        self.categories = [c for c in self.categories if c.category_id != view.category_id] + [view]
        return CategorySaved(category=view)

    def DeleteCategory(self, r: DeleteCategory) -> Answer:
        return Refused(code="not_empty", explanation="There are goods in it.")

    def ListExtraFields(self, r: ListExtraFields) -> Answer:
        return ExtraFields(fields=tuple(self.extras))

    def SaveExtraField(self, r: SaveExtraField) -> Answer:
        self.extras = [f for f in self.extras if f.field != r.extra.field] + [r.extra]
        return Done()

    def ListBarcodePatterns(self, r: ListBarcodePatterns) -> Answer:
        return BarcodePatterns(patterns=self.patterns)

    def SaveBarcodePatterns(self, r: SaveBarcodePatterns) -> Answer:
        self.patterns = r.patterns
        return Done()

    def ListStockMoves(self, r: ListStockMoves) -> Answer:
        stock = self.products[r.product_id].stock_thousandths
        move = StockMoveView(
            at=NOW, quantity_thousandths=-2000, kind="sale", reference="S1-1-20261121-0001", operator="李静",
            balance_thousandths=stock,
        )  # fmt: skip
        return StockMoves(product_id=r.product_id, stock_thousandths=stock, moves=(move,))

    def CorrectStock(self, r: CorrectStock) -> Answer:
        product = self.products[r.product_id]
        self.products[r.product_id] = product.model_copy(update={"stock_thousandths": r.counted_thousandths})
        return self.ListStockMoves(ListStockMoves(product_id=r.product_id))

    def ListOperators(self, r: ListOperators) -> Answer:
        return Operators(operators=tuple(self.operators))

    def ListRoles(self, r: ListRoles) -> Answer:
        return Roles(roles=tuple(RoleView(role=k, permissions=v) for k, v in self.roles.items()))

    def SaveRole(self, r: SaveRole) -> Answer:
        self.roles[r.role] = r.permissions
        return Done()

    def SaveOperator(self, r: SaveOperator) -> Answer:
        view = OperatorView(
            operator_id=r.operator_id or OperatorId(len(self.operators) + 1), code=r.code, name=r.name,
            role=r.role, active=r.active,
        )  # fmt: skip
        self.operators = [o for o in self.operators if o.operator_id != view.operator_id] + [view]
        return OperatorSaved(operator=view)

    # --- imports ----------------------------------------------------------------------------------------

    def DescribeList(self, r: DescribeList) -> Answer:
        return ListColumns(
            columns=(
                ListColumn(column="code", heading="code", required=True, explanation="For example 1001."),
                ListColumn(column="name", heading="name", required=True, explanation="Any text."),
                ListColumn(column="price", heading="price", required=True, explanation="For example 3.50."),
            )
        )

    def BeginImport(self, r: BeginImport) -> Answer:
        if "code" not in r.headings:
            return Refused(code="wrong_headings", explanation="The heading “code” is missing.")
        self.rows, self.headings, self.import_state = [], r.headings, ImportState.RECEIVING
        self._begun = r
        return self._import()

    def _import(self) -> Answer:
        codes = [row[0] for row in self.rows]
        known = {p.code for p in self.products.values()}
        view = ImportView(
            import_id=self._begun.import_id, list_name="products", file_name=self._begun.file_name,
            state=self.import_state, rows=len(codes), checked=len(codes), applied=len(codes),
            new=sum(code not in known for code in codes), changed=sum(code in known for code in codes),
            errors=len(self._mistakes()),
        )  # fmt: skip
        return ImportAnswer(view=view)

    def _mistakes(self) -> list[RowError]:
        seen: set[str] = set()
        mistakes = []
        for number, row in enumerate(self.rows, start=2):
            if row[0] in seen:
                mistakes.append(
                    RowError(row=number, column="code", value=row[0], explanation="Stands here twice.")
                )
            seen.add(row[0])
        return mistakes

    def AddImportRows(self, r: AddImportRows) -> Answer:
        self.rows.extend(r.rows)
        return self._import()

    def CheckImport(self, r: CheckImport) -> Answer:
        self.import_state = ImportState.READY
        return self._import()

    def GetImport(self, r: GetImport) -> Answer:
        return self._import()

    def GetImportDetails(self, r: GetImportDetails) -> Answer:
        wanted = range(max(2, r.from_row), len(self.rows) + 2)[: r.limit]
        return ImportDetails(
            changes=() if r.errors_only else tuple(
                RowChange(row=n, key=self.rows[n - 2][0], change="new", details="new") for n in wanted
            ),
            errors=tuple(e for e in self._mistakes() if e.row >= r.from_row)[: r.limit],
        )  # fmt: skip

    def ApplyImport(self, r: ApplyImport) -> Answer:
        self.import_state = ImportState.APPLIED
        return self._import()

    def CancelImport(self, r: CancelImport) -> Answer:
        self.import_state = ImportState.CANCELLED
        return self._import()

    def ExportList(self, r: ExportList) -> Answer:
        rows = tuple(
            (p.code, p.name, str(p.price_minor)) for p in self.products.values() if p.code > r.after_key
        )
        return ExportRows(
            headings=("code", "name", "price"), rows=rows[:3], next_key=rows[2][0] if len(rows) > 3 else "",
            total=len(self.products),
        )  # fmt: skip

    # --- the day ------------------------------------------------------------------------------------------

    def GetDay(self, r: GetDay) -> Answer:
        return DayFigures(
            business_date=r.business_date or "2026-11-21", closed=False, sale_count=42,
            item_count_thousandths=130455, gross_minor=152340, discount_minor=2340, net_minor=150000,
            tenders=(TenderTotal(tender="cash", name="Cash", count=30, amount_minor=90000),
                     TenderTotal(tender="mobile", name="Mobile", count=12, amount_minor=60000)),
            by_hour=tuple(TenderTotal(tender=f"{h:02d}", name="", count=1, amount_minor=a) for h, a in
                          ((8, 4000), (9, 21000), (10, 52000), (11, 73000))),
            void_count=2, void_minor=860, cancelled_count=1, no_sale_count=0, override_count=3, reprint_count=1,  # noqa: E501
            difference_minor=-150,
        )  # fmt: skip

    def CloseDay(self, r: CloseDay) -> Answer:
        figures = self.GetDay(GetDay())
        assert isinstance(figures, DayFigures)
        return DayClosed(figures=figures, slip=paper("Day slip"))

    def ListSales(self, r: ListSales) -> Answer:
        row = SaleRow(
            sale_id=SaleId("sale-1"), receipt_number="S1-1-20261121-0001", lane=LaneCode("1"), operator="李静",  # noqa: E501
            finished_at=NOW, line_count=2, total_minor=1236, tenders="Cash",
        )  # fmt: skip
        return SaleRows(sales=(row,) if r.text in row.receipt_number else ())

    def GetSale(self, r: GetSale) -> Answer:
        line = LineView(
            line=1, product_id=ProductId(1), code="1001", name="甘源蟹黄味瓜子仁75g", quantity_thousandths=2000,  # noqa: E501
            normal_price_minor=376, unit_price_minor=350, amount_minor=700, price_reason="override: old box",
        )  # fmt: skip
        return BasketState(
            basket=BasketView(
                sale_id=SaleId("sale-1"), state=SaleState.FINISHED, lane=LaneCode("1"), operator_id=OperatorId(2),  # noqa: E501
                operator="李静", currency="CNY", lines=(line,), total_minor=700, gross_minor=752,
                discount_minor=52, receipt_number="S1-1-20261121-0001", started_at=NOW,
                tenders=(TenderView(tender_id="t", tender="cash", name="Cash", amount_minor=1000),),
                change_minor=300,
            )
        )  # fmt: skip

    def ReprintReceipt(self, r: ReprintReceipt) -> Answer:
        return ReceiptCopy(receipt=paper("Receipt (copy)"), receipt_number=r.receipt_number, copies=1)

    def ListShifts(self, r: ListShifts) -> Answer:
        return ShiftRows(
            shifts=(
                ShiftView(shift_id=ShiftId("z"), number=7, lane=LaneCode("1"), operator_id=OperatorId(2),
                          operator="李静", business_date="2026-11-21", opened_at=NOW, closed_at=NOW,
                          float_minor=20000, counted_minor=109850, expected_minor=110000,
                          difference_minor=-150, sale_count=42),
            )
        )  # fmt: skip

    def ReprintShiftSlip(self, r: ReprintShiftSlip) -> Answer:
        return Slip(slip=paper("Z slip (copy)"))

    # --- settings -----------------------------------------------------------------------------------------

    def ListLanes(self, r: ListLanes) -> Answer:
        return Lanes(lanes=self.lanes)

    def ListSettings(self, r: ListSettings) -> Answer:
        return Settings(settings=tuple(self.settings))

    def ChangeSetting(self, r: ChangeSetting) -> Answer:
        self.settings = [
            s.model_copy(update={"value": r.value}) if s.setting == r.setting else s for s in self.settings
        ]
        return Settings(settings=tuple(self.settings))

    def GetTemplate(self, r: GetTemplate) -> Answer:
        return TemplateText(template=r.template, text="{{ store }}\n--\n", preview=paper("Receipt"))

    def SaveTemplate(self, r: SaveTemplate) -> Answer:
        if "{{" not in r.text and r.text:
            return Refused(code="bad_template", explanation="Line 1: nothing is printed.")
        return TemplateText(template=r.template, text=r.text or "{{ store }}", preview=paper("Receipt"))

    def ListTenderKinds(self, r: ListTenderKinds) -> Answer:
        kind = TenderKindView(tender="cash", name="Cash", gives_change=True, needs_reference=False,
                              opens_drawer=True, counts_in_drawer=True)  # fmt: skip
        return TenderKinds(kinds=(kind,))

    def SaveTenderKind(self, r: SaveTenderKind) -> Answer:
        return TenderKinds(kinds=(r.kind_view,))

    def ListTerminals(self, r: ListTerminals) -> Answer:
        return Terminals(
            terminals=(TerminalView(terminal=TerminalName("lane-1"), public_key="", present=True),)
        )

    def CreatePairingCode(self, r: CreatePairingCode) -> Answer:
        return PairingCode(
            code="7-apple", valid_until=NOW + timedelta(minutes=10), endpoint="tcp://10.0.0.5:7443"
        )

    def RevokeTerminal(self, r: RevokeTerminal) -> Answer:
        return Done()

    def MakeBackup(self, r: MakeBackup) -> Answer:
        return BackupMade(path="/backups/store.db", bytes=2_000_000, journal_seq=77)

    def VerifyBooks(self, r: VerifyBooks) -> Answer:
        return BooksVerified(journal_rows=77, ledger_postings=300, sales=42, findings=self.findings)


class ConsoleWorld:
    """The connections of a console to the store in memory."""

    def __init__(self, asker: ConsoleStore) -> None:
        self.asker = asker
        self.store = StoreClient(asker, lambda: NOW)
        self.devices = None

    async def start(self, listener: object) -> None:
        """The server is there at once."""
        if self.asker.on_peer is not None:
            self.asker.on_peer(True)

    def close(self) -> None:
        """Nothing is open."""
