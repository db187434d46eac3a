"""What the keys of the price pages do: their part of the one registry of actions."""

from protocol.language import N_
from protocol.permissions import Permission
from terminal_app.action import Action

_HERE = N_("On this page")

CONSOLE_PRICES: tuple[Action, ...] = (
    Action(
        "prices.offers",
        "f8",
        N_("Offers"),
        N_("Promotions: what they give, when, for whom; try them, switch them."),
        _HERE,
        footer=True,
    ),
    Action(
        "offers.new",
        "ctrl+n",
        N_("New"),
        N_("Add an offer: first its kind, then what belongs to it."),
        _HERE,
        Permission.MANAGE_OFFERS,
        footer=True,
    ),
    Action(
        "offers.kind", "f8", N_("Kind"), N_("List only offers of one kind, or of all."), _HERE, footer=True
    ),
    Action(
        "offers.state",
        "f9",
        N_("State"),
        N_("List only offers that are live, waiting, ended, used up or off."),
        _HERE,
        footer=True,
    ),
    Action(
        "offers.product",
        "ctrl+o",
        N_("Product"),
        N_("List only offers about one product; scanning it does the same."),
        _HERE,
        footer=True,
    ),
    Action(
        "offers.switch",
        "f10",
        N_("On / off"),
        N_("Make the chosen offer work, or stop it."),
        _HERE,
        Permission.MANAGE_OFFERS,
        footer=True,
    ),
    Action(
        "offers.copy",
        "ctrl+d",
        N_("Copy"),
        N_("Begin a new offer with all that the chosen one says."),
        _HERE,
        Permission.MANAGE_OFFERS,
        footer=True,
    ),
    Action(
        "offers.trial",
        "ctrl+t",
        N_("Past sales"),
        N_("See what the chosen offer would have done to past sales."),
        _HERE,
        Permission.MANAGE_OFFERS,
        footer=True,
    ),
    Action(
        "offers.remove",
        "delete",
        N_("Delete / end"),
        N_("Delete an offer that was never used; one that was is ended and stays for the books."),
        _HERE,
        Permission.MANAGE_OFFERS,
        footer=True,
    ),
    Action(
        "offer.try_it",
        "f8",
        N_("Try a basket"),
        N_("Scan or type goods and see what they cost without and with this offer, and why."),
        _HERE,
        footer=True,
    ),
    Action(
        "offer.trial",
        "f9",
        N_("Past sales"),
        N_("See what the offer, as it is typed, would have done to past sales."),
        _HERE,
        footer=True,
    ),
    Action(
        "goods.add", "ctrl+n", N_("Add goods"), N_("Search for a product and add it."), _HERE, footer=True
    ),
    Action(
        "goods.category",
        "f8",
        N_("Add a category"),
        N_("Add a category with all below it."),
        _HERE,
        footer=True,
    ),
    Action(
        "goods.flip",
        "f9",
        N_("With / except"),
        N_("Make an exception of what is chosen, or take it in."),
        _HERE,
        footer=True,
    ),
    Action("goods.remove", "delete", N_("Remove"), N_("Take it off the list."), _HERE, footer=True),
    Action("goods.take", "ctrl+s", N_("Done"), N_("Go back with these goods."), _HERE, footer=True),
    Action(
        "tried.who",
        "f8",
        N_("Who and when"),
        N_("The member's tier, the day and the hour at which the basket is tried."),
        _HERE,
        footer=True,
    ),
    Action("tried.empty", "f9", N_("Empty"), N_("Take everything out of the basket."), _HERE, footer=True),
    Action("tried.remove", "delete", N_("Take out"), N_("Take the chosen line out."), _HERE, footer=True),
    Action(
        "trial.stop", "f8", N_("Stop"), N_("Stop looking; what was found so far stays."), _HERE, footer=True
    ),
)
