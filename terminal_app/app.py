"""The cashier's terminal: hears scans and cards, follows the lane's devices, and shows the counter."""

import gc
import logging
from typing import Any

from textual.screen import Screen

from protocol.language import N_, _, current_language
from protocol.messages.base import Done, Fact
from protocol.messages.devices import (
    BarcodeScanned,
    BenchChanged,
    CardPresented,
    DeviceChanged,
    DrawerChanged,
    JobChanged,
)
from protocol.messages.sales import SaleParked, SaleRecalled
from protocol.messages.store import ReportLane
from terminal_app.checkout.screen import CheckoutScreen
from terminal_app.checkout.sign_on import LaneSignOn
from terminal_app.checkout.till import Till
from terminal_app.connections import Connections
from terminal_app.lane_input import Input, LaneInput
from terminal_app.settings import TerminalSettings
from terminal_app.shell import ShellApp
from terminal_app.spool import Spool
from terminal_app.world import World


class TerminalApp(ShellApp):
    """One lane."""

    TITLE = "Guitai"
    ALWAYS = (
        (N_("Esc"), N_("Back; always safe, never loses a basket.")),
        (N_("3*"), N_("Type a number and * before a scan or a code: so many of it.")),
        (N_("↑ ↓"), N_("Choose a line.")),
    )
    LOCKED_WORDS = N_("{name} works here; the basket waits. Give the PIN to go on.")

    def __init__(self, settings: TerminalSettings, world: World, **more: Any) -> None:
        """Open the spool. Raises OSError when the data directory cannot be used."""
        super().__init__(settings, world, **more)
        self.till = Till(settings.lane, world.store, world.devices, Spool(settings.spool_path))
        self.till.broke = self.broke
        self.input = LaneInput(world.devices, settings.terminal, self._take) if world.devices else None
        self._daemon_up = False
        self._job_in_trouble = ""
        """The print job that the cashier was last told to be in trouble."""

    def first_place(self) -> Screen[Any]:
        """The counter."""
        return CheckoutScreen(self.till, self.signed_on.operator.name if self.signed_on else "")

    def sign_on_place(self) -> Screen[Any]:
        """The door, with this lane's bench behind F12."""
        return LaneSignOn()

    async def on_signed_on(self) -> None:
        """Ask for the basket and the shift; ask again for payments that had no answer."""
        if self.till.spool.waiting():
            self.till.in_background(self._settle())
        await self.till.ask_everything()
        if self.till.open_basket is None and self.till.refunded is None:
            self.till.display.idle(self.till.currency)
        gc.freeze()  # what is here stays; a collection in the middle of a scan has less to look at

    async def _settle(self) -> None:
        await self.till.settle_spool()
        await self.till.ask_everything()

    def on_unmount(self) -> None:
        """Close what is open."""
        self.till.close()
        super().on_unmount()

    # --- the store --------------------------------------------------------------------------------

    def store_gap(self) -> None:
        """Ask for the state again."""
        if self.signed_on is not None:
            self.till.in_background(self.till.ask_everything())
        self.till.in_background(self._report_lane())

    def store_fact(self, fact: Fact) -> None:
        """Refresh what shows parked baskets."""
        ask_again = getattr(self.screen, "ask_again", None)
        if isinstance(fact, (SaleParked, SaleRecalled)) and ask_again is not None:
            self.till.in_background(ask_again())

    def links_changed(self) -> None:
        """A server that is back is asked for the state; what it missed it is told."""
        super().links_changed()
        if self.devices is not None and self.devices.link.up != self._daemon_up:
            self._daemon_up = self.devices.link.up
            if self._daemon_up:
                self.till.in_background(self._claim())
            return
        if self.store.link.up:
            self.till.in_background(self._report_lane())
            if self.signed_on is not None:
                self.till.in_background(self.till.ask_everything())

    def switch_language(self, language: str) -> None:
        """Draw again, and ask the daemon for its words."""
        super().switch_language(language)
        if self.devices is not None and self.devices.link.up:
            self.till.in_background(self._look_again())

    async def _look_again(self) -> None:
        if self.devices is not None:
            await self.devices.look()
        self.links_redrawn()

    async def _report_lane(self) -> None:
        if self.devices is not None and self.devices.devices:
            await self.store.ask(
                ReportLane(lane=self.settings.lane, devices=self.devices.lane_devices()), Done
            )

    # --- the devices ------------------------------------------------------------------------------

    def device_gap(self, restarted: bool) -> None:
        """Ask for devices and for inputs that were missed."""
        if restarted and self.input is not None:
            self.input.restarted()
        self.till.in_background(self._claim())

    async def _claim(self) -> None:
        if self.devices is None or self.input is None:
            return
        refused = await self.input.claim()
        if refused is not None:
            self.tell(refused.explanation, "warning", bell=True)
            return
        await self.devices.look()
        self.links_redrawn()
        await self._report_lane()

    def device_fact(self, fact: Fact) -> None:
        """Take scans and cards; follow devices and jobs."""
        match fact:
            case BarcodeScanned() | CardPresented():
                if self.input is not None:
                    self.input.hear(fact)
            case DeviceChanged():
                if self.devices is not None:
                    self.devices.note(fact.device, fact.words, current_language())
                self.links_redrawn()
                self._tell_bench()
                self.till.in_background(self._report_lane())
            case JobChanged():
                self._job_changed(fact)
            case BenchChanged() | DrawerChanged():
                self._tell_bench()
            case _:
                pass

    def _take(self, fact: Input) -> None:
        """Hand a scan or a card to the screen on top."""
        self.touched()
        if isinstance(fact, BarcodeScanned):
            self.scanned(fact.data)
            return
        take = self.place.take_random_card if fact.random_uid else self.place.take_card
        if not take(fact.uid):
            self.tell(_("The card was read and not used here."), "warning", bell=True)

    def _job_changed(self, fact: JobChanged) -> None:
        state = fact.job.state.value
        words = f"{fact.job.title}: {fact.words.get(current_language(), fact.job.words)}"
        if state not in ("waiting", "printing", "done", "dropped"):
            self._job_in_trouble = fact.job.job_id
            self.tell(words, "warning", bell=True)
        elif state == "done" and fact.job.job_id == self._job_in_trouble:
            self._job_in_trouble = ""
            self.tell(words, "good")  # what stood there is no longer true
        ask_again = getattr(self.screen, "jobs_changed", None)
        if ask_again is not None:
            ask_again()

    def _tell_bench(self) -> None:
        changed = getattr(self.screen, "bench_changed", None)
        if changed is not None:
            changed()

    def links_redrawn(self) -> None:
        """Show links and devices."""
        super().links_changed()


def run_terminal(settings: TerminalSettings) -> str | None:
    """Run until the cashier leaves; return a sentence when it ended for a reason.

    Raises OSError for a data directory, EndpointError and KeyFileError for connections that cannot be used.
    """
    settings.data_directory.mkdir(parents=True, exist_ok=True)
    logging.basicConfig(
        filename=settings.log_path,
        level=logging.INFO,
        format="%(asctime)s %(levelname)s %(name)s: %(message)s",
    )
    return TerminalApp(settings, Connections(settings)).run(mouse=False)
