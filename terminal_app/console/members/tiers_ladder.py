"""A drawing of the tiers: stairs from the first to the highest."""

from collections.abc import Sequence

from rich.text import Text
from textual.widget import Widget

from protocol.language import _
from protocol.messages.members import TierView
from terminal_app.console.members.tiers_words import discount_words
from terminal_app.widgets.cells import fit

_STEP = 5
_MOST = 7
"""Steps that are drawn at once; of more, those around the chosen one."""


def stairs(tiers: Sequence[TierView], here: int, width: int) -> list[str]:
    """Return the lines of the drawing, the highest tier first; the one at `here` has a mark."""
    first = max(0, min(here - _MOST // 2, len(tiers) - _MOST))
    shown = tiers[first : first + _MOST]
    step = min(_STEP, max(2, width // 2 // max(1, len(shown))))
    lines = []
    for at, tier in enumerate(shown):
        if at == len(shown) - 1:
            riser = "╶" + "─" * (step - 1) if at == 0 else "┌" + "─" * (step - 1)
        else:
            riser = ("─" if at == 0 else "┌") + "─" * (step - 1) + "┘"
        words = [tier.name]
        if tier.tier:
            words.append(_("from {growth}").format(growth=f"{tier.growth_needed:,}"))
        if tier.discount_ppm:
            words.append(discount_words(tier.discount_ppm))
        mark = "› " if first + at == here else "  "
        lines.append(fit(mark + " " * (step * at) + riser + " " + " · ".join(words), width))
    return lines[::-1]


class Ladder(Widget):
    """The stairs."""

    DEFAULT_CSS = "Ladder { height: auto; max-height: 7; color: $primary; padding: 0 1; }"

    def __init__(self) -> None:
        """Begin without tiers."""
        super().__init__()
        self._tiers: Sequence[TierView] = ()
        self._here = 0

    def show(self, tiers: Sequence[TierView], here: int) -> None:
        """Draw these; `here` is the rank of the chosen one."""
        self._tiers, self._here = tiers, here
        self.refresh(layout=True)

    def render(self) -> Text:
        """Return the drawing."""
        width = max(20, self.content_size.width or self.screen.size.width - 2)
        return Text("\n".join(stairs(self._tiers, self._here, width)), no_wrap=True)
