"""The columns of the list of products, for files and for the help."""

from protocol.language import N_
from store_server.lists import Column

COLUMNS: tuple[Column, ...] = (
    Column(
        "code",
        N_("Product code"),
        N_("The store's own number, such as 1001. Rows with a known code change that product."),
        required=True,
        aliases=("货号", "stock_code", "sku", "item_code", "商品编码", "商品编号", "编码"),
    ),
    Column(
        "name",
        N_("Product name"),
        N_("What the receipt says. New products need it."),
        aliases=("商品名", "description", "product_name", "商品名称", "品名"),
    ),
    Column(
        "barcodes",
        N_("Barcodes"),
        N_("One or several with semicolons between; a pack of six with *6: 6901234567892; 6909876543210*6"),
        aliases=("条码", "barcode", "ean", "upc", "gtin", "商品条码"),
    ),
    Column(
        "category",
        N_("Category"),
        N_("The path from the top, such as: Food › Drinks › Tea. What is missing is created."),
        aliases=("分类", "category_path", "商品分类"),
    ),
    Column(
        "unit",
        N_("Unit"),
        N_("What one is called: bottle, box, kg."),
        aliases=(
            "单位",
            "计量单位",
        ),
    ),
    Column(
        "by_weight",
        N_("By weight"),
        N_("yes for goods that are weighed; their price is for one kilogram."),
        aliases=("称重",),
    ),
    Column(
        "price",
        N_("Selling price"),
        N_("The selling price of one unit, such as 3.50. New products need it."),
        aliases=("售价", "price_cny", "unit_price", "selling_price", "零售价", "单价"),
    ),
    Column(
        "open_price",
        N_("Open price"),
        N_("yes: the cashier types the price at each sale."),
        aliases=("时价",),
    ),
    Column(
        "market_price", N_("Market price"), N_("Printed for comparison; may stay empty."), aliases=("市场价",)
    ),
    Column(
        "promotional_price",
        N_("Promotional price"),
        N_("Holds instead of the price while the promotion lasts."),
        aliases=(
            "促销价",
            "promotion_price",
        ),
    ),
    Column(
        "promotion_from",
        N_("Promotion from"),
        N_("A day or a time: 2026-11-21 or 2026-11-21 08:30."),
        aliases=("促销开始",),
    ),
    Column(
        "promotion_until",
        N_("Promotion until"),
        N_("A day (to its end) or a time: 2026-11-30."),
        aliases=("促销结束",),
    ),
    Column(
        "cost",
        N_("Cost"),
        N_("What the store pays for one unit."),
        aliases=("进价", "成本", "cost_price", "成本价"),
    ),
    Column("on_sale", N_("On sale"), N_("no: cannot be sold at present."), aliases=("在售",)),
    Column("supplier", N_("Supplier"), N_("Who delivers it."), aliases=("供应商",)),
    Column(
        "pinyin",
        N_("Pinyin"),
        N_("Syllables for search, such as: ke kou ke le. Empty: made from the name."),
        aliases=("拼音",),
    ),
    Column("picture", N_("Picture"), N_("A file name or an address."), aliases=("图片",)),
    Column(
        "stock",
        N_("Stock"),
        N_("The opening stock of goods that never moved, such as 24. Other goods keep theirs."),
        aliases=("库存", "opening_stock", "初始库存"),
    ),
)

EXTRA_PREFIX = "extra:"


def extra_column(field: str) -> Column:
    """Return the column of an extra field."""
    return Column(
        EXTRA_PREFIX + field, EXTRA_PREFIX + field, N_("An extra field of the store."), aliases=(field,)
    )
