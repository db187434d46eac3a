"""What is asked of the catalogue: search and products; categories are in `shelf_commands`."""

from protocol.identifiers import ProductId
from protocol.language import _
from protocol.messages.base import Answer, Refused
from protocol.messages.catalogue import (
    CheckPrice,
    FindProducts,
    GetProduct,
    ProductChanged,
    ProductFound,
    ProductHits,
    SaveProduct,
)
from protocol.permissions import Permission
from store_server.catalogue import price_list, reading, shelf_commands, shelves, tables, taxes, views
from store_server.catalogue.clashes import clashes
from store_server.catalogue.products import Barcode, Product, problems
from store_server.catalogue.saving import chosen_pinyin
from store_server.catalogue.search import find
from store_server.database.unit_of_work import Work, stored_time
from store_server.extras import stored_value


def find_products(work: Work, query: FindProducts) -> Answer:
    """Search, best first."""
    ids, more = find(work.db, query.text, query.category_id, query.on_sale_only, query.limit, query.offset)
    return ProductHits(hits=views.hits(work, ids), more=more)


def get_product(work: Work, query: GetProduct) -> Answer:
    """One product."""
    view = views.view(work, query.product_id)
    return _gone() if view is None else ProductFound(product=view)


def check_price(work: Work, query: CheckPrice) -> Answer:
    """The product of a code as a sale would read it; one that is not on sale is shown too."""
    found = reading.find_item(work.db, query.code, work.now)
    if isinstance(found, Refused):
        return found
    view = views.view(work, found.product_id)
    return _gone() if view is None else ProductFound(product=view)


def _gone() -> Refused:
    return Refused(code="no_such_product", explanation=_("This product does not exist."))


def save_product(work: Work, command: SaveProduct) -> Answer:
    """Add or change a product; a change of its price is kept with the moment from which it holds."""
    if refused := shelf_commands.import_running(work):
        return refused
    old = tables.load(work.db, command.product_id) if command.product_id is not None else None
    refused = _stale(work, command, old)
    if refused:
        return refused
    product = _product(work, command, old)
    fields = shelves.extra_fields(work.db)
    ancestors = shelves.ancestors(work.db, product.category_id)
    if product.category_id is not None and not ancestors:
        return Refused(code="no_such_category", field="category_id", explanation=shelves.no_such_category())
    if (unknown := taxes.unknown_rate(work.db, product.tax)) is not None:
        return unknown
    wrong = next(problems(product, fields, ancestors), None) or next(
        clashes(work.db, product, command.product_id), None
    )
    if wrong is not None:
        return Refused(code=wrong.code, field=wrong.field, explanation=wrong.words)
    product_id = _store(work, command.product_id, old, product)
    view = views.view(work, product_id)
    assert view is not None
    return ProductFound(product=view)


def _stale(work: Work, command: SaveProduct, old: Product | None) -> Refused | None:
    if command.product_id is None:
        return None
    if old is None:
        return _gone()
    if command.version is not None and command.version != tables.version_of(work.db, command.product_id):
        text = _("Somebody changed {name} in the meantime. Open it again, then make your change.")
        return Refused(code="changed_by_others", explanation=text.format(name=old.name))
    return None


def _product(work: Work, command: SaveProduct, old: Product | None) -> Product:
    """Return the product of a command, its texts trimmed and its pinyin made where none was given."""
    fields = shelves.extra_fields(work.db)
    extras = {
        each.field: stored_value(fields[each.field], each.value) if each.field in fields else each.value
        for each in command.extras
        if each.value.strip()
    }
    name = command.name.strip()
    return Product(
        code=command.code.strip(),
        name=name,
        pinyin=chosen_pinyin(command.pinyin, name, old),
        category_id=command.category_id,
        unit=command.unit.strip(),
        by_weight=command.by_weight,
        price_minor=command.price_minor,
        market_price_minor=command.market_price_minor,
        promotional_price_minor=command.promotional_price_minor,
        promotion_from=stored_time(command.promotion_from) if command.promotion_from else None,
        promotion_until=stored_time(command.promotion_until) if command.promotion_until else None,
        cost_minor=_cost(work, command, old),
        on_sale=command.on_sale,
        open_price=command.open_price,
        supplier=command.supplier.strip(),
        picture=command.picture.strip(),
        tax=(old.tax if old else None) if command.tax is None else command.tax.strip() or None,
        barcodes=tuple(Barcode(each.barcode.strip(), each.pack_thousandths) for each in command.barcodes),
        extras=tuple(sorted(extras.items())),
        related=tuple(command.related),
    )


def _cost(work: Work, command: SaveProduct, old: Product | None) -> int | None:
    """Return the cost; one who was let in by an approval was not shown it, and so does not erase it."""
    sees_it = work.session is not None and Permission.EDIT_PRODUCTS in work.session.permissions
    return old.cost_minor if old is not None and not sees_it else command.cost_minor


def _store(work: Work, product_id: ProductId | None, old: Product | None, product: Product) -> ProductId:
    if product_id is None or old is None:
        product_id = tables.insert(work.db, product)
    else:
        version = tables.version_of(work.db, product_id) or 0
        tables.update(work.db, product_id, old, product, version + 1)
    tables.note_price(work, product_id, old, product, work.command_id)
    tables.count_change(work.db)
    work.record(
        ProductChanged(
            product_id=product_id,
            code=product.code,
            name=product.name,
            on_sale=product.on_sale,
            price_minor=product.price_minor,
            old_price_minor=old.price_minor if old is not None else None,
            promotional_price_minor=product.promotional_price_minor,
            old_promotional_price_minor=old.promotional_price_minor if old is not None else None,
        )
    )
    return product_id


HANDLERS = {
    FindProducts: find_products,
    GetProduct: get_product,
    CheckPrice: check_price,
    SaveProduct: save_product,
    **shelf_commands.HANDLERS,
    **taxes.HANDLERS,
    **price_list.HANDLERS,
}
