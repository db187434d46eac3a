"""Pairing: the right code makes two keys known, and nothing else does."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import zmq
import zmq.asyncio

from protocol.identifiers import TerminalName
from protocol.messages.base import Answer, Done
from protocol.messages.operators import SignOff
from protocol.pairing import (
    CODE_VALID,
    PAIRING_TAG,
    Exchange,
    NotPaired,
    Offer,
    Paired,
    PairingCode,
    PairingMessage,
    ServerKey,
    ServerSide,
    Start,
    TerminalKey,
    TerminalSide,
    code_bytes,
    decode,
    encode,
    new_code,
)
from protocol.sockets.keys import KeyRing, PublicKey, new_key_pair
from protocol.sockets.pairing import NotPairedError, PairingServer, pair
from protocol.sockets.reply_server import Incoming, ReplyServer
from protocol.sockets.request_client import RequestClient

NOW = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
CODE = PairingCode("7K2M-9QXT")
LANE_2 = TerminalName("lane-2")
SERVER, TERMINAL, STRANGER = (new_key_pair().public for _n in range(3))


@pytest.fixture
def offer() -> Offer:
    return Offer(CODE, NOW)


def carry_out(offer: Offer, typed: str = CODE) -> tuple[PairingMessage, Paired | None]:
    """Let both sides talk; return what the terminal ends with, and what the server has learned."""
    server, terminal = ServerSide(offer, SERVER), TerminalSide(typed, LANE_2, TERMINAL)
    answer, paired = server.receive(terminal.start(), NOW)
    reply = terminal.receive(answer)
    if not isinstance(reply, TerminalKey):
        return reply, paired
    answer, paired = server.receive(reply, NOW)
    return terminal.receive(answer), paired


def refused(message: PairingMessage) -> str:
    assert isinstance(message, NotPaired)
    return message.code


def test_the_right_code_makes_both_keys_known(offer: Offer) -> None:
    end, paired = carry_out(offer)
    assert paired == Paired(LANE_2, TERMINAL)
    assert isinstance(end, ServerKey)
    assert end.public_key == SERVER


@pytest.mark.parametrize("typed", ["7k2m-9qxt", "7K2M9QXT", " 7k2m 9qxt ", "7K2M–9QXT"])
def test_a_code_may_be_typed_in_small_letters_and_without_the_dash(offer: Offer, typed: str) -> None:
    assert carry_out(offer, typed)[1] is not None


def test_codes_are_readable_and_differ() -> None:
    codes = {new_code() for _n in range(100)}
    assert len(codes) == 100
    assert not set("01OIL") & set("".join(codes))
    assert all(len(code_bytes(code)) == 8 for code in codes)


def test_a_code_is_good_for_one_terminal(offer: Offer) -> None:
    carry_out(offer)
    end, paired = carry_out(offer)
    assert (refused(end), paired) == ("no_pairing", None)


def test_three_wrong_codes_burn_the_right_one(offer: Offer) -> None:
    ends = [refused(carry_out(offer, "AAAA-AAAA")[0]) for _n in range(3)]
    assert ends == ["wrong_code"] * 3
    assert refused(carry_out(offer)[0]) == "code_burnt"


def test_a_code_is_worth_nothing_after_ten_minutes(offer: Offer) -> None:
    terminal = TerminalSide(CODE, LANE_2, TERMINAL)
    just = ServerSide(offer, SERVER).receive(terminal.start(), NOW + CODE_VALID - timedelta(seconds=1))
    late = ServerSide(offer, SERVER).receive(terminal.start(), NOW + CODE_VALID)
    assert isinstance(just[0], Exchange)
    assert refused(late[0]) == "code_expired"


def test_a_code_for_one_name_is_refused_to_another() -> None:
    end, paired = carry_out(Offer(CODE, NOW, TerminalName("lane-3")))
    assert (refused(end), paired) == ("other_terminal", None)


def test_a_replayed_proof_is_worth_nothing(offer: Offer) -> None:
    server, terminal = ServerSide(offer, SERVER), TerminalSide(CODE, LANE_2, TERMINAL)
    key = terminal.receive(server.receive(terminal.start(), NOW)[0])
    again = ServerSide(offer, SERVER)
    again.receive(terminal.start(), NOW)
    assert refused(again.receive(key, NOW)[0]) == "wrong_code"
    assert refused(again.receive(key, NOW)[0]) == "bad_message"
    assert refused(ServerSide(offer, SERVER).receive(key, NOW)[0]) == "bad_message"


def test_a_key_or_name_altered_on_the_way_to_the_server_is_refused(offer: Offer) -> None:
    server, terminal = ServerSide(offer, SERVER), TerminalSide(CODE, LANE_2, TERMINAL)
    key = terminal.receive(server.receive(terminal.start(), NOW)[0])
    assert isinstance(key, TerminalKey)
    altered = key.model_copy(update={"public_key": STRANGER})
    end, paired = server.receive(altered, NOW)
    assert (refused(end), paired) == ("wrong_code", None)
    server, terminal = ServerSide(offer, SERVER), TerminalSide(CODE, LANE_2, TERMINAL)
    start = terminal.start()
    assert isinstance(start, Start)
    key = terminal.receive(server.receive(start.model_copy(update={"terminal": "lane-9"}), NOW)[0])
    assert refused(server.receive(key, NOW)[0]) == "wrong_code"


def test_a_key_altered_on_the_way_to_the_terminal_is_refused(offer: Offer) -> None:
    server, terminal = ServerSide(offer, SERVER), TerminalSide(CODE, LANE_2, TERMINAL)
    answer, _paired = server.receive(terminal.receive(server.receive(terminal.start(), NOW)[0]), NOW)
    assert isinstance(answer, ServerKey)
    assert refused(terminal.receive(answer.model_copy(update={"public_key": STRANGER}))) == "wrong_server"


def test_somebody_in_between_without_the_code_learns_no_key(offer: Offer) -> None:
    between_to_terminal = ServerSide(Offer(PairingCode("AAAA-AAAA"), NOW), STRANGER)
    terminal = TerminalSide(CODE, LANE_2, TERMINAL)
    key = terminal.receive(between_to_terminal.receive(terminal.start(), NOW)[0])
    end, paired = between_to_terminal.receive(key, NOW)
    assert (refused(end), paired) == ("wrong_code", None)
    forged = ServerKey(public_key=STRANGER, proof="0" * 64)
    assert refused(terminal.receive(forged)) == "wrong_server"


@pytest.mark.parametrize(
    "point", ["41" + "00" * 32, "42" + "01" + "00" * 31, "42" + "ff" * 32, "43" + "11" * 32]
)
def test_points_that_are_none_end_the_try(offer: Offer, point: str) -> None:
    terminal = TerminalSide(CODE, LANE_2, TERMINAL)
    assert refused(terminal.receive(Exchange(spake2=point))) == "bad_message"
    server = ServerSide(offer, SERVER)
    server.receive(Start(terminal="lane-2", spake2=point), NOW)
    assert refused(server.receive(TerminalKey(public_key=TERMINAL, proof="0" * 64), NOW)[0]) == "wrong_code"


def test_messages_out_of_order_end_the_try(offer: Offer) -> None:
    terminal = TerminalSide(CODE, LANE_2, TERMINAL)
    assert refused(terminal.receive(ServerKey(public_key=SERVER, proof="0" * 64))) == "bad_message"
    assert refused(terminal.receive(None)) == "bad_message"
    assert refused(ServerSide(offer, SERVER).receive(None, NOW)[0]) == "bad_message"


def test_refusals_come_in_the_language_of_the_terminal() -> None:
    start = TerminalSide(CODE, LANE_2, TERMINAL, "zh_CN").start()
    answer, _paired = ServerSide(Offer(CODE, NOW - CODE_VALID), SERVER).receive(start, NOW)
    assert isinstance(answer, NotPaired)
    assert answer.explanation == "配对码已超过十分钟。请重新取一个。"


def test_what_cannot_be_a_code_or_a_name_is_refused_before_anything_is_sent() -> None:
    with pytest.raises(ValueError, match="eight letters and digits"):
        TerminalSide("1234", LANE_2, TERMINAL)
    with pytest.raises(ValueError, match="up to 40"):
        TerminalSide(CODE, TerminalName("lane 2/"), TERMINAL)


@pytest.mark.parametrize("frame", [b"", b"{", b"null", b'{"step":"dance"}', b'{"step":"start"}', b" " * 5000])
def test_what_is_no_message_is_none(frame: bytes) -> None:
    assert decode(frame) is None


def test_messages_come_back_as_they_were() -> None:
    message = TerminalKey(public_key=TERMINAL, proof="ab" * 32)
    assert decode(encode(message)) == message


async def test_a_terminal_pairs_over_the_network_and_is_served(run_directory: Path) -> None:
    ring = KeyRing(new_key_pair(), run_directory / "terminals.json")
    own = new_key_pair()

    def allow(name: TerminalName, key: PublicKey) -> None:
        ring.allow(key, name)

    def done(incoming: Incoming) -> Answer:
        return Done()

    async with (
        PairingServer("tcp://127.0.0.1:*", ring.server.public, allow, lambda: NOW) as pairing,
        ReplyServer(["tcp://127.0.0.1:*"], done, keyring=ring) as server,
    ):
        with pytest.raises(NotPairedError, match="not expecting"):
            await pair(pairing.endpoint, CODE, LANE_2, own)
        offer = pairing.offer(LANE_2)
        with pytest.raises(NotPairedError, match="The code is wrong"):
            await pair(pairing.endpoint, CODE, LANE_2, own)
        keys = await pair(pairing.endpoint, offer.code, LANE_2, own)
        assert keys.server_public == ring.server.public
        async with RequestClient(server.endpoints[0], sender=LANE_2, keys=keys) as client:
            assert await client.ask(SignOff()) == Done()
        with pytest.raises(NotPairedError, match="not expecting"):
            await pair(pairing.endpoint, offer.code, LANE_2, own)
        pairing.offer()
        pairing.withdraw()
        with pytest.raises(NotPairedError, match="not expecting"):
            await pair(pairing.endpoint, offer.code, LANE_2, own)


async def test_a_terminal_whose_key_could_not_be_kept_is_told_so(caplog: pytest.LogCaptureFixture) -> None:
    def fail(name: TerminalName, key: PublicKey) -> None:
        raise OSError("disk full")

    async with PairingServer("tcp://127.0.0.1:*", SERVER, fail, lambda: NOW) as server:
        code = server.offer().code
        with pytest.raises(NotPairedError, match="could not keep the key"):
            await pair(server.endpoint, code, LANE_2, new_key_pair())
    assert "disk full" in caplog.text


async def test_junk_and_a_flood_do_not_stop_pairing(caplog: pytest.LogCaptureFixture) -> None:
    clock = [NOW]
    paired: list[str] = []
    async with PairingServer(
        "tcp://127.0.0.1:*", SERVER, lambda name, _key: paired.append(name), lambda: clock[0]
    ) as server:
        offer = server.offer()
        context = zmq.asyncio.Context()
        flood = context.socket(zmq.DEALER)
        flood.connect(server.endpoint)
        junk = [[b""]] * 50
        for frames in (*junk, [b"guitai/1", b"{}", b"{}"], [PAIRING_TAG, b"{"], [b"x" * 2_000_000]):
            await flood.send_multipart(frames)
        start = encode(TerminalSide("AAAA-AAAA", LANE_2, STRANGER).start())
        answers: list[PairingMessage | None] = []
        other = context.socket(zmq.DEALER)
        other.connect(server.endpoint)
        for _n in range(30):
            await other.send_multipart([PAIRING_TAG, start])
            answers.append(decode((await other.recv_multipart())[1]))
        assert isinstance(answers[0], Exchange)
        assert refused(answers[-1] or Exchange(spake2="00" * 33)) == "busy"
        context.destroy(linger=0)
        clock[0] += timedelta(seconds=1)
        await pair(server.endpoint, offer.code, LANE_2, new_key_pair())
    assert paired == ["lane-2"]
    assert caplog.text.count("that is not pairing") < 10, "strangers do not fill the disk"


async def test_a_server_that_is_not_there_is_reported_in_words() -> None:
    with pytest.raises(NotPairedError, match="Check the address"):
        async with asyncio.timeout(5):
            await pair("tcp://127.0.0.1:9", CODE, LANE_2, new_key_pair(), timeout_s=0.2)
