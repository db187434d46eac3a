"""RFM and A/B/C in words and bars: what is drawn of the classes, and what to do with their members."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from protocol.language import N_, _
from protocol.messages.members import AbcClass, RfmClass
from protocol.messages.profiles import ClassCounts, MemberFilter
from terminal_app.console.chart import share_bar
from terminal_app.console.members.filter_rows import RFM_NAMES
from terminal_app.console.table import TableRow
from terminal_app.widgets.cells import cell_len, fit

NEVER = "never"
"""The key of the row for members who never bought."""
ADVICE = {
    RfmClass.IMPORTANT_VALUE: N_(
        "They come lately, often, and spend much. Know their names, keep their goods in stock, thank them: "
        "losing one costs most."
    ),
    RfmClass.IMPORTANT_DEVELOP: N_(
        "They spend much and were here lately, but seldom come. Give them a reason for the next visit: "
        "a reminder, a coupon with a date."
    ),
    RfmClass.IMPORTANT_KEEP: N_(
        "They came often and spent much, and have not been here for a while. Ask them soon what is missing, "
        "before they shop elsewhere for good."
    ),
    RfmClass.IMPORTANT_WIN_BACK: N_(
        "They spent much in few visits, long ago. One personal message or a good offer is worth it; then let "
        "it be."
    ),
    RfmClass.GENERAL_VALUE: N_(
        "They come lately and often, for small baskets. Show them what goes with what they buy: a bundle, a "
        "second piece."
    ),
    RfmClass.GENERAL_DEVELOP: N_(
        "New or rare guests with small baskets. Tell them what members get, and let the second visit come "
        "soon."
    ),
    RfmClass.GENERAL_KEEP: N_(
        "They came often for little, and not lately. A short “we miss you” with the news of the shop is "
        "enough."
    ),
    RfmClass.GENERAL_WIN_BACK: N_(
        "They came seldom, for little, long ago. Spend nothing on them; the large campaigns reach them too."
    ),
}
ABC_WORDS = {
    AbcClass.A: N_("A: those who bring the first 70 % of all that members spend. Look after each of them."),
    AbcClass.B: N_("B: those who bring the next 20 %. Some of them can become A: look what they do not buy."),
    AbcClass.C: N_("C: all others, who bring the last 10 %. What costs work for each one does not pay here."),
}
NEVER_WORDS = N_("Registered and never bought anything by then. A welcome offer may bring the first visit.")
_SHADES = {AbcClass.A: "█", AbcClass.B: "▒", AbcClass.C: "░"}
Money = Callable[[int], str]


@dataclass(frozen=True, slots=True)
class Share:
    """How many members a class has, and what they paid."""

    members: int = 0
    spent_minor: int = 0


def by_rfm(counts: ClassCounts) -> dict[RfmClass, Share]:
    """Return the shares of the eight classes."""
    return {each: _share(counts, lambda c, each=each: c.rfm is each) for each in RfmClass}


def by_abc(counts: ClassCounts) -> dict[AbcClass, Share]:
    """Return the shares of the three classes."""
    return {each: _share(counts, lambda c, each=each: c.abc is each) for each in AbcClass}


def _share(counts: ClassCounts, belongs: Callable[..., bool]) -> Share:
    of_it = [count for count in counts.counts if belongs(count)]
    return Share(sum(c.members for c in of_it), sum(c.spent_minor for c in of_it))


def class_rows(counts: ClassCounts, money: Money, bar: int) -> list[TableRow]:
    """Return a row for each class with bars of at most `bar` cells; the largest class fills its bar."""
    shares = by_rfm(counts)
    most = max((share.members for share in shares.values()), default=0)
    most_spent = max((share.spent_minor for share in shares.values()), default=0)
    rows = []
    for each, share in shares.items():
        texts = (
            _(RFM_NAMES[each]),
            f"{share.members:,}",
            share_bar(share.members, most, bar),
            money(share.spent_minor),
            share_bar(share.spent_minor, most_spent, bar),
        )
        rows.append(TableRow(each.value, texts, "" if share.members else "quiet"))
    for abc, share in by_abc(counts).items():
        name = _("{letter} by spending").format(letter=abc.value)
        texts = (name, f"{share.members:,}", "", money(share.spent_minor), "")
        rows.append(TableRow(abc.value, texts, "" if share.members else "quiet"))
    rows.append(TableRow(NEVER, (_("Never bought"), f"{counts.without_sale:,}", "", "", "")))
    return rows


def words_of(key: str) -> str:
    """Return what a class is and what to do with it."""
    if key == NEVER:
        return _(NEVER_WORDS)
    if key in set(AbcClass):
        return _(ABC_WORDS[AbcClass(key)])
    return _(RFM_NAMES[RfmClass(key)]) + _(": ") + _(ADVICE[RfmClass(key)])


def filter_of_class(key: str) -> MemberFilter:
    """Return the filter that finds the members of a class."""
    if key == NEVER:
        return MemberFilter(visits_most=0)
    if key in set(AbcClass):
        return MemberFilter(abc=(AbcClass(key),))
    return MemberFilter(rfm=(RfmClass(key),))


def stacked_bars(counts: ClassCounts, width: int) -> list[str]:
    """Return two bars over each other: how A, B and C share the members, and what they spend."""
    shares = by_abc(counts)
    label = 10
    return [
        fit(_("Members"), label) + stack([share.members for share in shares.values()], width - label),
        fit(_("Spending"), label) + stack([share.spent_minor for share in shares.values()], width - label),
    ]


def stack(amounts: Sequence[int], width: int) -> str:
    """Return one bar in three shades with the percentages behind; the parts fill the bar exactly."""
    whole = sum(amounts)
    percents = _ends(amounts, 100)
    legend = "  " + "  ".join(
        f"{shade} {letter} {percent:2d} %"
        for (letter, shade), percent in zip(_SHADES.items(), percents, strict=True)
    )
    room = max(5, width - cell_len(legend))
    if whole <= 0:
        return "·" * room + legend
    cells = _ends(amounts, room)
    return "".join(shade * n for shade, n in zip(_SHADES.values(), cells, strict=True)) + legend


def _ends(amounts: Sequence[int], of: int) -> list[int]:
    """Return the amounts as parts of `of`, rounded so that they add up to it."""
    whole, so_far, ends = sum(amounts), 0, [0]
    for amount in amounts:
        so_far += amount
        ends.append((so_far * of + whole // 2) // whole if whole else 0)
    return [end - begin for begin, end in pairwise(ends)]
