"""Two members side by side: what is known of each, and what becomes of it when they merge."""

from collections.abc import Callable
from dataclasses import dataclass

from protocol.language import _, ngettext
from protocol.messages.cards import CardState, CardView
from protocol.messages.profiles import MemberPanel

Money = Callable[[int], str]


@dataclass(frozen=True, slots=True)
class One:
    """What is known of one of the two."""

    panel: MemberPanel
    cards: tuple[CardView, ...]
    last_on: str
    """The day of the last visit, or empty."""

    @property
    def in_use(self) -> int:
        """How many of the cards are not returned or replaced."""
        past = (CardState.RETURNED, CardState.REPLACED)
        return sum(card.state not in past for card in self.cards)


def facts(one: One, other: One, money: Money) -> list[tuple[str, str, str]]:
    """Return label and both texts of all that is compared; what neither of the two has is left out."""
    rows = zip(_facts(one, money), _facts(other, money), strict=True)
    return [(label, text or "–", second or "–") for (label, text), (_label, second) in rows if text or second]


def _facts(one: One, money: Money) -> list[tuple[str, str]]:
    member, panel = one.panel.member, one.panel
    return [
        (_("Member"), member.name),
        (_("Phone"), member.phone),
        (_("Birthday"), member.birthday),
        (_("Member since"), member.joined_on),
        (_("Tier"), member.tier_name),
        (_("Growth"), f"{member.growth:,}"),
        (_("Points"), f"{panel.points:,}"),
        (_("Visits"), f"{panel.visits:,}"),
        (_("Spent"), money(panel.spent_minor)),
        (_("Last visit"), one.last_on),
        (_("Member cards"), str(one.in_use) if one.in_use else ""),
        (_("Tags"), ", ".join(member.tags)),
        (_("Note"), member.note),
    ]


def outcome(kept: One, gone: One) -> list[str]:
    """Return sentences on what a merge would do."""
    a, b = kept.panel, gone.panel
    numbers = {"kept": a.member.number, "gone": b.member.number}
    sums = ((a.points, b.points), (a.member.growth, b.member.growth), (a.visits, b.visits))
    points, growth, visits = (f"{one:,} + {other:,} = {one + other:,}" for one, other in sums)
    cards = ngettext("{count} card moves to {kept}.", "{count} cards move to {kept}.", gone.in_use)
    return [
        _("{kept} stays; {gone} closes, and its number finds {kept}.").format(**numbers),
        _("Points: {sum}, each with its own last day.").format(sum=points),
        _("Growth: {growth}; visits: {visits}.").format(growth=growth, visits=visits),
        _("The better tier stays.")
        + (" " + cards.format(count=gone.in_use, **numbers) if gone.in_use else ""),
        _("Phone and the rest stay as {kept} has them; what is missing comes from {gone}.").format(**numbers),
    ]
