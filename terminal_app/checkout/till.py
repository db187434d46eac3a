"""What the terminal of a lane knows and has under way: basket, shift, waiting scans, payments."""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Coroutine

from protocol.identifiers import ApprovalId, CommandId, JobId, LaneCode, SaleId, TenderId, new_id
from protocol.language import _
from protocol.messages.base import Answer, Command, Refused
from protocol.messages.coupons import UseCoupon
from protocol.messages.members import MemberHit
from protocol.messages.presence import Greeting, Hello
from protocol.messages.profiles import MemberPanel
from protocol.messages.refunds import ExchangeSale, RefundDone, RefundSale, RefundWithoutReceipt
from protocol.messages.sales import (
    AddItem,
    AddTender,
    AttachMember,
    Basket,
    BasketState,
    BasketView,
    FinishSale,
    GetOpenBasket,
    LineView,
    ListTenderKinds,
    SaleDone,
    TenderKinds,
    TenderKindView,
)
from protocol.messages.shifts import GetShift, ShiftState
from protocol.receipt import Document
from terminal_app.checkout.customer_display import CustomerDisplay
from terminal_app.checkout.waiting_scan import WaitingScan as WaitingScan
from terminal_app.checkout.waiting_scan import time_of
from terminal_app.device_client import DeviceClient
from terminal_app.members.beside import MemberBeside
from terminal_app.members.find_holder import holder_of, holder_of_code
from terminal_app.spool import Spool
from terminal_app.store_client import NO_ANSWER, StoreClient

log = logging.getLogger(__name__)


def _papers(done: SaleDone) -> tuple[Document, ...]:
    return (done.receipt,) if done.refund_slip is None else (done.receipt, done.refund_slip)


def _nothing(*_arguments: object) -> None:
    """Before a screen listens."""


