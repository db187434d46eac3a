"""What exactly a refund would do: the lines, the tenders, the points; decided before anything is written."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TypeVar

from protocol.identifiers import SaleId
from protocol.language import _
from protocol.messages.base import Refused
from protocol.messages.refunds import Disposition, ReturnLine, TenderReference
from protocol.quantity import ONE, format_thousandths
from store_server.database.unit_of_work import Work
from store_server.points.refunds import Reversal
from store_server.points.refunds import reverse_for_refund as reverse_points
from store_server.pricing.cash_rounding import CashRounding, paid_out_rounding
from store_server.pricing.returned import VALUE_ALONE, GoodsBack
from store_server.refunds import tables
from store_server.refunds.goods_back import came_back
from store_server.refunds.rows import RefundLine, RefundTender
from store_server.refunds.rules import (
    CashTender,
    Payment,
    Settled,
    Sold,
    Source,
    Wishes,
    after,
    credit_of,
    settle,
    worth,
)
from store_server.refunds.sources import sources_of
from store_server.sales import tables as sales
from store_server.sales.rows import EXCHANGE, Basket, Line
from store_server.sales.rules import safe_reference
from store_server.shifts.rules import denominations

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Plan:
    """A refund as it would be."""

    lines: tuple[RefundLine, ...]
    settled: Settled
    reversal: Reversal = field(default=Reversal())
    basket: Basket | None = None
    """The sale that it is of; None: without a receipt."""
    returned_minor: int = 0
    """The value that will have come back of the sale in all."""
    goods: GoodsBack = VALUE_ALONE
    """The goods that will have."""
    credit_minor: int = 0
    """Of an exchange: what it is worth for the new goods."""

    @property
    def amount_minor(self) -> int:
        """What was paid for the goods."""
        return sum(line.amount_minor for line in self.lines)

    @property
    def rounding_minor(self) -> int:
        """The cash rounding, signed."""
        return self.settled.paid_back_minor + self.settled.kept_minor - self.amount_minor


def finished_sale(work: Work, sale_id: SaleId) -> Basket | Refused:
    """Return the sale whose goods come back, or why none can."""
    basket = sales.read_basket(work.db, sale_id)
    if basket is None:
        return Refused(code="no_such_sale", field="sale_id", explanation=_("This sale does not exist."))
    if basket.sale.state != "finished":
        text = _("This sale is not finished: take its lines or payments back instead.")
        return Refused(code="not_finished", field="sale_id", explanation=text)
    return basket


def sold_lines(work: Work, basket: Basket) -> dict[int, Sold]:
    """Return the lines that were sold with what came back of each."""
    back = tables.returned(work.db, basket.sale.sale_id)
    none = tables.Returned()
    return {
        line.line: Sold(
            line.quantity_thousandths,
            line.paid_minor,
            line.tax_minor,
            back.get(line.line, none).quantity_thousandths,
            back.get(line.line, none).amount_minor,
            back.get(line.line, none).tax_minor,
        )
        for line in basket.live
    }


def unit_paid(sold: Sold) -> int:
    """Return what was paid for one, rounded down; of less than one what one would have cost."""
    return sold.paid_minor * ONE // sold.quantity_thousandths


def _line_problem(line: Line | None, asked: ReturnLine, sold: Sold | None) -> Refused | None:
    if line is None or sold is None:
        text = _("This receipt has no line {line}.").format(line=asked.line)
        return Refused(code="no_such_line", field="lines", explanation=text)
    if not line.by_weight and asked.quantity_thousandths % ONE:
        text = _("{name} is sold by the piece: {quantity} is not a whole number.")
        words = text.format(name=line.name, quantity=format_thousandths(asked.quantity_thousandths))
        return Refused(code="whole_only", field="lines", explanation=words)
    if asked.quantity_thousandths > sold.left_thousandths:
        return _too_many(line, asked, sold)
    return None


def _too_many(line: Line, asked: ReturnLine, sold: Sold) -> Refused:
    if not sold.left_thousandths:
        text = _("All of {name} on this receipt has come back already.").format(name=line.name)
        return Refused(code="all_returned", field="lines", explanation=text)
    text = _(
        "{quantity} of {name} cannot come back: {sold} were sold, {returned} came back, {left} are left."
    )
    words = text.format(
        name=line.name,
        quantity=format_thousandths(asked.quantity_thousandths),
        sold=format_thousandths(sold.quantity_thousandths),
        returned=format_thousandths(sold.returned_thousandths),
        left=format_thousandths(sold.left_thousandths),
    )
    return Refused(code="too_many", field="lines", explanation=words)


def returned_lines(
    work: Work, basket: Basket, asked: Iterable[ReturnLine]
) -> tuple[RefundLine, ...] | Refused:
    """Return the lines of a refund with what each is worth, or why one cannot come back."""
    sold = sold_lines(work, basket)
    lines = {line.line: line for line in basket.live}
    found: list[RefundLine] = []
    for each in asked:
        line, state = lines.get(each.line), sold.get(each.line)
        problem = _line_problem(line, each, state)
        if problem is not None:
            return problem
        assert line is not None
        assert state is not None
        back = worth(state, each.quantity_thousandths)
        sold[each.line] = after(state, each.quantity_thousandths, back)
        found.append(
            RefundLine(
                position=len(found) + 1,
                sale_id=basket.sale.sale_id,
                line=line.line,
                product_id=line.product_id,
                code=line.code,
                name=line.name,
                unit=line.unit,
                quantity_thousandths=each.quantity_thousandths,
                unit_paid_minor=unit_paid(state),
                amount_minor=back.amount_minor,
                tax=line.tax,
                tax_name=line.tax_name,
                tax_rate_ppm=line.tax_rate_ppm,
                tax_inclusive=bool(line.tax_inclusive),
                tax_minor=back.tax_minor,
                disposition=Disposition(each.disposition).value,
                reason=each.reason.strip(),
            )
        )
    return tuple(found)


def coins_of(work: Work, sale: CashRounding) -> CashRounding:
    """Return how cash that goes back is rounded."""
    return paid_out_rounding(sale, denominations(work.settings.currency)[-1])


def plan_refund(
    work: Work,
    sale_id: SaleId,
    asked: Sequence[ReturnLine],
    day: date,
    *,
    in_cash: bool = False,
    new_goods_minor: int | None = None,
) -> Plan | Refused:
    """Return what the refund does, with the points of the sale taken and given back already.

    Call it inside of what can be rolled back: of the command itself, or of `only_try`. With the price of new
    goods it is an exchange.
    """
    basket = finished_sale(work, sale_id)
    if isinstance(basket, Refused):
        return basket
    lines = returned_lines(work, basket, asked)
    if isinstance(lines, Refused):
        return lines
    if in_cash and work.settings.refund_in_cash != "yes":
        text = _("This shop gives money back only in the way in which it was paid.")
        return Refused(code="not_in_cash", field="in_cash", explanation=text)
    value = sum(line.amount_minor for line in lines)
    earlier = tables.returned(work.db, sale_id)
    returned = value + sum(each.amount_minor for each in earlier.values())
    goods = _goods(work, basket, earlier, lines)
    reversal = reverse_points(work, sale_id, returned, day, goods)
    wishes = _wishes(work, basket, reversal, in_cash, new_goods_minor)
    sources = sources_of(work.db, basket)
    return Plan(
        lines,
        settle(value, sources, wishes),
        reversal,
        basket,
        returned,
        goods,
        credit_of(value, sources, reversal.deduct_minor),
    )


def _goods(
    work: Work, basket: Basket, earlier: Mapping[int, tables.Returned], lines: Sequence[RefundLine]
) -> GoodsBack:
    """Return what will have come back of the sale when these lines have, too."""
    back = {line: each.quantity_thousandths for line, each in earlier.items()}
    for each in lines:
        assert each.line is not None
        back[each.line] = back.get(each.line, 0) + each.quantity_thousandths
    return came_back(work.db, basket, back)


def _wishes(
    work: Work, basket: Basket, reversal: Reversal, in_cash: bool, new_goods_minor: int | None
) -> Wishes:
    """Return how the value is to go back: as the shop has it, and for an exchange into the new goods."""
    wishes = Wishes(
        cash=tables.cash_kind(work.db),
        coins=coins_of(work, basket.sale.cash_rounding),
        in_cash=in_cash,
        keep_minor=reversal.deduct_minor,
        coins_before_minor=tables.coins(work.db, basket.sale.sale_id),
    )
    if new_goods_minor is None:
        return wishes
    kind = sales.tender_kind(work.db, EXCHANGE)
    assert kind is not None
    return replace(wishes, exchange=CashTender(EXCHANGE, kind["name"]), new_goods_minor=new_goods_minor)


def only_try(work: Work, action: Callable[[], T]) -> T:
    """Return what the action finds, and undo all that it wrote: a preview is the real thing, not a guess."""
    recorded = list(work.recorded)
    work.db.execute("SAVEPOINT only_try")
    try:
        return action()
    finally:
        work.db.execute("ROLLBACK TO only_try")
        work.db.execute("RELEASE only_try")
        work.recorded[:] = recorded


def needs_reference(work: Work, payment: Payment | RefundTender, sources: Sequence[Source]) -> bool:
    """Return whether giving back in this way needs what a machine or an app shows."""
    if not payment.amount_minor or payment.source_id is None or payment.tender == EXCHANGE:
        return False
    source = next((each for each in sources if each.source_id == payment.source_id), None)
    if source is None or source.tender != payment.tender:
        return False
    kind = sales.tender_kind(work.db, payment.tender)
    return kind is not None and bool(kind["needs_reference"])


def references_of(work: Work, plan: Plan, given: Sequence[TenderReference]) -> dict[str, str] | Refused:
    """Return the reference of each payment as it may be stored, or which one is missing."""
    assert plan.basket is not None
    sources = sources_of(work.db, plan.basket)
    found = {str(each.tender_id): safe_reference(each.reference) for each in given}
    for payment in plan.settled.payments:
        if needs_reference(work, payment, sources) and not found.get(payment.source_id or "", ""):
            text = _("{tender} needs the reference that its machine or app shows for the money back.")
            words = text.format(tender=_(payment.name))
            return Refused(code="reference_needed", field="references", explanation=words)
    return found
