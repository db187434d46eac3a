"""Who the member is: the line at the top, and the column with everything known."""

from datetime import tzinfo

from protocol.language import N_, _, ngettext
from protocol.messages.members import AbcClass, MemberState, MemberView, RfmClass
from protocol.messages.profiles import MemberPanel
from protocol.money import format_minor
from terminal_app.members.member_screen_flows import OneMember
from terminal_app.widgets.cells import cell_len, fit, wrap
from terminal_app.widgets.panel import Line, Panel

_LABEL = 14

RFM = {
    RfmClass.IMPORTANT_VALUE: N_("spends much, comes often, was here lately"),
    RfmClass.IMPORTANT_DEVELOP: N_("spends much, comes seldom, was here lately"),
    RfmClass.IMPORTANT_KEEP: N_("spends much, came often, has stayed away"),
    RfmClass.IMPORTANT_WIN_BACK: N_("spent much, came seldom, has stayed away"),
    RfmClass.GENERAL_VALUE: N_("spends little, comes often, was here lately"),
    RfmClass.GENERAL_DEVELOP: N_("spends little, comes seldom, was here lately"),
    RfmClass.GENERAL_KEEP: N_("spends little, came often, has stayed away"),
    RfmClass.GENERAL_WIN_BACK: N_("spent little, came seldom, has stayed away"),
}
ABC = {
    AbcClass.A: N_("A: among those who bring most of the turnover"),
    AbcClass.B: N_("B: in the middle of the turnover"),
    AbcClass.C: N_("C: among those who bring the least"),
}
STATES = {
    MemberState.CLOSED: N_("This membership has ended."),
    MemberState.MERGED: N_("This member became one with another one."),
    MemberState.ERASED: N_("The personal data of this member were erased."),
}
GENDERS = {"unknown": N_("not told"), "female": N_("female"), "male": N_("male"), "other": N_("other")}


class MemberHead(Panel):
    """Name, number, tier and points in one line."""

    DEFAULT_CSS = "MemberHead { height: 1; background: $panel; }"

    def __init__(self, flows: OneMember) -> None:
        """Show what the screen knows."""
        super().__init__(id="member-head")
        self._flows = flows

    def build(self, width: int, height: int) -> list[Line]:
        """One line; a long name gives way."""
        panel = self._flows.panel
        if panel is None:
            return [((" " + _("Member"), "heading"),)]
        member = panel.member
        parts = [member.number, member.tier_name, member.phone]
        if self._flows.points is not None:
            parts.append(_("{points} points").format(points=f"{self._flows.points.balance:,}"))
        rest = "".join(" │ " + part for part in parts if part)
        name = member.name or _("(no name)")
        room = max(8, width - cell_len(rest) - 2)
        line: Line = ((" " + fit(name, min(room, cell_len(name))), "heading"), (rest, ""))
        if self._flows.till.store.training:
            line = ((" ▓ " + _("TRAINING") + " ▓", "training"), *line)
        return [line]


class AboutPanel(Panel):
    """Everything known of the member, line by line; longer than the window it scrolls."""

    def __init__(self, flows: OneMember) -> None:
        """Show what the screen knows."""
        super().__init__(id="about")
        self._flows = flows
        self._first = 0

    def scroll_lines(self, by: int) -> None:
        """Show later or earlier lines."""
        lines = self._lines(max(20, self.size.width - 2))
        self._first = max(0, min(self._first + by, len(lines) - self.size.height))
        self.redraw()

    def build(self, width: int, height: int) -> list[Line]:
        """The lines that fit, from where it was scrolled to."""
        lines = self._lines(width - 2)
        self._first = max(0, min(self._first, len(lines) - height))
        shown = lines[self._first : self._first + height]
        below = len(lines) - self._first - height
        if below > 0 and shown:
            shown[-1] = ((fit(_("↓ {count} more lines").format(count=below + 1), width - 2), "quiet"),)
        return [((" ", ""), *line) for line in shown]

    def _lines(self, width: int) -> list[Line]:
        panel = self._flows.panel
        if panel is None:
            return [((_("One moment…"), "quiet"),)]
        member = self._flows.full or panel.member
        zone, currency = self._flows.shell.store.zone, self._flows.till.currency
        rows = [
            *_who(member),
            *_standing(panel),
            *_shopping(panel, currency, zone),
            *(_personal(member) if self._flows.full is not None else ()),
        ]
        lines: list[Line] = []
        if member.state in STATES:
            lines += [((part, "error"),) for part in wrap(_(STATES[member.state]), width)]
        if member.note:
            lines += [((part, "warning"),) for part in wrap("✎ " + member.note, width)]
        for label, text, tone in rows:
            parts = wrap(text, max(12, width - _LABEL))
            for i, part in enumerate(parts):
                lines.append(((fit(label if i == 0 else "", _LABEL - 1) + " ", "quiet"), (part, tone)))
        return lines


