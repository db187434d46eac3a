"""The shop's tax rates: one list, a form for each, and a sentence that works the rate out on a price."""

from collections.abc import Iterable, Sequence

from textual import on
from textual.widget import Widget

from protocol.language import N_, _
from protocol.messages.base import Answer, Fact, Refused
from protocol.messages.taxes import ListTaxRates, SaveTaxRate, TaxRateChanged, TaxRates, TaxRateView
from terminal_app.console.fields import FieldChanged
from terminal_app.console.form_dialog import FormDialog
from terminal_app.console.form_fields import Field, Kind, Value
from terminal_app.console.list_screen import ListScreen
from terminal_app.console.prices.tax_words import (
    parse_percent,
    percent_mistake,
    percent_words,
    tax_example,
    tax_sentence,
)
from terminal_app.console.table import Column, Table, TableRow
from terminal_app.widgets.words import Words

_CHOICES = (("inclusive", N_("contained in the price")), ("on_top", N_("on top of the price")))


def _fields() -> list[Field]:
    return [
        Field("tax", N_("Code"), required=True, hint=N_("Small letters and digits: vat13"), most=20),
        Field("name", N_("Name"), required=True, hint=N_("As the receipt calls it: VAT 13 %"), most=40),
        Field("rate", N_("Rate"), required=True, hint="13%", check=percent_mistake),
        Field("inclusive", N_("Is"), Kind.CHOICE, choices=tuple((key, _(words)) for key, words in _CHOICES)),
        Field("shop_default", N_("For the whole shop"), Kind.YES_NO),
        Field("active", N_("In use"), Kind.YES_NO),
    ]


class TaxScreen(ListScreen):
    """All rates, also those that are out of use."""

    TITLE_WORDS = N_("Prices › Tax rates")
    HERE = "prices"
    DEFAULT_CSS = "TaxScreen #sentence { height: auto; min-height: 2; padding: 0 1; }"
    COLUMNS: Sequence[Column] = (
        Column(N_("Code"), 10),
        Column(N_("Name"), least=12),
        Column(N_("Rate"), 7, right=True),
        Column(N_("Is"), 22),
        Column(N_("Holds for"), 16),
    )
    EMPTY = N_("There are no tax rates: receipts show no tax. Add one, for example 13%.")

    def __init__(self) -> None:
        """Begin empty."""
        super().__init__()
        self._rates: dict[str, TaxRateView] = {}

    def body(self) -> Iterable[Widget]:
        """The list, and what the rate under the cursor does."""
        yield from super().body()
        yield Words(self._sentence, id="sentence")

    async def load(self) -> None:
        """Ask for all."""
        answer = await self.fetch(ListTaxRates(), TaxRates)
        if answer is not None:
            self._show(answer)

    def _show(self, answer: TaxRates) -> None:
        self._rates = {rate.tax: rate for rate in answer.rates}
        self.table.show([self._row(rate) for rate in answer.rates])

    @staticmethod
    def _row(rate: TaxRateView) -> TableRow:
        about = _("the whole shop") if rate.shop_default else _("what names it")
        cells = (
            rate.tax,
            rate.name,
            percent_words(rate.rate_ppm),
            _("contained in the price") if rate.inclusive else _("on top of the price"),
            about if rate.active else _("out of use"),
        )
        return TableRow(rate.tax, cells, "" if rate.active else "quiet")

    def _sentence(self) -> str:
        row = self.table.current
        rate = self._rates.get(row.key) if row else None
        return tax_sentence(rate, self.console.currency) if rate else ""

    @on(Table.Moved)
    def moved(self) -> None:
        """Say what the cursor is on."""
        self.query_one("#sentence").refresh(layout=True)

    def store_fact(self, fact: Fact) -> None:
        """Somebody changed one."""
        if isinstance(fact, TaxRateChanged):
            self.reload_soon()

    def edit(self, row: TableRow | None) -> None:
        """Open the form of a rate, or of a new one."""
        known = self._rates[row.key] if row else None

        def done(answer: Answer | None) -> None:
            if isinstance(answer, TaxRates):
                self._show(answer)
                self.say(_("Saved. What was sold before keeps the tax that it was sold with."), "good")

        self.app.push_screen(TaxDialog(self, known, set(self._rates)), done)


class TaxDialog(FormDialog):
    """One rate; the example below follows what is typed."""

    DEFAULT_CSS = "TaxDialog #example { height: auto; min-height: 2; padding: 1 1 0 1; color: $primary; }"

    def __init__(self, screen: TaxScreen, known: TaxRateView | None, codes: set[str]) -> None:
        """`codes`: those that are taken."""
        title = _("Change {name}").format(name=known.name) if known else _("New tax rate")
        start: dict[str, Value] = {"inclusive": "inclusive", "active": True}
        if known:
            start = {
                "tax": known.tax,
                "name": known.name,
                "rate": percent_words(known.rate_ppm),
                "inclusive": "inclusive" if known.inclusive else "on_top",
                "shop_default": known.shop_default,
                "active": known.active,
            }
        fields = _fields()
        if known:
            fields = [field for field in fields if field.key != "tax"]
        example = Words(self._example, id="example")

        async def save(values: dict[str, Value]) -> Answer:
            code = known.tax if known else str(values["tax"])
            if not known and code in codes:
                words = _("There is a rate with the code {code} already; change that one.")
                return Refused(code="bad_code", field="tax", explanation=words.format(code=code))
            rate = TaxRateView(
                tax=code,
                name=str(values["name"]),
                rate_ppm=parse_percent(str(values["rate"])) or 0,
                inclusive=values["inclusive"] != "on_top",
                shop_default=bool(values["shop_default"]),
                active=bool(values["active"]),
            )
            return await screen.ask(SaveTaxRate(rate=rate), TaxRates)

        super().__init__(title, [*fields, example], start, save, screen.console.currency)

    def on_field_changed(self, event: FieldChanged) -> None:
        """Work the example out again."""
        self.query_one("#example").refresh(layout=True)

    def _example(self) -> str:
        texts = self.form.texts()
        rate_ppm = parse_percent(texts.get("rate", ""))
        if rate_ppm is None:
            return _("As soon as there is a rate, an example stands here.")
        return tax_example(rate_ppm, texts.get("inclusive") != "on_top", self._currency or "CNY")
