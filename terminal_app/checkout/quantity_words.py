"""What is wrong with a typed quantity, in words."""

from protocol.language import _
from protocol.quantity import QUANTITY_MAX_THOUSANDTHS, format_thousandths, parse_thousandths


def no_quantity(text: str) -> str | None:
    """Return a sentence for a text that cannot be sold as a quantity, or None when it can."""
    try:
        quantity = parse_thousandths(text)
    except ValueError:
        return _("“{text}” is no quantity. Write it like 3 or 0.455.").format(text=text)
    if not 0 < quantity <= QUANTITY_MAX_THOUSANDTHS:
        most = format_thousandths(QUANTITY_MAX_THOUSANDTHS)
        return _("A quantity is more than 0 and at most {most}.").format(most=most)
    return None
