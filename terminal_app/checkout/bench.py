"""The device bench: the simulated scanner, card, display, drawer and printer, to see and to use."""

import asyncio
import random
from itertools import cycle
from typing import cast

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical

from protocol.identifiers import DeviceName
from protocol.language import N_, _
from protocol.messages.base import Command, Refused
from protocol.messages.catalogue import FindProducts, ProductHits
from protocol.messages.devices import (
    Bench,
    BenchState,
    DeviceView,
    PaperSupply,
    SimulateCard,
    SimulateCardRemoved,
    SimulateCover,
    Simulated,
    SimulateDrawerClosed,
    SimulatePaper,
    SimulatePlug,
    SimulateScan,
    SimulateUnplug,
)
from terminal_app.checkout.paper import BenchFace, Paper
from terminal_app.device_client import DeviceClient
from terminal_app.place import Place
from terminal_app.widgets.cells import fit
from terminal_app.widgets.choice_list import ChoiceList
from terminal_app.widgets.field import Entry, Field
from terminal_app.widgets.line_board import Piece
from terminal_app.widgets.links import device_words
from terminal_app.widgets.notice import NoticeLine
from terminal_app.widgets.words import Words

_CARDS = ("04A1B2C3D4E5F6", "04112233445566", "0488776655AA01")
_NEXT_PAPER = {
    PaperSupply.OK: PaperSupply.NEAR_END,
    PaperSupply.NEAR_END: PaperSupply.OUT,
    PaperSupply.OUT: PaperSupply.OK,
}


