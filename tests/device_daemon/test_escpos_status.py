"""What a printer says of itself is understood, in whatever pieces it comes."""

import pytest

from device_daemon.drivers.escpos_status import Answer, InOrder, PrinterStatus, Report, StatusStream
from protocol.messages.devices import DeviceState


def test_reports_answers_and_confirmations_are_told_apart() -> None:
    assert StatusStream().feed(b"\x14\x00\x00\x00\x12\x00") == [
        Report(b"\x14\0\0\0"),
        Answer(0x12),
        InOrder(0),
    ]


def test_a_report_may_be_cut_anywhere_and_an_answer_may_come_in_its_middle() -> None:
    stream = StatusStream()
    assert stream.feed(b"\x1c\x00") == []
    assert stream.feed(b"\x16") == [Answer(0x16)]
    assert stream.feed(b"\x0f\x00") == [Report(b"\x1c\x00\x0f\x00")]


def test_flow_control_and_noise_are_ignored() -> None:
    assert StatusStream().feed(b"\x11\x13\xff\x12") == [Answer(0x12)]


@pytest.mark.parametrize(
    ("report", "state"),
    [
        ("14000000", DeviceState.ONLINE),
        ("14000300", DeviceState.REC_NEAR_END),
        ("1c000f00", DeviceState.REC_EMPTY),
        ("3c000f00", DeviceState.COVER_OPEN),
        ("18000000", DeviceState.OFFLINE),
        ("18080000", DeviceState.ERROR),
    ],
)
def test_a_report_means_a_state(report: str, state: DeviceState) -> None:
    assert PrinterStatus().after_report(bytes.fromhex(report)).state is state


@pytest.mark.parametrize(
    ("number", "answer", "state"),
    [
        (1, 0x1A, DeviceState.OFFLINE),
        (2, 0x16, DeviceState.COVER_OPEN),
        (3, 0x1A, DeviceState.ERROR),
        (4, 0x1E, DeviceState.REC_NEAR_END),
        (4, 0x7E, DeviceState.REC_EMPTY),
        (4, 0x12, DeviceState.ONLINE),
    ],
)
def test_an_answer_means_a_state(number: int, answer: int, state: DeviceState) -> None:
    assert PrinterStatus().after_answer(number, answer).state is state
