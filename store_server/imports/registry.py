"""The one table of lists that can be imported and exported."""

from protocol.language import _
from protocol.messages.base import Refused
from store_server.catalogue.product_list import ProductList
from store_server.lists import ImportedList
from store_server.profiles.member_list import MemberList
from store_server.stock import tables as stock

LISTS: dict[str, ImportedList] = {each.name: each for each in (ProductList(stock.move), MemberList())}
"""Every list by its name on the wire."""


def no_list(name: str) -> Refused:
    """Return the refusal of a name that is no list's."""
    text = _("There is no list {name}. There are: {known}").format(name=name, known=", ".join(LISTS))
    return Refused(code="no_such_list", field="list_name", explanation=text)
