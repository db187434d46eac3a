"""Products as clients see them.

The stock is the stock room's, and that room stands above this one. Reading it here by one join on
`stock_levels` keeps a list of goods one query; nothing here writes it.
"""

import sqlite3
from collections.abc import Iterable

from protocol.identifiers import CategoryId, ProductId
from protocol.messages.catalogue import BarcodeView, ExtraValue, ProductHit, ProductView
from protocol.permissions import Permission
from store_server.catalogue import shelves, tables
from store_server.catalogue.prices import Prices, price_now
from store_server.database.unit_of_work import Work, read_time

HIT = (
    "SELECT p.product_id, p.code, p.name, p.unit, p.by_weight, p.on_sale, p.price_minor, "
    "p.promotional_price_minor, p.promotion_from, p.promotion_until, c.name AS category, "
    "(SELECT barcode FROM product_barcodes b WHERE b.product_id = p.product_id "
    "ORDER BY position LIMIT 1) AS barcode, "
    "(SELECT quantity_thousandths FROM stock_levels s WHERE s.product_id = p.product_id) AS stock "
    "FROM products p LEFT JOIN categories c USING (category_id) WHERE p.product_id = ? AND p.pending = 0"
)
STOCK = "SELECT quantity_thousandths FROM stock_levels WHERE product_id = ?"


def hits(work: Work, product_ids: Iterable[int]) -> tuple[ProductHit, ...]:
    """Return the products as search results, in the order given."""
    rows = (work.db.execute(HIT, (each,)).fetchone() for each in product_ids)
    return tuple(_hit(work, row) for row in rows if row is not None)


def _hit(work: Work, row: sqlite3.Row) -> ProductHit:
    prices = Prices(
        row["price_minor"],
        row["promotional_price_minor"],
        read_time(row["promotion_from"]) if row["promotion_from"] else None,
        read_time(row["promotion_until"]) if row["promotion_until"] else None,
    )
    return ProductHit(
        product_id=ProductId(row["product_id"]),
        code=row["code"],
        name=row["name"],
        barcode=row["barcode"] or "",
        unit=row["unit"],
        price_minor=price_now(prices, work.now)[0],
        on_sale=bool(row["on_sale"]),
        by_weight=bool(row["by_weight"]),
        category=row["category"] or "",
        stock_thousandths=row["stock"] or 0,
    )


def view(work: Work, product_id: int) -> ProductView | None:
    """Return a product with everything that the asker may see."""
    db = work.db
    product = tables.load(db, product_id)
    if product is None:
        return None
    may_edit = work.session is not None and Permission.EDIT_PRODUCTS in work.session.permissions
    stock = db.execute(STOCK, (product_id,)).fetchone()
    return ProductView(
        product_id=ProductId(product_id),
        code=product.code,
        name=product.name,
        pinyin=product.pinyin,
        category_id=CategoryId(product.category_id) if product.category_id is not None else None,
        category=shelves.path_of(db, product.category_id)[-200:],
        unit=product.unit,
        by_weight=product.by_weight,
        price_minor=product.price_minor,
        market_price_minor=product.market_price_minor,
        promotional_price_minor=product.promotional_price_minor,
        promotion_from=read_time(product.promotion_from) if product.promotion_from else None,
        promotion_until=read_time(product.promotion_until) if product.promotion_until else None,
        cost_minor=product.cost_minor if may_edit else None,
        on_sale=product.on_sale,
        open_price=product.open_price,
        supplier=product.supplier,
        barcodes=tuple(
            BarcodeView(barcode=each.barcode, pack_thousandths=each.pack_thousandths)
            for each in product.barcodes
        ),
        extras=tuple(ExtraValue(field=field, value=value) for field, value in product.extras),
        related=tuple(ProductId(each) for each in product.related),
        picture=product.picture,
        stock_thousandths=0 if stock is None else stock[0],
        tax=product.tax or "",
        version=tables.version_of(db, product_id) or 1,
    )
