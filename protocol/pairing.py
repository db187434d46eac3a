"""Pairing, pure: a one-time code becomes a shared key (SPAKE2), which proves both public keys.

Somebody in between who does not know the code gets one guess per try and learns nothing else; a public
key that was altered on the way does not fit its proof.
"""

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Literal, NewType

import spake2
from pydantic import Field, TypeAdapter, ValidationError

from protocol.identifiers import TerminalName
from protocol.language import LANGUAGES, N_, _, speaking
from protocol.messages.base import Model

PairingCode = NewType("PairingCode", str)
"""A one-time code as people read it: `7K2M-9QXT`."""

CODE_VALID = timedelta(minutes=10)
WRONG_TRIES = 3
"""After so many wrong codes the right one is worth nothing."""
PAIRING_TAG = b"guitai-pair/1"
"""The first of the two frames of every pairing message."""

_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # no 0 O, 1 I L
_CODE_CHARACTERS = 8
_ID_TERMINAL = b"guitai terminal"
_ID_SERVER = b"guitai server"
_MAX_FRAME_BYTES = 4096

_REFUSALS = {
    "no_pairing": N_("The server is not expecting a new terminal. Ask for a code at the server first."),
    "wrong_code": N_(
        "The code is wrong. Check it and try again; after three wrong tries a new code is needed."
    ),
    "code_burnt": N_("The code was typed wrong three times and is worth nothing now. Ask for a new one."),
    "code_expired": N_("The code is older than ten minutes. Ask for a new one."),
    "other_terminal": N_(
        "The code was made for a terminal of another name. Use that name, or ask for a new code."
    ),
    "not_kept": N_(
        "The server could not keep the key of this terminal; its log says why. Ask for a new code."
    ),
    "busy": N_("Too many tries at once. Wait a moment and try again."),
    "bad_message": N_("The other side does not speak the pairing protocol of this version of Guitai."),
    "wrong_server": N_(
        "The answer does not come from the server that made the code. Somebody may be in between."
    ),
}

_NAME = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$"
_Hex33 = Annotated[str, Field(pattern=r"^[0-9a-f]{66}$")]
_Proof = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
_Key = Annotated[str, Field(pattern=r"^[0-9a-zA-Z.:+=^!/*?&<>()\[\]{}@%$#-]{40}$")]


class Start(Model):
    """Terminal to server: who wants in, and its half of the key exchange."""

    step: Literal["start"] = "start"
    terminal: Annotated[str, Field(pattern=_NAME)]
    """The name under which the terminal will connect."""
    spake2: _Hex33
    """Its SPAKE2 message, side A, in hexadecimal."""
    language: str = "en"
    """The language of a refusal."""


class Exchange(Model):
    """Server to terminal: the other half."""

    step: Literal["exchange"] = "exchange"
    spake2: _Hex33
    """The server's SPAKE2 message, side B, in hexadecimal."""


class TerminalKey(Model):
    """Terminal to server: its public key, with the proof that it knows the code."""

    step: Literal["terminal_key"] = "terminal_key"
    public_key: _Key
    proof: _Proof


class ServerKey(Model):
    """Server to terminal: the server's public key with its proof. The terminal is let in from now on."""

    step: Literal["server_key"] = "server_key"
    public_key: _Key
    proof: _Proof


class NotPaired(Model):
    """Either way: the end, with the reason."""

    step: Literal["refused"] = "refused"
    code: str
    explanation: str


PairingMessage = Start | Exchange | TerminalKey | ServerKey | NotPaired
_MESSAGES: TypeAdapter[PairingMessage] = TypeAdapter(Annotated[PairingMessage, Field(discriminator="step")])


@dataclass(frozen=True, slots=True)
class Paired:
    """The result on the server: this terminal with this key may come in."""

    terminal: TerminalName
    public_key: str


def new_code() -> PairingCode:
    """Return a new random code of 39 bits without letters that look alike."""
    letters = "".join(secrets.choice(_ALPHABET) for _n in range(_CODE_CHARACTERS))
    return PairingCode(f"{letters[:4]}-{letters[4:]}")


def is_terminal_name(name: str) -> bool:
    """Return whether a terminal can be paired under the name."""
    return re.fullmatch(_NAME, name) is not None


def code_bytes(typed: str) -> bytes:
    """Return what of a typed code counts: letters and digits, in capitals. `7k2m 9qxt` is `7K2M-9QXT`."""
    return re.sub(r"[^0-9A-Z]", "", typed.upper()).encode("ascii")


def refuse(code: str) -> NotPaired:
    """Return the refusal with its words in the current language."""
    return NotPaired(code=code, explanation=_(_REFUSALS[code]))


def encode(message: PairingMessage) -> bytes:
    """Return the JSON of the second frame."""
    return message.model_dump_json().encode()


def decode(frame: bytes) -> PairingMessage | None:
    """Return the message in the frame, None for anything else."""
    if len(frame) > _MAX_FRAME_BYTES:
        return None
    try:
        return _MESSAGES.validate_json(frame)
    except ValidationError:
        return None


