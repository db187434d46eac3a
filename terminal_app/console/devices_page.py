"""The devices of all lanes, live: who is there, since when somebody is away, what is wrong in words."""

from collections.abc import Iterable

from textual.widget import Widget

from protocol.identifiers import LaneCode
from protocol.language import N_, _, ngettext
from protocol.messages.base import Fact
from protocol.messages.devices import DeviceKind, DeviceState
from protocol.messages.store import LaneDevice, LaneReported, Lanes, LaneView, ListLanes
from terminal_app.actions import bindings_for
from terminal_app.console.frame import Page
from terminal_app.console.table import Column, Table, TableRow, Tone
from terminal_app.widgets.links import KINDS, STATES
from terminal_app.widgets.words import Words


class DevicesPage(Page):
    """Lanes with their devices below them."""

    PLACES = ("shell", "console")
    TITLE_WORDS = N_("Devices")
    HERE = "devices"
    AUTO_FOCUS = "Table"
    BINDINGS = [*bindings_for(*PLACES)]

    def __init__(self) -> None:
        """Begin empty."""
        super().__init__()
        self._lanes: dict[LaneCode, LaneView] = {}

    def body(self) -> Iterable[Widget]:
        """The list."""
        yield Words(self._summary, classes="info", id="summary")
        yield Table(
            [
                Column(N_("Lane / device"), least=16, share=2),
                Column(N_("State"), 24),
                Column(N_("In words"), least=20, share=3),
            ],
            empty=N_("No lane has reported yet. Start a terminal, and it appears here."),
        )

    async def load(self) -> None:
        """Ask for all lanes."""
        answer = await self.fetch(ListLanes(), Lanes)
        if answer is not None:
            self._lanes = {lane.lane: lane for lane in answer.lanes}
            self._show()

    def store_fact(self, fact: Fact) -> None:
        """A lane has news."""
        if isinstance(fact, LaneReported):
            self._lanes[fact.lane.lane] = fact.lane
            self._show()

    def _show(self) -> None:
        rows: list[TableRow] = []
        for lane in sorted(self._lanes.values(), key=lambda lane: lane.lane):
            rows.append(self._lane_row(lane))
            rows += [self._device_row(lane, device) for device in lane.devices]
        self.query_one(Table).show(rows)
        self.query_one("#summary").refresh(layout=True)

    def _summary(self) -> str:
        lanes = self._lanes.values()
        away = sum(not lane.present for lane in lanes)
        wrong = sum(
            device.state != DeviceState.ONLINE.value
            for lane in lanes
            if lane.present
            for device in lane.devices
        )
        parts = [ngettext("{count} lane", "{count} lanes", len(lanes)).format(count=len(lanes))]
        if away:
            parts.append("✗ " + _("{count} away").format(count=away))
        if wrong:
            words = ngettext("{count} device not ready", "{count} devices not ready", wrong)
            parts.append("! " + words.format(count=wrong))
        elif lanes and not away:
            parts.append("● " + _("everything ready"))
        return " · ".join(parts)

    def _lane_row(self, lane: LaneView) -> TableRow:
        name = _("Lane {lane}").format(lane=lane.lane) + f" ({lane.terminal})"
        when = ""
        if lane.reported_at is not None:
            when = lane.reported_at.astimezone(self.console.zone).strftime("%m-%d %H:%M")
        if lane.present:
            who = (
                _("{name} works here").format(name=lane.operator) if lane.operator else _("nobody signed on")
            )
            return TableRow(f"lane {lane.lane}", (name, "● " + _("present"), who))
        state = "✗ " + _("away")
        words = _("last heard of {when}").format(when=when) if when else ""
        return TableRow(f"lane {lane.lane}", (name, state, words), "bad")

    def _device_row(self, lane: LaneView, device: LaneDevice) -> TableRow:
        kind = _(KINDS[DeviceKind(device.kind)]) if device.kind in set(DeviceKind) else device.kind
        if device.simulated:
            kind += " " + _("(simulated)")
        known = device.state in set(DeviceState)
        state = DeviceState(device.state) if known else None
        tone: Tone = "" if state is DeviceState.ONLINE else "warn"
        words = _(STATES[state]) if state is not None else device.state
        sign = "●" if state is DeviceState.ONLINE else "!" if state is DeviceState.REC_NEAR_END else "✗"
        if not lane.present:
            sign, tone, words = "?", "quiet", _("unknown; was: {state}").format(state=words)
        return TableRow(f"{lane.lane} {device.name}", (f"   {kind}", f"{sign} {words}", device.words), tone)
