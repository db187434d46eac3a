"""The words of click, the library behind the command line, in the languages of Guitai."""

import gettext

from protocol.language import N_, _, ngettext

CLICK_WORDS = (
    N_("Usage:"),
    N_("Options"),
    N_("Commands"),
    N_("Show this message and exit."),
    N_("Show the version and exit."),
    N_("default: {default}"),
    N_("Error: {message}"),
    N_("Try '{command} {option}' for help."),
    N_("Missing argument"),
    N_("Missing option"),
    N_("Missing command."),
    N_("Invalid value: {message}"),
    N_("Invalid value for {param_hint}: {message}"),
    N_("No such option {name!r}."),
    N_("No such command {name!r}."),
    N_("{value!r} is not a valid {number_type}."),
    N_("{name} {filename!r} does not exist."),
    N_("Error: The two entered values do not match."),
    N_("Repeat for confirmation"),
)
"""What a shopkeeper meets; the rest of click stays English."""


def _singular(domain: str, message: str) -> str:
    return _(message)


def _plural(domain: str, msgid1: str, msgid2: str, n: int) -> str:
    return ngettext(msgid1, msgid2, n)


def teach_click() -> None:
    """Have click look its words up where ours are: it asks Python's gettext, which knows no .po files."""
    gettext.dgettext = _singular
    gettext.dngettext = _plural
