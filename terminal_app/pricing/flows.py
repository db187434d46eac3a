"""What a cashier does about prices: ask why, use coupons, sell for money and points, sell a quotation."""

from collections.abc import Coroutine
from typing import Any

from protocol.identifiers import SaleId, new_id
from protocol.language import N_, _
from protocol.messages.base import Refused
from protocol.messages.offers import ExplainSale, NearlyReason, SaleExplained, SpendPoints
from protocol.messages.quotations import GetQuotation, QuotationFound, QuotationView, SellQuotation
from protocol.messages.sales import BasketState, BasketView, GetSale, ListSales, SaleRows
from protocol.money import format_minor
from terminal_app.actions import ACTIONS, key_words
from terminal_app.checkout.goods_flows import GoodsFlows
from terminal_app.checkout.till import WaitingScan
from terminal_app.members.panel import points_words
from terminal_app.pricing.codes import is_quotation_number
from terminal_app.refunds.numbers import whole_number
from terminal_app.screens.form import Asked, Form
from terminal_app.screens.question import Question


class PriceFlows(GoodsFlows):
    """The group “Prices and coupons” of the registry."""

    # --- why --------------------------------------------------------------------------------------

    async def do_explain(self) -> None:
        """Explain the chosen line; without a basket the last sale here; or the typed receipt."""
        from terminal_app.pricing.explain_screen import ExplainScreen  # noqa: PLC0415  # start quickly

        typed, basket, line = self.typed_text(), self.till.basket, None
        if typed:
            basket = await self._sale_of(self.receipt_number(typed))
        elif basket is not None and basket.lines:
            chosen = self.till.chosen
            line = chosen.line if chosen is not None and not chosen.voided else None
        else:
            basket = await self._last_sale()
        if basket is not None:
            await self.app.push_screen_wait(ExplainScreen(basket, line, self.receipt_number))

    def receipt_number(self, typed: str) -> str:
        """Return the number that was meant: `42` is number 42 of this lane today."""
        greeting = self.till.greeting
        store = greeting.store_code if greeting is not None else ""
        return whole_number(typed.upper(), store, self.till.lane, self.till.shift.business_date)

    async def _last_sale(self) -> BasketView | None:
        """Return the sale that was finished last here; who may not see sales is asked for its receipt."""
        if self.till.done is not None:
            return self.till.done.basket
        answer = await self.shell.store.ask(ListSales(lane=self.till.lane, limit=1), SaleRows)
        if isinstance(answer, SaleRows) and answer.sales:
            return await self._sale_of(answer.sales[0].receipt_number)
        words = _("The basket is empty. Which receipt is it about?")
        form = Form(N_("Why does it cost that?"), [Asked(N_("Receipt number"))], hint=lambda: words)
        values = await self.app.push_screen_wait(form)
        return await self._sale_of(self.receipt_number(values[0])) if values and values[0] else None

    async def _sale_of(self, number: str) -> BasketView | None:
        answer = await self.shell.store.ask(GetSale(receipt_number=number), BasketState)
        if isinstance(answer, Refused):
            self.say(answer.explanation, "error", bell=True)
            return None
        if answer.basket is None:
            self.say(_("There is no receipt {number}.").format(number=number), "error", bell=True)
        return answer.basket

    # --- coupons ----------------------------------------------------------------------------------

    async def do_coupons(self) -> None:
        """See, add and remove the coupons of the sale; what was typed is the first code."""
        from terminal_app.pricing.coupons_dialog import CouponsDialog  # noqa: PLC0415  # start quickly

        typed = self.typed_text()
        if self.till.basket is None:
            self.say(_("Scan the goods first, then the coupon."), "warning", bell=True)
            return
        await self.app.push_screen_wait(CouponsDialog(self.till, typed))

    def coupon_taken(self, code: str) -> None:
        """A scan has put a coupon on the sale: say what it gives."""
        from terminal_app.pricing.coupons_dialog import coupon_said  # noqa: PLC0415  # start quickly

        basket = self.till.basket
        if basket is None:
            return
        words = coupon_said(basket, code)
        if any(each.saved_minor == 0 for each in basket.coupons):
            more = _("{key} shows what is missing.").format(key=self._key_of_prices("checkout.coupons"))
            words = f"{words} {more}"
        self.shell.tell(words, "good")

    # --- money and points -------------------------------------------------------------------------

    async def do_points_price(self) -> None:
        """Ask for prices in money and points, or for prices in money again."""
        basket = self.basket_or_say()
        if basket is None:
            return
        answer = await self.change(SpendPoints(sale_id=basket.sale_id, wanted=not basket.spend_points))
        if answer is None:
            return
        basket = answer.basket
        if not basket.spend_points:
            self.say(_("Prices are in money again."), "warning")
        elif basket.price_points:
            total = format_minor(basket.total_minor, basket.currency, symbol=True)
            text = _("The customer pays {amount} and {points}; the points go when the sale is finished.")
            self.say(text.format(amount=total, points=points_words(basket.price_points)), "good")
        else:
            words = await self._why_no_points_price(basket)
            # Not kept: the same key after the next scan shall ask for it, not give it up.
            await self.change(SpendPoints(sale_id=basket.sale_id, wanted=False))
            self.say(words, "warning", bell=True)

    async def _why_no_points_price(self, basket: BasketView) -> str:
        """Return what is missing for a price in money and points: points, or goods that have one."""
        answer = await self.shell.store.ask(ExplainSale(sale_id=basket.sale_id), SaleExplained)
        if isinstance(answer, SaleExplained):
            for nearly in answer.explanation.nearly:
                if nearly.reason is NearlyReason.POINTS:
                    return nearly.words
        return _("Nothing in this basket has a price in money and points yet.")

    # --- quotations -------------------------------------------------------------------------------

    async def do_quotation(self) -> None:
        """Choose an approved quotation and take it into the basket."""
        from terminal_app.pricing.quotation_dialog import QuotationDialog  # noqa: PLC0415  # start quickly

        typed = self.typed_text()
        if not self._free_for_quotation():
            return
        found = await self.app.push_screen_wait(QuotationDialog(typed, self.till.currency))
        if found is not None:
            await self._sell_quotation(found)

    def _free_for_quotation(self) -> bool:
        if self.till.open_basket is not None:
            self.say(_("There is a basket here already. Park it or finish it first."), "warning", bell=True)
            return False
        return self.quiet_or_say()

    async def _sell_quotation(self, quotation: QuotationView) -> None:
        if quotation.quotation_id is None:
            return
        request = SellQuotation(
            quotation_id=quotation.quotation_id, sale_id=SaleId(new_id()), lane=self.till.lane
        )
        if await self.change(request):
            words = _("Quotation {number} for {customer} is in the basket at its prices.")
            self.say(words.format(number=quotation.number, customer=quotation.customer), "good")

    async def _quotation_scanned(self, number: str) -> None:
        """Ask whether it is to be sold."""
        self.say("")
        if not self._free_for_quotation():
            return
        answer = await self.shell.store.ask(GetQuotation(number=number.strip().upper()), QuotationFound)
        if isinstance(answer, Refused):
            self.say(answer.explanation, "error", bell=True)
            return
        view = answer.quotation
        total = format_minor(view.total_minor, self.till.currency, symbol=True)
        text = _("Quotation {number} for {customer} over {total}. Sell it now?")
        words = text.format(number=view.number, customer=view.customer, total=total)
        if await self.app.push_screen_wait(Question(N_("Quotation"), lambda: words)):
            await self._sell_quotation(view)

    # --- scans ------------------------------------------------------------------------------------

    def after_refusal(self, scan: WaitingScan, refusal: Refused) -> Coroutine[Any, Any, None] | None:
        """A code that is no goods may be the number of a quotation."""
        if refusal.code.startswith("unknown") and is_quotation_number(scan.code):
            return self._quotation_scanned(scan.code)
        return super().after_refusal(scan, refusal)

    def _key_of_prices(self, action: str) -> str:
        return key_words(self.shell.keys.keys.get(action, ACTIONS[action].key))
