"""What comes to the prices of the goods: tax on top, cash rounding, points that go with the money."""

from protocol.language import _
from protocol.messages.sales import BasketView
from protocol.money import format_minor
from terminal_app.members.panel import points_words


def added_words(basket: BasketView) -> list[str]:
    """Return what stands beside the total in words; nothing where nothing is added."""
    words = []
    if basket.tax_added_minor:
        words.append(_("Tax on top {amount}").format(amount=_money(basket, basket.tax_added_minor)))
    if basket.rounding_minor:
        words.append(_("Rounding {amount}").format(amount=_signed(basket, basket.rounding_minor)))
    elif basket.due_minor and basket.cash_due_minor != basket.due_minor:
        words.append(_("In cash {amount}").format(amount=_money(basket, basket.cash_due_minor)))
    if basket.price_points:
        words.append("+ " + points_words(basket.price_points))
    return words


def sum_rows(basket: BasketView) -> list[tuple[str, int]]:
    """Return the rows of the total, with what is added to the goods before it and the rounding after it."""
    rows = [(_("Total"), basket.total_minor)]
    if basket.tax_added_minor:
        rows.insert(0, (_("Tax on top"), basket.tax_added_minor))
    if basket.rounding_minor:
        rows.append((_("Rounding"), basket.rounding_minor))
    return rows


def _money(basket: BasketView, minor: int) -> str:
    return format_minor(minor, basket.currency)


def _signed(basket: BasketView, minor: int) -> str:
    return ("+" if minor > 0 else "") + _money(basket, minor)
