"""Rules of refunds: what a part of a line is worth, and in which tenders it goes back (pure).

Everything is worked out from what has come back so far in all, or from what is left, so that any number of
parts in any order gives back exactly what was paid: for each line, of each tax, and in each tender.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from protocol.money import Rounding, divide
from store_server.pricing.allocation import share_out
from store_server.pricing.cash_rounding import NO_ROUNDING, CashRounding


@dataclass(frozen=True, slots=True)
class Sold:
    """What was sold on a line, and what came back of it so far."""

    quantity_thousandths: int
    paid_minor: int
    """Discounts taken off, all tax included."""
    tax_minor: int = 0
    returned_thousandths: int = 0
    returned_minor: int = 0
    returned_tax_minor: int = 0

    @property
    def left_thousandths(self) -> int:
        """What can still come back."""
        return self.quantity_thousandths - self.returned_thousandths


@dataclass(frozen=True, slots=True)
class Worth:
    """What is given back for goods."""

    amount_minor: int
    tax_minor: int
    """Inside the amount."""


def worth(sold: Sold, quantity_thousandths: int) -> Worth:
    """Return what is given back when so much more of the line comes back.

    The share of all that has come back by then, half up, less what was given before. The tax follows the
    money, so that no part has more tax than value. Raises ValueError for more than is left.
    """
    returned = sold.returned_thousandths + quantity_thousandths
    if not 0 < quantity_thousandths <= sold.left_thousandths:
        raise ValueError(f"{quantity_thousandths} of {sold.left_thousandths} cannot come back")
    amount = divide(sold.paid_minor * returned, sold.quantity_thousandths, Rounding.HALF_UP)
    tax = divide(sold.tax_minor * amount, sold.paid_minor, Rounding.HALF_UP) if sold.paid_minor else 0
    return Worth(amount - sold.returned_minor, tax - sold.returned_tax_minor)


def after(sold: Sold, quantity_thousandths: int, back: Worth) -> Sold:
    """Return the line when that has come back."""
    return replace(
        sold,
        returned_thousandths=sold.returned_thousandths + quantity_thousandths,
        returned_minor=sold.returned_minor + back.amount_minor,
        returned_tax_minor=sold.returned_tax_minor + back.tax_minor,
    )


@dataclass(frozen=True, slots=True)
class Source:
    """A payment of a sale, and what went back to it so far."""

    source_id: str | None
    """The tender id; of several in cash the first one's; None where cash was rounded to nothing."""
    tender: str
    name: str
    paid_minor: int
    """What it brought in, change taken off."""
    value_minor: int
    """What it paid of the goods: of cash, before the rounding."""
    is_cash: bool = False
    counts_in_drawer: bool = False
    reference: str = ""
    given_value_minor: int = 0
    given_minor: int = 0
    stays_itself: bool = False
    """True: never paid in cash instead, nor used for an exchange (points)."""


@dataclass(frozen=True, slots=True)
class Payment:
    """One way in which value goes back."""

    source_id: str | None
    tender: str
    name: str
    counts_in_drawer: bool
    value_minor: int
    """What it settles of the goods' value."""
    settled_minor: int
    """What it settles of what the source had brought in."""
    amount_minor: int
    """What goes back: the settled amount, less what is kept, in coins that there are."""
    coins_minor: int = 0
    """What coins made of it, signed; the next refund of the sale makes up for it."""


def split(value_minor: int, sources: Sequence[Source], coins: CashRounding) -> list[tuple[Source, int, int]]:
    """Return (source, value, money) for value that comes back: by what is left of each, largest remainder.

    Cash takes its part of the sale's rounding with it, and is rounded to coins in all that went back so far.
    The last part gives back exactly what is left.
    """
    shares = share_out(value_minor, [source.value_minor - source.given_value_minor for source in sources])
    found = []
    for source, share in zip(sources, shares, strict=True):
        money = share if not source.is_cash else _cash(source, share, coins)
        if share or money:
            found.append((source, share, money))
    return found


def _cash(source: Source, share_minor: int, coins: CashRounding) -> int:
    returned = source.given_value_minor + share_minor
    left = source.paid_minor - source.given_minor
    if returned == source.value_minor:
        return left
    exact = divide(source.paid_minor * returned, source.value_minor, Rounding.DOWN)
    return max(0, min(coins.of(exact) - source.given_minor, left))


