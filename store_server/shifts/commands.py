"""The requests of day, shift and drawer, each with its function."""

from typing import Any

from protocol.messages import shifts
from store_server.shifts import closing, opening, reading

HANDLERS: dict[type[Any], Any] = {
    shifts.GetShift: reading.get_shift,
    shifts.OpenShift: opening.open_shift,
    shifts.MoveCash: opening.move_cash,
    shifts.OpenDrawerWithoutSale: opening.open_drawer_without_sale,
    shifts.CountDrawer: opening.count_drawer,
    shifts.CloseShift: closing.close_shift,
    shifts.PrintXSlip: closing.print_x_slip,
    shifts.ReprintShiftSlip: closing.reprint_shift_slip,
    shifts.ListShifts: reading.list_shifts,
    shifts.GetDay: reading.get_day,
    shifts.CloseDay: closing.close_day,
}
