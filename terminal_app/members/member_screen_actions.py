"""What the keys do on the screen of one member: its part of the one registry of actions."""

from protocol.language import N_
from protocol.permissions import Permission
from terminal_app.action import Action

_CARD, _POINTS, _PROFILE = N_("Cards of the member"), N_("Points of the member"), N_("The member")

MEMBER_SCREEN = (
    Action(
        "member.issue",
        "f2",
        N_("New card"),
        N_("Give the member a card: present it, scan it or type its number."),
        _CARD,
        Permission.REGISTER_MEMBERS,
        footer=True,
    ),
    Action(
        "member.lost",
        "f3",
        N_("Card lost"),
        N_("Report the chosen card lost, after a question; from then on it names nobody."),
        _CARD,
        footer=True,
    ),
    Action(
        "member.replace",
        "f4",
        N_("Replace card"),
        N_("Give a new card in the place of the chosen one, after an identity check."),
        _CARD,
        Permission.MANAGE_CARDS,
        footer=True,
    ),
    Action(
        "member.check_in",
        "f5",
        N_("Check in"),
        N_("The member is here today; once a day, with points where a rule gives them."),
        _POINTS,
        footer=True,
    ),
    Action(
        "member.edit",
        "f7",
        N_("Change details"),
        N_("Change what is known of the member: name, phone, birthday, note and the rest."),
        _PROFILE,
        Permission.EDIT_MEMBERS,
        footer=True,
    ),
    Action(
        "member.profile",
        "f8",
        N_("Full profile"),
        N_("See the whole phone and all personal data, or hide them again; each look is recorded."),
        _PROFILE,
        Permission.SEE_FULL_PROFILE,
        footer=True,
    ),
    Action(
        "member.gifts",
        "f9",
        N_("Gifts"),
        N_("Give the member something for points."),
        _POINTS,
        footer=True,
    ),
    Action(
        "member.statement",
        "f10",
        N_("Statement"),
        N_("Print the member's points: balance, what ends when, the latest rows."),
        _POINTS,
        footer=True,
    ),
    Action(
        "member.cash_out",
        "ctrl+u",
        N_("Cash for points"),
        N_("Take points and pay cash out of the drawer for them."),
        _POINTS,
        Permission.CASH_OUT_POINTS,
    ),
    Action(
        "member.found",
        "ctrl+r",
        N_("Card found"),
        N_("The chosen lost card was found again, after an identity check."),
        _CARD,
        Permission.MANAGE_CARDS,
    ),
    Action(
        "member.freeze",
        "ctrl+e",
        N_("Freeze card"),
        N_("Stop the chosen card for a while, or let it work again, with a reason."),
        _CARD,
        Permission.MANAGE_CARDS,
    ),
    Action(
        "member.take_back",
        "delete",
        N_("Take card back"),
        N_("Take the chosen card back; its plastic can be issued again."),
        _CARD,
        Permission.MANAGE_CARDS,
    ),
    Action("member.history", "ctrl+w", N_("Card history"), N_("See all that happened to the cards."), _CARD),
    Action(
        "member.tags",
        "ctrl+t",
        N_("Tags"),
        N_("Give the member tags by hand, or take them off."),
        _PROFILE,
        Permission.EDIT_MEMBERS,
    ),
)
"""On the screen of one member."""
