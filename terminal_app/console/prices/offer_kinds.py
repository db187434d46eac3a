"""The kinds of offers: what each is called and does, an example, and the list to choose one from."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from textual import on
from textual.widget import Widget

from protocol.language import N_, _
from protocol.messages.offers import OfferState
from protocol.offer import OfferKind
from terminal_app.console.frame import SubPage
from terminal_app.console.table import Column, Table, TableRow, Tone
from terminal_app.widgets.words import Words


@dataclass(frozen=True, slots=True)
class KindWords:
    """English texts about a kind."""

    name: str
    does: str
    example: str


KINDS: Mapping[OfferKind, KindWords] = {
    OfferKind.PERCENT_OFF: KindWords(
        N_("Percent off"), N_("Each piece of the goods costs a part less."), N_("20% off all snacks")
    ),
    OfferKind.AMOUNT_OFF: KindWords(
        N_("Amount off"),
        N_("Each piece, or each kilogram, costs less by an amount."),
        N_("Yogurt 1.00 less each"),
    ),
    OfferKind.FIXED_PRICE: KindWords(
        N_("Special price"),
        N_("Each piece, or each kilogram, has this price; one that is lower already stays."),
        N_("Apples 5.90 from 18:00 to 20:00"),
    ),
    OfferKind.N_FOR: KindWords(
        N_("n for a price"),
        N_("So many pieces of the goods together for a price."),
        N_("Any 3 for 10.00"),
    ),
    OfferKind.BUY_GET: KindWords(
        N_("Buy n get m"),
        N_("Who buys n gets m more for less or for nothing; the cheaper ones are given."),
        N_("Buy 2, get 1 free"),
    ),
    OfferKind.CHEAPEST_FREE: KindWords(
        N_("Cheapest free"),
        N_("Of each n pieces the cheapest is free."),
        N_("3 shirts, pay for the 2 dearer ones"),
    ),
    OfferKind.NTH_ITEM: KindWords(
        N_("nth for less"),
        N_("Each nth piece costs a part of its price; it is the cheapest of its group."),
        N_("The second at half price"),
    ),
    OfferKind.BUNDLE: KindWords(
        N_("Bundle"),
        N_("Different goods together, each with its discount or the whole for one price."),
        N_("Burger and drink together 25.00"),
    ),
    OfferKind.THRESHOLD: KindWords(
        N_("Spend and get"),
        N_("Who spends or buys enough gets money off, a gift, points or a coupon; in steps."),
        N_("10.00 off from 100.00, 25.00 off from 200.00"),
    ),
    OfferKind.POINTS_PRICE: KindWords(
        N_("Money + points"),
        N_("A price in money and points together, where the customer asks for it."),
        N_("90.00 and 1,000 points"),
    ),
}
STATES: Mapping[OfferState, tuple[str, Tone]] = {
    OfferState.LIVE: (N_("live"), "good"),
    OfferState.WAITING: (N_("waiting"), "warn"),
    OfferState.ENDED: (N_("ended"), "quiet"),
    OfferState.USED_UP: (N_("used up"), "quiet"),
    OfferState.OFF: (N_("off"), "quiet"),
}
"""Where an offer stands, in words, and its tone."""


def kind_words(kind: OfferKind) -> str:
    """Return what a kind is called."""
    return _(KINDS[kind].name)


class KindScreen(SubPage[OfferKind]):
    """Gives the kind of a new offer."""

    PLACES = ("shell",)
    TITLE_WORDS = N_("Prices › Offers › New: what kind is it?")
    HERE = "prices"
    AUTO_FOCUS = "Table"
    DEFAULT_CSS = "KindScreen #sentence { height: 3; padding: 0 1; color: $primary; }"

    def body(self) -> Iterable[Widget]:
        """The kinds, and what the one under the cursor does."""
        yield Table((Column(N_("Kind"), 20), Column(N_("For example"), least=30)))
        yield Words(self._sentence, id="sentence")

    async def load(self) -> None:
        """List the kinds."""
        rows = [TableRow(kind.value, (_(words.name), _(words.example))) for kind, words in KINDS.items()]
        self.query_one(Table).show(rows)

    def _sentence(self) -> str:
        row = self.query_one(Table).current
        return _(KINDS[OfferKind(row.key)].does) if row else ""

    @on(Table.Moved)
    def moved(self) -> None:
        """Say what the kind does."""
        self.query_one("#sentence").refresh(layout=True)

    def on_table_chosen(self, event: Table.Chosen) -> None:
        """Take the kind."""
        self.dismiss(OfferKind(event.row.key))
