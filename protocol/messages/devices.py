"""The devices of a lane: what is there, print jobs, the drawer, the customer display, input, the bench.

Spoken with the device daemon alone. It knows no operators, so every request is open to all who may
connect. States are UnifiedPOS's words; sentences for people come in the language of the request, and
facts, which have no request, carry them in every language.
"""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field, StrictBool, StrictInt

from protocol.identifiers import DeviceName, JobId, TerminalName
from protocol.messages.base import Answer, Command, Fact, Minor, Model, Name, Query, Text, Thousandths
from protocol.receipt import Document

Hex = Annotated[str, Field(pattern=r"^([0-9A-Fa-f]{2})*$", max_length=8000)]
"""Bytes as hexadecimal digits."""
Words = dict[str, str]
"""One sentence by language code."""


class DeviceKind(StrEnum):
    """The device categories of UnifiedPOS that a lane may have."""

    SCANNER = "scanner"
    CARD_READER = "card_reader"
    LINE_DISPLAY = "line_display"
    POS_PRINTER = "pos_printer"
    CASH_DRAWER = "cash_drawer"


class DeviceState(StrEnum):
    """How a device is; the worst thing that is true of it."""

    ONLINE = "online"
    """Ready."""
    REC_NEAR_END = "rec_near_end"
    """Ready; the paper is nearly used up."""
    REC_EMPTY = "rec_empty"
    """No paper."""
    COVER_OPEN = "cover_open"
    """The cover of the printer is open."""
    OFFLINE = "offline"
    """There and powered, but not ready (its feed button is held, it waits for something)."""
    STALE = "stale"
    """It did not answer the last poll: nothing said about it before may be relied on."""
    ERROR = "error"
    """It answers, and reports a fault (cutter, head)."""
    NO_SERVICE = "no_service"
    """The system's service for it (pcscd) is not running."""
    OFF_OFFLINE = "off_offline"
    """Gone: unplugged or without power. Looked for twice a second."""


class Counter(Model):
    """One count of a device since the daemon was started, by its name in UnifiedPOS."""

    name: str
    """`GoodScanCount`, `PaperCutCount`, `DrawerGoodOpenCount`, `CommunicationErrorCount`..."""
    value: StrictInt


class DeviceView(Model):
    """One device of the lane as it is now."""

    name: DeviceName
    kind: DeviceKind
    state: DeviceState
    words: Text
    """The state for a person: what is wrong and what to do."""
    driver: Name
    """`serial_scanner`, `escpos`, `pcsc`..."""
    profile: Name = ""
    """The make or family whose habits the driver follows."""
    simulated: StrictBool = False
    identity: Name = ""
    """Where it is and, where it can say, what it is: a path, an address, a reader's name."""
    opened: StrictBool | None = None
    """Of a drawer: is it open? None: it has no sensor, or is no drawer."""
    counters: tuple[Counter, ...] = ()


class Devices(Answer):
    """All devices of the lane, in the order of the rack."""

    devices: tuple[DeviceView, ...]


class ListDevices(Query):
    """Which devices does this lane have, and how are they?"""

    answer = Devices
    open_to_all = True


class DeviceChanged(Fact):
    """A device's state (or its drawer) has changed."""

    device: DeviceView
    """Its words are in the daemon's own language."""
    words: Words = {}
    """The same words in every language."""


class DrawerChanged(Fact):
    """A drawer was opened or shut."""

    device: DeviceName
    opened: StrictBool
    at: AwareDatetime


class HealthLevel(StrEnum):
    """UnifiedPOS CheckHealth: `internal` has no visible effect, `external` prints, lights or opens."""

    INTERNAL = "internal"
    EXTERNAL = "external"


class Health(Answer):
    """What a health check found."""

    device: DeviceName
    level: HealthLevel
    healthy: StrictBool
    words: Text
    findings: tuple[Text, ...] = ()
    """One sentence per thing looked at."""


class CheckHealth(Command):
    """Test one device; `external` prints a test page, shows a test text or opens the drawer."""

    answer = Health
    open_to_all = True
    durable = False
    device: DeviceName
    level: HealthLevel = HealthLevel.INTERNAL


