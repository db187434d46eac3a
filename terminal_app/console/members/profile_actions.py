"""What the keys of a member's profile and the screens behind it do: their part of the registry of actions."""

from protocol.language import N_
from protocol.permissions import Permission
from terminal_app.action import Action

_HERE = N_("On this page")

PROFILE = (
    Action(
        "profile.whole",
        "f8",
        N_("Full profile"),
        N_("Show the whole phone and all personal data; each look is in the journal. Again: hide them."),
        _HERE,
        Permission.SEE_FULL_PROFILE,
        footer=True,
    ),
)
