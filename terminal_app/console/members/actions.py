"""What the keys of the member pages do: their part of the one registry of actions."""

from protocol.language import N_
from terminal_app.action import Action
from terminal_app.console.members.rules_actions import RULES

_HERE = N_("On this page")

CONSOLE_MEMBERS: tuple[Action, ...] = (
    Action(
        "members.rules",
        "ctrl+t",
        N_("Rules"),
        N_("Tiers, growth, points, gifts and the shop's own fields of members."),
        _HERE,
        footer=True,
    ),
    *RULES,
)
