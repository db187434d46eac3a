"""Try the rules of points: an amount, a day and an hour, and what it would earn by which rules."""

from asyncio import sleep
from collections.abc import Iterable
from datetime import date

from textual.widget import Widget

from protocol.identifiers import ProductId
from protocol.language import N_, _
from protocol.messages.base import Refused
from protocol.messages.points import PointsRuleKind, PointsTried, TryPointsRules
from terminal_app.console.fields import FieldChanged, TextField
from terminal_app.console.form_fields import Field, Kind, Value, parse_all
from terminal_app.console.form_view import FormView
from terminal_app.console.frame import SubPage
from terminal_app.console.members.rule_words import (
    WEEKDAYS,
    RuleNames,
    clock_mistake,
    factor_words,
    parse_clock,
    points_words,
    rule_sentence,
)
from terminal_app.widgets.words import Words

_PAUSE_S = 0.15
"""Between the last key and the question."""
_TIMES = (PointsRuleKind.TIER, PointsRuleKind.CAMPAIGN)


def _hour_mistake(text: str) -> str:
    if parse_clock(text) == "24:00":
        return _("Write 00:00 for midnight.")
    return clock_mistake(text)


class TrialScreen(SubPage[None]):
    """The answer changes while one types; nothing is earned by it."""

    PLACES = ("shell",)
    TITLE_WORDS = N_("Members › Rules › Points › Try it")
    HERE = "members"
    AUTO_FOCUS = "TextField"
    DEFAULT_CSS = "TrialScreen #result { height: 1fr; padding: 0 1; color: $foreground; }"

    def __init__(self, names: RuleNames) -> None:
        """`names`: what the rules point at."""
        super().__init__()
        self._names = names
        self._result = ""

    def body(self) -> Iterable[Widget]:
        """What is asked, and the answer."""
        birthdays = (
            ("", _("on another day")),
            ("day", _("on that day")),
            ("month", _("in that month, on another day")),
        )
        view = FormView(
            [
                Field("amount_minor", N_("Amount paid"), Kind.MONEY, required=True),
                Field("day", N_("Day"), Kind.DATE, required=True, hint="2026-11-27"),
                Field("time", N_("Time"), required=True, check=_hour_mistake, hint="18:30"),
                Field(
                    "tier", N_("Tier"), Kind.CHOICE,
                    choices=tuple((str(rank), name) for rank, name in self._names.tiers.items()),
                ),
                Field(
                    "product_id", N_("Product"), Kind.PRODUCT,
                    choices=(("", _("goods without a rule of their own")),),
                ),
                Field("birthday", N_("Birthday"), Kind.CHOICE, choices=birthdays),
            ],
            self.console.currency,
            self.console.zone,
        )  # fmt: skip
        view.styles.height = "auto"
        yield view
        yield Words(lambda: self._result, id="result")

    @property
    def changed(self) -> bool:
        """Nothing is lost by leaving."""
        return False

    def on_mount(self) -> None:
        """Begin with now and a round amount."""
        now = self.console.clock().astimezone(self.console.zone)
        start: dict[str, Value] = {
            "amount_minor": 10_000,
            "day": now.date().isoformat(),
            "time": now.strftime("%H:%M"),
            "tier": str(next(iter(self._names.tiers), "")),
            "product_id": "",
            "birthday": "",
        }
        form = self.query_one(FormView)
        form.fill(start)
        for row in form.rows.values():
            if isinstance(row.editor, TextField):
                row.editor.select_on_focus = True  # what is tried next takes the place of what is there
        amount = form.rows["amount_minor"].editor
        if isinstance(amount, TextField):
            self.call_after_refresh(amount.action_select_all)

    def on_field_changed(self, event: FieldChanged) -> None:
        """Ask when the person pauses."""
        self.do_reload()

    async def load(self) -> None:
        """Ask what it would earn, if all is written that has to be."""
        await sleep(_PAUSE_S)
        form = self.query_one(FormView)
        fields = [row.field for row in form.rows.values()]
        values, mistakes = parse_all(fields, form.texts(), form.currency, form.zone)
        for key, row in form.rows.items():
            row.say(mistakes.get(key, "") if form.texts()[key].strip() else "")
        if mistakes:
            self._say_result(_("As soon as amount, day and time are there, the answer stands here."))
            return
        product = str(values["product_id"] or "")
        request = TryPointsRules(
            amount_minor=int(str(values["amount_minor"])),
            business_date=date.fromisoformat(str(values["day"])),
            time=parse_clock(str(values["time"])) or "12:00",
            tier=int(str(values["tier"] or "0")),
            product_id=ProductId(int(product)) if product else None,
            birthday=str(values["birthday"]),
        )
        answer = await self.ask(request, PointsTried)
        if isinstance(answer, Refused):
            self._say_result("")
            self.refused(answer)
            return
        self._say_result("\n".join(self._lines(request, answer)))

    def _say_result(self, text: str) -> None:
        self._result = text
        self.query_one("#result").refresh(layout=True)

    def _lines(self, request: TryPointsRules, answer: PointsTried) -> list[str]:
        """Return the answer: what it earns, then rule by rule how it comes about."""
        amount = self.money(request.amount_minor)
        day = _(WEEKDAYS[request.business_date.isoweekday() - 1])
        words = _("{amount} on {day} {date} at {time} earns {points}.")
        when = {"day": day, "date": request.business_date, "time": request.time}
        lines = [words.format(amount=amount, points=points_words(answer.points), **when)]
        if not answer.rules:
            lines.append(_("No rule applies."))
        for rule in answer.rules:
            if rule.kind in _TIMES:
                step = f"× {factor_words(rule.multiplier_ppm)}"
            else:
                step = points_words(answer.base_points)
            sentence = rule_sentence(rule, self._names)
            said = _("{about}: {sentence}").format(about=rule.name, sentence=sentence)
            lines.append(f"  {step}  {said}")
        if answer.shared_points:
            words = _("Who brought the member gets {points}.")
            lines.append(words.format(points=points_words(answer.shared_points)))
        if answer.needed_points is None:
            lines.append(_("It cannot be paid with points."))
        else:
            words = _("To pay all of it with points takes {points}.")
            lines.append(words.format(points=points_words(answer.needed_points)))
        return lines
