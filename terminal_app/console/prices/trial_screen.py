"""An offer tried on past sales: how far it is, what it would have cost, the sales that it would change."""

from asyncio import sleep
from collections.abc import Iterable
from datetime import date

from textual import on
from textual.widget import Widget

from protocol.identifiers import SaleId, TrialId
from protocol.language import N_, _, ngettext
from protocol.messages.base import Refused
from protocol.messages.trials import (
    CancelTrial,
    CompareTrialBasket,
    GetTrial,
    ListTrialBaskets,
    Trial,
    TrialBasket,
    TrialBaskets,
    TrialCompared,
    TrialState,
    TrialView,
)
from terminal_app.actions import bindings_for
from terminal_app.console.frame import SubPage
from terminal_app.console.members.tiers_words import sentences
from terminal_app.console.prices.explain_rows import COMPARED_COLUMNS, compared_rows, rule_words
from terminal_app.console.prices.trial_chart import day_chart
from terminal_app.console.progress_dialog import bar
from terminal_app.console.table import Column, Table, TableRow
from terminal_app.widgets.words import Words

_LOOK_S = 0.2
"""How often the server is asked how far it is."""
_PAGE_ROWS = 500
_MOST_ROWS = 5000
"""So many changed sales are listed and drawn; the greatest ones."""
_TIMEOUT_S = 15.0


class OfferTrialScreen(SubPage[None]):
    """Looks on until the trial is done or stopped, then lists what would have been others."""

    PLACES = ("shell", "trial")
    HERE = "prices"
    AUTO_FOCUS = "Table"
    BINDINGS = [*bindings_for("trial")]
    DEFAULT_CSS = """
    OfferTrialScreen #offer { height: auto; max-height: 3; color: $primary; padding: 0 1; }
    OfferTrialScreen #result { height: auto; padding: 0 1; }
    OfferTrialScreen #chart { height: auto; padding: 0 1; color: $success; }
    """

    def __init__(self, trial: TrialView, name: str) -> None:
        """`name`: what the offer is called."""
        super().__init__()
        self._trial = trial
        self._name = name
        self._baskets: list[TrialBasket] = []
        self._all = True

    def title_words(self) -> str:
        """Return what is tried."""
        return _("Prices › Offers › {name} on past sales").format(name=self._name)

    def body(self) -> Iterable[Widget]:
        """The offer in words, the result with its columns, the changed sales."""
        yield Words(lambda: self._trial.words, id="offer")
        yield Words(self._result_words, id="result")
        yield Words(self._chart_words, id="chart")
        columns = [
            Column(N_("Receipt"), least=22),
            Column(N_("Sold at"), 16),
            Column(N_("Lines"), 5, right=True, optional=True),
            Column(N_("Used"), 6, right=True),
            Column(N_("As it was"), 11, right=True),
            Column(N_("With the offer"), 14, right=True),
        ]
        yield Table(columns, empty=N_("No sale would have been another."))

    @property
    def changed(self) -> bool:
        """Nothing is lost by leaving."""
        return False

    # --- how far ----------------------------------------------------------------------------------

    async def load(self) -> None:
        """Look until it is over, then get the changed sales."""
        while self._trial.state is TrialState.RUNNING:
            self.console.touched()
            await sleep(_LOOK_S)
            answer = await self.fetch(GetTrial(trial_id=self._trial.trial_id), Trial, _TIMEOUT_S)
            if answer is None:
                return
            self._take(answer)
        if not self._baskets:
            await self._list()
        self._take(Trial(trial=self._trial))

    def _take(self, answer: Trial) -> None:
        self._trial = answer.trial
        for widget in self.query("#offer, #result, #chart"):
            widget.refresh(layout=True)

    async def _list(self) -> None:
        found: list[TrialBasket] = []
        while True:
            request = ListTrialBaskets(trial_id=self._trial.trial_id, limit=_PAGE_ROWS, offset=len(found))
            answer = await self.fetch(request, TrialBaskets, _TIMEOUT_S)
            if answer is None:
                break
            found.extend(answer.baskets)
            self._all = not answer.more
            if self._all or len(found) >= _MOST_ROWS:
                break
        self._baskets = found
        for table in self.query(Table):  # none, when the screen was left meanwhile
            table.show([self._row(basket) for basket in found])

    def _row(self, basket: TrialBasket) -> TableRow:
        at = basket.finished_at.astimezone(self.console.zone)
        cells = (
            basket.receipt_number, f"{at:%Y-%m-%d %H:%M}", str(basket.line_count), str(basket.times),
            self.money(basket.before_minor), self.money(basket.after_minor),
        )  # fmt: skip
        return TableRow(str(basket.sale_id), cells)

    def _result_words(self) -> str:
        trial = self._trial
        days = {"first": trial.first_day.isoformat(), "last": trial.last_day.isoformat()}
        if trial.state is TrialState.RUNNING:
            done = trial.looked_at * 1_000_000 // trial.of if trial.of else 0
            words = _("{count} of {all} sales from {first} to {last}. F8 or Esc stops.")
            counted = words.format(count=f"{trial.looked_at:,}", all=f"{trial.of:,}", **days)
            return f"{bar(done, 50)}\n{counted}\n{self._cost_words()}"
        words = _("{count} sales from {first} to {last}; {changed} would have been others.")
        parts = [words.format(count=f"{trial.looked_at:,}", changed=f"{trial.changed:,}", **days)]
        if trial.state is TrialState.CANCELLED:
            words = _("Stopped after {count} of {all} sales.")
            parts.insert(0, words.format(count=f"{trial.looked_at:,}", all=f"{trial.of:,}"))
        if trial.not_priced:
            words = ngettext(
                "{count} sale could not be priced anew.",
                "{count} sales could not be priced anew.",
                trial.not_priced,
            )
            parts.append(words.format(count=trial.not_priced))
        return sentences(parts) + "\n" + self._cost_words()

    def _cost_words(self) -> str:
        trial = self._trial
        if trial.times and not trial.changed and trial.state is not TrialState.RUNNING:
            words = _(
                "It worked in these sales already, as it is: {count} times. Nothing would be different."
            )
            return words.format(count=f"{trial.times:,}")
        words = ngettext(
            "It would have worked {count} time and cost {cost}: {after} instead of {before}.",
            "It would have worked {count} times and cost {cost}: {after} instead of {before}.",
            trial.times,
        )
        amounts = {
            "cost": self.money(trial.cost_minor),
            "after": self.money(trial.after_minor),
            "before": self.money(trial.before_minor),
        }
        text = words.format(count=f"{trial.times:,}", **amounts)
        if trial.points:
            more = _("Points on top: {points}.").format(points=f"{trial.points:+,}".replace("-", "−"))
            text = sentences([text, more])
        return text

    def _chart_words(self) -> str:
        if not self._baskets or not self._all or self._trial.first_day == self._trial.last_day:
            return ""
        costs: dict[date, int] = {}
        for basket in self._baskets:
            day = basket.finished_at.astimezone(self.console.zone).date()
            day = min(max(day, self._trial.first_day), self._trial.last_day)
            costs[day] = costs.get(day, 0) + basket.before_minor - basket.after_minor
        height = 5 if self.size.height >= 36 else 2
        width = max(20, self.query_one("#chart").content_size.width or self.size.width - 4)
        return "\n".join(day_chart(costs, self._trial.first_day, self._trial.last_day, width, height))

    # --- keys -------------------------------------------------------------------------------------

    async def do_stop(self) -> None:
        """Stop it; what was found stays."""
        if self._trial.state is not TrialState.RUNNING:
            self.app.bell()
            return
        answer = await self.fetch(CancelTrial(trial_id=self._trial.trial_id), Trial)
        if answer is not None:
            self._take(answer)

    async def before_leaving(self) -> None:
        """Nobody waits for it any more."""
        if self._trial.state is TrialState.RUNNING:
            await self.ask(CancelTrial(trial_id=self._trial.trial_id), Trial)

    def action_back(self) -> None:
        """Esc: stop what still runs; else leave."""
        if self._trial.state is TrialState.RUNNING:
            self.flow(self.do_stop())
        else:
            self.dismiss(None)

    def on_table_chosen(self, event: Table.Chosen) -> None:
        """Show a sale side by side."""
        basket = next(b for b in self._baskets if str(b.sale_id) == event.row.key)
        self.app.push_screen(TrialCompareScreen(self._trial.trial_id, basket.sale_id, basket.receipt_number))


