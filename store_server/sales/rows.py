"""A basket as its rows: the sale, its lines, its payments; frozen values that the rules work on."""

from dataclasses import dataclass, field

from protocol.identifiers import MemberId
from store_server.members.reading import Attached
from store_server.pricing.calculation import Discount
from store_server.pricing.calculation import Line as PricingLine

OVERRIDE = "override"
PRINTED = "printed"
TYPED = "typed"


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

    @property
    def is_plain(self) -> bool:
        """True when nobody has decided anything about the line: more of the same may join it."""
        return not (
            self.voided
            or self.by_weight
            or self.note
            or self.price_kind == OVERRIDE
            or self.printed_amount_minor is not None
            or self.discount_amount_minor
            or self.discount_rate_ppm
        )

    def to_price(self) -> PricingLine:
        """Return what the pricing rules need of it."""
        return PricingLine(
            self.quantity_thousandths,
            self.normal_price_minor,
            self.unit_price_minor,
            self.printed_amount_minor,
            Discount(self.discount_amount_minor, self.discount_rate_ppm),
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

    @property
    def discount(self) -> Discount:
        """The discount on the sale as a whole."""
        return Discount(self.discount_amount_minor, self.discount_rate_ppm)


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
        """True: nothing to sell in it, and no payment."""
        return not self.tenders and all(line.voided for line in self.lines)

    @property
    def due_minor(self) -> int:
        """What is still to be paid."""
        sale = self.sale
        return max(sale.total_minor + sale.rounding_minor - sale.paid_minor, 0)

    def line(self, number: int) -> Line | None:
        """Return the line of that number, voided or not."""
        return next((line for line in self.lines if line.line == number), None)
