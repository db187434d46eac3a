"""CheckHealth in UnifiedPOS's levels: internal looks without effect, external prints, shows or opens."""

import asyncio
from collections.abc import Callable

from device_daemon.devices.base import Device, NoAnswerError, SupervisedDevice, UnavailableError
from device_daemon.devices.cash_drawer import CashDrawer
from device_daemon.devices.line_display import LineDisplay
from device_daemon.devices.pos_printer import PosPrinter
from device_daemon.words import device_words
from protocol.language import _
from protocol.messages.devices import Health, HealthLevel, MessageContent, ShowOnDisplay
from protocol.receipt import Align, Barcode, Cell, Document, QrCode, Row, Rule, Symbology, TextLine

_PRINT_TIMEOUT_S = 20.0
_DRAWER_TIMEOUT_S = 1.5


async def check_health(device: Device, level: HealthLevel) -> Health:
    """Return what was found; never raises for what the device does."""
    findings: list[str] = [_("It is used through {identity}.").format(identity=device.identity)]
    healthy = device.ready
    if isinstance(device, SupervisedDevice) and healthy:
        try:
            await device.poll()
        except NoAnswerError:
            healthy = False
            findings.append(_("It did not answer."))
        except UnavailableError as error:
            healthy = False
            findings.append(device_words(device.kind, error.state))
    if healthy and level is HealthLevel.EXTERNAL:
        healthy = await _external(device, findings)
    return Health(
        device=device.name,
        level=level,
        healthy=healthy,
        words=device_words(device.kind, device.state),
        findings=tuple(findings),
    )


async def _external(device: Device, findings: list[str]) -> bool:
    try:
        match device:
            case PosPrinter():
                return await _print(device, findings)
            case LineDisplay():
                device.show(
                    ShowOnDisplay(show=MessageContent(text="0123456789 ABCDEFGHI\nGuitai 柜台 12.34"))
                )
                findings.append(_("It was sent a test text. Look at it."))
                return True
            case CashDrawer():
                return await _open(device, findings)
            case _:
                findings.append(_("It has no effect to show. Scan a barcode or lay a card on it."))
                return True
    except UnavailableError as error:
        findings.append(device_words(device.kind, error.state))
        return False


async def _print(printer: PosPrinter, findings: list[str]) -> bool:
    begun: Callable[[], None] = lambda: None  # noqa: E731
    try:
        async with asyncio.timeout(_PRINT_TIMEOUT_S):
            await printer.print_chunks(printer.encode(test_page(printer)), begun, lambda: False)
    except TimeoutError:
        findings.append(_("The test page was not finished in time."))
        return False
    findings.append(_("A test page was printed. Look at it."))
    return True


async def _open(drawer: CashDrawer, findings: list[str]) -> bool:
    await drawer.open_drawer()
    if drawer.opened is None:
        findings.append(_("It was told to open. It has no sensor: look at it."))
        return True
    try:
        async with asyncio.timeout(_DRAWER_TIMEOUT_S):
            while not drawer.opened:  # noqa: ASYNC110  # the sensor is polled anyway
                await asyncio.sleep(0.05)
    except TimeoutError:
        findings.append(_("It was told to open, but its sensor says that it is shut."))
        return False
    findings.append(_("It opened, and its sensor says so."))
    return True


def test_page(printer: PosPrinter) -> Document:
    """Return a page that shows what a receipt needs: columns, Chinese, sizes, codes."""
    return Document(
        title=_("Test page"),
        elements=(
            TextLine(text=_("Test page"), align=Align.CENTRE, bold=True, width=2, height=2),
            TextLine(text=f"{printer.name} · {printer.identity}", align=Align.CENTRE),
            Rule(),
            TextLine(text="0123456789" * 10),
            Row(cells=(Cell(text="可口可乐 330ml", share=1), Cell(text="¥3.50", align=Align.RIGHT))),
            Row(cells=(Cell(text="Café crème", share=1), Cell(text="12.00", align=Align.RIGHT)), bold=True),
            Rule(),
            Barcode(symbology=Symbology.EAN13, data="6901234567892"),
            QrCode(data="guitai"),
        ),
    )
