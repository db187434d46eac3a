"""What is wrong with a product beside the others: codes and barcodes that somebody has, links to nothing."""

import sqlite3
from collections.abc import Iterator

from protocol.language import _
from store_server.catalogue import tables
from store_server.catalogue.barcodes import lookup_form
from store_server.catalogue.products import Problem, Product


def clashes(db: sqlite3.Connection, product: Product, product_id: int | None) -> Iterator[Problem]:
    """Yield each code, barcode or relation that the books do not allow; who has it is named."""
    holder = tables.id_of_code(db, product.code)
    if holder is not None and holder != product_id:
        other = tables.load(db, holder)
        assert other is not None
        text = _("The code {code} belongs to {name}. Choose another one.")
        yield Problem("code", "code_used", text.format(code=product.code, name=other.name))
    seen: set[str] = set()
    for each in product.barcodes:
        if lookup_form(each.barcode) in seen:
            text = _("The barcode {barcode} is there twice.").format(barcode=each.barcode)
            yield Problem("barcodes", "barcode_twice", text)
        seen.add(lookup_form(each.barcode))
        row = tables.holder_of_barcode(db, each.barcode)
        if row is not None and row["product_id"] != product_id:
            text = _("The barcode {barcode} belongs to {name} ({code}). Remove it there first.")
            words = text.format(barcode=each.barcode, name=row["name"], code=row["code"])
            yield Problem("barcodes", "barcode_used", words)
    for related in product.related:
        if related == product_id or tables.version_of(db, related) is None:
            text = _("A related product does not exist, or is the product itself.")
            yield Problem("related", "no_such_product", text)
