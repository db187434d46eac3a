"""Quantities as thousandths: 3 pieces are 3000, 0.455 kg is 455."""

import re

ONE = 1000
"""One piece, or one kilogram."""

QUANTITY_MAX_THOUSANDTHS = 9_999_999
"""Most that one line can hold: 9,999.999. More is a slip of the finger or a barcode typed as a quantity."""

_QUANTITY = re.compile(r"(-?)(\d{1,9})(?:\.(\d{0,3}))?|(-?)\.(\d{1,3})")


def parse_thousandths(text: str) -> int:
    """Return the quantity written in `text` (`3`, `0.455`, `.5`) in thousandths.

    Raises ValueError for anything else, units such as `5km` included.
    """
    found = _QUANTITY.fullmatch(text.strip().replace("．", ".").replace("。", "."))
    if found is None:
        raise ValueError(f"not a quantity: {text!r}")
    sign = found[1] or found[4] or ""
    whole, fraction = (found[2], found[3] or "") if found[2] is not None else ("0", found[5])
    value = int(whole) * ONE + int(fraction.ljust(3, "0"))
    return -value if sign else value


def format_thousandths(quantity_thousandths: int) -> str:
    """Return the quantity without needless zeros: `3`, `0.455`, `-1.5`."""
    whole, fraction = divmod(abs(quantity_thousandths), ONE)
    text = str(whole) + (f".{fraction:03d}".rstrip("0") if fraction else "")
    return "-" + text if quantity_thousandths < 0 else text
