"""What the keys of the member pages do: their part of the one registry of actions."""

from terminal_app.action import Action

CONSOLE_MEMBERS: tuple[Action, ...] = ()