class Offer:
    """One code and what has become of it."""

    def __init__(self, code: PairingCode, made_at: datetime, terminal: TerminalName | None = None) -> None:
        """Offer pairing under the code from now on, to the terminal of that name where one is given."""
        self.code = code
        self.terminal = terminal
        self.expires_at = made_at + CODE_VALID
        self._wrong_tries = 0
        self._used = False

    def closed(self, now: datetime) -> str | None:
        """Return why the code is worth nothing (a refusal code); None while it can be used."""
        if self._wrong_tries >= WRONG_TRIES:
            return "code_burnt"
        if self._used:
            return "no_pairing"
        return "code_expired" if now >= self.expires_at else None

    def use(self) -> None:
        """Note that the code has done its work."""
        self._used = True

    def wrong(self) -> None:
        """Note a wrong try."""
        self._wrong_tries += 1


class ServerSide:
    """The server's side of one terminal's try."""

    def __init__(self, offer: Offer, server_public: str) -> None:
        """Wait for the terminal's `Start`."""
        self._offer = offer
        self._server_public = server_public
        self._exchange: spake2.SPAKE2_B | None = None
        self._start: Start | None = None

    def receive(self, message: PairingMessage | None, now: datetime) -> tuple[PairingMessage, Paired | None]:
        """Return what to send back, and the terminal when it has proved that it knows the code."""
        language = self._start.language if self._start else getattr(message, "language", "en")
        with speaking(language if language in LANGUAGES else None):
            closed = self._offer.closed(now)
            if closed is not None:
                return refuse(closed), None
            match message:
                case Start():
                    return self._begin(message), None
                case TerminalKey():
                    return self._finish(message)
                case _:
                    return refuse("bad_message"), None

    def _begin(self, start: Start) -> PairingMessage:
        if self._offer.terminal not in (None, start.terminal):
            return refuse("other_terminal")
        self._start = start
        self._exchange = spake2.SPAKE2_B(code_bytes(self._offer.code), idA=_ID_TERMINAL, idB=_ID_SERVER)
        return Exchange(spake2=self._exchange.start().hex())

    def _finish(self, key: TerminalKey) -> tuple[PairingMessage, Paired | None]:
        start, exchange = self._start, self._exchange
        self._start = self._exchange = None  # one proof per exchange: nothing can be tried or replayed twice
        if start is None or exchange is None:
            return refuse("bad_message"), None
        shared = _shared(exchange, start.spake2)
        if shared is None or not hmac.compare_digest(
            key.proof, terminal_proof(shared, start.terminal, key.public_key)
        ):
            self._offer.wrong()
            return refuse("wrong_code"), None
        self._offer.use()
        proof = server_proof(shared, start.terminal, key.public_key, self._server_public)
        return (
            ServerKey(public_key=self._server_public, proof=proof),
            Paired(TerminalName(start.terminal), key.public_key),
        )


class TerminalSide:
    """The terminal's side of one try."""

    def __init__(self, code: str, terminal: TerminalName, own_public: str, language: str = "en") -> None:
        """Prepare a try with the typed code. Raises ValueError for what cannot be a code or a name."""
        if len(code_bytes(code)) != _CODE_CHARACTERS:
            raise ValueError(_("A pairing code has eight letters and digits, like 7K2M-9QXT."))
        self._own_public = own_public
        self._exchange = spake2.SPAKE2_A(code_bytes(code), idA=_ID_TERMINAL, idB=_ID_SERVER)
        try:
            self._start = Start(terminal=terminal, spake2=self._exchange.start().hex(), language=language)
        except ValidationError as error:
            text = _("A terminal's name has up to 40 letters, digits, dots and dashes, like lane-2.")
            raise ValueError(text) from error
        self._shared: bytes | None = None

    def start(self) -> PairingMessage:
        """Return the first message."""
        return self._start

    def receive(self, message: PairingMessage | None) -> TerminalKey | ServerKey | NotPaired:
        """Return the next message to send, or the end: the server's true key, or why there is none."""
        match message:
            case Exchange() if self._shared is None:
                self._shared = _shared(self._exchange, message.spake2)
                if self._shared is None:
                    return refuse("bad_message")
                proof = terminal_proof(self._shared, self._start.terminal, self._own_public)
                return TerminalKey(public_key=self._own_public, proof=proof)
            case ServerKey() if self._shared is not None:
                expected = server_proof(
                    self._shared, self._start.terminal, self._own_public, message.public_key
                )
                return message if hmac.compare_digest(message.proof, expected) else refuse("wrong_server")
            case NotPaired():
                return message
            case _:
                return refuse("bad_message")


def terminal_proof(shared: bytes, terminal: str, terminal_public: str) -> str:
    """Return the HMAC that proves the terminal's key, in hexadecimal."""
    return _hmac(shared, b"guitai-pair/1 terminal", terminal, terminal_public)


def server_proof(shared: bytes, terminal: str, terminal_public: str, server_public: str) -> str:
    """Return the HMAC that proves the server's key, in hexadecimal."""
    return _hmac(shared, b"guitai-pair/1 server", terminal, terminal_public, server_public)


def _hmac(shared: bytes, label: bytes, *parts: str) -> str:
    text = b"\0".join([label, *(part.encode() for part in parts)])
    return hmac.new(shared, text, hashlib.sha256).hexdigest()


def _shared(exchange: "spake2.SPAKE2_A | spake2.SPAKE2_B", message: str) -> bytes | None:
    """Return the shared key; None for bytes that are no SPAKE2 message of the other side."""
    try:
        return bytes(exchange.finish(bytes.fromhex(message)))
    except Exception:  # noqa: BLE001  # the library raises bare Exceptions and asserts for points off the curve
        return None
