"""A basket as its rows: the sale, its lines, its payments; frozen values that the rules work on."""

import json
from dataclasses import dataclass, field

from protocol.identifiers import MemberId
from protocol.money import Rounding
from store_server.members.reading import Attached
from store_server.pricing.calculation import Discount
from store_server.pricing.calculation import Line as PricingLine
from store_server.pricing.cash_rounding import CashPart, CashRounding, cash_part
from store_server.pricing.tax import NO_TAX, Rate, TaxLine, tax_sums

OVERRIDE = "override"
PRINTED = "printed"
TYPED = "typed"
QUOTATION = "quotation"
"""A price that was quoted: nothing changes it, nor how much of the goods there is."""
EXCHANGE = "exchange"
"""The tender that stands for goods which came back; nobody takes it by hand."""


@dataclass(frozen=True, slots=True)
class Line:
    """A row of `sale_lines`, columns in table order without the sale's id."""

    line: int
    product_id: int
    code: str
    name: str
    unit: str
    by_weight: bool
    price_version: int
    quantity_thousandths: int
    normal_price_minor: int
    unit_price_minor: int
    price_kind: str
    override_reason: str = ""
    printed_amount_minor: int | None = None
    discount_amount_minor: int = 0
    discount_rate_ppm: int = 0
    discount_reason: str = ""
    note: str = ""
    voided: bool = False
    line_discount_minor: int = 0
    share_minor: int = 0
    amount_minor: int = 0
    list_price_minor: int = 0
    """What anybody pays for one: the promotional or the selling price, or what was typed or printed."""
    list_kind: str = ""
    tax: str = ""
    tax_name: str = ""
    tax_rate_ppm: int = 0
    tax_inclusive: bool = True
    tax_minor: int = 0
    """Its part of the tax of the rate: inside the amount, or on top of it."""
    category_id: int | None = None
    """The product's category when it was scanned."""
    offers_minor: int = 0
    """What offers and coupons took off it."""
    offers: str = ""
    """Which did, in their order: JSON pairs of name and amount; empty for none."""

    @property
    def savings(self) -> list[tuple[str, int]]:
        """What each offer or coupon took off it."""
        return [(name, minor) for name, minor in json.loads(self.offers)] if self.offers else []

    @property
    def rate(self) -> Rate:
        """The tax rate with which it was scanned."""
        if not self.tax:
            return NO_TAX
        return Rate(self.tax, self.tax_name, self.tax_rate_ppm, bool(self.tax_inclusive))

    @property
    def paid_minor(self) -> int:
        """What is paid for it, tax on top included."""
        return self.amount_minor if self.tax_inclusive else self.amount_minor + self.tax_minor

    @property
    def is_plain(self) -> bool:
        """True when nobody has decided anything about the line: more of the same may join it."""
        return not (
            self.voided
            or self.by_weight
            or self.note
            or self.price_kind in (OVERRIDE, QUOTATION)
            or self.printed_amount_minor is not None
            or self.discount_amount_minor
            or self.discount_rate_ppm
        )

    def to_price(self, categories: tuple[int, ...] = ()) -> PricingLine:
        """Return what the pricing rules need of it; `categories` are its own and those above it."""
        return PricingLine(
            self.quantity_thousandths,
            self.normal_price_minor,
            self.unit_price_minor,
            self.printed_amount_minor,
            Discount(self.discount_amount_minor, self.discount_rate_ppm, self.discount_reason),
            self.product_id,
            categories,
            bool(self.by_weight),
            self.price_kind,
            self.override_reason,
        )


@dataclass(frozen=True, slots=True)
class Tender:
    """A row of `sale_tenders`, columns in table order without the sale's id."""

    position: int
    tender_id: str
    tender: str
    name: str
    gives_change: bool
    opens_drawer: bool
    counts_in_drawer: bool
    amount_minor: int
    reference: str
    taken_at: str

    @property
    def is_cash(self) -> bool:
        """True: coins and notes, which cash rounding is about."""
        return bool(self.gives_change and self.counts_in_drawer)


