"""A promotion for many goods: what it is, old and new prices side by side, then one product after another."""

from collections.abc import Iterable, Sequence
from typing import Any

from textual.widget import Widget

from protocol.language import N_, _, ngettext
from protocol.messages.base import Answer, Done, Refused
from protocol.messages.catalogue import GetProduct, ProductFound
from protocol.messages.prices import PriceRow
from terminal_app.actions import bindings_for
from terminal_app.console.form_dialog import FormDialog
from terminal_app.console.form_fields import Field, Kind, Value
from terminal_app.console.frame import SubPage
from terminal_app.console.list_transfer import Cancelled, OnProgress
from terminal_app.console.prices.offer_typed import parse_until, until_check
from terminal_app.console.prices.price_list_prices import (
    WAYS,
    Planned,
    Promotion,
    Way,
    parse_value,
    plan,
    when_words,
    with_prices,
)
from terminal_app.console.prices.price_list_progress import PiecesDialog, piece_done
from terminal_app.console.table import Column, Table, TableRow, Tone
from terminal_app.widgets.words import Words


class PromotionAsking:
    """Asks what the promotion is."""

    def __init__(self, screen: SubPage[Any], count: int) -> None:
        """`count`: for how many goods."""
        self.promotion: Promotion | None = None
        self._screen = screen
        self._count = count

    def dialog(self) -> FormDialog:
        """Return the dialog."""
        zone = self._screen.console.zone
        ways = tuple((way.value, _(words)) for way, words in WAYS.items())
        fields = [
            Field("way", N_("Promotion"), Kind.CHOICE, choices=ways),
            Field("value", N_("Amount or %"), hint=N_("20% or 8折; or 1.50")),
            Field("begin", N_("Promotion from"), Kind.MOMENT, hint=N_("Empty: at once. 2026-11-21 08:30")),
            Field(
                "end",
                N_("Promotion until"),
                hint=N_("Empty: without an end. A day is included"),
                check=until_check(zone),
            ),
        ]
        words = ngettext("For {count} product.", "For {count} products.", self._count)
        note = (
            words.format(count=self._count) + " " + _("Old and new prices are shown before anything changes.")
        )
        start: dict[str, Value] = {"way": Way.PERCENT.value}
        return FormDialog(_("Promotion for the chosen goods"), fields, start, self._save, note=note)

    async def _save(self, values: dict[str, Value]) -> Answer:
        way = Way(str(values["way"]))
        value = None
        if way is not Way.END:
            value = parse_value(way, str(values["value"] or ""), self._screen.console.currency)
            if value is None:
                words = {
                    Way.PERCENT: _(
                        "Write what is taken off, for example 20%, or what is left, for example 8折."
                    ),
                    Way.AMOUNT: _("Write the amount that is taken off, for example 1.50."),
                    Way.PRICE: _("Write the price, for example 9.90."),
                }[way]
                return Refused(code="bad", field="value", explanation=words)
        begin = values["begin"]
        end = parse_until(str(values["end"] or ""), self._screen.console.zone)
        if end is not None and end <= self._screen.console.clock():
            return Refused(code="bad", field="end", explanation=_("This moment is over already."))
        if end is not None and begin is not None and end <= begin:  # type: ignore[operator]
            return Refused(
                code="bad", field="end", explanation=_("The promotion would end before it begins.")
            )
        self.promotion = Promotion(way, value or 0, begin, end)  # type: ignore[arg-type]
        if way is Way.END:
            self.promotion = Promotion(way)
        return Done()


