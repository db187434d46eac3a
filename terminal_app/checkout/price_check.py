"""What does it cost? Scan or type; nothing is sold."""

from collections.abc import Iterable

from textual.widget import Widget

from protocol.language import N_, _
from protocol.messages.base import Refused
from protocol.messages.catalogue import CheckPrice, ProductFound, ProductView
from protocol.money import format_minor
from protocol.quantity import format_thousandths
from terminal_app.place import Dialog
from terminal_app.widgets.big_digits import big
from terminal_app.widgets.cells import centre, fit
from terminal_app.widgets.field import Entry, Field
from terminal_app.widgets.panel import Line, Panel


class PriceSign(Panel):
    """The price in large digits with the name above."""

    DEFAULT_CSS = "PriceSign { height: 8; background: $surface; }"

    def __init__(self, currency: str) -> None:
        """Show nothing yet."""
        super().__init__(id="price-sign")
        self.product: ProductView | None = None
        self._currency = currency

    def build(self, width: int, height: int) -> list[Line]:
        """Name, price, stock."""
        product = self.product
        if product is None:
            return [((centre(_("Scan it, or type its code."), width), "quiet"),)]
        price, was = product.price_minor, ""
        promotion = product.promotional_price_minor
        if promotion is not None:
            was = _("promotion: {price}").format(price=format_minor(promotion, self._currency, symbol=True))
        per = _("per {unit}").format(unit=product.unit) if product.unit else ""
        stock = _("in stock: {quantity}").format(quantity=format_thousandths(product.stock_thousandths))
        digits = big(format_minor(price, self._currency, symbol=True))
        return [
            ((centre(product.name, width), "strong"),),
            *(((centre(row, width), "total"),) for row in digits),
            ((centre("   ".join(part for part in (per, was, stock) if part), width), "quiet"),),
            ((fit("", width), ""),),
        ]


class PriceCheck(Dialog[None]):
    """Stays open for the next one until Esc."""

    TITLE_WORDS = N_("Price check")
    KEY_WORDS = N_("Enter: look   Esc: back")

    def __init__(self, code: str, currency: str) -> None:
        """Begin with this code."""
        super().__init__()
        self._code = code
        self._currency = currency

    def body(self) -> Iterable[Widget]:
        """A line to type in, and the price."""
        yield Field(N_("Code"), id="checked", value=self._code)
        yield PriceSign(self._currency)

    def on_mount(self) -> None:
        """Look at once for what was typed before."""
        if self._code:
            self.flow(self._look(self._code))

    def take_scan(self, code: str) -> bool:
        """Look what was scanned costs."""
        self.flow(self._look(code))
        return True

    async def accept(self) -> None:
        """Look what was typed costs."""
        code = self.query_one("#checked", Entry).value.strip()
        if code:
            await self._look(code)

    async def _look(self, code: str) -> None:
        answer = await self.shell.store.ask(CheckPrice(code=code), ProductFound)
        sign = self.query_one(PriceSign)
        if isinstance(answer, Refused):
            self.say(answer.explanation, "error", bell=True)
            sign.product = None
        else:
            self.say("")
            sign.product = answer.product
        self.query_one("#checked", Entry).value = ""
        sign.redraw()
