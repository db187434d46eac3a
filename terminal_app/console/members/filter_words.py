"""A filter in words: `Gold members who bought crisps and did not come for 30 days`."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from protocol.language import N_, _, ngettext
from protocol.messages.members import MemberState
from protocol.messages.profiles import MemberFilter
from terminal_app.console.members.filter_rows import RFM_NAMES

STATES = {
    MemberState.ACTIVE: N_("active"),
    MemberState.CLOSED: N_("membership ended"),
    MemberState.MERGED: N_("merged into another"),
    MemberState.ERASED: N_("erased"),
}
GENDERS = {
    "any": N_("any gender"), "female": N_("women"), "male": N_("men"), "other": N_("of another gender"),
    "unknown": N_("of unknown gender"),
}  # fmt: skip
MONTHS = (
    N_("January"), N_("February"), N_("March"), N_("April"), N_("May"), N_("June"), N_("July"),
    N_("August"), N_("September"), N_("October"), N_("November"), N_("December"),
)  # fmt: skip
Money = Callable[[int], str]


@dataclass(slots=True)
class Names:
    """What the numbers in a filter are called."""

    tiers: Mapping[int, str] = field(default_factory=dict)
    categories: Mapping[int, str] = field(default_factory=dict)
    products: dict[int, str] = field(default_factory=dict)


def sentence(wanted: MemberFilter, names: Names, money: Money) -> str:
    """Return the filter as a sentence in the present language."""
    parts = [*_person(wanted), *_visits(wanted), *_spending(wanted, money), *_goods(wanted, names)]
    parts += _classes(wanted)
    who = _who(wanted, names)
    if not parts:
        return who
    return _("{who} who {parts}").format(who=who, parts=joined(parts))


def joined(parts: Sequence[str]) -> str:
    """Return clauses as `a, b and c`."""
    if len(parts) == 1:
        return parts[0]
    return _("{several} and {last}").format(several=_(", ").join(parts[:-1]), last=parts[-1])


def one_of(names: Sequence[str]) -> str:
    """Return names as `a, b or c`."""
    return _listed(names, _("{several} or {last}"))


def all_of(names: Sequence[str]) -> str:
    """Return names as `a, b and c`."""
    return _listed(names, _("{several} together with {last}"))


def _listed(names: Sequence[str], with_last: str) -> str:
    several = names[0]
    for name in names[1:-1]:
        several = _("{several}, {last}").format(several=several, last=name)
    return with_last.format(several=several, last=names[-1]) if len(names) > 1 else several


def _who(wanted: MemberFilter, names: Names) -> str:
    tiers = one_of([names.tiers.get(tier, str(tier)) for tier in wanted.tiers]) if wanted.tiers else ""
    if wanted.state is not MemberState.ACTIVE:
        state = _(STATES[wanted.state])
        if tiers:
            return _("Members of tier {tiers}, {state},").format(tiers=tiers, state=state)
        return _("Members, {state},").format(state=state)
    return _("{tiers} members").format(tiers=tiers) if tiers else _("All members")


def _person(wanted: MemberFilter) -> Iterator[str]:
    if wanted.gender != "any":
        yield _("are {gender}").format(gender=_(GENDERS[wanted.gender]))
    if wanted.birthday_month is not None:
        yield _("have their birthday in {month}").format(month=_(MONTHS[wanted.birthday_month - 1]))
    if wanted.region.strip():
        yield _("have “{region}” in their address").format(region=wanted.region.strip())
    if wanted.tags:
        yield ngettext("have the tag {tags}", "have the tags {tags}", len(wanted.tags)).format(
            tags=all_of([_("“{tag}”").format(tag=tag) for tag in wanted.tags])
        )
    if wanted.joined_from and wanted.joined_until:
        words = _("joined between {first} and {last}")
        yield words.format(first=wanted.joined_from, last=wanted.joined_until)
    elif wanted.joined_from:
        yield _("joined on {day} or later").format(day=wanted.joined_from)
    elif wanted.joined_until:
        yield _("joined on {day} or earlier").format(day=wanted.joined_until)


def _visits(wanted: MemberFilter) -> Iterator[str]:
    least, most = wanted.visits_least or 0, wanted.visits_most
    if most is not None and most <= 0:
        yield _("never bought anything")
    elif most is not None and least > 0:
        yield _("came {least} to {most} times").format(least=least, most=most)
    elif most is not None:
        yield ngettext("came at most once", "came at most {count} times", most).format(count=most)
    elif least > 0:
        yield ngettext("came at least once", "came at least {count} times", least).format(count=least)
    if (days := wanted.away_least_days) is not None and days <= 0:
        yield _("bought something")
    elif days is not None:
        yield ngettext(
            "did not come for {count} day", "did not come for {count} days", days
        ).format(count=days)  # fmt: skip
    if (days := wanted.away_most_days) is not None:
        yield ngettext(
            "came within the last {count} day", "came within the last {count} days", days
        ).format(count=days)  # fmt: skip


def _spending(wanted: MemberFilter, money: Money) -> Iterator[str]:
    least, most = wanted.spent_least_minor, wanted.spent_most_minor
    if least is not None and most is not None:
        yield _("spent {least} to {most}").format(least=money(least), most=money(most))
    elif least is not None:
        yield _("spent at least {amount}").format(amount=money(least))
    elif most is not None:
        yield _("spent at most {amount}").format(amount=money(most))
    if (points := wanted.points_least) is not None:
        yield ngettext("have at least {count} point", "have at least {count} points", points).format(
            count=points
        )


def _goods(wanted: MemberFilter, names: Names) -> Iterator[str]:
    if wanted.bought_product is not None:
        goods = names.products.get(wanted.bought_product, str(wanted.bought_product))
        yield _("bought {goods}").format(goods=goods)
    if wanted.bought_category is not None:
        category = names.categories.get(wanted.bought_category, str(wanted.bought_category))
        yield _("bought something of {category}").format(category=category)


def _classes(wanted: MemberFilter) -> Iterator[str]:
    if wanted.rfm:
        yield _("are of class {classes}").format(classes=one_of([_(RFM_NAMES[each]) for each in wanted.rfm]))
    if wanted.abc:
        yield _("are {classes} by spending").format(classes=one_of([each.value for each in wanted.abc]))