class BenchScreen(Place[None]):
    """What is scanned or presented here goes to the screen below, as it would from a real device."""

    CSS_PATH = "bench.tcss"
    AUTO_FOCUS = "#bench-code"
    BINDINGS = [
        Binding("escape,f12", "leave", show=False, priority=True),
        Binding("enter", "scan", show=False, priority=True),
        Binding("f2", "random", show=False, priority=True),
        Binding("f3", "card", show=False, priority=True),
        Binding("f4", "drawer", show=False, priority=True),
        Binding("f5", "paper", show=False, priority=True),
        Binding("f6", "cover", show=False, priority=True),
        Binding("f7", "cable", show=False, priority=True),
        Binding("up", "move(-1)", show=False, priority=True),
        Binding("down", "move(1)", show=False, priority=True),
        Binding("pageup", "paper_scroll(-8)", show=False, priority=True),
        Binding("pagedown", "paper_scroll(8)", show=False, priority=True),
    ]

    def __init__(self, devices: DeviceClient) -> None:
        """Show the devices of this daemon."""
        super().__init__()
        self._devices = devices
        self._bench = Bench()
        self._asking = asyncio.Lock()
        self._codes: list[str] = []
        self._cards = cycle(_CARDS)

    def compose(self) -> ComposeResult:
        """Devices at the left, paper at the right."""
        yield Words(N_("Device bench: simulated devices of this lane"), id="bench-title")
        with Horizontal(id="bench-middle"):
            with Vertical(id="bench-left"):
                yield BenchFace(id="bench-face")
                yield ChoiceList[DeviceView](
                    self._draw, empty=lambda: _("No device answers."), id="bench-devices"
                )
            yield Paper(id="paper")
        yield Field(N_("Scan this code"), id="bench-code", max_length=100)
        yield NoticeLine(id="notice")
        yield Words(
            N_(
                "Enter: scan typed code   F2: scan a random one   F3: card on / off\n"
                "F4: shut drawer   F5: paper   F6: cover   F7: pull / put back cable of ▶\n"
                "PgUp PgDn: paper   Esc: back"
            ),
            id="bench-keys",
        )

    def on_mount(self) -> None:
        """Look at the devices."""
        self.bench_changed()

    # --- what is beneath --------------------------------------------------------------------------

    @property
    def below(self) -> Place[object]:
        """The screen that gets what is scanned."""
        return cast("Place[object]", self.app.screen_stack[-2])

    def take_scan(self, code: str) -> bool:
        """Hand a scan to the screen below."""
        used = self.below.take_scan(code)
        self.say(
            _("Scanned {code}.").format(code=code) if used else _("{code} was refused.").format(code=code)
        )
        return True

    def take_card(self, uid: str) -> bool:
        """Hand a card to the screen below."""
        return self.below.take_card(uid)

    def take_random_card(self, uid: str) -> bool:
        """Hand a telephone before the reader to the screen below."""
        return self.below.take_random_card(uid)

    # --- looking ----------------------------------------------------------------------------------

    def bench_changed(self) -> None:
        """Something looks different: ask how."""
        self.run_worker(self._look(), group="bench")

    async def _look(self) -> None:
        async with self._asking:
            paper = self.query_one(Paper)
            answer = await self._devices.ask(BenchState(paper_after=paper.latest), Bench)
            if isinstance(answer, Refused):
                self.say(answer.explanation, "error")
                return
            if not self.is_mounted:
                return
            self._bench = answer
            paper.come_out(answer)
            face = self.query_one(BenchFace)
            face.bench = answer
            face.redraw()
            board = self.query_one(ChoiceList)
            board.offer(tuple(self._devices.devices.values()), board.picked or 0)

    # --- using ------------------------------------------------------------------------------------

    def action_leave(self) -> None:
        """Back to the till."""
        self.dismiss(None)

    def action_scan(self) -> None:
        """Scan the typed code."""
        entry = self.query_one("#bench-code", Entry)
        if entry.value.strip():
            self._do(SimulateScan(code=entry.value.strip()))
        entry.value = ""

    def action_random(self) -> None:
        """Scan one of the shop's own goods."""
        self.run_worker(self._scan_any(), group="bench-scan")

    async def _scan_any(self) -> None:
        if not self._codes:
            for digit in random.sample("0123456789", 10):
                hits = await self.shell.store.ask(FindProducts(text=digit, limit=200), ProductHits)
                if isinstance(hits, ProductHits):
                    self._codes += [hit.barcode for hit in hits.hits if hit.barcode]
                if len(self._codes) > 20 or isinstance(hits, Refused):
                    break
        code = random.choice(self._codes) if self._codes else _any_ean13()
        await self._send(SimulateScan(code=code))

    def action_card(self) -> None:
        """Lay a card on the reader, or take it away."""
        if self._bench.card_uid:
            self._do(SimulateCardRemoved())
        else:
            self._do(SimulateCard(uid=next(self._cards)))

    def action_drawer(self) -> None:
        """Push the drawer shut."""
        self._do(SimulateDrawerClosed())

    def action_paper(self) -> None:
        """Full, nearly empty, empty, full again."""
        if self._bench.printers:
            self._do(SimulatePaper(paper=_NEXT_PAPER[self._bench.printers[0].paper]))

    def action_cover(self) -> None:
        """Open the printer's cover, or close it."""
        if self._bench.printers:
            self._do(SimulateCover(opened=not self._bench.printers[0].cover_open))

    def action_cable(self) -> None:
        """Pull the chosen device's cable, or put it back."""
        device = self.query_one(ChoiceList).choice
        if isinstance(device, DeviceView):
            name = DeviceName(device.name)
            pulled = name in self._bench.unplugged
            self._do(SimulatePlug(device=name) if pulled else SimulateUnplug(device=name))

    def action_move(self, by: int) -> None:
        """Choose a device."""
        self.query_one(ChoiceList).move(by)

    def action_paper_scroll(self, by: int) -> None:
        """Look at older or newer paper."""
        self.query_one(Paper).scroll_by(by)

    def _do(self, command: Command) -> None:
        self.run_worker(self._send(command), group="bench-do")

    async def _send(self, command: Command) -> None:
        answer = await self._devices.ask(command, Simulated)
        if isinstance(answer, Refused):
            self.say(answer.explanation, "error", bell=True)
        await self._look()

    def _draw(self, device: DeviceView, width: int) -> list[Piece]:
        good = device.state.value == "online"
        words = device_words(device)
        if not device.simulated:
            words += " " + _("(real)")
        return [(fit(words, width), "" if good else "warning")]


def _any_ean13() -> str:
    digits = "69" + "".join(random.choices("0123456789", k=10))
    check = -sum(int(d) * (3 if i % 2 else 1) for i, d in enumerate(digits)) % 10
    return f"{digits}{check}"
