"""The shifts of a day with their differences, and their slips."""

from collections.abc import Iterable

from textual.widget import Widget

from protocol.identifiers import ShiftId
from protocol.language import N_, _
from protocol.messages.shifts import ListShifts, ReprintShiftSlip, ShiftRows, ShiftView, Slip
from terminal_app.console.frame import SubPage
from terminal_app.console.paper import PaperScreen
from terminal_app.console.table import Column, Table, TableRow
from terminal_app.widgets.words import Words


class ShiftsScreen(SubPage[None]):
    """Shifts, latest first; Enter shows the Z slip of a closed one."""

    PLACES = ("shell",)
    HERE = "day"
    AUTO_FOCUS = "Table"

    def __init__(self, business_date: str) -> None:
        """Show the shifts of a date."""
        super().__init__()
        self._date = business_date
        self._shifts: dict[str, ShiftView] = {}

    def title_words(self) -> str:
        """Return the date."""
        return _("Day {date} › Shifts").format(date=self._date)

    def body(self) -> Iterable[Widget]:
        """The list."""
        yield Table(
            [
                Column(N_("Lane"), 7),
                Column(N_("No."), 4, right=True),
                Column(N_("Cashier"), least=8),
                Column(N_("From"), 5),
                Column(N_("To"), 5),
                Column(N_("Sales"), 5, right=True),
                Column(N_("Float"), 10, right=True, optional=True),
                Column(N_("Counted"), 10, right=True),
                Column(N_("Expected"), 10, right=True, optional=True),
                Column(N_("Difference"), 12, right=True),
            ],
            empty=N_("No shift was opened on this day."),
        )
        yield Words(N_("Enter: the Z slip   Esc: back"), classes="info")

    async def load(self) -> None:
        """Ask for all."""
        answer = await self.fetch(ListShifts(business_date=self._date), ShiftRows)
        if answer is not None:
            self._shifts = {s.shift_id: s for s in answer.shifts}
            self.query_one(Table).show([self._row(s) for s in answer.shifts])

    def _row(self, s: ShiftView) -> TableRow:
        zone = self.console.zone
        difference = self.money(s.difference_minor)
        if s.difference_minor:
            words = _("short") if s.difference_minor < 0 else _("over")
            difference = f"{words} {self.money(abs(s.difference_minor))}"
        cells = (
            s.lane,
            str(s.number),
            s.operator,
            s.opened_at.astimezone(zone).strftime("%H:%M"),
            s.closed_at.astimezone(zone).strftime("%H:%M") if s.closed_at else _("open"),
            str(s.sale_count),
            self.money(s.float_minor),
            self.money(s.counted_minor),
            self.money(s.expected_minor),
            difference,
        )
        return TableRow(s.shift_id, cells, "warn" if s.difference_minor else "")

    def on_table_chosen(self, event: Table.Chosen) -> None:
        """Show the slip."""
        shift = self._shifts[event.row.key]
        if shift.closed_at is None:
            self.say(_("This shift is still open; its Z slip comes when it is closed."), "info")
            return
        self.flow(self._slip(ShiftId(shift.shift_id)))

    async def _slip(self, shift_id: ShiftId) -> None:
        answer = await self.fetch(ReprintShiftSlip(shift_id=shift_id), Slip)
        if answer is not None:
            self.app.push_screen(PaperScreen(answer.slip, "day"))
