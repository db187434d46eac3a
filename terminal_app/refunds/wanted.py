"""What is to come back, as the cashier has chosen it so far; it asks nobody and books nothing."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from protocol.identifiers import ProductId, RefundId, new_id
from protocol.language import N_, _
from protocol.messages.refunds import Disposition, RefundableSale, ReturnLine, ReturnProduct
from protocol.quantity import ONE, QUANTITY_MAX_THOUSANDTHS, format_thousandths

REFERENCE_WORDS = N_("Give it back at the machine or in the app; type what it shows.")
"""Asked where money goes back to a card or a pay app."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Goods, and how much of them comes back."""

    key: int
    """The line of the receipt; without a receipt a number of its own."""
    product_id: ProductId
    code: str
    name: str
    unit: str
    by_weight: bool
    each_minor: int
    """What is given for one: what was paid, or without a receipt what is typed or asked now."""
    sold_thousandths: int = 0
    """0: there is no receipt."""
    returned_thousandths: int = 0
    left_thousandths: int = QUANTITY_MAX_THOUSANDTHS
    """What can still come back."""
    back_thousandths: int = 0
    """What comes back now."""
    disposition: Disposition = Disposition.RESTOCK
    reason: str = ""
    price_minor: int | None = None
    """Without a receipt: the price that was typed; None: the present selling price."""


class Return:
    """The goods of one refund and the refund's own id, which stays the same however often it is asked."""

    def __init__(self, wanted: Iterable[Wanted] = ()) -> None:
        """Begin with these goods."""
        self.refund_id = RefundId(new_id())
        self.rows: tuple[Wanted, ...] = tuple(wanted)
        self.picked = 0
        self.in_cash = False

    @property
    def chosen(self) -> Wanted | None:
        """The goods that the keys are about."""
        return self.rows[self.picked] if self.rows else None

    @property
    def coming(self) -> tuple[Wanted, ...]:
        """What comes back."""
        return tuple(row for row in self.rows if row.back_thousandths)

    def pick(self, number: int) -> None:
        """Choose other goods."""
        self.picked = max(0, min(number, len(self.rows) - 1))

    def change(self, key: int, alter: Callable[[Wanted], Wanted]) -> None:
        """Put altered goods in the place of these."""
        self.rows = tuple(alter(row) if row.key == key else row for row in self.rows)

    def bring(self, row: Wanted, quantity_thousandths: int) -> str:
        """Let so much of it come back in all; return why not, or nothing."""
        if not row.by_weight and quantity_thousandths % ONE:
            return _("{name} is sold by the piece; write a whole number.").format(name=row.name)
        if quantity_thousandths > row.left_thousandths:
            if not row.left_thousandths:
                return _("All of {name} has come back already.").format(name=row.name)
            text = _("Only {left} of {name} can still come back.")
            return text.format(left=format_thousandths(row.left_thousandths), name=row.name)
        self.change(row.key, lambda it: replace(it, back_thousandths=quantity_thousandths))
        return ""

    def toggle(self, row: Wanted) -> str:
        """Let all that is left of it come back, or nothing; return why not, or nothing."""
        if not row.left_thousandths:
            return self.bring(row, ONE)
        whole = row.back_thousandths == row.left_thousandths
        return self.bring(row, 0 if whole else row.left_thousandths)

    def toggle_all(self) -> None:
        """Let everything that is left come back, or nothing when it does already."""
        whole = all(row.back_thousandths == row.left_thousandths for row in self.rows)
        self.rows = tuple(
            replace(row, back_thousandths=0 if whole else row.left_thousandths) for row in self.rows
        )

    def toggle_waste(self, row: Wanted) -> None:
        """Shelf or bin."""
        other = Disposition.WASTE if row.disposition is Disposition.RESTOCK else Disposition.RESTOCK
        self.change(row.key, lambda it: replace(it, disposition=other))

    def give_reason(self, reason: str, row: Wanted | None, *, spoiled: bool = False) -> None:
        """Note why this comes back; None: why everything does. What is spoiled goes to the bin."""
        for each in self.rows:
            if row is None or each.key == row.key:
                self.change(
                    each.key,
                    lambda it: replace(
                        it, reason=reason, disposition=Disposition.WASTE if spoiled else it.disposition
                    ),
                )


