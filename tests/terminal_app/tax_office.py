"""The tax rates of the store in memory."""

# ruff: noqa: N802  # the methods are named after the messages that they answer

from protocol.messages.base import Answer
from protocol.messages.taxes import ListTaxRates, SaveTaxRate, TaxRates, TaxRateView

VAT13 = TaxRateView(tax="vat13", name="VAT 13 %", rate_ppm=130_000, shop_default=True)
VAT9 = TaxRateView(tax="vat9", name="VAT 9 %", rate_ppm=90_000)
OLD = TaxRateView(tax="old17", name="VAT 17 %", rate_ppm=170_000, active=False)


class TaxAnswers:
    """What the console asks about tax; a part of every store in memory, because goods name their rate."""

    def __init__(self) -> None:
        self.taxes: tuple[TaxRateView, ...] = (OLD, VAT13, VAT9)

    def ListTaxRates(self, r: ListTaxRates) -> Answer:
        return TaxRates(rates=tuple(sorted(self.taxes, key=lambda rate: rate.tax)))

    def SaveTaxRate(self, r: SaveTaxRate) -> Answer:
        others = [rate for rate in self.taxes if rate.tax != r.rate.tax]
        if r.rate.shop_default:
            others = [rate.model_copy(update={"shop_default": False}) for rate in others]
        self.taxes = (*others, r.rate)
        return self.ListTaxRates(ListTaxRates())
