"""Texts in columns of cells: a Chinese character takes two."""

from rich.cells import cell_len as cell_len
from rich.cells import chop_cells, set_cell_size


def fit(text: str, width: int) -> str:
    """Return the text in exactly `width` cells, at the left; what is too long ends in an ellipsis."""
    if width <= 0:
        return ""
    text = text.replace("\n", " ").replace("\t", " ")
    if cell_len(text) <= width:
        return set_cell_size(text, width)
    return set_cell_size(set_cell_size(text, width - 1).rstrip() + "…", width)


def right(text: str, width: int) -> str:
    """Return the text in exactly `width` cells, at the right; what is too long is fitted."""
    length = cell_len(text)
    return " " * (width - length) + text if length <= width else fit(text, width)


def centre(text: str, width: int) -> str:
    """Return the text in exactly `width` cells, in the middle."""
    return fit(" " * max(0, (width - cell_len(text)) // 2) + text, width)


def wrap(text: str, width: int) -> list[str]:
    """Return the text in lines of at most `width` cells, broken at spaces or between Chinese characters."""
    lines: list[str] = []
    for paragraph in text.splitlines() or [""]:
        line = ""
        for word in paragraph.split(" "):
            joined = f"{line} {word}" if line else word
            if cell_len(joined) <= width:
                line = joined
                continue
            if line:
                lines.append(line)
            *whole, line = chop_cells(word, max(2, width)) or [""]
            lines += whole
        lines.append(line)
    return lines
