"""Rules of what is filled in when a product is saved."""

from store_server.catalogue.products import Product
from store_server.catalogue.search_keys import pinyin_of


def chosen_pinyin(given: str, name: str, old: Product | None) -> str:
    """Return the pinyin as typed; made from the name where none is, or where only the name has changed."""
    given = " ".join(given.lower().replace("ü", "v").split())
    if not given or (old is not None and given == old.pinyin and name != old.name):
        return pinyin_of(name)
    return given