class ReceiptReturn(Return):
    """Goods of one finished sale."""

    def __init__(self, sale: RefundableSale) -> None:
        """Nothing comes back yet."""
        super().__init__()
        self.sale = sale
        self.renew(sale)
        self.pick(next((at for at, row in enumerate(self.rows) if row.left_thousandths), 0))

    def renew(self, sale: RefundableSale) -> None:
        """Take the receipt as it is now; what was chosen stays as far as it is still there."""
        before = {row.key: row for row in self.rows}
        self.sale = sale
        rows = []
        for line in sale.lines:
            row = Wanted(
                key=line.line,
                product_id=line.product_id,
                code=line.code,
                name=line.name,
                unit=line.unit,
                by_weight=line.by_weight,
                each_minor=line.unit_paid_minor,
                sold_thousandths=line.quantity_thousandths,
                returned_thousandths=line.returned_thousandths,
                left_thousandths=line.left_thousandths,
            )
            old = before.get(line.line)
            if old is not None:
                back = min(old.back_thousandths, line.left_thousandths)
                row = replace(row, back_thousandths=back, disposition=old.disposition, reason=old.reason)
            rows.append(row)
        self.rows = tuple(rows)

    def add_scanned(self, code: str, product_id: ProductId | None = None) -> str | None:
        """Choose the line of these goods and add one of them, or all that was weighed.

        Returns why not, or nothing; None: the receipt has no such goods.
        """
        fits = [row for row in self.rows if row.code == code or row.product_id == product_id]
        if not fits:
            return None
        row = next((each for each in fits if each.back_thousandths < each.left_thousandths), fits[0])
        self.pick(self.rows.index(row))
        return self.bring(row, row.left_thousandths if row.by_weight else row.back_thousandths + ONE)

    def lines(self) -> tuple[ReturnLine, ...]:
        """Return what comes back, as it is asked for."""
        return tuple(
            ReturnLine(
                line=row.key,
                quantity_thousandths=row.back_thousandths,
                disposition=row.disposition,
                reason=row.reason,
            )
            for row in self.coming
        )


class LooseReturn(Return):
    """Goods that nobody has a receipt for."""

    def add(self, goods: Wanted) -> None:
        """Add goods; one more of those that are there already at the same price."""
        there = [row for row in self.rows if row.product_id == goods.product_id and not row.by_weight]
        same = next((row for row in there if row.price_minor is None), None)
        if same is not None:
            self.pick(self.rows.index(same))
            back = same.back_thousandths + goods.back_thousandths
            self.change(same.key, lambda it: replace(it, back_thousandths=back))
            return
        key = max((row.key for row in self.rows), default=0) + 1
        reason = self.rows[-1].reason if self.rows else ""
        self.rows = (*self.rows, replace(goods, key=key, reason=reason))
        self.pick(len(self.rows) - 1)

    def remove(self, row: Wanted) -> None:
        """It does not come back after all."""
        self.rows = tuple(each for each in self.rows if each.key != row.key)
        self.pick(self.picked)

    def price(self, row: Wanted, price_minor: int) -> None:
        """Give this for one."""
        self.change(row.key, lambda it: replace(it, price_minor=price_minor, each_minor=price_minor))

    def show_price(self, row: Wanted, each_minor: int) -> None:
        """Show what the store gives for one."""
        self.change(row.key, lambda it: replace(it, each_minor=each_minor))

    def lines(self) -> tuple[ReturnProduct, ...]:
        """Return what comes back, as it is asked for."""
        return tuple(
            ReturnProduct(
                product_id=row.product_id,
                quantity_thousandths=row.back_thousandths,
                price_minor=row.price_minor,
                disposition=row.disposition,
                reason=row.reason,
            )
            for row in self.coming
        )
