"""The bytes for the printer: Chinese among Latin, sizes, codes; by golden bytes and another encoder."""

import contextlib
import io
import logging
from pathlib import Path

import pytest
from test_receipt_layout import RECEIPT

from device_daemon.characters import CharacterSet
from device_daemon.escpos import Encoder, code128, kick
from device_daemon.profiles import PrinterProfile, load
from device_daemon.receipt_layout import BarcodeOut, QrOut, TextOut, layout
from device_daemon.simulators.printer import SimulatedPrinter
from protocol.receipt import Symbology

GOLDEN = Path(__file__).parent / "golden"


def encoder(name: str = "generic-80") -> Encoder:
    return Encoder(load(PrinterProfile, "printers", name))


def line(text: str, name: str = "generic-80") -> bytes:
    return encoder(name).job([TextOut(text)])[1]


def test_chinese_is_sent_between_its_two_switches() -> None:
    assert line("合计 12.50") == b"\x1c&\xba\xcf\xbc\xc6\x1c. 12.50\n"


def test_chinese_punctuation_and_the_wide_yuan_sign_are_chinese_too() -> None:
    assert line("：，。") == b"\x1c&\xa3\xba\xa3\xac\xa1\xa3\x1c.\n"
    assert line("￥12") == b"\x1c&\xa3\xa4\x1c.12\n"


def test_a_letter_with_an_accent_after_chinese_is_not_taken_for_half_a_character() -> None:
    assert line("咖é") == b"\x1c&\xbf\xa7\x1c.\x1bt\x00\x82\n"


def test_the_narrow_yuan_sign_comes_from_the_code_page() -> None:
    assert line("¥1") == b"\x1bt\x00\x9d1\n"


def test_a_character_that_gbk_lacks_becomes_a_stand_in_of_the_same_width() -> None:
    assert line("中😀文") == b"\x1c&\xd6\xd0\x1c.??\x1c&\xce\xc4\x1c.\n"
    assert CharacterSet(PrinterProfile()).cells("中😀文") == 6


def test_a_printer_without_chinese_says_so_with_question_marks_of_the_same_width() -> None:
    profile = PrinterProfile(chinese=False)
    assert Encoder(profile).job([TextOut("合计 1")])[1] == b"???? 1\n"


def test_large_chinese_is_enlarged_by_both_commands_and_put_back() -> None:
    big = encoder().job([TextOut("合", bold=True, width=2, height=2)])[1]
    assert big == b"\x1bE\x01\x1d!\x11\x1c!\x0c\x1c&\xba\xcf\x1c.\n\x1c!\x00\x1d!\x00\x1bE\x00"


def test_no_control_character_of_a_text_reaches_the_printer() -> None:
    assert line("a\x1b@\x10\x04\x01b\x00c\x7f") == b"a@bc\n"


@pytest.mark.parametrize("name", ["generic-80", "generic-58", "epson-tm", "mute-80"])
def test_a_receipt_has_the_golden_bytes(name: str) -> None:
    printer = encoder(name)
    lines = layout(RECEIPT, printer.profile.columns, printer.characters.cells)
    assert b"".join(printer.job(lines)) == (GOLDEN / f"receipt-{name}.bin").read_bytes()


def test_what_the_simulated_printer_prints_is_what_was_laid_out() -> None:
    printer = encoder()
    lines = layout(RECEIPT, 48, printer.characters.cells)
    simulated = SimulatedPrinter("printer-1", printer.profile, lambda _part: None)
    simulated.receive(b"".join(printer.job(lines)))
    printed = [(p.text, p.bold, p.width, p.height) for p in simulated.lines if p.kind == "text"]
    assert printed == [(t.text, t.bold, t.width, t.height) for t in lines if isinstance(t, TextOut)]
    assert [p.text for p in simulated.lines if p.kind == "qr"] == ["https://example.invalid/r/0042"]
    assert [p.text for p in simulated.lines if p.kind == "barcode"] == ["S1-2-20261121-0042"]
    assert simulated.lines[-1].kind == "cut"


def test_an_ean_that_is_none_and_a_code_too_long_for_the_paper_are_printed_all_the_same() -> None:
    wrong = encoder().job([BarcodeOut(Symbology.EAN13, "12345")])[1]
    assert b"12345\n" in wrong
    long = encoder("generic-58").job([BarcodeOut(Symbology.CODE128, "A" * 30)])[1]
    assert b"\x1dk" not in long
    assert b"1P0" + b"A" * 30 in long  # as a QR code, which has room


def test_code_128_takes_pairs_of_digits_together() -> None:
    assert code128("20261121") == (b"{C\x14\x1a\x0b\x15", 5)
    assert code128("AB123456{") == (b"{BAB{C\x0c\x22\x38{B{{", 9)


def test_the_drawer_opens_in_order_or_at_once() -> None:
    profile = PrinterProfile()
    assert kick(profile, realtime=False) == b"\x1bp\x00\x32\x32"
    assert kick(profile, realtime=True) == b"\x10\x14\x01\x00\x01"


def test_another_encoder_makes_the_same_barcodes_and_qr_codes() -> None:
    """python-escpos is the judge. Importing it sets up logging and barcode() prints: both are undone."""
    before = list(logging.getLogger().handlers)
    with contextlib.redirect_stdout(io.StringIO()):
        from escpos.printer import Dummy  # noqa: PLC0415  # its import has side effects, see above

        other = Dummy(profile="TM-T88III")
        other.barcode("6901234567892", "EAN13", height=80, width=3, pos="BELOW", font="A", align_ct=False)
        ean = bytes(other.output)
        other.clear()
        other.qr("guitai 柜台", native=True, size=6, ec=1)
        qr = bytes(other.output)
    for handler in set(logging.getLogger().handlers) - set(before):
        logging.getLogger().removeHandler(handler)
    ours_ean = encoder().job([BarcodeOut(Symbology.EAN13, "6901234567892")])[1]
    ours_qr = encoder().job([QrOut("guitai 柜台")])[1]
    assert ean.strip(b"\n").endswith(b"\x1dk\x026901234567892\x00")
    assert b"\x1dk\x026901234567892\x00" in ours_ean
    for command in qr.split(b"\x1d(k")[1:]:
        assert b"\x1d(k" + command.rstrip(b"\n") in ours_qr
