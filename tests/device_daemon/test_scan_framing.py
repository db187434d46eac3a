"""Scans are cut out of whatever bytes a scanner sends."""

import pytest

from device_daemon.devices.scanner import Scan
from device_daemon.drivers.scan_framing import LONGEST_SCAN_BYTES, ScanFramer
from device_daemon.profiles import ScannerProfile, Suffix

COLA = Scan("6901234567892")


@pytest.mark.parametrize(
    ("suffix", "ending"),
    [
        (Suffix.LINE, b"\r"),
        (Suffix.LINE, b"\n"),
        (Suffix.LINE, b"\r\n"),
        (Suffix.CR, b"\r"),
        (Suffix.LF, b"\n"),
        (Suffix.CRLF, b"\r\n"),
        (Suffix.TAB, b"\t"),
    ],
)
def test_each_ending_gives_each_scan_once(suffix: Suffix, ending: bytes) -> None:
    framer = ScanFramer(ScannerProfile(suffix=suffix))
    assert framer.feed(b"6901234567892" + ending) == [COLA]
    assert framer.feed(b"6901234567892" + ending + b"69012345" + ending) == [COLA, Scan("69012345")]


def test_a_scan_may_come_byte_by_byte() -> None:
    framer = ScanFramer(ScannerProfile())
    scans = [scan for value in b"6901234567892\r\n" for scan in framer.feed(bytes((value,)))]
    assert scans == [COLA]


def test_without_an_ending_the_pause_ends_the_scan() -> None:
    framer = ScanFramer(ScannerProfile(suffix=Suffix.NONE))
    assert framer.feed(b"6901234") == []
    assert framer.feed(b"567892") == []
    assert framer.flush() == [COLA]
    assert framer.flush() == []


def test_the_aim_identifier_is_taken_off_and_kept_aside() -> None:
    framer = ScanFramer(ScannerProfile())
    assert framer.feed(b"]E06901234567892\r") == [Scan("6901234567892", "ean13", "]E0")]
    assert framer.feed(b"]E412345670\r") == [Scan("12345670", "ean8", "]E4")]


def test_the_separators_of_gs1_codes_are_kept() -> None:
    framer = ScanFramer(ScannerProfile())
    assert framer.feed(b"]C10106901234567892\x1d10AB\r") == [
        Scan("0106901234567892\x1d10AB", "gs1_128", "]C1")
    ]


def test_a_prefix_is_taken_off() -> None:
    framer = ScanFramer(ScannerProfile(prefix_hex="02", aim_ids=False))
    assert framer.feed(b"\x026901234567892\r") == [COLA]


def test_a_code_may_say_something_in_chinese() -> None:
    framer = ScanFramer(ScannerProfile())
    assert framer.feed("会员0042\r".encode()) == [Scan("会员0042")]
    assert framer.feed("会员0042\r".encode("gbk")) == [Scan("会员0042")]


def test_endless_noise_is_thrown_away_and_the_next_scan_is_read() -> None:
    framer = ScanFramer(ScannerProfile())
    assert framer.feed(b"x" * (LONGEST_SCAN_BYTES + 1)) == []
    assert framer.feed(b"x" * (LONGEST_SCAN_BYTES + 1) + b"\r") == []
    assert framer.noise == 2
    assert framer.feed(b"6901234567892\r") == [COLA]
