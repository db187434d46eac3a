"""The one registry of what a key can do: bindings, help, key bar and command list are made from it."""

from collections.abc import Iterable

from textual.binding import Binding

from protocol.language import N_, _
from terminal_app.action import Action as Action
from terminal_app.checkout.actions import CHECKOUT
from terminal_app.console.actions import CONSOLE
from terminal_app.console.members.actions import CONSOLE_MEMBERS
from terminal_app.console.members.profile_actions import PROFILE
from terminal_app.console.prices.actions import CONSOLE_PRICES
from terminal_app.console.prices.price_actions import PRICE_ACTIONS
from terminal_app.members.actions import MEMBERS
from terminal_app.members.member_screen_actions import MEMBER_SCREEN
from terminal_app.pricing.actions import PRICING
from terminal_app.refunds.actions import REFUNDS

_SCREEN = N_("Screen")

_SHELL = (
    Action("shell.help", "f1", N_("Help"), N_("Show every key and what it does."), _SCREEN, footer=True),
    Action(
        "shell.commands", "f11", N_("Menu"), N_("Choose from the list of all commands."), _SCREEN, footer=True
    ),
    Action(
        "shell.language", "ctrl+g", N_("中文 / English"), N_("Switch the language of the screen."), _SCREEN
    ),
    Action(
        "shell.theme", "ctrl+k", N_("Light / dark"), N_("Switch between light and dark colours."), _SCREEN
    ),
    Action("shell.lock", "ctrl+l", N_("Lock"), N_("Lock the screen; what is open stays as it is."), _SCREEN),
    Action(
        "shell.sign_off",
        "ctrl+f",
        N_("Sign off"),
        N_("End your work here; what is in the store stays."),
        _SCREEN,
    ),
    Action("shell.quit", "ctrl+q", N_("Quit"), N_("Leave the program."), _SCREEN),
)

ACTIONS: dict[str, Action] = {
    action.name: action
    for action in (
        *_SHELL,
        *CHECKOUT,
        *MEMBERS,
        *MEMBER_SCREEN,
        *REFUNDS,
        *PRICING,
        *CONSOLE,
        *CONSOLE_MEMBERS,
        *PROFILE,
        *CONSOLE_PRICES,
        *PRICE_ACTIONS,
    )
}
"""Every action by its name. What is not here cannot be bound, shown or remapped."""

FIXED_KEYS = frozenset({"escape", "enter", "tab", "shift+tab", "up", "down", "backspace"})
"""Keys that mean the same everywhere and cannot be given to an action."""

_KEY_WORDS = {
    "delete": "Del", "insert": "Ins", "pageup": "PgUp", "pagedown": "PgDn", "escape": "Esc", "enter": "Enter",
    "plus": "+", "minus": "-", "asterisk": "*", "slash": "/", "space": "Space", "home": "Home", "end": "End",
    "up": "↑", "down": "↓", "left": "←", "right": "→", "tab": "Tab", "backspace": "⌫",
    **{f"f{number + 12}": f"⇧F{number}" for number in range(1, 13)},
}  # fmt: skip


def at_place(*places: str) -> list[Action]:
    """Return the actions of the places, place by place, in the order of the registry."""
    return [action for place in places for action in ACTIONS.values() if action.place == place]


def bindings_for(*places: str) -> list[Binding]:
    """Return Textual's bindings for the places; the action's name is the binding's id, for remapping."""
    return [
        Binding(action.key, f"act('{action.name}')", action.label, show=False, id=action.name, priority=True)
        for action in at_place(*places)
    ]


def key_words(keys: str) -> str:
    """Return the first of the keys as it stands on the keyboard: `ctrl+r` is `Ctrl+R`."""
    parts = keys.split(",")[0].strip().split("+")
    return "+".join(
        _KEY_WORDS.get(part, part.upper() if len(part) <= 3 else part.title()) for part in parts
    ).replace("CTRL", "Ctrl")


def label(action: Action, keymap: dict[str, str]) -> str:
    """Return `F2 Search` in the present language, with the key as this shop has it."""
    return f"{key_words(keymap.get(action.name, action.key))} {_(action.label)}"


def groups(actions: Iterable[Action]) -> dict[str, list[Action]]:
    """Return the actions by group, in the order in which the groups first appear."""
    table: dict[str, list[Action]] = {}
    for action in actions:
        table.setdefault(action.group, []).append(action)
    return table
