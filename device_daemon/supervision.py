"""The life of a device: looked for, opened, polled, lost, looked for again. One task per device.

What goes wrong with one device becomes its state; it never reaches the others.
"""

import asyncio
import logging

from device_daemon.devices.base import NoAnswerError, SupervisedDevice, UnavailableError
from protocol.messages.devices import DeviceState

_FIRST_PAUSE_S = 0.1
_LONGEST_PAUSE_S = 0.5
MISSED_POLLS_TO_BE_GONE = 3

_log = logging.getLogger(__name__)


async def supervise(device: SupervisedDevice) -> None:
    """Keep the device open for as long as the task lives, and close it at the end."""
    pause_s = _FIRST_PAUSE_S
    try:
        while True:
            try:
                await device.open()
                pause_s = _FIRST_PAUSE_S
                _log.info("%s: open at %s", device.name, device.identity)
                await _watch(device)
                _log.warning("%s: gone", device.name)
            except UnavailableError as error:
                device.report(error.state)
            except Exception:  # noqa: BLE001  # a driver's bug is that device's fault, not the lane's
                _log.exception("%s: the driver failed", device.name)
                device.report(DeviceState.ERROR)
            device.close()
            await asyncio.sleep(pause_s)
            pause_s = min(pause_s * 2, _LONGEST_PAUSE_S)
    finally:
        device.close()


async def _watch(device: SupervisedDevice) -> None:
    """Poll until the device is gone: at a hang-up, or after three missed polls."""
    missed = 0
    while True:
        try:
            async with asyncio.timeout(device.poll_interval_s):  # wait_for of 3.11 may swallow a cancellation
                await device.lost.wait()
        except TimeoutError:
            pass
        else:
            return
        try:
            await device.poll()
            missed = 0
        except NoAnswerError:
            missed += 1
            device.counters["CommunicationErrorCount"] += 1
            if missed >= MISSED_POLLS_TO_BE_GONE:
                device.report(DeviceState.OFF_OFFLINE)
                return
            device.report(DeviceState.STALE)
