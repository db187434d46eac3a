"""AIM identifiers (ISO/IEC 15424): what `]cm` before a scan says about its symbology."""

import re

_AIM = re.compile(r"\][A-Za-z][0-9A-Za-z]")

_BY_LETTER = {
    "A": "code39",
    "C": "code128",
    "E": "ean13",
    "F": "codabar",
    "G": "code93",
    "I": "itf",
    "L": "pdf417",
    "Q": "qr",
    "U": "maxicode",
    "d": "datamatrix",
    "e": "gs1_databar",
    "h": "hanxin",
    "z": "aztec",
}
_EXACT = {
    "]C1": "gs1_128",
    "]E4": "ean8",
    "]Q3": "gs1_qr",
    "]d2": "gs1_datamatrix",
}

BY_SYMBOLOGY = {"ean13": "]E0", "ean8": "]E4", "upca": "]E0", "code128": "]C0", "gs1_128": "]C1"} | {
    "qr": "]Q1",
    "gs1_qr": "]Q3",
    "code39": "]A0",
    "itf": "]I1",
    "datamatrix": "]d1",
    "gs1_datamatrix": "]d2",
}
"""The identifier that a scanner sends for a symbology; UPC-A goes as EAN-13 with a leading 0."""


def split(data: str) -> tuple[str, str, str]:
    """Return (identifier, symbology, the rest); both empty when the data begins with none."""
    found = _AIM.match(data)
    if found is None:
        return "", "", data
    aim_id = found[0]
    return aim_id, _EXACT.get(aim_id) or _BY_LETTER.get(aim_id[1], ""), data[3:]
