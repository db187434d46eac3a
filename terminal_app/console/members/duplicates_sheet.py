"""Two members side by side: what is known of each, and what becomes of it when they merge."""

from collections.abc import Callable
from dataclasses import dataclass

from protocol.language import _, ngettext
from protocol.messages.cards import CardState, CardView
from protocol.messages.profiles import MemberPanel

Money = Callable[[int], str]
DayOf = Callable[[MemberPanel], str]


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


def facts(one: One, money: Money) -> list[tuple[str, str]]:
    """Return label and text of all that is compared."""
    member, panel = one.panel.member, one.panel
    return [
        (_("Number"), member.number),
        (_("Name"), member.name),
        (_("Phone"), member.phone or "–"),
        (_("Birthday"), member.birthday or "–"),
        (_("Member since"), member.joined_on),
        (_("Tier"), member.tier_name),
        (_("Growth"), f"{member.growth:,}"),
        (_("Points"), f"{panel.points:,}"),
        (_("Visits"), f"{panel.visits:,}"),
        (_("Spent"), money(panel.spent_minor)),
        (_("Last visit"), one.last_on or _("never")),
        (_("Cards"), str(one.in_use)),
        (_("Tags"), ", ".join(member.tags) or "–"),
        (_("Note to the cashier"), member.note or "–"),
    ]


def outcome(kept: One, gone: One, money: Money) -> list[str]:
    """Return sentences on what a merge would do."""
    a, b = kept.panel, gone.panel
    return [
        _("{kept} stays. {gone} closes, and its number finds {kept} from then on.").format(
            kept=a.member.number, gone=b.member.number
        ),
        _("Points: {first} + {second} = {sum}, each with its own last day.").format(
            first=f"{a.points:,}", second=f"{b.points:,}", sum=f"{a.points + b.points:,}"
        ),
        _("Growth: {first} + {second} = {sum}; the better tier stays.").format(
            first=f"{a.member.growth:,}",
            second=f"{b.member.growth:,}",
            sum=f"{a.member.growth + b.member.growth:,}",
        ),
        _("Visits: {visits}, spent {spent} altogether.").format(
            visits=f"{a.visits + b.visits:,}", spent=money(a.spent_minor + b.spent_minor)
        ),
        ngettext(
            "{count} card moves to {kept} and goes on working.",
            "{count} cards move to {kept} and go on working.",
            gone.in_use,
        ).format(count=gone.in_use, kept=a.member.number)
        if gone.in_use
        else _("No cards move."),
        _(
            "What {kept} did not tell, such as a phone or birthday, is taken over from {gone}; all else of "
            "{kept} stays."
        ).format(kept=a.member.number, gone=b.member.number),
    ]
