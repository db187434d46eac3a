"""Tiers: a table in their order, a drawing of the stairs, and a form for each."""

from collections.abc import Callable, Iterable, Mapping, Sequence

from textual import on
from textual.widget import Widget

from protocol.language import N_, _
from protocol.messages.base import Answer, Fact
from protocol.messages.members import ListTiers, SaveTiers, Tiers, TiersChanged, TierView
from terminal_app.actions import bindings_for
from terminal_app.console.fields import FieldChanged
from terminal_app.console.form_fields import Field, Value, parse_all
from terminal_app.console.form_screen import FormScreen
from terminal_app.console.form_view import FormView, Heading
from terminal_app.console.list_screen import ListScreen
from terminal_app.console.members.tiers_form import tier_fields, tier_values, typed_tier
from terminal_app.console.members.tiers_ladder import Ladder
from terminal_app.console.members.tiers_words import (
    discount_words,
    listed,
    months_words,
    sentences,
    tier_sentence,
)
from terminal_app.console.table import Column, Table, TableRow
from terminal_app.widgets.words import Words

_MOST = 50
"""Tiers that the server takes at once."""


def ranked(tiers: Iterable[TierView]) -> tuple[TierView, ...]:
    """Return the tiers with the ranks of their places."""
    return tuple(tier.model_copy(update={"tier": rank}) for rank, tier in enumerate(tiers))


def swapped(tiers: Sequence[TierView], rank: int) -> tuple[TierView, ...]:
    """Return the tiers with this one and the one above it swapped; what each place takes stays there."""
    low, high = tiers[rank], tiers[rank + 1]

    def at_place(tier: TierView, place: TierView) -> TierView:
        keep = min(tier.growth_to_keep, place.growth_needed)
        return tier.model_copy(update={"growth_needed": place.growth_needed, "growth_to_keep": keep})

    changed = [*tiers]
    changed[rank], changed[rank + 1] = at_place(high, low), at_place(low, high)
    return ranked(changed)


class TiersScreen(ListScreen):
    """All tiers; each save hands the whole table to the server, which has the last word."""

    PLACES = ("shell", "rows", "tiers", "removable")
    TITLE_WORDS = N_("Members › Rules › Tiers")
    HERE = "members"
    BINDINGS = [*bindings_for("tiers", "removable")]
    DEFAULT_CSS = "TiersScreen #sentence { height: 3; padding: 0 1; } TiersScreen Table { min-height: 4; }"
    COLUMNS: Sequence[Column] = (
        Column(N_("Rank"), 4, right=True),
        Column(N_("Tier"), least=12),
        Column(N_("Growth"), 11, right=True),
        Column(N_("Discount"), 9, right=True),
        Column(N_("Holds"), 14),
        Column(N_("To keep"), 10, right=True),
        Column(N_("Grace"), 6, right=True, optional=True),
        Column(N_("Other benefits"), least=10, optional=True),
    )

    def __init__(self) -> None:
        """Begin empty."""
        super().__init__()
        self._tiers: tuple[TierView, ...] = ()

    def body(self) -> Iterable[Widget]:
        """Table, stairs, and the tier under the cursor in words."""
        yield Table(self.COLUMNS, empty=self.EMPTY)
        yield Ladder()
        yield Words(self._sentence, id="sentence")

    async def load(self) -> None:
        """Ask for all."""
        answer = await self.fetch(ListTiers(), Tiers)
        if answer is not None:
            self._show(answer)

    def _show(self, answer: Tiers) -> None:
        self._tiers = answer.tiers
        self.table.show([_row(tier) for tier in answer.tiers])

    def store_fact(self, fact: Fact) -> None:
        """Somebody changed them."""
        if isinstance(fact, TiersChanged):
            self.reload_soon()

    @property
    def _here(self) -> TierView | None:
        row = self.table.current
        return self._tiers[int(row.key)] if row and int(row.key) < len(self._tiers) else None

    def _sentence(self) -> str:
        tier = self._here
        if tier is None:
            return ""
        above = self._tiers[tier.tier + 1] if tier.tier + 1 < len(self._tiers) else None
        return sentences([tier_sentence(tier, above), *([tier.note] if tier.note else [])])

    @on(Table.Moved)
    def moved(self) -> None:
        """Draw and say what the cursor is on."""
        self.query_one(Ladder).show(self._tiers, self._here.tier if self._here else 0)
        self.query_one("#sentence").refresh(layout=True)

    # --- changes ----------------------------------------------------------------------------------

    def edit(self, row: TableRow | None) -> None:
        """Open the form of a tier, or of a new one above the one under the cursor."""
        if not self._tiers:
            return
        if row is not None:
            self._open(self._tiers[int(row.key)], new=False)
            return
        if len(self._tiers) >= _MOST:
            self.say(_("There can be {most} tiers at most.").format(most=_MOST), "warning", bell=True)
            return
        here = self._here or self._tiers[-1]
        after = self._tiers[here.tier + 1] if here.tier + 1 < len(self._tiers) else None
        top = self._tiers[-1].growth_needed
        needed = (here.growth_needed + after.growth_needed) // 2 if after else max(1000, top * 2)
        new = TierView(tier=here.tier + 1, name="–", growth_needed=needed)
        if after is None:
            self._open(new, new=True)
        else:
            self._ask_first(here.tier + 1, len(self._tiers), lambda: self._open(new, new=True))

    def _open(self, tier: TierView, *, new: bool) -> None:
        def done(answer: Answer | None) -> None:
            if isinstance(answer, Tiers):
                self._show(answer)
                self.table.go_to(str(tier.tier))
                self.say(_("Saved. It holds for every sale from now on."), "good")

        self.app.push_screen(TierScreen(self._tiers, tier, new=new), done)

    def _ask_first(self, rank: int, last: int, go: Callable[[], None]) -> None:
        """Say what it means that tiers from a rank to before another get another place; go on after a yes."""

        def then(yes: bool | None) -> None:
            if yes:
                go()

        names = listed([tier.name for tier in self._tiers[rank:last]])
        words = _(
            "{tiers} would get another rank; that is possible while no member has them. "
            "Rules of points go by the rank: look at them afterwards."
        )
        self.console.question(words.format(tiers=names), then, yes=_("Go on"))

    def do_remove(self) -> None:
        """Take the tier away; the server refuses it for one that members have."""
        tier = self._here
        if tier is None:
            return
        if len(self._tiers) == 1:
            self.say(_("One tier has to be there: everybody begins in it."), "warning", bell=True)
            return
        rest = [each for each in self._tiers if each.tier != tier.tier]
        if tier.tier == 0:
            rest[0] = rest[0].model_copy(update={"growth_needed": 0, "growth_to_keep": 0})

        def go(yes: bool | None) -> None:
            if yes:
                self.flow(self._store(rest, _("Removed: {name}.").format(name=tier.name)))

        self.console.question(_("Remove the tier “{name}”?").format(name=tier.name), go, yes=_("Remove"))

    def do_up(self) -> None:
        """Change places with the tier above."""
        self._swap(0)

    def do_down(self) -> None:
        """Change places with the tier below."""
        self._swap(-1)

    def _swap(self, by: int) -> None:
        tier = self._here
        if tier is None or not 0 <= tier.tier + by < len(self._tiers) - 1:
            self.app.bell()
            return
        rank = tier.tier + by
        words = _("Saved: {name} stands at rank {rank} now.").format(
            name=tier.name, rank=rank + 1 if by == 0 else rank
        )
        table = swapped(self._tiers, rank)
        then_at = rank + 1 if by == 0 else rank
        self._ask_first(rank, rank + 2, lambda: self.flow(self._store(table, words, then_at)))

    async def _store(self, tiers: Iterable[TierView], words: str, then_at: int | None = None) -> None:
        answer = await self.fetch(SaveTiers(tiers=ranked(tiers)), Tiers)
        if answer is not None:
            self._show(answer)
            if then_at is not None:
                self.table.go_to(str(then_at))
            self.say(words, "good")


