"""The store as a whole: terminals, lanes, settings, templates, backups, training, check of the books."""

from typing import Annotated

from pydantic import AwareDatetime, Field, StrictBool, StrictInt

from protocol.identifiers import LaneCode, TerminalName
from protocol.messages.base import SHORT_CODE, Answer, Command, Done, Fact, Model, Name, Query, Text
from protocol.permissions import Permission
from protocol.receipt import Document


class PairingCode(Answer):
    """A code to type at the new terminal."""

    holds_secret = True
    code: Name
    valid_until: AwareDatetime
    endpoint: Name
    """Where the new terminal pairs: `tcp://192.168.1.5:7443`."""


class CreatePairingCode(Command):
    """Make a one-time code that pairs one new terminal; valid for ten minutes."""

    answer = PairingCode
    permission = Permission.MANAGE_TERMINALS
    terminal: Annotated[TerminalName, SHORT_CODE]


class TerminalView(Model):
    """A program that is, or was, connected."""

    terminal: TerminalName
    public_key: Name
    """Its CURVE key; empty for one on the same machine."""
    paired_at: AwareDatetime | None = None
    revoked: StrictBool = False
    present: StrictBool = False
    """True: heard of within the last 1.5 seconds."""


class Terminals(Answer):
    """The terminals."""

    terminals: tuple[TerminalView, ...]


class ListTerminals(Query):
    """All terminals, paired and present."""

    answer = Terminals
    permission = Permission.MANAGE_TERMINALS


class RevokeTerminal(Command):
    """Take a terminal's key away; it is refused from this moment on."""

    answer = Done
    permission = Permission.MANAGE_TERMINALS
    terminal: Annotated[TerminalName, SHORT_CODE]


class LaneDevice(Model):
    """A device of a lane, as the lane's terminal reports it."""

    name: Name
    kind: Name
    state: Name
    words: Text
    """The state for a person."""
    simulated: StrictBool = False


class LaneView(Model):
    """A lane and its devices."""

    lane: LaneCode
    terminal: TerminalName
    present: StrictBool
    operator: Name = ""
    reported_at: AwareDatetime | None = None
    devices: tuple[LaneDevice, ...] = ()


class Lanes(Answer):
    """The lanes."""

    lanes: tuple[LaneView, ...]


class ListLanes(Query):
    """All lanes that have reported, with their devices."""

    answer = Lanes
    permission = Permission.SEE_DEVICES


class ReportLane(Command):
    """The terminal tells the store how its lane's devices are: at each change, and at its start."""

    answer = Done
    open_to_all = True
    durable = False
    lane: Annotated[LaneCode, SHORT_CODE]
    devices: Annotated[tuple[LaneDevice, ...], Field(max_length=50)]


class LaneReported(Fact):
    """The devices of a lane changed, or its terminal came or went."""

    lane: LaneView


class SettingView(Model):
    """A setting of the store with the sentence that says what it does."""

    setting: Name
    value: Text
    default: Text
    explanation: Text


class Settings(Answer):
    """The store's settings."""

    settings: tuple[SettingView, ...]


class ListSettings(Query):
    """All settings of the store."""

    answer = Settings
    permission = Permission.MANAGE_SETTINGS


class ChangeSetting(Command):
    """Set one setting; a value that does not fit is refused in words."""

    answer = Settings
    permission = Permission.MANAGE_SETTINGS
    setting: Name
    value: Text


class TemplateText(Answer):
    """A template."""

    template: Name
    text: Annotated[str, Field(max_length=20_000)]
    preview: Document
    """What it prints for a sample sale."""


class GetTemplate(Query):
    """A template of a slip: `receipt`, `x_slip`, `z_slip`, `day_slip`, `cash_slip`, `points_slip`."""

    answer = TemplateText
    permission = Permission.MANAGE_SETTINGS
    template: Name
    draft: Annotated[str, Field(max_length=20_000)] | None = None
    """A text to try: it is answered and previewed instead of the stored one, and nothing is stored."""


class SaveTemplate(Command):
    """Change a template; one that does not work is refused with line and reason. Empty: the default."""

    answer = TemplateText
    permission = Permission.MANAGE_SETTINGS
    template: Name
    text: Annotated[str, Field(max_length=20_000)]


class BackupMade(Answer):
    """The backup is complete and was checked."""

    path: Text
    bytes: StrictInt
    journal_seq: StrictInt
    """The last row of the journal in it."""


class MakeBackup(Query):
    """Copy the books while the shop is open, then check the copy; the journal keeps who did.

    A query: asked again, another copy is made.
    """

    answer = BackupMade
    permission = Permission.BACK_UP
    path: Text = ""
    """Where on the server's machine; empty: the backups folder, named by date and time."""


class BackupProgressed(Fact):
    """How far a running backup is."""

    pages_done: StrictInt
    pages_total: StrictInt


class Finding(Model):
    """Something that is not right in the books."""

    where: Name
    explanation: Text


class BooksVerified(Answer):
    """What the check of the books found; no finding means that everything is right."""

    journal_rows: StrictInt
    ledger_postings: StrictInt
    sales: StrictInt
    findings: tuple[Finding, ...]


class VerifyBooks(Query):
    """Check the journal's chain, every posting, every balance, every finished sale."""

    answer = BooksVerified
    permission = Permission.VERIFY


class BeginTraining(Command):
    """Make the training books ready: a fresh copy of the store, in a file of its own."""

    answer = Done
    permission = Permission.TRAINING


class SettingChanged(Fact):
    """A setting was changed."""

    setting: Name
    old: Text
    new: Text


class BooksCopied(Fact):
    """Somebody made a backup, and so has a copy of everything in the books."""

    path: Text
    """Where on the server's machine."""
    journal_seq: StrictInt
    """The last row of the journal in it."""


class PairingOffered(Fact):
    """A one-time code was made with which a new terminal can be let in."""

    terminal: TerminalName
    """The name that the new terminal must have."""


class TerminalPaired(Fact):
    """A new terminal was paired."""

    terminal: TerminalName
    public_key: Name


class TerminalRevoked(Fact):
    """A terminal's key was taken away."""

    terminal: TerminalName


class TemplateChanged(Fact):
    """A template was changed."""

    template: Name
