"""What stands on a member's sheet: who, tier, points, visits, favourites, classes, tags and note."""

from collections.abc import Callable
from datetime import tzinfo

from protocol.language import _, ngettext
from protocol.messages.members import MemberState, MemberView
from protocol.messages.profiles import MemberPanel
from protocol.quantity import format_thousandths
from terminal_app.console.members.profile_sheet import Block, Line, Tone
from terminal_app.console.members.profile_words import ABC, RFM, STATES, gender_words

Money = Callable[[int | None], str]
_TONES: dict[MemberState, Tone] = {
    MemberState.ACTIVE: "good",
    MemberState.CLOSED: "warn",
    MemberState.MERGED: "warn",
    MemberState.ERASED: "bad",
}


def who_block(panel: MemberPanel, member: MemberView, key: str) -> Block:
    """Return who it is; `member` is masked or whole, `key` shows the whole."""
    lines = [
        Line(_("State"), _(STATES[member.state]), _TONES[member.state]),
        Line(_("Phone"), member.phone or _("none")),
        Line(_("Gender"), gender_words(member.gender)),
        Line(_("Birthday"), birthday_words(panel, member)),
    ]
    if not member.hidden:
        lines += [
            Line(_("E-mail"), member.email or "–"),
            Line(_("Address"), member.address or "–"),
            Line(_("Occupation"), member.occupation or "–"),
            Line(_("Income band"), member.income_band or "–"),
            Line(_("Skin condition"), member.skin_condition or "–"),
            *(Line(extra.field, _plain(extra.value)) for extra in member.extras),
        ]
    lines += [
        Line(_("Member since"), member.joined_on),
        Line(_("Brought by"), member.referrer or _("nobody")),
    ]
    if member.hidden and member.state is not MemberState.ERASED:
        lines.append(Line("", _("{key} shows phone and personal data.").format(key=key), "quiet"))
    return Block(_("Person"), tuple(lines))


def _plain(value: str) -> str:
    return {"yes": _("Yes"), "no": _("No")}.get(value, value)


def birthday_words(panel: MemberPanel, member: MemberView) -> str:
    """Return the birthday, and that it is near."""
    if not member.birthday:
        return _("none")
    days = panel.birthday_in_days
    if days == 0:
        return _("{day}, today!").format(day=member.birthday)
    if days is not None and days <= 30:
        near = ngettext("{day}, in {count} day", "{day}, in {count} days", days)
        return near.format(day=member.birthday, count=days)
    return member.birthday


def note_block(member: MemberView) -> Block:
    """Return what people wrote on the member."""
    return Block(
        _("Tags and note"),
        (
            Line(_("Tags"), ", ".join(member.tags) or _("none")),
            Line(_("Note"), member.note or _("none"), "warn" if member.note else ""),
        ),
    )


def class_block(panel: MemberPanel) -> Block:
    """Return the ready-made classes in words."""
    if panel.rfm is None and panel.abc is None:
        return Block(_("Kind of customer"), (Line("", _("Known after the first sale and a day."), "quiet"),))
    words = (RFM[panel.rfm] if panel.rfm else "", ABC[panel.abc] if panel.abc else "")
    return Block(_("Kind of customer"), tuple(Line("", _(each)) for each in words if each))


def tier_block(panel: MemberPanel, member: MemberView, width: int) -> Block:
    """Return the tier, a bar to the next one, and what keeps the present one."""
    name = member.tier_name
    if panel.discount_ppm:
        percent = format_thousandths(panel.discount_ppm // 10)
        name += "  " + _("{percent} % off").format(percent=percent)
    lines = [Line("", name, "good"), Line(_("Growth value"), f"{member.growth:,}")]
    if member.state is not MemberState.ACTIVE:
        return Block(_("Tier"), tuple(lines))
    if panel.next_tier_name:
        needed = member.growth + panel.growth_missing
        share = member.growth * 1_000_000 // needed if needed > 0 else 0
        lines.append(Line("", growth_bar(share, min(width, 44))))
        missing = _("{missing} more for {tier}")
        lines.append(Line("", missing.format(missing=f"{panel.growth_missing:,}", tier=panel.next_tier_name)))
    else:
        lines.append(Line("", _("The highest tier."), "good"))
    if member.tier_until:
        if panel.growth_to_keep_missing:
            keep = _("{missing} more until {day} to keep {tier}").format(
                missing=f"{panel.growth_to_keep_missing:,}", day=member.tier_until, tier=member.tier_name
            )
            lines.append(Line("", keep, "warn"))
        else:
            kept = _("Holds until {day}; enough has grown to keep it.")
            lines.append(Line("", kept.format(day=member.tier_until)))
    return Block(_("Tier"), tuple(lines))


def growth_bar(share_ppm: int, width: int) -> str:
    """Return a bar with its percentage; filled and empty cells differ in shape."""
    cells = max(4, width - 6)
    share_ppm = max(0, min(1_000_000, share_ppm))
    filled = share_ppm * cells // 1_000_000
    return "█" * filled + "░" * (cells - filled) + f" {share_ppm // 10_000:3d} %"


def points_block(panel: MemberPanel, money: Money) -> Block:
    """Return the points, their worth, and what ends when."""
    lines = [Line(_("Balance"), f"{panel.points:,}", "bad" if panel.points < 0 else "good")]
    if panel.points < 0:
        lines.append(Line("", _("Below zero: won back from the next earnings."), "warn"))
    if panel.points_worth_minor:
        lines.append(Line(_("Worth"), money(panel.points_worth_minor)))
    if panel.points_end_on:
        ending = _("{points} end after {day}")
        lines.append(
            Line("", ending.format(points=f"{panel.points_ending:,}", day=panel.points_end_on), "warn")
        )
    lines.append(Line(_("Cards in use"), str(panel.card_count)))
    return Block(_("Points"), tuple(lines))


def visits_block(panel: MemberPanel, money: Money, zone: tzinfo) -> Block:
    """Return how often and how much the member buys."""
    if panel.last_visit is None:
        return Block(_("Purchases"), (Line("", _("No sale yet."), "quiet"),))
    last = panel.last_visit.astimezone(zone).strftime("%Y-%m-%d")
    days = panel.days_since_visit or 0
    ago = ngettext("Last visit {day}, {count} day ago", "Last visit {day}, {count} days ago", days)
    ago = ago if days else _("Last visit {day}, today")
    return Block(
        _("Purchases"),
        (
            Line(_("Visits"), f"{panel.visits:,}"),
            Line("", ago.format(day=last, count=days)),
            Line(_("Per visit"), money(panel.average_basket_minor)),
            Line(_("Spent"), money(panel.spent_minor)),
        ),
    )


def favourites_block(panel: MemberPanel) -> Block:
    """Return the goods that the member buys most."""
    lines = tuple(
        Line(
            "",
            _("{times} ×  {goods}  ({quantity} in all)").format(
                times=goods.times, goods=goods.name, quantity=format_thousandths(goods.quantity_thousandths)
            ),
        )
        for goods in panel.favourites
    )
    return Block(_("Favourite goods"), lines or (Line("", _("None yet."), "quiet"),))
