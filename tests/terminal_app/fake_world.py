"""A whole small shop and its devices behind the terminal's clients, in memory, for tests of the screens."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from itertools import count
from typing import Any

from member_answers import MemberAnswers
from price_answers import PriceAnswers
from refund_answers import RefundAnswers

from protocol.identifiers import ApprovalId, CommandId, OperatorId, ProductId, SaleId, SessionToken
from protocol.messages import catalogue, devices, operators, presence, sales, shifts, store
from protocol.messages.base import Answer, Done, Fact, Refused, Request
from protocol.permissions import ROLES, Permission
from protocol.receipt import Document, TextLine
from protocol.sockets.request_client import NoAnswer
from terminal_app.device_client import DeviceClient
from terminal_app.store_client import StoreClient
from terminal_app.world import Listener

NOW = datetime(2026, 11, 21, 6, 30, tzinfo=UTC)
DENOMINATIONS = (10000, 5000, 2000, 1000, 500, 100, 50, 10)

GOODS = (
    (1, "1001", "6901234567892", "可口可乐 330ml", "ke kou ke le", "kkkl", 350, ""),
    (2, "1002", "6902083881405", "农夫山泉矿泉水 550ml", "nong fu shan quan", "nfsq", 200, "瓶"),
    (3, "1003", "5000112637922", "Salted crisps, large family bag with sea salt", "", "", 950, ""),
    (4, "1004", "6901028075763", "大白兔奶糖", "da bai tu nai tang", "dbtnt", 1280, "袋"),
)
"""Id, code, barcode, name, pinyin, initials, price, unit."""

PEOPLE = {"7": ("1234", "张三", "cashier"), "9": ("9999", "李经理", "supervisor")}


class FakeAsker:
    """Answers at once from memory. Ids are remembered as by the real servers; `away` makes it silent."""

    def __init__(self) -> None:
        """Begin silent, as a connection does."""
        self.session: SessionToken | None = None
        self.language = "en"
        self.training = False
        self.on_peer: Callable[[bool], None] | None = None
        self.away = False
        self.asked: list[Request] = []
        self.ids: list[CommandId] = []
        self.remembered: dict[str, Answer] = {}
        self.carried_out: list[Request] = []
        self.closed = False

    def answer(self, request: Request, approval: ApprovalId | None) -> Answer:
        """Carry the request out."""
        raise NotImplementedError

    async def ask(
        self,
        request: Request,
        *,
        id: CommandId | None = None,  # noqa: A002
        approval: ApprovalId | None = None,
        timeout_s: float = 5,
    ) -> Answer:
        """Answer, or raise NoAnswer while away."""
        self.asked.append(request)
        if id is not None:
            self.ids.append(id)
        if self.away:
            raise NoAnswer("silent")
        if id is None or id not in self.remembered:
            self.carried_out.append(request)
            answer = self.answer(request, approval)
            if id is not None:
                self.remembered[id] = answer
            return answer
        return self.remembered[id]

    async def ask_until_answered(
        self,
        request: Request,
        id: CommandId,  # noqa: A002
        *,
        approval: ApprovalId | None = None,
        retry_s: float = 1.0,
        give_up_s: float | None = None,
    ) -> Answer:
        """Answer, waiting while away."""
        while self.away and not self.closed:
            await _turn()
        return await self.ask(request, id=id, approval=approval)

    def close(self) -> None:
        """Nothing is open."""
        self.closed = True

    def peer(self, up: bool) -> None:
        """Say that the server came or went."""
        self.away = not up
        if self.on_peer is not None:
            self.on_peer(up)

    def of(self, kind: type[Any]) -> list[Any]:
        """Return the requests of a class, in order."""
        return [request for request in self.asked if isinstance(request, kind)]


async def _turn() -> None:
    import asyncio  # noqa: PLC0415

    await asyncio.sleep(0.005)


class FakeStore(MemberAnswers, RefundAnswers, PriceAnswers, FakeAsker):
    """One store: goods, one basket per lane, parked baskets, a shift, cash."""

    def __init__(self) -> None:
        """Open the shop without a shift."""
        super().__init__()
        self.baskets: dict[str, sales.BasketView] = {}
        self.shift: shifts.ShiftView | None = None
        self.approvals: dict[str, Permission] = {}
        self.role = "cashier"
        self.receipts = count(1)
        self.finished: list[sales.BasketView] = []
        self.lanes: list[store.ReportLane] = []
        self.held: list[Any] = []

    def answer(self, request: Request, approval: ApprovalId | None) -> Answer:
        """Answer by the method that is named like the request."""
        needed = request.permission
        if needed and needed not in ROLES[self.role] and self.approvals.pop(approval or "", None) != needed:
            return Refused(
                code="approval_needed", explanation="A supervisor must approve this.", permission=needed
            )
        self.approved_now = approval is not None
        method = getattr(self, f"on_{type(request).__name__}", None)
        if method is None:
            raise AssertionError(f"the fake shop has no {type(request).__name__}")
        answer = method(request)
        assert isinstance(answer, Answer)
        return answer

    # --- presence and operators ---

    def on_Hello(self, _request: presence.Hello) -> Answer:  # noqa: N802
        return presence.Greeting(
            program="store_server",
            program_version="0",
            protocol_major=1,
            protocol_minor=0,
            publisher="run",
            sequence=0,
            store_code="S1",
            store_name="小明超市",
            currency="CNY",
            confirm_member_card=self.confirm_member_card,
        )

    def _person(self, code: str) -> operators.OperatorView:
        _pin, name, role = PEOPLE[code]
        return operators.OperatorView(operator_id=OperatorId(int(code)), code=code, name=name, role=role)

    def on_SignOn(self, request: operators.SignOn) -> Answer:  # noqa: N802
        code = "7" if request.card else request.code
        if code not in PEOPLE or PEOPLE[code][0] != request.pin:
            return Refused(code="wrong_pin", explanation="Code or PIN is wrong.")
        self.role = PEOPLE[code][2]
        return operators.SignedOn(
            session=SessionToken("session"), operator=self._person(code), permissions=tuple(ROLES[self.role])
        )

    def on_SignOff(self, _request: operators.SignOff) -> Answer:  # noqa: N802
        return Done()

    def on_Unlock(self, request: operators.Unlock) -> Answer:  # noqa: N802
        return Done() if request.pin == "1234" else Refused(code="wrong_pin", explanation="The PIN is wrong.")

    def on_ChangeOwnPin(self, _request: operators.ChangeOwnPin) -> Answer:  # noqa: N802
        return Done()

    def on_Approve(self, request: operators.Approve) -> Answer:  # noqa: N802
        if PEOPLE.get(request.code, ("",))[0] != request.pin:
            return Refused(code="wrong_pin", explanation="Code or PIN is wrong.")
        approval = f"approval-{len(self.approvals)}-{len(self.asked)}"
        self.approvals[approval] = request.action
        return operators.ApprovalGranted(approval=ApprovalId(approval), approver=self._person(request.code))

    # --- goods ---

    def on_FindProducts(self, request: catalogue.FindProducts) -> Answer:  # noqa: N802
        wanted = request.text.lower().replace(" ", "")
        hits = [
            catalogue.ProductHit(
                product_id=ProductId(number),
                code=code,
                name=name,
                barcode=barcode,
                unit=unit,
                price_minor=price,
                stock_thousandths=24000,
            )
            for number, code, barcode, name, pinyin, initials, price, unit in GOODS
            if wanted in f"{code} {barcode} {name.lower()} {pinyin.replace(' ', '')} {initials}"
        ]
        return catalogue.ProductHits(hits=tuple(hits[: request.limit]))

    def on_CheckPrice(self, request: catalogue.CheckPrice) -> Answer:  # noqa: N802
        for number, code, barcode, name, _pinyin, _initials, price, unit in GOODS:
            if request.code in (code, barcode):
                return catalogue.ProductFound(
                    product=catalogue.ProductView(
                        product_id=ProductId(number), code=code, name=name, unit=unit, price_minor=price
                    )
                )
        return self._unknown(request.code)

    def _unknown(self, code: str) -> Refused:
        unknown = Refused(code="unknown_barcode", explanation=f"{code} is not known. Search it by name.")
        return self.coupon_instead(code) or unknown

    def goods_of(self, product_id: int) -> tuple[str, int]:
        """Return name and price."""
        return next((goods[3], goods[6]) for goods in GOODS if goods[0] == product_id)

    # --- baskets ---

    def basket(self, sale_id: SaleId | str) -> sales.BasketView | None:
        """Return a basket by id."""
        return self.baskets.get(sale_id)

    def _keep(self, basket: sales.BasketView, line: int | None = None) -> sales.Basket:
        gross = sum(
            view.normal_price_minor * view.quantity_thousandths // 1000
            for view in basket.lines
            if not view.voided
        )
        lines = sum(view.amount_minor for view in basket.lines if not view.voided)
        total = lines - basket.sale_discount_minor
        paid = sum(tender.amount_minor for tender in basket.tenders)
        basket = basket.model_copy(
            update={
                "gross_minor": gross,
                "total_minor": total,
                "discount_minor": gross - total,
                "paid_minor": paid,
                "change_minor": max(0, paid - total),
                **self.paid_by_goods(basket, total),
                "item_count_thousandths": sum(v.quantity_thousandths for v in basket.lines if not v.voided),
                "version": basket.version + 1,
            }
        )
        self.baskets[basket.sale_id] = basket
        return sales.Basket(basket=basket, line=line)

    def _open(self, sale_id: SaleId, lane: str) -> sales.BasketView:
        return self.baskets.get(sale_id) or sales.BasketView(
            sale_id=sale_id,
            state=sales.SaleState.OPEN,
            lane=lane,  # type: ignore[arg-type]
            operator_id=OperatorId(7),
            operator="张三",
            currency="CNY",
            training=self.training,
        )

    def on_AddItem(self, request: sales.AddItem) -> Answer:  # noqa: N802
        for number, code, barcode, name, _pinyin, _initials, price, unit in GOODS:
            if request.code in (code, barcode):
                return self._add(request, ProductId(number), name, unit, price)
        return self._unknown(request.code)

    def on_AddProduct(self, request: sales.AddProduct) -> Answer:  # noqa: N802
        for number, _code, _barcode, name, _pinyin, _initials, price, unit in GOODS:
            if request.product_id == number:
                return self._add(request, ProductId(number), name, unit, price)
        return Refused(code="no_such_product", explanation="There is no such product.")

    def _add(self, request: Any, product: ProductId, name: str, unit: str, price: int) -> Answer:
        if self.shift is None:
            return Refused(code="no_shift", explanation="No shift is open at this lane. Open one first.")
        basket = self._open(request.sale_id, request.lane)
        quantity = request.quantity_thousandths or 1000
        line = sales.LineView(
            line=len(basket.lines) + 1,
            product_id=product,
            code=getattr(request, "code", str(product)),
            name=name,
            unit=unit,
            quantity_thousandths=quantity,
            normal_price_minor=price,
            unit_price_minor=price,
            amount_minor=price * quantity // 1000,
        )
        return self._keep(basket.model_copy(update={"lines": (*basket.lines, line)}), line.line)

    def _change(self, request: Any, **update: Any) -> Answer:
        basket = self.baskets[request.sale_id]
        lines = []
        for line in basket.lines:
            if line.line == request.line:
                line = line.model_copy(update=update)
                gross = line.unit_price_minor * line.quantity_thousandths // 1000
                line = line.model_copy(update={"amount_minor": gross - line.discount_minor})
            lines.append(line)
        return self._keep(basket.model_copy(update={"lines": tuple(lines)}), request.line)

    def on_ChangeQuantity(self, request: sales.ChangeQuantity) -> Answer:  # noqa: N802
        return self._change(request, quantity_thousandths=request.quantity_thousandths)

    def on_VoidLine(self, request: sales.VoidLine) -> Answer:  # noqa: N802
        return self._change(request, voided=True)

    def on_NoteLine(self, request: sales.NoteLine) -> Answer:  # noqa: N802
        return self._change(request, note=request.note)

    def on_OverridePrice(self, request: sales.OverridePrice) -> Answer:  # noqa: N802
        return self._change(
            request, unit_price_minor=request.unit_price_minor, price_reason=f"override: {request.reason}"
        )

    def on_DiscountLine(self, request: sales.DiscountLine) -> Answer:  # noqa: N802
        line = next(v for v in self.baskets[request.sale_id].lines if v.line == request.line)
        gross = line.unit_price_minor * line.quantity_thousandths // 1000
        off = request.amount_minor or gross * (request.rate_ppm or 0) // 1_000_000
        return self._change(request, discount_minor=off, discount_reason=request.reason)

    def on_DiscountSale(self, request: sales.DiscountSale) -> Answer:  # noqa: N802
        basket = self.baskets[request.sale_id]
        off = request.amount_minor or basket.gross_minor * (request.rate_ppm or 0) // 1_000_000
        return self._keep(
            basket.model_copy(update={"sale_discount_minor": off, "sale_discount_reason": request.reason})
        )

    def _state(self, sale_id: SaleId, **update: Any) -> sales.Basket:
        basket = self.baskets[sale_id].model_copy(update=update)
        self.baskets[sale_id] = basket
        return sales.Basket(basket=basket)

    def on_CancelSale(self, request: sales.CancelSale) -> Answer:  # noqa: N802
        return self._state(request.sale_id, state=sales.SaleState.CANCELLED)

    def on_ParkSale(self, request: sales.ParkSale) -> Answer:  # noqa: N802
        return self._state(
            request.sale_id, state=sales.SaleState.PARKED, park_note=request.note, parked_at=NOW
        )

    def on_RecallSale(self, request: sales.RecallSale) -> Answer:  # noqa: N802
        return self._state(request.sale_id, state=sales.SaleState.OPEN, lane=request.lane, recalled=True)

    def on_ListParkedSales(self, _request: sales.ListParkedSales) -> Answer:  # noqa: N802
        return sales.ParkedSales(
            sales=tuple(
                sales.ParkedSale(
                    sale_id=basket.sale_id,
                    lane=basket.lane,
                    operator=basket.operator,
                    parked_at=basket.parked_at or NOW,
                    note=basket.park_note,
                    line_count=len(basket.lines),
                    total_minor=basket.total_minor,
                    first_lines=", ".join(line.name for line in basket.lines[:3]),
                )
                for basket in self.baskets.values()
                if basket.state == "parked"
            )
        )

    def on_GetOpenBasket(self, request: sales.GetOpenBasket) -> Answer:  # noqa: N802
        found = [b for b in self.baskets.values() if b.state == "open" and b.lane == request.lane]
        return sales.BasketState(basket=found[-1] if found else None)

    # --- money ---

    def on_ListTenderKinds(self, _request: sales.ListTenderKinds) -> Answer:  # noqa: N802
        def kind(tender: str, name: str, cash: bool) -> sales.TenderKindView:
            return sales.TenderKindView(
                tender=tender,
                name=name,
                gives_change=cash,
                needs_reference=not cash,
                opens_drawer=cash,
                counts_in_drawer=cash,
            )

        return sales.TenderKinds(
            kinds=(
                kind("cash", "Cash", True),
                kind("card", "Bank card", False),
                kind("mobile", "Mobile", False),
                *self.points_kind(),
            )
        )

    def on_AddTender(self, request: sales.AddTender) -> Answer:  # noqa: N802
        basket = self.baskets[request.sale_id]
        if request.tender != "cash" and request.amount_minor > basket.due_minor:
            return Refused(code="too_much", explanation="Only cash may be more than what is due.")
        tender = sales.TenderView(
            tender_id=request.tender_id,
            tender=request.tender,
            name=request.tender.title(),
            amount_minor=request.amount_minor,
            reference=self.points_taken(request) or request.reference,
        )
        return self._keep(basket.model_copy(update={"tenders": (*basket.tenders, tender)}))

    def on_RemoveTender(self, request: sales.RemoveTender) -> Answer:  # noqa: N802
        basket = self.baskets[request.sale_id]
        left = tuple(t for t in basket.tenders if t.tender_id != request.tender_id)
        return self._keep(basket.model_copy(update={"tenders": left}))

    def on_FinishSale(self, request: sales.FinishSale) -> Answer:  # noqa: N802
        basket = self.baskets[request.sale_id]
        if basket.due_minor:
            return Refused(code="not_paid", explanation="It is not paid yet.")
        trouble = self.exchange_problem(basket) or self.price_changed(basket)
        if trouble is not None:
            return trouble
        number = f"S1-1-20261121-{next(self.receipts):04d}"
        basket = basket.model_copy(update={"state": sales.SaleState.FINISHED, "receipt_number": number})
        self.baskets[basket.sale_id] = basket
        self.finished.append(basket)
        return sales.SaleDone(
            basket=basket,
            receipt_number=number,
            receipt=Document(title=f"Receipt {number}", elements=(TextLine(text="Thank you"),)),
            open_drawer=any(tender.tender == "cash" for tender in basket.tenders),
            change_minor=basket.change_minor,
            **self.points_done(basket),
            **self.exchange_done(basket),
        )

    def on_ReprintReceipt(self, _request: sales.ReprintReceipt) -> Answer:  # noqa: N802
        if not self.finished:
            return Refused(code="no_sale", explanation="Nothing was sold at this lane yet.")
        number = self.finished[-1].receipt_number
        return sales.ReceiptCopy(
            receipt=Document(title=f"Receipt {number}", elements=(TextLine(text="Thank you"),)),
            receipt_number=number,
            copies=1,
        )

    # --- shift ---

    def open_shift(self, number: int = 3) -> None:
        """Have a shift open, as after an OpenShift."""
        self.shift = shifts.ShiftView(
            shift_id="shift",  # type: ignore[arg-type]
            number=number,
            lane="1",  # type: ignore[arg-type]
            operator_id=OperatorId(7),
            operator="张三",
            business_date="2026-11-21",
            opened_at=NOW,
            float_minor=20000,
        )

    def _shift_state(self) -> shifts.ShiftState:
        return shifts.ShiftState(
            shift=self.shift,
            denominations=DENOMINATIONS,
            suggested_float_minor=20000,
            business_date="2026-11-21",
        )

    def on_GetShift(self, _request: shifts.GetShift) -> Answer:  # noqa: N802
        return self._shift_state()

    def on_OpenShift(self, _request: shifts.OpenShift) -> Answer:  # noqa: N802
        self.open_shift()
        return self._shift_state()

    def on_CountDrawer(self, request: shifts.CountDrawer) -> Answer:  # noqa: N802
        counted = sum(c.value_minor * c.count for c in request.counts) + (request.counted_minor or 0)
        return shifts.DrawerCounted(
            counted_minor=counted,
            expected_minor=20000,
            difference_minor=counted - 20000,
            reason_needed=abs(counted - 20000) > 500,
        )

    def on_CloseShift(self, request: shifts.CloseShift) -> Answer:  # noqa: N802
        assert self.shift is not None
        if request.handed_to == "77":
            return Refused(code="unknown_operator", explanation="No operator 77.", field="handed_to")
        closed = self.shift.model_copy(update={"closed_at": NOW, "handed_to": request.handed_to})
        self.shift = None
        return shifts.ShiftClosedAnswer(shift=closed, slip=_slip("Z slip"))

    def on_PrintXSlip(self, _request: shifts.PrintXSlip) -> Answer:  # noqa: N802
        return shifts.Slip(slip=_slip("X slip"))

    def on_MoveCash(self, _request: shifts.MoveCash) -> Answer:  # noqa: N802
        return shifts.CashMoved(slip=_slip("Cash slip"))

    def on_OpenDrawerWithoutSale(self, _request: shifts.OpenDrawerWithoutSale) -> Answer:  # noqa: N802
        return shifts.DrawerAllowed()

    def on_BeginTraining(self, _request: store.BeginTraining) -> Answer:  # noqa: N802
        return Done()

    def on_ReportLane(self, request: store.ReportLane) -> Answer:  # noqa: N802
        self.lanes.append(request)
        return Done()


def _slip(title: str) -> Document:
    return Document(title=title, elements=(TextLine(text=title),))


class FakeDevices(FakeAsker):
    """A lane's daemon: jobs, drawer, display, a printer that can be without paper."""

    def __init__(self) -> None:
        """All devices are ready."""
        super().__init__()
        self.printed: dict[str, Document] = {}
        self.opened: list[str] = []
        self.shown: list[devices.DisplayContent] = []
        self.views = {
            name: devices.DeviceView(
                name=name,  # type: ignore[arg-type]
                kind=kind,
                state=devices.DeviceState.ONLINE,
                words="ready",
                driver="simulated",
                simulated=True,
            )
            for name, kind in (
                ("scanner-1", devices.DeviceKind.SCANNER),
                ("printer-1", devices.DeviceKind.POS_PRINTER),
                ("drawer-1", devices.DeviceKind.CASH_DRAWER),
                ("display-1", devices.DeviceKind.LINE_DISPLAY),
                ("card-1", devices.DeviceKind.CARD_READER),
            )
        }
        self.inputs: list[devices.BarcodeScanned | devices.CardPresented] = []
        self.bench: list[Request] = []

    def answer(self, request: Request, approval: ApprovalId | None) -> Answer:
        """Answer by kind."""
        match request:
            case devices.ClaimInput():
                return devices.InputClaimed(claimed_by="lane-1", last_number=0)  # type: ignore[arg-type]
            case devices.ListInput():
                return devices.RecentInput(
                    scans=tuple(f for f in self.inputs if isinstance(f, devices.BarcodeScanned)), cards=()
                )
            case devices.ListDevices():
                return devices.Devices(devices=tuple(self.views.values()))
            case devices.PrintDocument():
                self.printed.setdefault(request.job_id, request.document)
                return devices.Job(job=self._job(request))
            case devices.OpenDrawer():
                if request.job_id not in self.opened:
                    self.opened.append(request.job_id)
                return devices.DrawerKicked(device="drawer-1")  # type: ignore[arg-type]
            case devices.ShowOnDisplay():
                self.shown.append(request.show)
                return devices.Shown(devices=())
            case devices.ListJobs():
                return devices.Jobs(jobs=())
            case devices.BenchState():
                return devices.Bench(
                    displays=(
                        devices.BenchDisplay(
                            device="display-1",  # type: ignore[arg-type]
                            lines=("Cola             3.50", "TOTAL            3.50"),
                        ),
                    ),
                    drawer_opened=False,
                )
            case _:
                self.bench.append(request)
                return devices.Simulated(device="scanner-1")  # type: ignore[arg-type]

    def _job(self, request: devices.PrintDocument) -> devices.JobView:
        return devices.JobView(
            job_id=request.job_id,
            title=request.document.title,
            state=devices.JobState.WAITING,
            words="waits",
            device="printer-1",  # type: ignore[arg-type]
            accepted_at=NOW,
            changed_at=NOW,
        )