class PreviewScreen(SubPage[bool]):
    """Old and new prices; then what became of each. Gives True when something was changed."""

    PLACES = ("shell", "promotion")
    TITLE_WORDS = N_("Prices › Price list › Promotion")
    HERE = "prices"
    AUTO_FOCUS = "Table"
    BINDINGS = [*bindings_for("promotion")]

    def __init__(self, rows: Sequence[PriceRow], promotion: Promotion) -> None:
        """Show what the promotion would do to the goods."""
        super().__init__()
        self._promotion = promotion
        self._plan = plan(rows, promotion)
        self._done: dict[str, str] = {}
        """By product: empty when it was changed, else why not."""

    def body(self) -> Iterable[Widget]:
        """What is planned, and the list."""
        yield Words(self._info_words, classes="info", id="info")
        yield Table(
            [
                Column(N_("Code"), 10),
                Column(N_("Name"), least=14, share=2),
                Column(N_("Selling"), 9, right=True),
                Column(N_("Promotion"), 9, right=True),
                Column(N_("New price"), 9, right=True),
                Column("", least=14, share=1),
            ]
        )

    async def load(self) -> None:
        """Show the plan; nothing has to be asked for."""
        self._redraw()

    def _redraw(self) -> None:
        self.query_one(Table).show([self._row(each) for each in self._plan])
        self.query_one("#info").refresh(layout=True)

    def _row(self, each: Planned) -> TableRow:
        row = each.row
        key = str(row.product_id)
        word, tone = "", ""
        if each.why_not:
            word, tone = _("left out: {reason}").format(reason=each.why_not), "quiet"
        elif key in self._done:
            word, tone = ("✗ " + self._done[key], "bad") if self._done[key] else ("✓ " + _("changed"), "good")
        new = _("none") if each.price_minor is None else self.money(each.price_minor)
        cells = (
            row.code,
            row.name,
            self.money(row.selling_minor),
            self.money(row.promotional_minor),
            "–" if each.why_not else new,
            word,
        )
        return TableRow(key, cells, _tone(tone))

    @property
    def _to_do(self) -> list[Planned]:
        """Return what is still to be changed, what was refused before included."""
        return [p for p in self._plan if not p.why_not and self._done.get(str(p.row.product_id), "-")]

    def _info_words(self) -> str:
        count = len([each for each in self._plan if not each.why_not])
        words = ngettext("{count} product changes", "{count} products change", count).format(count=count)
        left_out = len(self._plan) - count
        when = when_words(self._promotion.begin, self._promotion.end, self.console.zone)
        parts = [words, when or (_("at once, without an end") if self._promotion.way is not Way.END else "")]
        if left_out:
            parts.append(_("{count} left out").format(count=left_out))
        parts.append(_("Ctrl+S applies, Esc goes back"))
        return " · ".join(part for part in parts if part)

    async def do_apply(self) -> None:
        """Change one product after another; each is changed whole or not at all."""
        to_do = self._to_do
        if not to_do:
            self.say(_("Nothing is left to be changed."), "info")
            return

        async def work(on_progress: OnProgress, cancelled: Cancelled) -> int:
            """Return how many were looked at before it was stopped."""
            for done, each in enumerate(to_do, 1):
                if cancelled():
                    return done - 1
                self._done[str(each.row.product_id)] = await self._change(each)
                on_progress(piece_done(done))
            return len(to_do)

        reached = await self.app.push_screen_wait(PiecesDialog(_("Changing prices"), work, len(to_do))) or 0
        self._redraw()
        refused = sum(bool(self._done.get(str(each.row.product_id))) for each in to_do[:reached])
        self._tell(reached - refused, refused, len(to_do) - reached)

    def _tell(self, changed: int, refused: int, left: int) -> None:
        parts = [
            ngettext("{count} product changed.", "{count} products changed.", changed).format(count=changed)
        ]
        if refused:
            parts.append(
                ngettext("{count} was refused.", "{count} were refused.", refused).format(count=refused)
            )
        if left:
            parts.append(_("{count} not reached; they are as before.").format(count=left))
        if refused or left:
            parts.append(_("Ctrl+S goes on with the rest."))
        self.say(" ".join(parts), "warning" if refused or left else "good", bell=bool(refused))

    async def _change(self, each: Planned) -> str:
        """Return why it was not changed, or nothing."""
        found = await self.ask(GetProduct(product_id=each.row.product_id), ProductFound)
        if isinstance(found, Refused):
            return found.explanation
        request = with_prices(
            found.product,
            each.row.version,
            promotional_price_minor=each.price_minor,
            promotion_from=self._promotion.begin,
            promotion_until=self._promotion.end,
        )
        answer = await self.ask(request, ProductFound)
        return answer.explanation if isinstance(answer, Refused) else ""

    def action_back(self) -> None:
        """Leave, and say whether anything was changed."""
        self.dismiss(any(not why for why in self._done.values()))


def _tone(name: str) -> Tone:
    tones: dict[str, Tone] = {"quiet": "quiet", "bad": "bad", "good": "good"}
    return tones.get(name, "")
