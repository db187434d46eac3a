"""What a cashier does with drawer and shift: open, count, close, slips, cash in and out, no-sale, day."""

from protocol.identifiers import ShiftId, new_id
from protocol.language import N_, _
from protocol.messages.base import Refused
from protocol.messages.shifts import (
    CashDirection,
    CashMoved,
    CloseDay,
    CloseShift,
    CountDrawer,
    DayClosed,
    DrawerAllowed,
    DrawerCounted,
    MoveCash,
    OpenDrawerWithoutSale,
    OpenShift,
    PrintXSlip,
    ShiftClosedAnswer,
    ShiftState,
    Slip,
)
from protocol.money import format_minor
from terminal_app.checkout.flow_base import FlowBase
from terminal_app.screens.form import Asked, Form, Values, Wrong
from terminal_app.screens.question import Question


class DrawerFlows(FlowBase):
    """The group “Drawer and shift” of the registry."""

    async def do_shift(self) -> None:
        """Open the shift, or count and close it."""
        await self.till.ask_shift()
        if self.till.shift.shift is None:
            await self._open_shift()
        else:
            await self._close_shift()

    async def _open_shift(self) -> None:
        from terminal_app.checkout.count import CountDialog  # noqa: PLC0415  # start quickly

        state = self.till.shift
        suggested = format_minor(state.suggested_float_minor, self.till.currency)
        words = _("Count what lies in the drawer. The last shift left {amount}.").format(amount=suggested)
        counted = await self.app.push_screen_wait(
            CountDialog(N_("Open shift"), words, state.denominations, self.till.currency, suggested=suggested)
        )
        if counted is None:
            return
        request = OpenShift(
            lane=self.till.lane,
            shift_id=ShiftId(new_id()),
            counts=counted.counts,
            float_minor=counted.amount_minor,
        )
        answer = await self.shell.carry_out(request, ShiftState)
        if answer is not None:
            self.till.shift = answer
            self.till.changed()
            number = answer.shift.number if answer.shift else 0
            self.say(_("Shift {number} is open.").format(number=number), "good")

    async def _close_shift(self) -> None:
        from terminal_app.checkout.count import CountDialog  # noqa: PLC0415  # start quickly

        if self.till.open_basket is not None:
            self.say(_("There is a basket here. Finish, park or cancel it first."), "warning", bell=True)
            return
        words = _("Count what lies in the drawer. What should be there is shown after it.")
        counted = await self.app.push_screen_wait(
            CountDialog(N_("Count the drawer"), words, self.till.shift.denominations, self.till.currency)
        )
        if counted is None:
            return
        answer = await self.shell.carry_out(
            CountDrawer(lane=self.till.lane, counts=counted.counts, counted_minor=counted.amount_minor),
            DrawerCounted,
        )
        if answer is not None:
            await self._close_counted(answer)

    async def _close_counted(self, found: DrawerCounted) -> None:
        currency = self.till.currency

        def money(amount_minor: int) -> str:
            return format_minor(amount_minor, currency)

        if found.difference_minor == 0:
            verdict = _("It is right to the cent.")
        elif found.difference_minor < 0:
            verdict = _("{amount} is missing.").format(amount=money(-found.difference_minor))
        else:
            verdict = _("{amount} is too much.").format(amount=money(found.difference_minor))
        words = _("Counted {counted}, expected {expected}. {verdict}").format(
            counted=money(found.counted_minor), expected=money(found.expected_minor), verdict=verdict
        )

        def check(values: Values) -> Wrong | None:
            if found.reason_needed and not values[0]:
                return Wrong(0, _("The difference is large. Write a reason."))
            if values[2] and self.amount(values[2]) is None:
                return Wrong(2, self.no_amount(values[2]))
            return None

        labels = (N_("Reason of the difference"), N_("Handed over to (code)"), N_("Stays in the drawer"))
        fields = ("reason", "handed_to", "left_in_drawer_minor")
        values: Values = ("", "", "")
        answer: ShiftClosedAnswer | Refused | None = None
        while not isinstance(answer, ShiftClosedAnswer):  # a refusal costs no second count
            asked = [Asked(label, value) for label, value in zip(labels, values, strict=True)]
            trouble = None
            if answer is not None:
                line = fields.index(answer.field) if answer.field in fields else 0
                trouble = Wrong(line, answer.explanation)
            form = Form(N_("Close shift"), asked, check, lambda: words, trouble=trouble)
            given = await self.app.push_screen_wait(form)
            if given is None:
                self.say(_("The shift is still open; the count is on record."), "warning")
                return
            values = given
            request = CloseShift(
                lane=self.till.lane,
                reason=values[0],
                handed_to=values[1],
                left_in_drawer_minor=self.amount(values[2]) if values[2] else None,
            )
            answer = await self.shell.order(request, ShiftClosedAnswer)
        await self.print_slip(answer.slip)
        self.till.done = None
        await self.till.ask_shift()
        closed = _("Shift {number} is closed. {words}")
        self.say(closed.format(number=answer.shift.number, words=words), "good")

    async def do_x_slip(self) -> None:
        """Print the figures so far."""
        answer = await self.shell.carry_out(PrintXSlip(lane=self.till.lane), Slip)
        if answer is not None:
            await self.print_slip(answer.slip)

    async def do_cash_in_out(self) -> None:
        """Put cash in or take it out."""
        from terminal_app.checkout.cash_move import CashMoveDialog  # noqa: PLC0415  # start quickly

        move = await self.app.push_screen_wait(CashMoveDialog(self.till.currency))
        if move is None:
            return
        request = MoveCash(
            lane=self.till.lane,
            direction=CashDirection(move.direction),
            amount_minor=move.amount_minor,
            reason=move.reason,
        )
        answer = await self.shell.carry_out(request, CashMoved)
        if answer is not None:
            await self.open_drawer()
            await self.print_slip(answer.slip)

    async def do_no_sale(self) -> None:
        """Open the drawer without a sale."""
        values = await self.app.push_screen_wait(Form(N_("Open drawer"), [Asked(N_("Reason"))]))
        if values is None:
            return
        request = OpenDrawerWithoutSale(lane=self.till.lane, reason=values[0])
        if await self.shell.carry_out(request, DrawerAllowed) is not None:
            self.say(_("The drawer opens; it is recorded."), "good")
            await self.open_drawer()

    async def do_close_day(self) -> None:
        """Close the business day."""
        date = self.till.shift.business_date or _("today")
        sure = await self.app.push_screen_wait(
            Question(N_("Close day"), lambda: _("Close the business day {date}?").format(date=date))
        )
        if not sure:
            return
        answer = await self.shell.carry_out(CloseDay(), DayClosed)
        if answer is not None:
            await self.print_slip(answer.slip)
            await self.till.ask_shift()
            net = format_minor(answer.figures.net_minor, self.till.currency, symbol=True)
            words = _("{date} is closed: {net} in {count} sales.")
            self.say(
                words.format(date=answer.figures.business_date, net=net, count=answer.figures.sale_count),
                "good",
            )
