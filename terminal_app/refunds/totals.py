"""What the total panel says of goods that came back: what is to be given back, and how."""

from collections.abc import Sequence

from protocol.language import _
from protocol.messages.refunds import RefundDone
from protocol.messages.sales import BasketView, SaleDone, TenderKindView
from protocol.money import format_minor

Content = tuple[str, int, list[str]]
"""The label, the amount in large digits, the words beside it."""


def credit_words(basket: BasketView) -> list[str]:
    """Return what the goods of an exchange pay, in words; nothing where nothing came back."""
    if not basket.credit_minor:
        return []
    amount = format_minor(-basket.credit_minor, basket.currency)
    return [_("Returned goods {amount}").format(amount=amount)]


def refund_content(done: RefundDone, kinds: Sequence[TenderKindView]) -> Content:
    """Return the cash that is to be given back, in large; without cash, all that went back."""
    refund = done.refund
    in_drawer = {kind.tender for kind in kinds if kind.counts_in_drawer}
    cash = sum(each.amount_minor for each in refund.tenders if each.tender in in_drawer)
    words = [refund.refund_number]
    words += [
        f"{each.name} {format_minor(each.amount_minor, refund.currency)}"
        for each in refund.tenders
        if each.tender not in in_drawer
    ]
    if cash:
        return _("GIVE BACK"), cash, words
    return _("GIVEN BACK"), refund.paid_back_minor, words


def exchange_content(done: SaleDone, words: list[str]) -> Content:
    """Return what the customer gets back at the end of an exchange, or the change."""
    if done.paid_out_minor:
        return _("GIVE BACK"), done.paid_out_minor + done.change_minor, words
    if done.basket.pay_out_minor:
        return _("GIVEN BACK"), done.basket.pay_out_minor, words
    return _("CHANGE"), done.change_minor, words