class Till:
    """One lane. Everything about the basket is asked in one line, in the order in which it came."""

    def __init__(
        self, lane: LaneCode, store: StoreClient, devices: DeviceClient | None, spool: Spool
    ) -> None:
        """Know nothing yet."""
        self.lane = lane
        self.store = store
        self.devices = devices
        self.spool = spool
        self.display = CustomerDisplay(devices)
        self.beside = MemberBeside(store, self.in_background, lambda: self.panel_changed())
        self._basket: BasketView | None = None
        self.line: int | None = None
        """The chosen line, by its number."""
        self.last: LineView | None = None
        """The line that was made or changed last."""
        self._done: SaleDone | None = None
        self._refunded: RefundDone | None = None
        self.exchange: ExchangeSale | None = None
        """The exchange that was last asked for: asked again where a reference is wanted at its end."""
        self.last_refund = ""
        """The number of the last refund that was booked from here."""
        self.shift = ShiftState(shift=None)
        self.shift_known = False
        """False: the store has not said yet whether a shift is open."""
        self.kinds: tuple[TenderKindView, ...] = ()
        self.greeting: Greeting | None = None
        self.queue: deque[WaitingScan] = deque()
        self.changed: Callable[[], None] = _nothing
        """Called after every change of what is known."""
        self.panel_changed: Callable[[], None] = _nothing
        """Called when more is known of the member beside the sale."""
        self.queue_changed: Callable[[], None] = _nothing
        self.refused: Callable[[WaitingScan, Refused], None] = _nothing
        """Called when a scan was refused."""
        self.presented: Callable[[MemberHit], None] = _nothing
        """Called with a member whom the cashier has to confirm first."""
        self.attached: Callable[[], None] = _nothing
        """Called when a card or a code has put its member beside the sale."""
        self.coupon_taken: Callable[[str], None] = _nothing
        """Called with the code of a coupon that a scan has put on the basket."""
        self.told: Callable[[str], None] = _nothing
        """Called with a sentence about something that went wrong in the background."""
        self.broke: Callable[[Exception], None] = _nothing
        """Called with an error of the program in the background."""
        self._turn = asyncio.Lock()
        self._working: asyncio.Task[None] | None = None
        self._background: set[asyncio.Task[None]] = set()

    # --- what is known ----------------------------------------------------------------------------

    @property
    def basket(self) -> BasketView | None:
        """The open basket; None: there is none. Whoever sets it, the member beside it is followed."""
        return self._basket

    @basket.setter
    def basket(self, basket: BasketView | None) -> None:
        self._basket = basket
        self.beside.follow(basket)

    @property
    def done(self) -> SaleDone | None:
        """The sale just finished; its change stays on the screen until the next scan."""
        return self._done

    @done.setter
    def done(self, done: SaleDone | None) -> None:
        self._done, self._refunded = done, None

    @property
    def refunded(self) -> RefundDone | None:
        """The refund just booked; what is to be given back stays on the screen until the next scan."""
        return self._refunded

    def show_refund(self, done: RefundDone) -> None:
        """Show what is to be given back, to the cashier and to the customer."""
        self._done, self._refunded = None, done
        self.last_refund = done.refund.refund_number
        self.changed()
        self.display.given_back(done)

    @property
    def member_panel(self) -> MemberPanel | None:
        """What is known of the member beside the sale; None: nobody, or not answered yet."""
        return self.beside.panel

    @property
    def currency(self) -> str:
        """ISO 4217 code."""
        if self.basket is not None:
            return self.basket.currency
        return self.greeting.currency if self.greeting and self.greeting.currency else "CNY"

    @property
    def open_basket(self) -> BasketView | None:
        """The basket with something in it, or None."""
        basket = self.basket
        if basket is None or not (basket.lines or basket.tenders or basket.credit_minor):
            return None
        return basket

    @property
    def chosen(self) -> LineView | None:
        """The chosen line."""
        lines = self.basket.lines if self.basket else ()
        return next((line for line in lines if line.line == self.line), None)

    async def ask_everything(self) -> None:
        """Ask for the state: at the start and after every gap."""
        greeting = await self.store.ask(Hello(), Greeting)
        if isinstance(greeting, Greeting):
            self.greeting = greeting
            self.store.learn(greeting)
        async with self._turn:
            state = await self.store.ask(GetOpenBasket(lane=self.lane), BasketState)
            if isinstance(state, BasketState):
                self.basket = state.basket
                if self.chosen is None:
                    self.line = self._last_line()
                if self.open_basket is not None:
                    self._done = None  # what is to be given back stays in sight
        await self.ask_shift()
        kinds = await self.store.ask(ListTenderKinds(), TenderKinds)
        if isinstance(kinds, TenderKinds):
            self.kinds = tuple(kind for kind in kinds.kinds if kind.active)
        self.changed()

    async def ask_shift(self) -> None:
        """Ask for the shift of the lane."""
        shift = await self.store.ask(GetShift(lane=self.lane), ShiftState)
        if isinstance(shift, ShiftState):
            self.shift = shift
            self.shift_known = True
            self.changed()

    # --- scans ------------------------------------------------------------------------------------

    def scan(self, scan: WaitingScan) -> None:
        """Take a scan; it waits for its turn, and for the store server if that is away."""
        self.queue.append(scan)
        if self._working is None or self._working.done():
            self._working = asyncio.create_task(self._work(), name="waiting scans")
            self._working.add_done_callback(self._ended)
        elif len(self.queue) > 1:
            self.queue_changed()

    async def _work(self) -> None:
        while self.queue:
            if not self.store.link.up and self.store.link.ever:
                self.queue_changed()
                await self.store.link.wait()
            scan = self.queue[0]
            answer = await self._serve(scan)
            if isinstance(answer, Refused) and answer.code == NO_ANSWER:
                self.queue_changed()
                await asyncio.sleep(0.2)
                continue
            self.queue.popleft()
            if self.queue:
                self.queue_changed()
            if isinstance(answer, Refused):
                self.refused(scan, answer)
            elif isinstance(answer, MemberHit):
                self.presented(answer)
            else:
                self.take(answer)
                if isinstance(scan.request, UseCoupon):
                    self.coupon_taken(scan.code)
                elif scan.attach is None:
                    self.show_item()
                else:
                    self.attached()
        self.queue_changed()

    async def _serve(self, scan: WaitingScan) -> Basket | MemberHit | Refused:
        """Sell it; what is no goods may be a member's. A card or a code that names one attaches them."""
        if scan.attach is None:
            if scan.source == "card":
                holder = await holder_of(self.store, scan.code, random_uid=scan.random_uid)
            else:
                answer = await self._add(scan)
                if isinstance(answer, Refused) and answer.code == "is_coupon":
                    return await self._use_coupon(scan)
                if not isinstance(answer, Refused) or answer.code != "unknown_barcode":
                    return answer
                holder = await holder_of_code(self.store, scan.code, answer)
            if isinstance(holder, Refused) or scan.source == "typed" or self.asks_first(holder):
                return holder
            scan.id = CommandId(new_id())
            scan.attach = AttachMember(sale_id=self.sale_id(), lane=self.lane, member_id=holder.member_id)
        async with self._turn:
            return await self.store.ask(scan.attach, Basket, id=scan.id)

    def asks_first(self, hit: MemberHit) -> bool:
        """Return whether a card does not attach at once: the shop wants it so, or somebody else is there."""
        there = self.basket.member_id if self.basket is not None else None
        asks = self.greeting is not None and self.greeting.confirm_member_card
        return there != hit.member_id and (asks or there is not None)

    async def _add(self, scan: WaitingScan) -> Basket | Refused:
        async with self._turn:
            if scan.request is None:
                scan.request = AddItem(
                    sale_id=self.sale_id(),
                    lane=self.lane,
                    code=scan.code,
                    quantity_thousandths=scan.quantity_thousandths,
                    price_minor=scan.price_minor,
                )
            return await self.store.ask(scan.request, Basket, id=scan.id)

    async def _use_coupon(self, scan: WaitingScan) -> Basket | Refused:
        """Put it on the basket: what was scanned is a coupon and no goods."""
        if self.basket is None:
            text = _("This is a coupon. Scan the goods first, then the coupon.")
            return Refused(code="coupon_first", explanation=text)
        scan.id = CommandId(new_id())
        scan.request = UseCoupon(sale_id=self.basket.sale_id, code=scan.code)
        return await self._add(scan)

    def sale_id(self) -> SaleId:
        """Return the open sale's id, or a new one."""
        return self.basket.sale_id if self.basket is not None else SaleId(new_id())

    # --- the basket -------------------------------------------------------------------------------

    def take(self, answer: Basket) -> None:
        """Show the basket that an answer brought."""
        self.done = None
        self.basket = answer.basket if answer.basket.state == "open" else None
        if answer.line is not None:
            self.line = answer.line
            self.last = self.chosen
        else:
            if self.chosen is None:
                self.line = self._last_line()
            if self.last is not None:  # it may have another price now
                lines = self.basket.lines if self.basket else ()
                self.last = next((line for line in lines if line.line == self.last.line), None)
        self.changed()

    def clear(self) -> None:
        """The basket is gone: parked, cancelled."""
        self.basket = self.line = self.last = None
        self.display.idle(self.currency)
        self.changed()

    async def in_turn(self, request: Command) -> Basket | Refused:
        """Ask for a change of the basket, after everything that was asked before."""
        async with self._turn:
            return await self.store.ask(request, Basket)

    def _last_line(self) -> int | None:
        lines = [line.line for line in (self.basket.lines if self.basket else ()) if not line.voided]
        return lines[-1] if lines else None

    def show_item(self) -> None:
        """Show the latest line to the customer."""
        if self.basket is not None and self.last is not None:
            self.display.item(self.last, self.basket)

    # --- money ------------------------------------------------------------------------------------

    async def add_tender(self, tender: str, amount_minor: int, reference: str = "") -> Basket | Refused:
        """Take a payment. It is in the spool before it is sent, and asked until there is an answer."""
        if self.basket is None:
            return Refused(code="no_sale", explanation=_("There is nothing to pay."))
        command = AddTender(
            sale_id=self.basket.sale_id,
            tender_id=TenderId(new_id()),
            tender=tender,
            amount_minor=amount_minor,
            reference=reference,
        )
        command_id = CommandId(new_id())
        async with self._turn:
            trouble = self._write_down(command_id, command)
            if trouble is not None:
                return trouble
            answer = await self.store.insist(command, Basket, command_id)
            self._settled(command_id, answer)
        if isinstance(answer, Basket):
            self.take(answer)
        return answer

    async def finish(self) -> SaleDone | Refused:
        """Finish the sale, hand the receipt to the printer and open the drawer."""
        if self.basket is None:
            return Refused(code="no_sale", explanation=_("There is nothing to pay."))
        command = FinishSale(sale_id=self.basket.sale_id, lane=self.lane)
        command_id = CommandId(new_id())
        async with self._turn:
            trouble = self._write_down(command_id, command)
            if trouble is not None:
                return trouble
            answer = await self.store.insist(command, SaleDone, command_id)
            if isinstance(answer, Refused):
                self._settled(command_id, answer)
                await self._look_again(answer)
                return answer
            self.done = answer
            self.basket = self.line = self.last = None
            self.exchange = None
        self.hand_over(command_id, _papers(answer), open_drawer=answer.open_drawer)
        self.changed()
        self.display.paid(answer)
        return answer

    async def _look_again(self, refusal: Refused) -> None:
        """After the store would not finish a sale: it may cost something else now."""
        if refusal.code == NO_ANSWER:
            return
        state = await self.store.ask(GetOpenBasket(lane=self.lane), BasketState)
        if isinstance(state, BasketState) and state.basket is not None:
            self.basket = state.basket
            if self.chosen is None:
                self.line = self._last_line()
            self.changed()

    async def give_back(
        self, command: RefundSale | RefundWithoutReceipt, approval: ApprovalId | None = None
    ) -> RefundDone | Refused:
        """Book a refund, hand its slip to the printer and open the drawer for cash.

        It is in the spool before it is sent, and asked until there is an answer.
        """
        command_id = CommandId(new_id())
        trouble = self._write_down(command_id, command)
        if trouble is not None:
            return trouble
        answer = await self.store.insist(command, RefundDone, command_id, approval=approval)
        if isinstance(answer, Refused):
            self._settled(command_id, answer)
            return answer
        self.hand_over(command_id, (answer.slip,), open_drawer=answer.open_drawer)
        self.show_refund(answer)
        return answer

    def hand_over(self, command_id: CommandId, papers: tuple[Document, ...], *, open_drawer: bool) -> None:
        """Give the papers to the printer and open the drawer, in the background.

        The jobs have ids made from the command's: handed over twice they happen once. The command stays in
        the spool until the daemon has the papers.
        """
        if self.devices is None:
            self.spool.done(command_id)
            return
        if open_drawer:
            self.in_background(self._open_drawer(JobId(f"{command_id}-drawer")))
        self.in_background(self._print(command_id, papers))

    async def _open_drawer(self, job: JobId) -> None:
        if self.devices is not None:
            answer = await self.devices.open_drawer(job)
            if isinstance(answer, Refused):
                self.told(answer.explanation)

    async def _print(self, command_id: CommandId, papers: tuple[Document, ...]) -> None:
        if self.devices is None:
            return
        made_at = time_of(command_id)
        for number, paper in enumerate(papers):
            job = JobId(f"{command_id}-{number}" if number else command_id)
            answer = await self.devices.print_surely(paper, job, made_at)
            if isinstance(answer, Refused):
                self.told(answer.explanation)
                if answer.code == NO_ANSWER:
                    return
        self.spool.done(command_id)

    async def settle_spool(self) -> None:
        """Ask again, with the same ids, what had no answer when the terminal last ended."""
        for spooled in self.spool.waiting():
            if spooled.training:
                self.spool.done(spooled.id)
                continue
            answer = await self.store.insist(spooled.command, type(spooled.command).answer, spooled.id)
            match answer:
                case SaleDone():
                    self.done = answer
                    self.hand_over(spooled.id, _papers(answer), open_drawer=answer.open_drawer)
                case RefundDone():
                    self.hand_over(spooled.id, (answer.slip,), open_drawer=answer.open_drawer)
                    self.show_refund(answer)
                    number = answer.refund.refund_number
                    self.told(
                        _("A refund from before the restart is booked: {number}.").format(number=number)
                    )
                case Refused():
                    self._settled(spooled.id, answer)
                    text = _("A payment from before the restart: {words}")
                    if isinstance(spooled.command, RefundSale | RefundWithoutReceipt):
                        text = _("A refund from before the restart was not booked: {words}")
                    self.told(text.format(words=answer.explanation))
                case _:
                    self._settled(spooled.id, answer)

    def _settled(self, command_id: CommandId, answer: Answer) -> None:
        """Take the command out of the spool, unless it is still not known what became of it."""
        if not (isinstance(answer, Refused) and answer.code == NO_ANSWER):
            self.spool.done(command_id)

    def _write_down(self, command_id: CommandId, command: Command) -> Refused | None:
        try:
            self.spool.put(command_id, command, training=self.store.training)
        except OSError as error:
            log.error("the spool cannot be written: %s", error)
            text = _("This terminal's disk cannot be written ({reason}). The payment was not taken.")
            if isinstance(command, RefundSale | RefundWithoutReceipt):
                text = _("This terminal's disk cannot be written ({reason}). Nothing was given back.")
            return Refused(code="disk", explanation=text.format(reason=error.strerror))
        return None

    # --- background -------------------------------------------------------------------------------

    def in_background(self, work: Coroutine[None, None, None]) -> None:
        """Run something that nobody waits for."""
        task = asyncio.create_task(work)
        self._background.add(task)
        task.add_done_callback(self._background.discard)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        """Report a bug in a background task; nobody awaits it who would see it."""
        error = None if task.cancelled() else task.exception()
        if isinstance(error, Exception):
            self.broke(error)

    def close(self) -> None:
        """Stop what is under way; what matters is in the spool."""
        for task in (*self._background, *([self._working] if self._working else [])):
            task.cancel()
        self.display.close()
        self.spool.close()
