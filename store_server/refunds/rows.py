"""A refund as its rows: frozen values, columns in table order."""

from dataclasses import dataclass

from store_server.pricing.tax import Rate, TaxLine, tax_sums


@dataclass(frozen=True, slots=True)
class Refund:
    """A row of `refunds`."""

    refund_id: str
    refund_number: str
    lane: str
    business_date: str
    refund_seq: int
    sale_id: str | None
    receipt_number: str
    exchange_sale_id: str | None
    refunded_at: str
    operator_id: int
    operator_name: str
    approver_id: int | None
    approver_name: str
    shift_id: str
    currency: str
    amount_minor: int
    rounding_minor: int
    kept_minor: int
    paid_back_minor: int
    points_taken: int
    points_returned: int
    member_id: int | None
    form_id: int


@dataclass(frozen=True, slots=True)
class RefundLine:
    """A row of `refund_lines` without the refund's id."""

    position: int
    sale_id: str | None
    line: int | None
    product_id: int
    code: str
    name: str
    unit: str
    quantity_thousandths: int
    unit_paid_minor: int
    amount_minor: int
    tax: str
    tax_name: str
    tax_rate_ppm: int
    tax_inclusive: bool
    tax_minor: int
    disposition: str
    reason: str

    @property
    def rate(self) -> Rate:
        """The tax rate of the sale."""
        return Rate(self.tax, self.tax_name, self.tax_rate_ppm, bool(self.tax_inclusive))


@dataclass(frozen=True, slots=True)
class RefundTender:
    """A row of `refund_tenders` without the refund's id."""

    position: int
    source_id: str | None
    tender: str
    name: str
    counts_in_drawer: bool
    value_minor: int
    settled_minor: int
    amount_minor: int
    reference: str
    coins_minor: int = 0
    """What coins made of it, beside its part of the sale's cash rounding."""


@dataclass(frozen=True, slots=True)
class Whole:
    """A refund with its lines and payments."""

    refund: Refund
    lines: tuple[RefundLine, ...]
    tenders: tuple[RefundTender, ...]

    @property
    def taxes(self) -> tuple[TaxLine, ...]:
        """The tax by rate."""
        return taxes_of(self.lines)


def taxes_of(lines: tuple[RefundLine, ...]) -> tuple[TaxLine, ...]:
    """Return the tax in the lines by rate."""
    return tax_sums([(line.rate, line.amount_minor, line.tax_minor) for line in lines])
