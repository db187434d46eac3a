"""What a cashier does with goods: search, quantity, price, discount, note, void, park, recall."""

from collections.abc import Coroutine
from typing import Any

from protocol.language import N_, _
from protocol.messages.base import Refused
from protocol.messages.sales import (
    AddProduct,
    CancelSale,
    ChangeQuantity,
    DiscountLine,
    DiscountSale,
    LineView,
    NoteLine,
    OverridePrice,
    ParkSale,
    RecallSale,
    VoidLine,
)
from protocol.money import format_minor
from protocol.quantity import ONE, format_thousandths, parse_thousandths
from terminal_app.checkout.flow_base import FlowBase
from terminal_app.checkout.quantity_words import no_quantity
from terminal_app.checkout.till import WaitingScan
from terminal_app.screens.form import Asked, Form, Values, Wrong
from terminal_app.screens.question import Question

_REFUSED_FOR_QUANTITY = frozenset({"weight_needed", "quantity_needed"})
_REFUSED_FOR_PRICE = frozenset({"price_needed", "open_price"})


class GoodsFlows(FlowBase):
    """The group “Goods” of the registry."""

    async def do_search(self) -> None:
        """Find goods by a part of their name; what was typed is where the search begins."""
        await self.search(self.typed_text())

    async def search(self, text: str) -> None:
        """Open the search with this text, and sell what is chosen."""
        from terminal_app.checkout.search import SearchDialog  # noqa: PLC0415  # start quickly

        found = await self.app.push_screen_wait(SearchDialog(text, self.till.currency))
        if found is None:
            return
        quantity = ONE
        if found.by_weight:
            weight = await self._ask_quantity(_("Weight in kg of {name}").format(name=found.name), "")
            if weight is None:
                return
            quantity = weight
        request = AddProduct(
            sale_id=self.till.sale_id(),
            lane=self.till.lane,
            product_id=found.product_id,
            quantity_thousandths=quantity,
        )
        answer = await self.till.in_turn(request)
        if isinstance(answer, Refused) and self._wants_price(answer):
            price = await self._ask_price(found.name)
            if price is not None:
                await self.change(request.model_copy(update={"price_minor": price}))
            return
        if isinstance(answer, Refused):
            self.say(answer.explanation, "error", bell=True)
        else:
            self.till.take(answer)
            self.till.show_item()

    def after_refusal(self, scan: WaitingScan, refusal: Refused) -> Coroutine[Any, Any, None] | None:
        """Return what to do after a scan was refused for want of a weight, a price, or a barcode."""
        if refusal.code in _REFUSED_FOR_QUANTITY or refusal.field == "quantity_thousandths":
            return self._weigh(scan, refusal)
        if self._wants_price(refusal):
            return self._price(scan)
        if refusal.code.startswith("unknown") and not scan.code.isdigit():
            return self.search(scan.code)
        return None

    @staticmethod
    def _wants_price(refusal: Refused) -> bool:
        return refusal.code in _REFUSED_FOR_PRICE or refusal.field == "price_minor"

    async def _weigh(self, scan: WaitingScan, refusal: Refused) -> None:
        quantity = await self._ask_quantity(refusal.explanation, "")
        if quantity is not None:
            self.till.scan(WaitingScan(scan.code, quantity, scan.price_minor))

    async def _price(self, scan: WaitingScan) -> None:
        price = await self._ask_price(scan.code)
        if price is not None:
            self.till.scan(WaitingScan(scan.code, scan.quantity_thousandths, price))

    async def _ask_price(self, name: str) -> int | None:
        def check(values: Values) -> Wrong | None:
            return None if self.amount(values[0]) else Wrong(0, self.no_amount(values[0]))

        words = _("{name} has no fixed price. What does it cost?").format(name=name)
        values = await self.app.push_screen_wait(
            Form(N_("Price"), [Asked(N_("Unit price"))], check, lambda: words)
        )
        return self.amount(values[0]) if values else None

    async def _ask_quantity(self, words: str, value: str) -> int | None:
        def check(values: Values) -> Wrong | None:
            trouble = no_quantity(values[0])
            return Wrong(0, trouble) if trouble else None

        form = Form(N_("Quantity"), [Asked(N_("Quantity"), value)], check, lambda: words)
        values = await self.app.push_screen_wait(form)
        return parse_thousandths(values[0]) if values else None

    async def do_quantity(self) -> None:
        """Set the quantity of the chosen line."""
        line = self.line_or_say()
        text = self.typed_text()
        if line is None:
            return
        trouble = no_quantity(text) if text else None
        if trouble:
            self.say(trouble, "error", bell=True)
            return
        quantity = (
            parse_thousandths(text)
            if text
            else await self._ask_quantity(line.name, format_thousandths(line.quantity_thousandths))
        )
        if quantity is not None:
            await self.change_line(
                ChangeQuantity(sale_id=self.till.sale_id(), line=line.line, quantity_thousandths=quantity)
            )

    async def change_line(
        self, request: ChangeQuantity | NoteLine | OverridePrice | DiscountLine | VoidLine
    ) -> None:
        """Change a line and show it to the customer too."""
        if await self.change(request):
            self.till.show_item()

    async def do_price(self) -> None:
        """Sell the chosen line at another price."""
        line = self.line_or_say()
        text = self.typed_text()
        if line is None:
            return

        def check(values: Values) -> Wrong | None:
            if self.amount(values[0]) is None:
                return Wrong(0, self.no_amount(values[0]))
            return None if values[1] else Wrong(1, _("Write why, for the books."))

        now = format_minor(line.unit_price_minor, self.till.currency)
        words = _("{name}, now {price}").format(name=line.name, price=now)
        asked = [Asked(N_("New unit price"), text), Asked(N_("Reason"))]
        values = await self.app.push_screen_wait(Form(N_("Another price"), asked, check, lambda: words))
        price = self.amount(values[0]) if values else None
        if values and price is not None:
            await self.change_line(
                OverridePrice(
                    sale_id=self.till.sale_id(), line=line.line, unit_price_minor=price, reason=values[1]
                )
            )

    async def do_discount(self) -> None:
        """Take something off the chosen line, or off the whole sale."""
        if self.basket_or_say() is None:
            return
        from terminal_app.checkout.discount import Discount, DiscountDialog  # noqa: PLC0415  # start quickly

        line = self.till.chosen if self.till.chosen and not self.till.chosen.voided else None
        given: Discount | None = await self.app.push_screen_wait(DiscountDialog(line, self.till.currency))
        if given is None:
            return
        if given.line is None:
            await self.change(
                DiscountSale(
                    sale_id=self.till.sale_id(),
                    amount_minor=given.amount_minor,
                    rate_ppm=given.rate_ppm,
                    reason=given.reason,
                )
            )
        else:
            await self.change_line(
                DiscountLine(
                    sale_id=self.till.sale_id(),
                    line=given.line,
                    amount_minor=given.amount_minor,
                    rate_ppm=given.rate_ppm,
                    reason=given.reason,
                )
            )

    async def do_note(self) -> None:
        """Write a note on the chosen line."""
        line = self.line_or_say()
        if line is None:
            return
        name = line.name
        values = await self.app.push_screen_wait(
            Form(N_("Note"), [Asked(N_("Note"), line.note, max_length=200)], hint=lambda: name)
        )
        if values is not None:
            await self.change_line(NoteLine(sale_id=self.till.sale_id(), line=line.line, note=values[0]))

    async def do_void(self) -> None:
        """Take the chosen line out."""
        line: LineView | None = self.line_or_say()
        if line is not None and await self.change(VoidLine(sale_id=self.till.sale_id(), line=line.line)):
            self.say(_("{name} is taken out.").format(name=line.name), "warning")

    async def do_cancel_sale(self) -> None:
        """Give the basket up, after a question."""
        basket = self.basket_or_say()
        if basket is None:
            return
        total = format_minor(basket.total_minor, basket.currency, symbol=True)
        sure = await self.app.push_screen_wait(
            Question(N_("Cancel sale"), lambda: _("Give up the whole basket of {total}?").format(total=total))
        )
        if sure and await self.change(CancelSale(sale_id=basket.sale_id)):
            self.till.clear()
            self.say(_("The basket was given up."), "warning")

    async def do_park(self) -> None:
        """Put the basket aside."""
        basket = self.basket_or_say()
        if basket is None or not self.quiet_or_say():
            return
        words = _("Any lane can recall it. A word helps to find it again.")
        values = await self.app.push_screen_wait(Form(N_("Park"), [Asked(N_("Note"))], hint=lambda: words))
        if values is not None and await self.change(ParkSale(sale_id=basket.sale_id, note=values[0])):
            self.till.clear()
            self.say(_("The basket is parked."), "good")

    async def do_recall(self) -> None:
        """Take a parked basket to this lane."""
        if self.till.open_basket is not None:
            self.say(_("There is a basket here already. Park it or finish it first."), "warning", bell=True)
            return
        from terminal_app.checkout.recall import RecallDialog  # noqa: PLC0415  # start quickly

        sale_id = await self.app.push_screen_wait(RecallDialog(self.till.currency))
        if sale_id is not None and await self.change(RecallSale(sale_id=sale_id, lane=self.till.lane)):
            self.say(_("The basket is here again."), "good")

    async def do_price_check(self) -> None:
        """See what something costs."""
        from terminal_app.checkout.price_check import PriceCheck  # noqa: PLC0415  # start quickly

        await self.app.push_screen_wait(PriceCheck(self.typed_text(), self.till.currency))