# --- print jobs -------------------------------------------------------------------------------------


class JobState(StrEnum):
    """Where a print job stands."""

    WAITING = "waiting"
    """In the queue."""
    PRINTING = "printing"
    DONE = "done"
    """All of it is on paper, as far as the printer can say; never printed again."""
    WAITING_FOR_PAPER = "waiting_for_paper"
    WAITING_FOR_COVER = "waiting_for_cover"
    WAITING_FOR_PRINTER = "waiting_for_printer"
    """The printer is gone, off line or faulty."""
    STALE_ASKS = "stale_asks"
    """Waited longer than the shop's limit: prints after RetryJob, goes after DropJob."""
    INTERRUPTED = "interrupted"
    """The printer or the daemon went away in the middle; it will print again from its start, so marked."""
    DROPPED = "dropped"
    FAILED = "failed"
    """It broke off again and again, or cannot be printed as it is: RetryJob or DropJob."""


class JobView(Model):
    """One print job."""

    job_id: JobId
    title: Name
    state: JobState
    words: Text
    """The state for a person: what it waits for and what to do."""
    device: DeviceName
    copied: StrictBool = False
    """It carries the mark COPY."""
    accepted_at: AwareDatetime
    changed_at: AwareDatetime
    attempts: StrictInt = 0
    """How often its printing was begun."""


class Job(Answer):
    """One job as it is now."""

    job: JobView


class Jobs(Answer):
    """Jobs, the oldest first."""

    jobs: tuple[JobView, ...]


class PrintDocument(Command):
    """Print; the same job id again prints nothing and answers how the job stands."""

    answer = Job
    open_to_all = True
    job_id: JobId
    document: Document
    copy_mark: StrictBool = False
    """True: the paper says COPY at its top and at its end."""
    made_at: AwareDatetime | None = None
    """When the document came to be, if it was kept somewhere before; its age counts from here."""
    ask_if_older_s: Annotated[StrictInt, Field(ge=1, le=10**7)] | None = None
    """A job that could not print for so long asks first; None: the daemon's setting (600)."""
    device: DeviceName | None = None
    """Which printer; None: the lane's first."""


class GetJob(Query):
    """How does this job stand? Refused `unknown_job` when there is none."""

    answer = Job
    open_to_all = True
    job_id: JobId


class ListJobs(Query):
    """The newest jobs, the oldest of them first."""

    answer = Jobs
    open_to_all = True
    unfinished_only: StrictBool = False
    limit: Annotated[StrictInt, Field(ge=1, le=500)] = 100


class RetryJob(Command):
    """Print a job that asks, or that has failed. Refused `job_done` and `job_dropped`."""

    answer = Job
    open_to_all = True
    job_id: JobId


class DropJob(Command):
    """Give up a job that is not done. Refused `job_done`; what is being printed stops at the next line."""

    answer = Job
    open_to_all = True
    job_id: JobId


class JobChanged(Fact):
    """A print job has come to be, or has changed its state."""

    job: JobView
    """Its words are in the daemon's own language."""
    words: Words = {}
    """The same words in every language."""


# --- drawer and customer display --------------------------------------------------------------------


class DrawerKicked(Answer):
    """The drawer was told to open (now, or earlier under the same job id)."""

    device: DeviceName
    repeated: StrictBool = False
    """True: the same job id had opened it before; it was not opened again."""


class OpenDrawer(Command):
    """Open the drawer now or not at all: refused when its printer is gone. The same job id opens once."""

    answer = DrawerKicked
    open_to_all = True
    job_id: JobId
    device: DeviceName | None = None


class IdleContent(Model):
    """Nobody is being served: a welcome, or a closed sign."""

    content: Literal["idle"] = "idle"
    text: Annotated[str, Field(max_length=400)] = ""
    """Lines separated by a line break."""


class ItemContent(Model):
    """What was just scanned, and the total so far."""

    content: Literal["item"] = "item"
    name: Name
    quantity_thousandths: Thousandths = 1000
    unit_price_minor: Minor | None = None
    amount_minor: Minor
    total_minor: Minor


