"""The rules of membership: tiers, growth, points, gifts, extra fields; each in one line."""

from collections.abc import Iterable, Mapping, Sequence

from textual import on
from textual.widget import Widget

from protocol.language import N_, _, ngettext
from protocol.messages.base import Fact
from protocol.messages.catalogue import ExtraFields
from protocol.messages.members import (
    GrowthRules,
    ListGrowthRules,
    ListMemberFields,
    ListTiers,
    Tiers,
    TiersChanged,
)
from protocol.messages.points import (
    GiftChanged,
    Gifts,
    ListGifts,
    ListPointsRules,
    PointsRuleChanged,
    PointsRuleKind,
    PointsRules,
)
from terminal_app.console.frame import SubPage
from terminal_app.console.list_screen import ListScreen
from terminal_app.console.members.rule_words import exchange_words
from terminal_app.console.members.tiers_words import growth_summary, listed, tiers_summary
from terminal_app.console.table import Column, Table, TableRow
from terminal_app.widgets.words import Words

PARTS = {
    "tiers": N_("Tiers"),
    "growth": N_("Growth value"),
    "points": N_("Earning and spending points"),
    "gifts": N_("Gifts"),
    "fields": N_("Extra fields of members"),
}
"""What there is to set up, in words."""


class RulesMenu(ListScreen):
    """What the shop has decided about its members; Enter opens a part."""

    PLACES = ("shell",)
    TITLE_WORDS = N_("Members › Rules")
    HERE = "members"
    DEFAULT_CSS = "RulesMenu #sentence { height: 4; padding: 0 1; }"
    COLUMNS: Sequence[Column] = (
        Column(N_("Rules of"), 29),
        Column(N_("As they are now"), least=30),
    )

    def body(self) -> Iterable[Widget]:
        """The parts, and the whole of the one under the cursor."""
        yield from super().body()
        yield Words(self._sentence, id="sentence")

    def _sentence(self) -> str:
        row = self.table.current
        return row.cells[1] if row else ""

    @on(Table.Moved)
    def moved(self) -> None:
        """Say the whole of what the cursor is on."""
        self.query_one("#sentence").refresh(layout=True)

    async def load(self) -> None:
        """Ask for all, and say each in one line; the parts can be opened before the answers are there."""
        if not self.table.rows:
            self._show(dict.fromkeys(PARTS, "…"))
        tiers = await self.fetch(ListTiers(), Tiers)
        growth = await self.fetch(ListGrowthRules(), GrowthRules)
        points = await self.fetch(ListPointsRules(), PointsRules)
        gifts = await self.fetch(ListGifts(), Gifts)
        fields = await self.fetch(ListMemberFields(), ExtraFields)
        words = {
            "tiers": tiers_summary(tiers.tiers) if tiers else "–",
            "growth": growth_summary(growth.rules) if growth else "–",
            "points": self._points_words(points) if points else "–",
            "gifts": _gifts_words(gifts) if gifts else "–",
            "fields": _fields_words(fields) if fields else "–",
        }
        self._show(words)

    def _show(self, words: Mapping[str, str]) -> None:
        self.table.show([TableRow(key, (_(label), words[key])) for key, label in PARTS.items()])

    def _points_words(self, answer: PointsRules) -> str:
        active = [rule for rule in answer.rules if rule.active]
        count = len(active)
        parts = [ngettext("{count} rule in force", "{count} rules in force", count).format(count=count)]
        for kind in (PointsRuleKind.BASE, PointsRuleKind.SPEND):
            first = next((rule for rule in active if rule.kind is kind and rule.tier is None), None)
            if first is not None:
                parts.append(exchange_words(first, self.console.currency))
        return listed(parts)

    def store_fact(self, fact: Fact) -> None:
        """Somebody changed a rule."""
        if isinstance(fact, (TiersChanged, PointsRuleChanged, GiftChanged)):
            self.reload_soon()

    def edit(self, row: TableRow | None) -> None:
        """Open a part."""
        if row is not None:
            self.app.push_screen(_screen(row.key), lambda _nothing: self.do_reload())

    def do_new(self) -> None:
        """There are as many parts as the program knows."""
        self.app.bell()


def _gifts_words(answer: Gifts) -> str:
    count = len(answer.gifts)
    if not count:
        return _("No gifts yet.")
    words = ngettext("{count} gift, from {points} points", "{count} gifts, from {points} points", count)
    return words.format(count=count, points=f"{min(g.points for g in answer.gifts):,}")


def _fields_words(answer: ExtraFields) -> str:
    count = len(answer.fields)
    if not count:
        return _("None yet: name, phone, birthday and so on are always there.")
    words = ngettext("{count} field: {names}", "{count} fields: {names}", count)
    return words.format(count=count, names=listed([field.field for field in answer.fields]))


def _screen(part: str) -> SubPage[None]:
    """Return the screen of a part; each is imported when it is first shown."""
    match part:
        case "tiers":
            from terminal_app.console.members.tiers_screen import TiersScreen  # noqa: PLC0415

            return TiersScreen()
        case "growth":
            from terminal_app.console.members.growth_screen import GrowthScreen  # noqa: PLC0415

            return GrowthScreen()
        case "points":
            from terminal_app.console.members.points_rules_screen import PointsRulesScreen  # noqa: PLC0415

            return PointsRulesScreen()
        case "gifts":
            from terminal_app.console.members.gifts_screen import GiftsScreen  # noqa: PLC0415

            return GiftsScreen()
        case _:
            from terminal_app.console.members.member_fields import MemberFieldsScreen  # noqa: PLC0415

            return MemberFieldsScreen()
