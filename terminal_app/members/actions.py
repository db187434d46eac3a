"""What the keys for members do at the counter: their part of the one registry of actions."""

from protocol.language import N_
from terminal_app.action import Action

_MEMBER = N_("Member")

MEMBERS = (
    Action(
        "checkout.member",
        "f6",
        N_("Member"),
        N_("Find a member and put them beside the sale; with one there, see everything about them."),
        _MEMBER,
        footer=True,
    ),
    Action(
        "checkout.register",
        "ctrl+a",
        N_("New member"),
        N_("Make somebody a member: name, phone, gender, birthday."),
        _MEMBER,
    ),
    Action(
        "checkout.member_off",
        "ctrl+y",
        N_("Member off"),
        N_("Take the member off the sale; everything is priced as for anybody."),
        _MEMBER,
    ),
)
