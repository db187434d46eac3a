"""States in words for a cashier: what is wrong, and what to do."""

from collections.abc import Callable

from protocol.language import LANGUAGES, N_, _, speaking
from protocol.messages.devices import DeviceKind, DeviceState, JobState

_ANY_KIND = {
    DeviceState.ONLINE: N_("Ready."),
    DeviceState.STALE: N_("Does not answer; looking again."),
    DeviceState.ERROR: N_("Reports a fault. Switch it off and on again."),
    DeviceState.OFFLINE: N_("Is there, but not ready."),
    DeviceState.OFF_OFFLINE: N_(
        "Not found. Check its cable and power; it is used again as soon as it is back."
    ),
    DeviceState.NO_SERVICE: N_("The card reader service (pcscd) is not running. Ask the technician."),
}
_BY_KIND = {
    (DeviceKind.POS_PRINTER, DeviceState.REC_NEAR_END): N_("Ready; the paper is nearly used up."),
    (DeviceKind.POS_PRINTER, DeviceState.REC_EMPTY): N_(
        "No paper. Put in a new roll; what waits prints by itself."
    ),
    (DeviceKind.POS_PRINTER, DeviceState.COVER_OPEN): N_(
        "The cover is open. Close it; what waits prints by itself."
    ),
    (DeviceKind.POS_PRINTER, DeviceState.OFFLINE): N_(
        "Off line. Press its feed button, or switch it off and on."
    ),
    (DeviceKind.POS_PRINTER, DeviceState.ERROR): N_(
        "The printer reports a fault. Look for jammed paper, then switch it off and on."
    ),
    (DeviceKind.CASH_DRAWER, DeviceState.OFFLINE): N_("Its printer is not ready; use the key to open it."),
    (DeviceKind.CASH_DRAWER, DeviceState.OFF_OFFLINE): N_(
        "Its printer is not found; use the key to open it."
    ),
}

_JOBS = {
    JobState.WAITING: N_("Waits for its turn."),
    JobState.PRINTING: N_("Printing."),
    JobState.DONE: N_("Printed."),
    JobState.WAITING_FOR_PAPER: N_("No paper. Put in a new roll; it prints by itself."),
    JobState.WAITING_FOR_COVER: N_("The printer's cover is open. Close it; it prints by itself."),
    JobState.WAITING_FOR_PRINTER: N_("The printer is not ready. It prints by itself as soon as it is."),
    JobState.STALE_ASKS: N_("Waited too long to be printed unasked. Print it now, or drop it."),
    JobState.INTERRUPTED: N_("Printing was interrupted. It will print again from its start."),
    JobState.DROPPED: N_("Dropped; it is not printed."),
    JobState.FAILED: N_("It could not be printed. Look at the printer, then print it again or drop it."),
}


def device_words(kind: DeviceKind, state: DeviceState) -> str:
    """Return the sentence for a device's state in the current language."""
    return _(_BY_KIND.get((kind, state)) or _ANY_KIND.get(state) or state.value)


def job_words(state: JobState) -> str:
    """Return the sentence for a print job's state in the current language."""
    return _(_JOBS[state])


def in_all_languages(words: Callable[[], str]) -> dict[str, str]:
    """Return what `words` says in each language that is shipped."""
    spoken = {}
    for language in LANGUAGES:
        with speaking(language):
            spoken[language] = words()
    return spoken


def copy_mark() -> str:
    """Return the mark on a paper that is not the first of its kind."""
    return _("*** COPY ***")


def interrupted_mark() -> str:
    """Return the mark on a paper whose first printing broke off."""
    return _("*** Printing was interrupted; printed again ***")
