"""The roles that every store begins with, in words; a role of the shop's own keeps its name."""

from protocol.language import N_, _

_ROLES = {"cashier": N_("Cashier"), "supervisor": N_("Supervisor"), "manager": N_("Manager")}


def role_words(role: str) -> str:
    """Return the role in the language of the screen."""
    return _(_ROLES[role]) if role in _ROLES else role