@dataclass(frozen=True, slots=True)
class Sale:
    """A row of `sales`, columns in table order."""

    sale_id: str
    state: str
    lane: str
    operator_id: int
    operator_name: str
    currency: str
    version: int = 0
    discount_amount_minor: int = 0
    discount_rate_ppm: int = 0
    discount_reason: str = ""
    item_count_thousandths: int = 0
    gross_minor: int = 0
    sale_discount_minor: int = 0
    total_minor: int = 0
    rounding_minor: int = 0
    paid_minor: int = 0
    change_minor: int = 0
    started_at: str = ""
    parked_at: str | None = None
    park_note: str = ""
    recalled: bool = False
    ended_at: str | None = None
    shift_id: str | None = None
    business_date: str | None = None
    receipt_seq: int | None = None
    receipt_number: str | None = None
    form_id: int | None = None
    member_id: MemberId | None = None
    member_tier: int = 0
    member_tier_name: str = ""
    member_discount_ppm: int = 0
    member_lower_price: bool = False
    tax_added_minor: int = 0
    """The tax that comes on top of the lines; a part of the total."""
    cash_step_minor: int = 1
    cash_mode: str = "down"
    """How cash is rounded, as it was when the sale began."""
    credit_minor: int = 0
    """What goods are worth that came back for an exchange; when finished it is a payment."""
    credit_receipt: str = ""
    priced_at: str = ""
    """The moment whose offers hold for it: its last change before the payments; empty: no offers there."""
    spend_points: bool = False
    """True: the customer asks for prices in money and points."""
    price_points: int = 0
    """The points that go with the money."""
    coupons: str = ""
    """The coupons on it: JSON rows of code, name, what it takes off, why it gives nothing; empty for none."""

    @property
    def shown_coupons(self) -> list[tuple[str, str, int, str]]:
        """The coupons on it: code, name, what it takes off, why it gives nothing."""
        return [tuple(each) for each in json.loads(self.coupons)] if self.coupons else []

    @property
    def cash_rounding(self) -> CashRounding:
        """How the cash part is rounded."""
        return CashRounding(self.cash_step_minor, Rounding(self.cash_mode))

    @property
    def credit_used_minor(self) -> int:
        """What of the credit pays this sale, while it is no payment yet."""
        return 0 if self.state == "finished" else min(self.credit_minor, self.total_minor)

    @property
    def discount(self) -> Discount:
        """The discount on the sale as a whole."""
        return Discount(self.discount_amount_minor, self.discount_rate_ppm, self.discount_reason)


@dataclass(frozen=True, slots=True)
class Basket:
    """A sale with its lines by number and its payments in order."""

    sale: Sale
    lines: tuple[Line, ...] = field(default=())
    tenders: tuple[Tender, ...] = field(default=())
    member: Attached | None = None
    """Who is beside the sale, as the member is now; what was true at the sale is on its row."""

    @property
    def live(self) -> list[Line]:
        """The lines that are sold."""
        return [line for line in self.lines if not line.voided]

    @property
    def is_empty(self) -> bool:
        """True: nothing to sell in it, no payment, and nothing that came back for it."""
        return not self.tenders and not self.sale.credit_minor and all(line.voided for line in self.lines)

    @property
    def due_minor(self) -> int:
        """What is still to be paid."""
        sale = self.sale
        paid = sale.paid_minor + sale.credit_used_minor
        return max(sale.total_minor + sale.rounding_minor - paid, 0)

    @property
    def cash(self) -> CashPart:
        """What cash has to do with it: all that the other payments leave over."""
        handed = sum(tender.amount_minor for tender in self.tenders if tender.is_cash)
        others = sum(tender.amount_minor for tender in self.tenders if not tender.is_cash)
        rest = self.sale.total_minor - self.sale.credit_used_minor - others
        return cash_part(rest, handed, self.sale.cash_rounding)

    @property
    def cash_due_minor(self) -> int:
        """What is still to be paid when cash pays all of the rest."""
        return self.cash.due_minor if self.due_minor else 0

    @property
    def taxes(self) -> tuple[TaxLine, ...]:
        """The tax by rate, as its lines have it."""
        return tax_sums([(line.rate, line.paid_minor, line.tax_minor) for line in self.live])

    def line(self, number: int) -> Line | None:
        """Return the line of that number, voided or not."""
        return next((line for line in self.lines if line.line == number), None)
