"""Which past days an offer is tried on: presets, or days of one's own."""

from datetime import date, timedelta
from typing import Any

from protocol.identifiers import TrialId, new_id
from protocol.language import N_, _, ngettext
from protocol.messages.base import Answer, Refused
from protocol.messages.shifts import DayFigures, GetDay
from protocol.messages.trials import StartTrial, Trial
from protocol.offer import OfferView
from terminal_app.console.form_dialog import AskingDialog
from terminal_app.console.form_fields import Field, Kind, Value
from terminal_app.console.frame import SubPage

_PRESETS = (7, 30, 90, 365)
_TODAY, _OWN = "today", "own"
_START_TIMEOUT_S = 15.0


def preset_choices() -> tuple[tuple[str, str], ...]:
    """Return the choices of days."""
    presets = (
        (str(count), ngettext("the last {count} day", "the last {count} days", count).format(count=count))
        for count in _PRESETS
    )
    return ((_TODAY, _("today")), *presets, (_OWN, _("the days below")))


def chosen_days(values: dict[str, Value], today: date) -> tuple[date, date] | Refused:
    """Return first and last day, or what is missing. Today is not over: the other presets end yesterday."""
    preset = str(values["days"])
    if preset == _TODAY:
        return today, today
    if preset != _OWN:
        return today - timedelta(days=int(preset)), today - timedelta(days=1)
    first, last = values["first_day"], values["last_day"]
    for key, value in (("first_day", first), ("last_day", last)):
        if not value:
            return Refused(code="no_day", field=key, explanation=_("Please fill this in."))
    if str(last) < str(first):
        return Refused(code="bad_days", field="last_day", explanation=_("This is before the first day."))
    return date.fromisoformat(str(first)), date.fromisoformat(str(last))


def start_trial(screen: SubPage[Any], offer: OfferView) -> None:
    """Ask for the days, begin the trial, and show it."""
    console = screen.console
    fields = [
        Field("days", N_("Days"), Kind.CHOICE, choices=preset_choices()),
        Field("first_day", N_("First day of it"), Kind.DATE, hint=N_("Only for days of your own")),
        Field("last_day", N_("Last day of it"), Kind.DATE, hint=N_("Only for days of your own")),
        Field("with_other_offers", N_("With the others"), Kind.YES_NO),
    ]
    started: list[Trial] = []

    async def start(values: dict[str, Value]) -> Answer:
        if values["first_day"] and values["last_day"]:
            values = {**values, "days": _OWN}
        today = await screen.ask(GetDay(), DayFigures)
        if isinstance(today, Refused):
            return today
        days = chosen_days(values, date.fromisoformat(today.business_date))
        if isinstance(days, Refused):
            return days
        request = StartTrial(
            trial_id=TrialId(new_id()),
            offer=offer,
            first_day=days[0],
            last_day=days[1],
            with_other_offers=bool(values["with_other_offers"]),
        )
        answer = await screen.ask(request, Trial, _START_TIMEOUT_S)
        if isinstance(answer, Trial):
            started.append(answer)
        return answer

    def show(answer: Answer | None) -> None:
        if answer is not None and started:
            from terminal_app.console.prices.trial_screen import OfferTrialScreen  # noqa: PLC0415  # when used

            console.push_screen(OfferTrialScreen(started[0].trial, offer.name))

    note = _(
        "The offer is tried on the sales of these days, each on its own clock; the books stay as they are. "
        "With the others: beside the offers that were live then."
    )
    values: dict[str, Value] = {"days": "30", "with_other_offers": True}
    console.push_screen(AskingDialog(_("Try it on past sales"), fields, values, start, note=note), show)
