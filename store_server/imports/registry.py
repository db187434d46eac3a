"""The one table of lists that can be imported and exported."""

from store_server.catalogue.product_list import ProductList
from store_server.lists import ImportedList
from store_server.profiles.member_list import MemberList
from store_server.stock import tables as stock

LISTS: dict[str, ImportedList] = {each.name: each for each in (ProductList(stock.move), MemberList())}
"""Every list by its name on the wire."""