class FakeWorld:
    """A shop, a lane's devices, and the news."""

    def __init__(self) -> None:
        """Prepare both sides; `start` says that they are there."""
        self.shop = FakeStore()
        self.lane = FakeDevices()
        self.store = StoreClient(self.shop, lambda: NOW)
        self.devices: DeviceClient | None = DeviceClient(self.lane, lambda: NOW)
        self.listener: Listener | None = None
        self._numbers = count(1)

    @staticmethod
    def clock() -> datetime:
        """Return the shop's time: it stands still, so that pictures are the same every day."""
        return NOW

    async def start(self, listener: Listener) -> None:
        """Both sides are there."""
        self.listener = listener
        self.shop.peer(True)
        self.lane.peer(True)

    def close(self) -> None:
        """Nothing is open."""
        self.shop.close()
        self.lane.close()

    def tell(self, fact: Fact) -> None:
        """Publish a fact of the daemon."""
        assert self.listener is not None
        self.listener.device_fact(fact)

    def scan(self, *codes: str) -> None:
        """Hold barcodes before the scanner."""
        for code in codes:
            self.tell(
                devices.BarcodeScanned(
                    number=next(self._numbers),
                    device="scanner-1",  # type: ignore[arg-type]
                    data=code,
                    claimed_by="lane-1",  # type: ignore[arg-type]
                    at=NOW,
                )
            )

    def card(self, uid: str, *, random_uid: bool = False) -> None:
        """Lay a card on the reader."""
        self.tell(
            devices.CardPresented(
                number=next(self._numbers),
                device="card-1",  # type: ignore[arg-type]
                uid=uid,
                random_uid=random_uid,
                claimed_by="lane-1",  # type: ignore[arg-type]
                at=NOW,
            )
        )


def barcodes(*ids: int) -> Iterable[str]:
    """Return the barcodes of goods by their ids."""
    return [goods[2] for goods in GOODS if goods[0] in ids]