class TotalContent(Model):
    """What is to be paid."""

    content: Literal["total"] = "total"
    total_minor: Minor
    item_count: Annotated[StrictInt, Field(ge=0)] | None = None


class PaidContent(Model):
    """What was given, and the change."""

    content: Literal["paid"] = "paid"
    total_minor: Minor
    paid_minor: Minor
    change_minor: Minor


class MessageContent(Model):
    """A sentence for the customer."""

    content: Literal["message"] = "message"
    text: Annotated[str, Field(max_length=400)]


DisplayContent = Annotated[
    IdleContent | ItemContent | TotalContent | PaidContent | MessageContent, Field(discriminator="content")
]


class Shown(Answer):
    """The displays have it, or will when they are back: the last content is shown again after a replug."""

    devices: tuple[DeviceName, ...]


class ShowOnDisplay(Command):
    """Show this to the customer, on every display of the lane, each in its own way."""

    answer = Shown
    open_to_all = True
    durable = False
    show: DisplayContent
    currency: Annotated[str, Field(max_length=3)] = "CNY"
    """ISO 4217 code of the amounts."""


# --- input: scans and cards -------------------------------------------------------------------------


class BarcodeScanned(Fact):
    """A barcode was read."""

    number: StrictInt
    """Counts the inputs of this run of the daemon, scans and cards together, from 1."""
    device: DeviceName
    data: Annotated[str, Field(max_length=4000)]
    """What the code says, without prefix, suffix and AIM identifier; 0x1D separators of GS1 are kept."""
    symbology: str = ""
    """`ean13`, `code128`, `gs1_128`, `qr`...; empty: the scanner does not say."""
    aim_id: str = ""
    """The AIM identifier as sent: `]E0`."""
    claimed_by: TerminalName
    """The terminal that this input is for."""
    at: AwareDatetime


class CardPresented(Fact):
    """A card was laid on the reader."""

    number: StrictInt
    """Counts the inputs of this run of the daemon, scans and cards together, from 1."""
    device: DeviceName
    uid: str
    """The card's number, upper-case hexadecimal. It identifies; it proves nothing."""
    card_kind: str = ""
    """`mifare_1k`, `mifare_ultralight`...; empty: unknown."""
    random_uid: StrictBool = False
    """True: a phone or a privacy card, which shows another number each time."""
    claimed_by: TerminalName
    at: AwareDatetime


class CardRemoved(Fact):
    """The card was taken away."""

    device: DeviceName
    uid: str
    at: AwareDatetime


class InputClaimed(Answer):
    """All scans and cards are this terminal's now; what was waiting is published next."""

    claimed_by: TerminalName
    last_number: StrictInt
    """The number of the last input given to anybody before this."""
    waiting: StrictInt = 0
    """How many inputs were waiting for somebody to claim them."""


class ClaimInput(Command):
    """Give the lane's input to the terminal that asks (the header's sender).

    Another terminal's claim ends. While the claimer is silent (no request or ping for 1.5 s) and while
    nobody claims, input waits in order, at most 100 of it and at most two minutes. Claim after subscribing
    to the facts; after a gap in them ask ListInput.
    """

    answer = InputClaimed
    open_to_all = True
    durable = False


class InputReleased(Answer):
    """The terminal that asked has no claim any more."""


class ReleaseInput(Command):
    """Give up the claim, if the sender has it."""

    answer = InputReleased
    open_to_all = True
    durable = False


class RecentInput(Answer):
    """Inputs that were published, the oldest first."""

    scans: tuple[BarcodeScanned, ...]
    cards: tuple[CardPresented, ...]


class ListInput(Query):
    """Which inputs followed this number? Asked when a gap in the facts was noticed; 200 are kept."""

    answer = RecentInput
    open_to_all = True
    after: StrictInt = 0


# --- the bench: simulated devices -------------------------------------------------------------------


class Simulated(Answer):
    """It was done to the simulated device."""

    device: DeviceName


