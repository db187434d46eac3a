"""What the keys of the rules of members do: their part of the registry of actions."""

from protocol.language import N_
from protocol.permissions import Permission
from terminal_app.action import Action

_HERE = N_("On this page")

RULES = (
    Action(
        "tiers.up",
        "f8",
        N_("Move up"),
        N_("Swap the tier with the one above it; what each place takes in growth value stays."),
        _HERE,
        Permission.MANAGE_TIERS,
        footer=True,
    ),
    Action(
        "tiers.down",
        "f9",
        N_("Move down"),
        N_("Swap the tier with the one below it; what each place takes in growth value stays."),
        _HERE,
        Permission.MANAGE_TIERS,
        footer=True,
    ),
    Action(
        "points_rules.switch",
        "f8",
        N_("On / off"),
        N_("Switch the chosen rule on or off; what was earned stays."),
        _HERE,
        Permission.MANAGE_POINTS,
        footer=True,
    ),
    Action(
        "points_rules.try_it",
        "f9",
        N_("Try it"),
        N_("Type an amount and a day, and see what it would earn and by which rules."),
        _HERE,
        footer=True,
    ),
)
