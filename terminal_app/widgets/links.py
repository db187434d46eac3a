"""The state of the links and devices in words."""

from protocol.language import N_, _
from protocol.messages.devices import DeviceKind, DeviceState, DeviceView
from terminal_app.device_client import DeviceClient
from terminal_app.store_client import StoreClient

KINDS = {
    DeviceKind.SCANNER: N_("Scanner"),
    DeviceKind.CARD_READER: N_("Cards"),
    DeviceKind.LINE_DISPLAY: N_("Display"),
    DeviceKind.POS_PRINTER: N_("Printer"),
    DeviceKind.CASH_DRAWER: N_("Drawer"),
}
"""What a cashier calls the devices."""

STATES = {
    DeviceState.ONLINE: N_("ready"),
    DeviceState.REC_NEAR_END: N_("paper nearly used up"),
    DeviceState.REC_EMPTY: N_("no paper"),
    DeviceState.COVER_OPEN: N_("cover open"),
    DeviceState.OFFLINE: N_("not ready"),
    DeviceState.STALE: N_("does not answer"),
    DeviceState.ERROR: N_("fault"),
    DeviceState.NO_SERVICE: N_("service not running"),
    DeviceState.OFF_OFFLINE: N_("unplugged"),
}
"""The states in two or three words."""


def store_words(store: StoreClient) -> str:
    """Return how the store server is."""
    if store.link.up:
        return _("● Store server")
    since = store.link.since.astimezone(store.zone).strftime("%H:%M")
    return _("✗ Store server away since {time}").format(time=since)


def device_words(device: DeviceView) -> str:
    """Return how a device is, with the drawer's position where it has a sensor."""
    kind = _(KINDS[device.kind])
    if device.state is DeviceState.ONLINE:
        if device.opened:
            return _("● {device} open").format(device=kind)
        return "● " + kind
    sign = "! " if device.state is DeviceState.REC_NEAR_END else "✗ "
    return sign + _("{device}: {state}").format(device=kind, state=_(STATES[device.state]))


def links_parts(store: StoreClient, devices: DeviceClient | None) -> tuple[str, str]:
    """Return what is wrong and what is right, each in one line."""
    words = [store_words(store)]
    if devices is not None:
        if devices.link.up:
            words += [device_words(device) for device in devices.devices.values()]
        else:
            since = devices.link.since.astimezone(store.zone).strftime("%H:%M")
            words.append(_("✗ Devices away since {time}").format(time=since))
    return (
        "  ".join(text for text in words if not text.startswith("●")),
        "  ".join(text for text in words if text.startswith("●")),
    )


def links_words(store: StoreClient, devices: DeviceClient | None) -> str:
    """Return the links in one line: what is wrong first, what is right after it."""
    return "  ".join(part for part in links_parts(store, devices) if part)
