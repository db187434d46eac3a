"""What a technician writes into the files of a lane is used, or refused with a sentence that helps."""

from pathlib import Path

import pytest

from device_daemon.assembly import assemble
from device_daemon.rack import RackError, default_rack, load_rack
from device_daemon.settings import BadDeviceSettings, load_device_settings
from protocol.messages.devices import DeviceKind

REAL = """
[[device]]
name = "scanner-1"
kind = "scanner"
driver = "serial"
profile = "honeywell"
path = "/dev/serial/by-id/usb-Honeywell-if00"
settings = { baudrate = 57600 }

[[device]]
name = "drawer-1"
kind = "cash_drawer"
driver = "printer"
printer = "printer-2"

[[device]]
name = "printer-1"
kind = "pos_printer"
driver = "file"
path = "/dev/usb/lp0"

[[device]]
name = "printer-2"
kind = "pos_printer"
driver = "tcp"
profile = "epson-tm"
host = "192.168.1.50"

[[device]]
name = "display-1"
kind = "line_display"
driver = "serial"
profile = "led8"
path = "/dev/serial/by-id/usb-FTDI-if00"

[[device]]
name = "cards-1"
kind = "card_reader"
driver = "pcsc"
reader = "ACR122U"
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "rack.toml"
    path.write_text(text, encoding="utf-8")
    return path


async def test_a_rack_of_real_devices_is_put_together_in_its_order(tmp_path: Path) -> None:
    lane = assemble(load_rack(written(tmp_path, REAL)), "en", lambda _part, _device: None)
    assert [(device.name, device.driver, device.simulated) for device in lane.devices] == [
        ("scanner-1", "serial_scanner", False),
        ("drawer-1", "printer_drawer", False),
        ("printer-1", "escpos", False),
        ("printer-2", "escpos", False),
        ("display-1", "serial_display", False),
        ("cards-1", "pcsc", False),
    ]
    assert lane.drawers[0].identity == "printer-2: 192.168.1.50:9100"


async def test_without_a_rack_there_is_one_simulated_device_of_each_kind() -> None:
    lane = assemble(default_rack(), "en", lambda _part, _device: None)
    assert {device.kind for device in lane.devices} == set(DeviceKind)
    assert all(device.simulated for device in lane.devices)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "must consist of"),
        ("[[device]", "not valid TOML"),
        ('[[device]]\nname = "x"\nkind = "toaster"\ndriver = "serial"', "device 1: kind"),
        (
            '[[device]]\nname = "x"\nkind = "scanner"\ndriver = "usb"',
            "its driver is one of: serial, simulated",
        ),
        ('[[device]]\nname = "x"\nkind = "scanner"\ndriver = "serial"', "x needs path"),
        ('[[device]]\nname = "x"\nkind = "pos_printer"\ndriver = "tcp"', "x needs host"),
        ('[[device]]\nname = "x"\nkind = "scanner"\ndriver = "simulated"\nspeed = 9600', "device 1: speed"),
        ('[[device]]\nname = "x"\nkind = "scanner"\ndriver = "simulated"\n' * 2, "two devices called x"),
        ('[[device]]\nname = "x"\nkind = "cash_drawer"\ndriver = "printer"', "needs a printer"),
    ],
)
def test_a_wrong_rack_is_refused_with_what_would_be_right(tmp_path: Path, text: str, sentence: str) -> None:
    with pytest.raises(RackError, match=sentence):
        load_rack(written(tmp_path, text))


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ('profile = "nokia"', "There is no profile nokia in scanners; there are: generic, honeywell"),
        ("settings = { baudrate = 3 }", "baudrate"),
        ("settings = { colour = 3 }", "colour"),
    ],
)
def test_a_wrong_profile_is_refused_by_name(tmp_path: Path, line: str, sentence: str) -> None:
    text = f'[[device]]\nname = "x"\nkind = "scanner"\ndriver = "simulated"\n{line}\n'
    with pytest.raises(RackError, match=sentence):
        assemble(load_rack(written(tmp_path, text)), "en", lambda _part, _device: None)


def test_settings_have_defaults_and_a_misspelt_one_is_noticed(tmp_path: Path) -> None:
    settings = load_device_settings(tmp_path, "1")
    assert settings.request_endpoints == (f"ipc://{tmp_path}/run/requests",)
    (tmp_path / "devices.toml").write_text('language = "zh_CN"\nask_if_older_s = 60\n', encoding="utf-8")
    assert load_device_settings(tmp_path, "1").ask_if_older_s == 60
    (tmp_path / "devices.toml").write_text("ask_if_odler_s = 60\n", encoding="utf-8")
    with pytest.raises(BadDeviceSettings, match="ask_if_odler_s"):
        load_device_settings(tmp_path, "1")
