"""The end of a sale that may be an exchange: what a machine or an app gives back needs its reference."""

from protocol.language import N_, _
from protocol.messages.base import Refused
from protocol.messages.refunds import (
    ExchangeSale,
    FindSaleForRefund,
    PaidTender,
    RefundableSale,
    TenderReference,
)
from protocol.messages.sales import Basket, SaleDone
from protocol.money import format_minor
from terminal_app.checkout.till import Till
from terminal_app.refunds.wanted import REFERENCE_WORDS
from terminal_app.screens.form import Asked, Form, Values, Wrong
from terminal_app.shell import ShellApp


async def finish_sale(shell: ShellApp, till: Till) -> SaleDone | Refused:
    """Finish the till's sale; where the store wants references for what goes back, ask for them first.

    To be awaited in a flow, because it may open a dialog.
    """
    answer = await till.finish()
    exchange, basket = till.exchange, till.basket
    if not isinstance(answer, Refused) or answer.code != "reference_needed":
        return answer
    if exchange is None or basket is None or exchange.sale_id != basket.sale_id:
        return answer
    sale = await till.store.ask(FindSaleForRefund(sale_id=exchange.returned_sale_id), RefundableSale)
    if isinstance(sale, Refused):
        return sale
    references = await _ask_references(shell, till, sale, answer)
    if references is None:
        return answer
    again = exchange.model_copy(update={"references": references})
    trouble = await _exchange_again(shell, till, again)
    return trouble if trouble is not None else await till.finish()


async def _ask_references(
    shell: ShellApp, till: Till, sale: RefundableSale, refusal: Refused
) -> tuple[TenderReference, ...] | None:
    wanted: list[PaidTender] = [each for each in sale.tenders if each.needs_reference and each.left_minor > 0]
    amount = format_minor(till.basket.pay_out_minor if till.basket else 0, till.currency, symbol=True)
    text = _("{amount} go back to the customer. {why}")
    words = text.format(amount=amount, why=refusal.explanation)

    def check(values: Values) -> Wrong | None:
        return None if any(values) else Wrong(0, _(REFERENCE_WORDS))

    asked = [Asked(f"{each.name} {each.reference}".strip(), max_length=60) for each in wanted]
    values = await shell.push_screen_wait(Form(N_("Exchange"), asked, check, lambda: words))
    if values is None:
        return None
    pairs = zip(wanted, values, strict=True)
    return tuple(TenderReference(tender_id=each.tender_id, reference=value) for each, value in pairs if value)


async def _exchange_again(shell: ShellApp, till: Till, again: ExchangeSale) -> Refused | None:
    answer = await shell.order(again, Basket)
    if isinstance(answer, Refused):
        return answer
    till.exchange = again
    till.take(answer)
    return None
