"""What a server says when no room has been asked, or a room has failed."""

import logging

from protocol.language import _
from protocol.messages.base import Command, Header, Refused
from protocol.registry import MESSAGES

log = logging.getLogger(__name__)


def failed(header: Header) -> Refused:
    """Log the exception that is being handled and return what the cashier reads."""
    log.exception("bug while answering %s %s", header.name, header.id)
    return Refused(
        code="internal",
        explanation=_(
            "This did not work because of a fault in the program. Nothing was changed. Number: {id}"
        ).format(id=header.id),
    )


def too_large(header: Header) -> Refused:
    """Return what is said instead of an answer over the limit. An order has been carried out all the same."""
    if issubclass(MESSAGES[header.name], Command):
        explanation = _("This was carried out, but the answer is too large to be sent. Look at the result.")
    else:
        explanation = _("The answer is too large to be sent. Ask for less at once.")
    return Refused(code="answer_too_large", explanation=explanation)


def revoked() -> Refused:
    """Return what a terminal reads whose key was taken off the ring."""
    return Refused(
        code="terminal_revoked",
        explanation=_("This terminal may no longer use the store server. Ask the manager to pair it again."),
    )