def _row(tier: TierView) -> TableRow:
    cells = (
        str(tier.tier),
        tier.name,
        f"{tier.growth_needed:,}",
        discount_words(tier.discount_ppm),
        months_words(tier.valid_months),
        f"{tier.growth_to_keep:,}" if tier.valid_months else "–",
        str(tier.grace_days) if tier.valid_months else "–",
        tier.note,
    )
    return TableRow(str(tier.tier), cells)


class TierScreen(FormScreen):
    """One tier, with the sentence that reads it back as it is typed."""

    HERE = "members"
    DEFAULT_CSS = "TierScreen #sentence { height: auto; min-height: 2; padding: 0 1; color: $primary; }"

    def __init__(self, tiers: Sequence[TierView], tier: TierView, *, new: bool) -> None:
        """`tier` is changed, or put in at its rank when it is new."""
        super().__init__()
        self._tiers = tuple(tiers)
        self._tier = tier
        self._new = new

    def title_words(self) -> str:
        """Return which tier it is."""
        name = _("New tier") if self._new else self._tier.name
        return _("Members › Rules › Tiers › {name}").format(name=name)

    def parts(self) -> list[Field | Heading | Widget]:
        """Return the fields."""
        return [*tier_fields(self._tier.tier)]

    def start_values(self) -> Mapping[str, Value]:
        """Return what is there."""
        values = tier_values(self._tier)
        return {**values, "name": ""} if self._new else values

    def body(self) -> Iterable[Widget]:
        """The form, and the tier in words."""
        yield from super().body()
        yield Words(self._sentence, id="sentence")

    def on_field_changed(self, event: FieldChanged) -> None:
        """Read back what is typed."""
        self.query_one("#sentence").refresh(layout=True)

    def _sentence(self) -> str:
        form = self.query_one(FormView)
        fields = [row.field for row in form.rows.values()]
        values, mistakes = parse_all(fields, form.texts(), form.currency, form.zone)
        if mistakes:
            return _("As soon as all is filled in, the tier is read back to you here.")
        tier = typed_tier(self._tier.tier, values, self._tier)
        following = self._tier.tier if self._new else self._tier.tier + 1
        above = self._tiers[following] if following < len(self._tiers) else None
        return tier_sentence(tier, above)

    async def save(self, values: dict[str, Value]) -> Answer:
        """Hand the whole table over with this tier in it."""
        rank = self._tier.tier
        tier = typed_tier(rank, values, self._tier)
        rest = self._tiers[rank if self._new else rank + 1 :]
        return await self.ask(SaveTiers(tiers=ranked([*self._tiers[:rank], tier, *rest])), Tiers)