Row = tuple[str, str, str]
"""Label, text, tone."""


def _who(member: MemberView) -> list[Row]:
    birthday = member.birthday or _("not told")
    return [
        (_("Member"), member.name or _("(no name)"), "strong"),
        (_("Member number"), member.number, ""),
        (_("Phone"), member.phone or _("none"), ""),
        (_("Gender"), _(GENDERS[member.gender]), ""),
        (_("Birthday"), birthday, ""),
        (_("Tags"), ", ".join(member.tags) or _("none"), ""),
    ]


def _standing(panel: MemberPanel) -> list[Row]:
    member = panel.member
    rows = [(_("Tier"), member.tier_name or _("none"), "strong")]
    if member.tier_until:
        rows.append((_("Holds until"), member.tier_until, ""))
    if panel.discount_ppm:
        percent = f"{panel.discount_ppm / 10_000:g} %"
        rows.append((_("Discount"), percent, ""))
    rows.append((_("Growth"), f"{member.growth:,}", ""))
    if panel.next_tier_name:
        text = _("{growth} more to {tier}")
        words = text.format(growth=f"{panel.growth_missing:,}", tier=panel.next_tier_name)
        rows.append((_("Next tier"), words, ""))
    if panel.growth_to_keep_missing:
        text = _("{growth} more to keep {tier}")
        words = text.format(growth=f"{panel.growth_to_keep_missing:,}", tier=member.tier_name)
        rows.append((_("To keep it"), words, "warning"))
    if panel.birthday_in_days is not None and panel.birthday_in_days <= 30:
        rows.append((_("Birthday"), birthday_words(panel.birthday_in_days), "good"))
    rows.append((_("Member since"), member.joined_on or _("unknown"), ""))
    return rows


def birthday_words(days: int) -> str:
    """Return how far the birthday is."""
    if days == 0:
        return _("today!")
    return ngettext("in {count} day", "in {count} days", days).format(count=days)


def _shopping(panel: MemberPanel, currency: str, zone: tzinfo | None) -> list[Row]:
    if not panel.visits or panel.last_visit is None:
        return [(_("Visits"), _("no purchase yet"), "")]
    last = panel.last_visit.astimezone(zone).strftime("%Y-%m-%d")
    days = panel.days_since_visit
    if days is not None:
        last += " · " + ngettext("{count} day ago", "{count} days ago", days).format(count=days)

    def money(amount_minor: int) -> str:
        return format_minor(amount_minor, currency, symbol=True, grouped=True)

    rows = [
        (_("Visits"), f"{panel.visits:,}", ""),
        (_("Last visit"), last, ""),
        (_("Average"), _("{amount} a visit").format(amount=money(panel.average_basket_minor)), ""),
        (_("Spent"), money(panel.spent_minor), ""),
    ]
    for i, goods in enumerate(panel.favourites):
        rows.append((_("Favourites") if i == 0 else "", f"{goods.name} × {goods.times}", ""))
    if panel.rfm is not None:
        rows.append((_("Customer"), _(RFM[panel.rfm]), ""))
    if panel.abc is not None:
        rows.append(("", _(ABC[panel.abc]), ""))
    return rows


def _personal(member: MemberView) -> list[Row]:
    rows = [
        (_("E-mail"), member.email),
        (_("Address"), member.address),
        (_("Occupation"), member.occupation),
        (_("Income band"), member.income_band),
        (_("Skin"), member.skin_condition),
        (_("Brought by"), member.referrer),
        *((extra.field, extra.value) for extra in member.extras),
    ]
    return [(label, text or _("not told"), "") for label, text in rows]