class TrialCompareScreen(SubPage[None]):
    """One sale as it was, and as it would have been."""

    PLACES = ("shell",)
    HERE = "prices"
    AUTO_FOCUS = "Table"
    DEFAULT_CSS = "TrialCompareScreen #sentence { height: 4; padding: 0 1; }"

    def __init__(self, trial_id: TrialId, sale_id: SaleId, receipt_number: str) -> None:
        """Of a trial that is done."""
        super().__init__()
        self._ids = (trial_id, sale_id)
        self._receipt = receipt_number
        self._compared: TrialCompared | None = None

    def title_words(self) -> str:
        """Return which sale it is."""
        return _("Prices › Offers › Past sales › {receipt}").format(receipt=self._receipt)

    def body(self) -> Iterable[Widget]:
        """The two, and what a rule did."""
        yield Table(COMPARED_COLUMNS)
        yield Words(self._sentence, id="sentence")

    async def load(self) -> None:
        """Ask for both."""
        request = CompareTrialBasket(trial_id=self._ids[0], sale_id=self._ids[1])
        answer = await self.ask(request, TrialCompared)
        if isinstance(answer, Refused):
            self.refused(answer)
            return
        self._compared = answer
        for table in self.query(Table):  # none, when the screen was left meanwhile
            table.show(compared_rows(answer.before, answer.after, self.money))

    def _sentence(self) -> str:
        row = self.query_one(Table).current
        if self._compared is None or row is None:
            return ""
        return "\n".join(rule_words(self._compared.before, self._compared.after, row.key))

    @on(Table.Moved)
    def moved(self) -> None:
        """Say what the rule did that the cursor is on."""
        self.query_one("#sentence").refresh(layout=True)
