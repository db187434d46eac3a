"""Taxes: the rates that the shop applies, and what a sale or a refund has of each."""

from typing import Annotated

from pydantic import Field, StrictBool

from protocol.messages.base import Answer, Command, Fact, Minor, Model, Name, PartsPerMillion, Query
from protocol.permissions import Permission

TaxCode = Annotated[str, Field(max_length=20)]
"""The short code of a rate: `vat13`; empty for none."""


class TaxRateView(Model):
    """A tax rate, as data. The nearest one above decides: product, category and those above it, the shop."""

    tax: TaxCode
    """Its short code: small letters and digits."""
    name: Name
    """What the receipt calls it: `VAT 13 %`."""
    rate_ppm: Annotated[PartsPerMillion, Field(le=1_000_000)]
    """The rate: 130000 is 13 %; 0 is a rate too, it is shown."""
    inclusive: StrictBool = True
    """True: prices include it. False: it comes on top of them."""
    active: StrictBool = True
    """False: goods that name it pay no tax."""
    shop_default: StrictBool = False
    """True: it holds for all goods for which neither product nor category names one; at most one rate."""


class TaxRates(Answer):
    """The tax rates."""

    rates: tuple[TaxRateView, ...]
    """All of them, by code."""


class ListTaxRates(Query):
    """The shop's tax rates."""

    answer = TaxRates


class SaveTaxRate(Command):
    """Add a tax rate or change one; sales that were made keep what was true for them."""

    answer = TaxRates
    permission = Permission.MANAGE_SETTINGS
    rate: TaxRateView
    """The rate as it is to be from now on."""


class TaxLineView(Model):
    """What a sale or a refund has of one rate; rounded once."""

    tax: TaxCode
    """The code of the rate."""
    name: Name
    """What it was called at the sale."""
    rate_ppm: PartsPerMillion
    """The rate at the sale."""
    inclusive: StrictBool
    """True: the prices included it."""
    net_minor: Minor
    """Without the tax."""
    tax_minor: Minor
    """The tax."""
    gross_minor: Minor
    """With the tax: what was paid."""


class TaxRateChanged(Fact):
    """A tax rate was added or changed."""

    rate: TaxRateView
    """The rate as it is now."""
