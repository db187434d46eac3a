"""Cash rounding: to what and how, with worked examples that follow the choice."""

from collections.abc import Iterable, Mapping

from textual.widget import Widget

from protocol.language import N_, _
from protocol.messages.base import Answer, Refused
from protocol.messages.store import ChangeSetting, ListSettings, Settings
from terminal_app.console.fields import FieldChanged
from terminal_app.console.form_fields import Field, Kind, Value
from terminal_app.console.form_screen import FormScreen
from terminal_app.console.form_view import FormView, Heading
from terminal_app.console.prices.rounding_examples import example, totals
from terminal_app.console.setting_words import CHOICES, choice_words
from terminal_app.widgets.cells import fit
from terminal_app.widgets.words import Words

STEP, MODE = "cash_rounding", "cash_rounding_mode"


class RoundingScreen(FormScreen):
    """Two choices, and below them what each way makes of a few totals."""

    TITLE_WORDS = N_("Prices › Cash rounding")
    HERE = "prices"
    DEFAULT_CSS = """
    RoundingScreen FormView { height: auto; }
    RoundingScreen .words { height: auto; padding: 1 1 0 1; }
    RoundingScreen #examples { height: auto; padding: 1 1 0 1; color: $primary; }
    """

    def __init__(self) -> None:
        """Begin without the settings."""
        super().__init__()
        self._settings: dict[str, str] = {}

    def parts(self) -> list[Field | Heading | Widget]:
        """Return the two choices."""
        currency = self.console.currency
        return [
            Field(STEP, N_("Cash is rounded to"), Kind.CHOICE, choices=choice_words(STEP, currency)),
            Field(MODE, N_("How cash is rounded"), Kind.CHOICE, choices=choice_words(MODE, currency)),
        ]

    def start_values(self) -> Mapping[str, Value]:
        """Return what holds now."""
        return dict(self._settings)

    def body(self) -> Iterable[Widget]:
        """What it is about, the form, the examples."""
        yield Words(
            N_(
                "Only what cash pays is rounded; cards, pay apps and points pay to the cent. Receipts show "
                "by how much, and money that goes back is rounded to the nearest coin."
            ),
            classes="words",
        )
        yield from super().body()
        yield Words(self._examples, id="examples")

    def on_mount(self) -> None:
        """Ask for what holds now."""
        self.background_task(self.load)

    async def load(self) -> None:
        """Ask once: what was chosen since stays."""
        if self._settings:
            return
        answer = await self.fetch(ListSettings(), Settings)
        if answer is not None:
            self._settings = {s.setting: s.value for s in answer.settings if s.setting in (STEP, MODE)}
            self.query_one(FormView).fill(self.start_values())
            self.query_one("#examples").refresh(layout=True)

    def on_field_changed(self, event: FieldChanged) -> None:
        """Work the examples out again."""
        self.query_one("#examples").refresh(layout=True)

    def _examples(self) -> str:
        texts = self.query_one(FormView).texts()
        step, present, currency = texts.get(STEP, ""), texts.get(MODE, ""), self.console.currency
        if not self._settings:
            return _("One moment…")
        if not step.isdigit():
            return _("Cash pays to the cent: {examples}.").format(
                examples=example(totals("none")[0], step, present, currency)
            )
        lines = []
        for mode, words in choice_words(MODE, currency):
            mark = "› " if mode == present else "  "
            lines.append(mark + fit(words, 33) + worked_out(step, mode, currency))
        return "\n".join(lines)

    async def save(self, values: dict[str, Value]) -> Answer:
        """Have both choices stored; one that is as before is not asked about."""
        answer: Answer = Settings(settings=())
        for setting in (STEP, MODE):
            value = str(values[setting] or "")
            if value != self._settings.get(setting):
                answer = await self.ask(ChangeSetting(setting=setting, value=value), Settings)
                if isinstance(answer, Refused):
                    return answer.model_copy(update={"field": setting})
                self._settings[setting] = value
        self.app.notify(_("Saved. It holds for every sale from now on."), timeout=4)
        return answer


def rounding_note(setting: str, settings: Mapping[str, str], currency: str) -> str:
    """Return examples for each choice of one of the two settings, the other one being as it is."""
    step, mode = settings.get(STEP, ""), settings.get(MODE, "")
    lines = []
    for value, words in choice_words(setting, currency) if setting in CHOICES else ():
        pair = (value, mode) if setting == STEP else (step if step.isdigit() else "10", value)
        lines.append(fit(words, 33) + worked_out(*pair, currency))
    return "\n".join(lines)


def worked_out(step: str, mode: str, currency: str) -> str:
    """Return the examples of one way side by side: `12.34→12.30  12.35→12.40`."""
    worked = (example(total, step, mode, currency) for total in totals(step))
    return "  ".join(each.replace(" ", "") for each in worked)
