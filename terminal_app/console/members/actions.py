"""What the keys of the member pages do: their part of the one registry of actions."""

from terminal_app.action import Action
from terminal_app.console.members.profile_actions import PROFILE

CONSOLE_MEMBERS: tuple[Action, ...] = (*PROFILE,)