@dataclass(frozen=True, slots=True)
class CashTender:
    """The tender kind in which cash goes out."""

    tender: str
    name: str


@dataclass(frozen=True, slots=True)
class Wishes:
    """How the value is to go back."""

    cash: CashTender
    coins: CashRounding = NO_ROUNDING
    in_cash: bool = False
    """Pay in cash what came by card or pay app."""
    keep_minor: int = 0
    """Keep so much for points that are spent already, if there is so much money."""
    exchange: CashTender | None = None
    """The tender that pays the new goods."""
    new_goods_minor: int = 0
    """What they cost."""
    coins_before_minor: int = 0
    """What coins made of earlier refunds of the sale, signed."""


@dataclass(frozen=True, slots=True)
class Settled:
    """How the value goes back."""

    payments: tuple[Payment, ...]
    kept_minor: int = 0

    @property
    def paid_back_minor(self) -> int:
        """What goes back in all tenders."""
        return sum(payment.amount_minor for payment in self.payments)


def credit_of(value_minor: int, sources: Sequence[Source], keep_minor: int) -> int:
    """Return what the goods are worth for an exchange: the money that would go back, points left out."""
    money = [m for source, _share, m in split(value_minor, sources, NO_ROUNDING) if not source.stays_itself]
    return max(sum(money) - keep_minor, 0)


def settle(value_minor: int, sources: Sequence[Source], wishes: Wishes) -> Settled:
    """Return the payments by which the value goes back."""
    coins = NO_ROUNDING if wishes.exchange else wishes.coins
    parts = split(value_minor, sources, coins)
    money = [0 if source.stays_itself else amount for source, _share, amount in parts]
    kept = _kept(parts, money, wishes.keep_minor)
    left = [amount - off for amount, off in zip(money, kept, strict=True)]
    used = min(sum(left), wishes.new_goods_minor) if wishes.exchange else 0
    for_goods = share_out(used, left)
    payments: list[Payment] = []
    so_far = wishes.coins_before_minor
    for (source, share, amount), off, goods in zip(parts, kept, for_goods, strict=True):
        # The part that pays new goods settles its share of the source; the rest of the source goes out.
        share_of_goods = share * goods // amount if amount else 0
        if goods and wishes.exchange:
            payments.append(
                Payment(
                    source.source_id,
                    wishes.exchange.tender,
                    wishes.exchange.name,
                    False,
                    share_of_goods,
                    goods,
                    goods,
                )
            )
        if share > share_of_goods or amount > goods:
            out = _out(source, share - share_of_goods, amount - goods, off, wishes, so_far)
            so_far += out.coins_minor
            payments.append(out)
    return Settled(tuple(payments), sum(kept))


def _kept(parts: Sequence[tuple[Source, int, int]], money: Sequence[int], keep_minor: int) -> list[int]:
    """Return what is kept of each part: of cash first, and never more than there is."""
    kept = [0] * len(parts)
    for at in sorted(range(len(parts)), key=lambda each: (not parts[each][0].is_cash, each)):
        kept[at] = min(money[at], keep_minor)
        keep_minor -= kept[at]
    return kept


def _out(
    source: Source, value_minor: int, settled_minor: int, off_minor: int, wishes: Wishes, so_far: int
) -> Payment:
    """Return what goes out to one source; `so_far` is what coins have made of what went out before.

    Coins are counted over all refunds of the sale, or who brings back one piece at a time would gain or lose
    half a coin with each.
    """
    exact = settled_minor - off_minor
    as_cash = wishes.in_cash and not source.is_cash and not source.stays_itself
    amount = exact
    if as_cash or (source.is_cash and (off_minor or wishes.exchange)):
        amount = wishes.coins.of(max(exact - so_far, 0)) if exact else 0
    cash = CashTender(source.tender, source.name)
    if as_cash:
        cash = wishes.cash
    return Payment(
        source.source_id,
        cash.tender,
        cash.name,
        as_cash or source.counts_in_drawer,
        value_minor,
        settled_minor,
        amount,
        amount - exact,
    )