class SimulateScan(Command):
    """Hold a barcode before the simulated scanner."""

    answer = Simulated
    open_to_all = True
    durable = False
    code: Annotated[str, Field(max_length=4000)] = ""
    symbology: str | None = None
    """None: recognised from the code (EAN-13, EAN-8, UPC-A, else Code 128)."""
    raw: Hex | None = None
    """The very bytes to send instead of `code`, for faults and odd scanners."""
    device: DeviceName | None = None


class SimulateCard(Command):
    """Lay a card on the simulated reader."""

    answer = Simulated
    open_to_all = True
    durable = False
    uid: Hex
    card_kind: str = "mifare_1k"
    device: DeviceName | None = None


class SimulateCardRemoved(Command):
    """Take the card away."""

    answer = Simulated
    open_to_all = True
    durable = False
    device: DeviceName | None = None


class PaperSupply(StrEnum):
    """How much paper is in the printer."""

    OK = "ok"
    NEAR_END = "near_end"
    OUT = "out"


class SimulatePaper(Command):
    """Change the paper of the simulated printer."""

    answer = Simulated
    open_to_all = True
    durable = False
    paper: PaperSupply
    device: DeviceName | None = None


class SimulateCover(Command):
    """Open or close the simulated printer's cover."""

    answer = Simulated
    open_to_all = True
    durable = False
    opened: StrictBool
    device: DeviceName | None = None


class SimulateDrawerClosed(Command):
    """Push the simulated drawer shut."""

    answer = Simulated
    open_to_all = True
    durable = False
    device: DeviceName | None = None


class SimulateUnplug(Command):
    """Pull the cable of a simulated device."""

    answer = Simulated
    open_to_all = True
    durable = False
    device: DeviceName


class SimulatePlug(Command):
    """Put the cable of a simulated device back."""

    answer = Simulated
    open_to_all = True
    durable = False
    device: DeviceName


class PaperLineKind(StrEnum):
    """What came out of the printer."""

    TEXT = "text"
    BARCODE = "barcode"
    """A one-dimensional barcode; the text is what it says."""
    QR = "qr"
    CUT = "cut"
    """The paper was cut here."""


class PaperLine(Model):
    """One line of the paper that came out of the simulated printer."""

    number: StrictInt
    """Counts the lines of this run from 1."""
    kind: PaperLineKind = PaperLineKind.TEXT
    text: str = ""
    """The characters where they stand: with the spaces before them, in cells of this line's width."""
    bold: StrictBool = False
    width: StrictInt = 1
    """Times the normal width of a character."""
    height: StrictInt = 1


class BenchDisplay(Model):
    """What a simulated customer display shows."""

    device: DeviceName
    lines: tuple[str, ...]
    lamp: str = ""
    """The lamp that is lit on a digit display: `price`, `total`, `paid`, `change`; empty: none."""


class BenchPrinter(Model):
    """How a simulated printer is."""

    device: DeviceName
    columns: StrictInt
    paper: PaperSupply
    cover_open: StrictBool
    last_line: StrictInt
    """The number of the last line that came out."""
    lines: tuple[PaperLine, ...]
    """The lines after `paper_after`, the newest 1000 at most."""


class Bench(Answer):
    """The simulated devices, as somebody standing before them sees them."""

    displays: tuple[BenchDisplay, ...] = ()
    printers: tuple[BenchPrinter, ...] = ()
    drawer_opened: StrictBool | None = None
    """None: there is no simulated drawer."""
    card_uid: str | None = None
    """The card on the simulated reader."""
    unplugged: tuple[DeviceName, ...] = ()
    """Simulated devices whose cable is pulled."""


class BenchState(Query):
    """What do the simulated devices look like?"""

    answer = Bench
    open_to_all = True
    paper_after: StrictInt = 0
    """Only paper lines with a higher number."""


class BenchPart(StrEnum):
    """What has changed on the bench."""

    DISPLAY = "display"
    PAPER = "paper"
    DRAWER = "drawer"
    CARD = "card"
    CABLE = "cable"


class BenchChanged(Fact):
    """Something on the bench looks different now; ask BenchState."""

    part: BenchPart
    device: DeviceName
