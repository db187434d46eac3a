"""What a lane answers: every request of the devices' room finds its place here."""

from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version

from device_daemon.assembly import LaneDevices
from device_daemon.bench import DeviceBench
from device_daemon.devices.base import Device
from device_daemon.diagnostics.health import check_health
from device_daemon.input_desk import InputDesk
from device_daemon.printing import PrintRoom
from device_daemon.words import device_words, in_all_languages
from protocol.identifiers import CommandId, DeviceName
from protocol.language import _, speaking
from protocol.messages.base import Answer, Command, Fact, Header, Refused, Request
from protocol.messages.devices import (
    BenchState,
    CheckHealth,
    ClaimInput,
    Counter,
    DeviceChanged,
    DeviceKind,
    Devices,
    DeviceView,
    DrawerChanged,
    DropJob,
    GetJob,
    InputReleased,
    ListDevices,
    ListInput,
    ListJobs,
    OpenDrawer,
    PrintDocument,
    ReleaseInput,
    RetryJob,
    Shown,
    ShowOnDisplay,
)
from protocol.messages.presence import Greeting, Hello
from protocol.version import PROTOCOL_MAJOR, PROTOCOL_MINOR

_ANSWERS_KEPT = 256


@dataclass
class Lane:
    """All parts of the lane, and the answers that it gives."""

    code: str
    language: str
    devices: LaneDevices
    desk: InputDesk
    jobs: PrintRoom
    bench: DeviceBench
    publish: Callable[[Fact], object]
    now: Callable[[], datetime]
    run_and_sequence: Callable[[], tuple[str, int]]
    """The publisher's name and the number of its last fact."""

    def __post_init__(self) -> None:
        self._remembered: OrderedDict[CommandId, Answer] = OrderedDict()
        self._drawers_opened: dict[DeviceName, bool | None] = {}
        for device in self.devices.devices:
            device.on_change.append(self._changed)
        for scanner in self.devices.scanners:
            scanner.on_scan = self.desk.scanned
        for reader in self.devices.card_readers:
            reader.on_presented = self.desk.presented
            reader.on_removed = self.desk.removed

    def answer(self, header: Header, request: Request) -> Answer | Awaitable[Answer]:
        """Answer a request; a command that was answered before gets the same answer and does nothing."""
        if isinstance(request, Command):
            earlier = self._remembered.get(header.id)
            if earlier is not None:
                return earlier
        answer = self._answer(header, request)
        if isinstance(answer, Answer):
            return self._remember(header, request, answer)
        return self._later(header, request, answer)

    async def _later(self, header: Header, request: Request, answer: Awaitable[Answer]) -> Answer:
        return self._remember(header, request, await answer)

    def _remember(self, header: Header, request: Request, answer: Answer) -> Answer:
        """Keep the answer to a command that was carried out: a scan on the bench must not come twice."""
        if isinstance(request, Command) and not isinstance(answer, Refused):
            self._remembered[header.id] = answer
            while len(self._remembered) > _ANSWERS_KEPT:
                self._remembered.popitem(last=False)
        return answer

    def _answer(self, header: Header, request: Request) -> Answer | Awaitable[Answer]:
        match request:
            case Hello():
                return self._greet()
            case ListDevices():
                return Devices(devices=tuple(view(device) for device in self.devices.devices))
            case CheckHealth():
                return self._check_health(request)
            case PrintDocument():
                return self.jobs.print_document(request)
            case GetJob():
                return self.jobs.get_job(request)
            case ListJobs():
                return self.jobs.list_jobs(request)
            case RetryJob():
                return self.jobs.retry(request)
            case DropJob():
                return self.jobs.drop(request)
            case OpenDrawer():
                return self.jobs.open_drawer(request)
            case ShowOnDisplay():
                return self._show(request)
            case ClaimInput():
                return self.desk.claim(header.sender)
            case ReleaseInput():
                self.desk.release(header.sender)
                return InputReleased()
            case ListInput():
                return self.desk.recent(request.after)
            case BenchState():
                return self.bench.state(request)
        return self.bench.handle(request) or _wrong_server()

    def _greet(self) -> Greeting:
        publisher, sequence = self.run_and_sequence()
        return Greeting(
            program="device_daemon",
            program_version=version("guitai"),
            protocol_major=PROTOCOL_MAJOR,
            protocol_minor=PROTOCOL_MINOR,
            publisher=publisher,
            sequence=sequence,
            lane=self.code,
        )

    async def _check_health(self, request: CheckHealth) -> Answer:
        device = next((d for d in self.devices.devices if d.name == request.device), None)
        if device is None:
            words = _("This lane has no device called {name}.").format(name=request.device)
            return Refused(code="unknown_device", explanation=words, field="device")
        return await check_health(device, request.level)

    def _show(self, request: ShowOnDisplay) -> Shown:
        for display in self.devices.displays:
            display.show(request)
        return Shown(devices=tuple(display.name for display in self.devices.displays))

    def _changed(self, device: Device) -> None:
        with speaking(self.language):
            seen = view(device)
        words = in_all_languages(lambda: device_words(device.kind, device.state))
        self.publish(DeviceChanged(device=seen, words=words))
        if device.kind is DeviceKind.CASH_DRAWER and device.opened is not None:
            before = self._drawers_opened.get(device.name)
            self._drawers_opened[device.name] = device.opened
            if before is not device.opened and (before is not None or device.opened):
                self.publish(DrawerChanged(device=device.name, opened=device.opened, at=self.now()))


def _wrong_server() -> Refused:
    words = _("The device daemon does not answer this; ask the store server.")
    return Refused(code="wrong_server", explanation=words)


def view(device: Device) -> DeviceView:
    """Return the device as a message, in the current language."""
    return DeviceView(
        name=device.name,
        kind=device.kind,
        state=device.state,
        words=device_words(device.kind, device.state),
        driver=device.driver,
        profile=device.profile_name,
        simulated=device.simulated,
        identity=device.identity[:200],
        opened=device.opened,
        counters=tuple(Counter(name=name, value=count) for name, count in sorted(device.counters.items())),
    )
