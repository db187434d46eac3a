"""The refund without a receipt: goods are scanned or searched, a reason is needed, the price can be typed."""

from dataclasses import replace

from protocol.language import N_, _
from protocol.messages.base import Refused
from protocol.messages.catalogue import CheckPrice, ProductFound
from protocol.messages.refunds import (
    PreviewRefundWithoutReceipt,
    RefundPreview,
    RefundWithoutReceipt,
    TenderReference,
)
from protocol.money import format_minor
from protocol.quantity import ONE, parse_thousandths
from terminal_app.actions import bindings_for
from terminal_app.checkout.quantity_words import no_quantity
from terminal_app.checkout.till import Till
from terminal_app.refunds.return_screen import ReturnScreen
from terminal_app.refunds.wanted import LooseReturn, Wanted
from terminal_app.screens.form import Asked, Form, Values, Wrong


class LooseScreen(ReturnScreen):
    """Goods without a receipt; cash goes back."""

    PLACES = ("loose", "return", "lane", "shell")
    BINDINGS = [*bindings_for("loose", "return", "lane", "shell"), *ReturnScreen.KEYS]
    HAS_RECEIPT = False

    def __init__(self, till: Till, goods: LooseReturn) -> None:
        """Show these goods."""
        super().__init__(till, goods, till.currency)
        self.loose = goods

    def head_words(self) -> str:
        """Say that there is no receipt."""
        return _("Refund without a receipt")

    def _help(self) -> str:
        return _("Scan the goods   ↑ ↓ line   digits: how many   F5: why, it is needed")

    def preview_query(self) -> PreviewRefundWithoutReceipt:
        """Return the question what goes back."""
        lines = tuple(
            # While it is only asked what goes back, a reason that is still missing is no hindrance.
            line.model_copy(update={"reason": line.reason or "?"})
            for line in self.loose.lines()
        )
        return PreviewRefundWithoutReceipt(lane=self.till.lane, lines=lines)

    def command(self, references: tuple[TenderReference, ...]) -> RefundWithoutReceipt:
        """Return the refund; it is paid in cash, so there are no references."""
        return RefundWithoutReceipt(
            refund_id=self.loose.refund_id, lane=self.till.lane, lines=self.loose.lines()
        )

    async def look(self) -> RefundPreview | None:
        """Ask what goes back; what the store gives for one stands in the lines."""
        asked = self.loose.coming
        preview = await super().look()
        if preview is not None:
            for row, line in zip(asked, preview.refund.lines, strict=False):
                self.loose.show_price(row, line.unit_paid_minor)
            self.board.redraw()
        return preview

    # --- goods ------------------------------------------------------------------------------------

    def take_scan(self, code: str) -> bool:
        """Goods come back."""
        if not self.on_its_way() and self.take_typed():
            self.flow(self._scanned(code))
        return True

    async def _scanned(self, code: str) -> None:
        found = await self.shell.store.ask(CheckPrice(code=code), ProductFound)
        if isinstance(found, Refused):
            self.say(found.explanation, "error", bell=True)
            return
        product = found.product
        await self._add(
            Wanted(
                key=0,
                product_id=product.product_id,
                code=product.code,
                name=product.name,
                unit=product.unit,
                by_weight=product.by_weight,
                each_minor=product.price_minor,
                back_thousandths=ONE,
            )
        )

    async def do_search(self) -> None:
        """Find goods by name."""
        from terminal_app.checkout.search import SearchDialog  # noqa: PLC0415  # start quickly

        if not self.take_typed():
            return
        hit = await self.app.push_screen_wait(SearchDialog("", self.currency))
        if hit is not None:
            await self._add(
                Wanted(
                    key=0,
                    product_id=hit.product_id,
                    code=hit.code,
                    name=hit.name,
                    unit=hit.unit,
                    by_weight=hit.by_weight,
                    each_minor=hit.price_minor,
                    back_thousandths=ONE,
                )
            )

    async def _add(self, goods: Wanted) -> None:
        if goods.by_weight:
            weight = await self._ask_weight(goods.name)
            if weight is None:
                return
            goods = replace(goods, back_thousandths=weight)
        self.loose.add(goods)
        self.say_sum()
        self.show_goods()
        if not goods.each_minor:
            await self.do_price()

    async def _ask_weight(self, name: str) -> int | None:
        def check(values: Values) -> Wrong | None:
            trouble = no_quantity(values[0])
            return Wrong(0, trouble) if trouble else None

        words = _("Weight in kg of {name}").format(name=name)
        form = Form(N_("Quantity"), [Asked(N_("Quantity"))], check, lambda: words)
        values = await self.app.push_screen_wait(form)
        return parse_thousandths(values[0]) if values else None

    # --- the keys of the registry -----------------------------------------------------------------

    async def do_price(self) -> None:
        """Give another price for one."""
        row = self.row_or_say()
        if row is None:
            return

        def check(values: Values) -> Wrong | None:
            return None if self.amount(values[0]) else Wrong(0, self.no_amount(values[0]))

        now = format_minor(row.each_minor, self.currency)
        words = _("{name}, now {price}").format(name=row.name, price=now)
        form = Form(N_("Price given"), [Asked(N_("For one"))], check, lambda: words)
        values = await self.app.push_screen_wait(form)
        price = self.amount(values[0]) if values else None
        if price:
            self.loose.price(row, price)
            self.show_goods()

    def do_remove(self) -> None:
        """These goods do not come back."""
        row = self.loose.chosen
        if self.on_its_way() or row is None:
            self.app.bell()
            return
        self.board.show_typed("")
        self.loose.remove(row)
        self.say(_("{name} is taken out.").format(name=row.name), "warning")
        self.show_goods()

    async def do_book(self) -> None:
        """Give back, when every line has its reason."""
        if not self.take_typed():
            return
        while missing := next((row for row in self.loose.coming if not row.reason), None):
            self.loose.pick(self.loose.rows.index(missing))
            self.board.redraw()
            await self.do_reason()
            row = self.loose.chosen
            if row is None or not row.reason:
                self.say(_("Without a receipt every line needs a reason."), "warning", bell=True)
                return
        await super().do_book()
