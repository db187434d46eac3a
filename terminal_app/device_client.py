"""Asks this lane's device daemon, and keeps what it says about its devices."""

from collections.abc import Callable
from datetime import datetime

from protocol.identifiers import CommandId, JobId, new_id
from protocol.language import _
from protocol.messages.base import Refused
from protocol.messages.devices import (
    Devices,
    DeviceView,
    DisplayContent,
    DrawerKicked,
    Job,
    ListDevices,
    OpenDrawer,
    PrintDocument,
    Shown,
    ShowOnDisplay,
)
from protocol.messages.store import LaneDevice
from protocol.receipt import Document
from terminal_app.asker import Asker
from terminal_app.store_client import Client


class DeviceClient(Client):
    """The devices of the lane, as the daemon last described them."""

    def __init__(self, asker: Asker, clock: Callable[[], datetime]) -> None:
        """Ask through `asker`."""
        super().__init__(asker, clock)
        self.devices: dict[str, DeviceView] = {}
        """By name, in the order of the rack."""

    async def look(self) -> None:
        """Ask for all devices."""
        answer = await self.ask(ListDevices(), Devices)
        if isinstance(answer, Devices):
            self.devices = {device.name: device for device in answer.devices}

    def note(self, device: DeviceView, words: dict[str, str], language: str) -> None:
        """Take the news about one device, in the language of the screen."""
        self.devices[device.name] = device.model_copy(update={"words": words.get(language, device.words)})

    def lane_devices(self) -> tuple[LaneDevice, ...]:
        """Return the devices in the form in which the store is told of them."""
        return tuple(
            LaneDevice(
                name=device.name,
                kind=device.kind.value,
                state=device.state.value,
                words=device.words,
                simulated=device.simulated,
            )
            for device in self.devices.values()
        )

    async def print(self, document: Document, job: JobId, *, copy_mark: bool = False) -> Job | Refused:
        """Hand a document to the printer; the same job again prints nothing more."""
        return await self.ask(PrintDocument(job_id=job, document=document, copy_mark=copy_mark), Job)

    async def print_surely(self, document: Document, job: JobId, made_at: datetime | None) -> Job | Refused:
        """Hand a document to the printer, however long the daemon is away."""
        request = PrintDocument(job_id=job, document=document, made_at=made_at)
        return await self.insist(request, Job, CommandId(new_id()))

    async def open_drawer(self, job: JobId) -> DrawerKicked | Refused:
        """Open the drawer, once per job."""
        return await self.ask(OpenDrawer(job_id=job), DrawerKicked)

    async def show(self, content: DisplayContent, currency: str) -> Shown | Refused:
        """Show something to the customer."""
        return await self.ask(ShowOnDisplay(show=content, currency=currency), Shown)

    def away_words(self) -> str:
        """Return the sentence for a device daemon that does not answer."""
        return _("The device daemon of this lane does not answer; scanner, printer and drawer are away.")
