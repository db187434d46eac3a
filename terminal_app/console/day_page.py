"""The day: its figures, net sales per hour, tenders; from here to sales, shifts and the close."""

from collections.abc import Iterable
from datetime import timedelta

from textual.containers import VerticalScroll
from textual.widget import Widget

from protocol.language import N_, _, ngettext
from protocol.messages.base import Answer, Fact, Refused
from protocol.messages.sales import SaleFinished
from protocol.messages.shifts import (
    BusinessDayClosed,
    BusinessDayOpened,
    CloseDay,
    DayClosed,
    DayFigures,
    GetDay,
    ShiftClosed,
    ShiftOpened,
)
from protocol.quantity import format_thousandths
from terminal_app.actions import bindings_for
from terminal_app.console.chart import as_hours, hour_chart, share_bar
from terminal_app.console.form_dialog import AskingDialog
from terminal_app.console.form_fields import Field, Kind, Value
from terminal_app.console.frame import Page
from terminal_app.console.paper import PaperScreen
from terminal_app.console.sales_screen import SalesScreen
from terminal_app.console.shifts_screen import ShiftsScreen
from terminal_app.widgets.cells import fit, right
from terminal_app.widgets.words import Words

_LABEL = 16
_AMOUNT = 14


class DayPage(Page):
    """One business date."""

    PLACES = ("shell", "console", "day")
    TITLE_WORDS = N_("Day")
    HERE = "day"
    AUTO_FOCUS = "#figures"
    DEFAULT_CSS = """
    DayPage #figures { height: 1fr; }
    DayPage.-narrow #figures { padding: 0 1; }
    DayPage #numbers { height: auto; }
    DayPage #chart { height: auto; color: $accent; margin: 1 0 0 0; }
    """
    BINDINGS = [*bindings_for(*PLACES)]

    def __init__(self) -> None:
        """Begin with the present date."""
        super().__init__()
        self._date = ""
        self._day: DayFigures | None = None

    def body(self) -> Iterable[Widget]:
        """Figures and chart, scrolled where the window is low."""
        with VerticalScroll(id="figures"):
            yield Words(self._numbers, id="numbers")
            yield Words(self._chart, id="chart")

    def title_words(self) -> str:
        """Return the date and whether it is closed."""
        if self._day is None:
            return _(self.TITLE_WORDS)
        if not self._day.business_date:
            return _("Day: no business day is open")
        state = _("closed") if self._day.closed else _("open")
        return _("Day {date} ({state})").format(date=self._day.business_date, state=state)

    async def load(self) -> None:
        """Ask for the figures."""
        day = await self.fetch(GetDay(business_date=self._date), DayFigures)
        if day is not None:
            self._day = day
            for widget in self.query("#numbers, #chart, .page-title"):
                widget.refresh(layout=True)

    def store_fact(self, fact: Fact) -> None:
        """Figures change with each sale and shift."""
        if isinstance(fact, (SaleFinished, ShiftOpened, ShiftClosed, BusinessDayOpened, BusinessDayClosed)):
            self.reload_soon()

    # --- drawing ----------------------------------------------------------------------------------

    def _pair(self, label: str, text: str) -> str:
        return fit(label, _LABEL) + right(text, _AMOUNT)

    def _numbers(self) -> str:
        day = self._day
        if day is None:
            return _("One moment…")
        left = [
            self._pair(_("Sales"), str(day.sale_count)),
            self._pair(_("Pieces"), format_thousandths(day.item_count_thousandths)),
            self._pair(_("Gross"), self.money(day.gross_minor)),
            self._pair(_("Discounts"), self.money(-day.discount_minor)),
            self._pair(_("Net"), self.money(day.net_minor)),
            self._pair(_("Cash difference"), self.money(day.difference_minor)),
        ]
        other = [
            self._pair(_("Voided lines"), f"{day.void_count} · {self.money(day.void_minor)}"),
            self._pair(_("Cancelled sales"), str(day.cancelled_count)),
            self._pair(_("Price changes"), str(day.override_count)),
            self._pair(_("Drawer openings"), str(day.no_sale_count)),
            self._pair(_("Receipt copies"), str(day.reprint_count)),
            "",
        ]
        lines = [f"{a}   {b}".rstrip() for a, b in zip(left, other, strict=True)]
        lines.append("")
        whole = sum(max(0, tender.amount_minor) for tender in day.tenders)
        for tender in day.tenders:
            bar = share_bar(tender.amount_minor, whole, max(6, self.size.width - 70))
            count = ngettext("{count} payment", "{count} payments", tender.count).format(count=tender.count)
            lines.append(
                f"{self._pair(tender.name, self.money(tender.amount_minor))}   {fit(count, 14)} {bar}"
            )
        return "\n".join(lines)

    def _chart(self) -> str:
        if self._day is None:
            return ""
        by_hour = as_hours([(hour.tender, hour.amount_minor) for hour in self._day.by_hour])
        top = self.money(max(by_hour.values(), default=0))
        figures = self.query_one("#figures")
        height = max(4, min(12, figures.size.height - 10 - len(self._day.tenders)))
        lines = hour_chart(by_hour, height, max(40, figures.size.width - 16), top)
        return "\n".join([_("Net sales per hour"), *lines])

    # --- keys -------------------------------------------------------------------------------------

    def do_sales(self) -> None:
        """List the sales."""
        self.app.push_screen(SalesScreen(self._day.business_date if self._day else self._date))

    def do_shifts(self) -> None:
        """List the shifts."""
        self.app.push_screen(ShiftsScreen(self._day.business_date if self._day else self._date))

    def do_refunds(self) -> None:
        """List what came back."""
        from terminal_app.console.prices.refunds_screen import RefundsScreen  # noqa: PLC0415  # rarely used

        self.app.push_screen(RefundsScreen(self._day.business_date if self._day else self._date))

    def do_date(self) -> None:
        """Show another date."""
        fields = [Field("date", N_("Business date"), Kind.DATE, hint=N_("Empty: the present one"))]
        yesterday = (self.console.clock().astimezone(self.console.zone) - timedelta(days=1)).date()

        async def save(values: dict[str, Value]) -> Answer:
            return await self.ask(GetDay(business_date=str(values["date"] or "")), DayFigures)

        def done(answer: Answer | None) -> None:
            if isinstance(answer, DayFigures):
                self._date = answer.business_date
                self.do_reload()

        note = _("For example {date}.").format(date=yesterday.isoformat())
        self.app.push_screen(AskingDialog(_("Another day"), fields, {}, save, note=note), done)

    def do_close_day(self) -> None:
        """Close the day, after a question."""

        def go(yes: bool | None) -> None:
            if yes:
                self.flow(self._close())

        self.console.question(
            _("Close the business day? Sales after this belong to the next one."), go, yes=_("Close day")
        )

    async def _close(self) -> None:
        answer = await self.ask(CloseDay(), DayClosed)
        if isinstance(answer, Refused):
            self.refused(answer)
            return
        self._date = answer.figures.business_date
        await self.load()
        self.app.push_screen(PaperScreen(answer.slip, "day", _("The day is closed.")))
