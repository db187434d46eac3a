"""Goods: products with their barcodes, prices, categories and extra fields."""

from typing import Annotated

from pydantic import AwareDatetime, Field, StrictBool, StrictInt

from protocol.identifiers import CategoryId, ProductId
from protocol.messages.base import (
    ROW_ID,
    Answer,
    Command,
    Done,
    Fact,
    Minor,
    Model,
    Name,
    Query,
    Text,
    Thousandths,
)
from protocol.messages.taxes import TaxCode
from protocol.permissions import Permission


class BarcodeView(Model):
    """One barcode of a product."""

    barcode: Annotated[str, Field(min_length=1, max_length=60)]
    pack_thousandths: Thousandths = 1000
    """What one scan of it sells: 1000 for a single, 6000 for a pack of six."""


class ExtraValue(Model):
    """The value of an extra field (扩展属性), written as text in the form of its type."""

    field: Name
    value: Text


class ProductView(Model):
    """A product as the till and the console show it."""

    product_id: ProductId
    code: Name
    """The store's own number for it (货号); unique."""
    name: Name
    pinyin: Name = ""
    """Syllables without tones, `ke kou ke le`; made from the name when not given."""
    category_id: CategoryId | None = None
    category: Name = ""
    unit: Name = ""
    """What one is called: 瓶, kg, box."""
    by_weight: StrictBool = False
    """True: sold by weight; a quantity is kilograms and a bare scan asks for the weight."""
    price_minor: Minor
    """The selling price of one unit."""
    market_price_minor: Minor | None = None
    """市场价, printed for comparison."""
    promotional_price_minor: Minor | None = None
    promotion_from: AwareDatetime | None = None
    promotion_until: AwareDatetime | None = None
    cost_minor: Minor | None = None
    """Only for those who may edit products."""
    on_sale: StrictBool = True
    open_price: StrictBool = False
    """True: has no fixed price; the cashier types it at each sale."""
    supplier: Name = ""
    barcodes: tuple[BarcodeView, ...] = ()
    extras: tuple[ExtraValue, ...] = ()
    related: tuple[ProductId, ...] = ()
    """Products that are shown beside this one."""
    picture: Name = ""
    """A reference (file name or address), never the picture itself."""
    stock_thousandths: Thousandths = 0
    tax: TaxCode = ""
    """The tax rate that the product itself names; empty: its category's, or the shop's."""
    version: StrictInt = 1
    """Counts its changes; a save names the version that it was made from."""


class ProductHit(Model):
    """A product in a list of search results."""

    product_id: ProductId
    code: Name
    name: Name
    barcode: Name = ""
    unit: Name = ""
    price_minor: Minor
    """What it costs now: the promotional price if one is active."""
    on_sale: StrictBool = True
    by_weight: StrictBool = False
    category: Name = ""
    stock_thousandths: Thousandths = 0


class ProductHits(Answer):
    """What a search found."""

    hits: tuple[ProductHit, ...]
    more: StrictBool = False
    """True: there are more than were asked for."""


class FindProducts(Query):
    """Search by code, barcode (or its tail), name, pinyin or initials; best first."""

    answer = ProductHits
    text: Annotated[str, Field(max_length=100)]
    limit: Annotated[StrictInt, Field(ge=1, le=200)] = 20
    offset: Annotated[StrictInt, Field(ge=0, le=100_000)] = 0
    category_id: Annotated[CategoryId, ROW_ID] | None = None
    """Only goods of this category and those below it."""
    on_sale_only: StrictBool = True


class ProductFound(Answer):
    """The product."""

    product: ProductView


class GetProduct(Query):
    """One product with everything that the asker may see."""

    answer = ProductFound
    product_id: Annotated[ProductId, ROW_ID]


class CheckPrice(Query):
    """What does this code cost? Reads a barcode as a sale would, in-store barcodes too, and sells nothing."""

    answer = ProductFound
    code: Annotated[str, Field(min_length=1, max_length=100)]


class SaveProduct(Command):
    """Add a product (no id) or change one; the barcodes and extra values given replace the old ones."""

    answer = ProductFound
    permission = Permission.EDIT_PRODUCTS
    product_id: Annotated[ProductId, ROW_ID] | None = None
    version: Annotated[StrictInt, ROW_ID] | None = None
    """The version that was edited; another one in the books refuses the save (`changed_by_others`)."""
    code: Name
    name: Name
    pinyin: Name = ""
    category_id: Annotated[CategoryId, ROW_ID] | None = None
    unit: Name = ""
    by_weight: StrictBool = False
    price_minor: Minor
    market_price_minor: Minor | None = None
    promotional_price_minor: Minor | None = None
    promotion_from: AwareDatetime | None = None
    promotion_until: AwareDatetime | None = None
    cost_minor: Minor | None = None
    on_sale: StrictBool = True
    open_price: StrictBool = False
    supplier: Name = ""
    barcodes: Annotated[tuple[BarcodeView, ...], Field(max_length=50)] = ()
    extras: Annotated[tuple[ExtraValue, ...], Field(max_length=100)] = ()
    related: Annotated[tuple[Annotated[ProductId, ROW_ID], ...], Field(max_length=50)] = ()
    picture: Name = ""
    tax: TaxCode | None = None
    """The tax rate of this product; empty: its category's. None: as before."""


class CategoryView(Model):
    """A category in the tree."""

    category_id: CategoryId
    name: Name
    parent_id: CategoryId | None = None
    path: Text
    """Names from the root: `Food › Drinks › Tea`."""
    product_count: StrictInt = 0
    tax: TaxCode = ""
    """The tax rate of its goods; empty: that of the category above, or the shop's."""


class Categories(Answer):
    """The whole category tree, parents before children."""

    categories: tuple[CategoryView, ...]


class ListCategories(Query):
    """All categories."""

    answer = Categories


class CategorySaved(Answer):
    """The category as stored."""

    category: CategoryView


class SaveCategory(Command):
    """Add a category (no id), rename it or move it below another one; a circle is refused."""

    answer = CategorySaved
    permission = Permission.EDIT_PRODUCTS
    category_id: Annotated[CategoryId, ROW_ID] | None = None
    name: Name
    parent_id: Annotated[CategoryId, ROW_ID] | None = None
    tax: TaxCode | None = None
    """The tax rate of its goods; empty: that of the category above. None: as before."""


class DeleteCategory(Command):
    """Remove a category that has neither goods nor children."""

    answer = Done
    permission = Permission.EDIT_PRODUCTS
    category_id: Annotated[CategoryId, ROW_ID]


class ExtraFieldView(Model):
    """An extra field that the store defined for a category and those below it (扩展属性)."""

    field: Name
    category_id: Annotated[CategoryId, ROW_ID] | None = None
    """None: for all goods."""
    type: Annotated[str, Field(pattern="^(text|number|date|yes_no|choice)$")] = "text"
    choices: tuple[Name, ...] = ()
    required: StrictBool = False


class ExtraFields(Answer):
    """The extra fields."""

    fields: tuple[ExtraFieldView, ...]


class ListExtraFields(Query):
    """All extra fields of goods."""

    answer = ExtraFields


class SaveExtraField(Command):
    """Add or change an extra field; values that do not fit its new type refuse the change."""

    answer = Done
    permission = Permission.EDIT_PRODUCTS
    extra: ExtraFieldView


class BarcodePatternView(Model):
    """How an in-store barcode is read (PRC-5)."""

    pattern: Annotated[str, Field(min_length=4, max_length=30, pattern="^[0-9IWPVC]+$")]
    """One letter per digit: a digit is fixed; I item code, W weight, P price, V inner check, C check digit.

    `21IIIIIWWWWWC`: weight in grams inside; `22IIIIIPPPPPC`: price in minor units inside.
    """
    note: Name = ""
    active: StrictBool = True


class BarcodePatterns(Answer):
    """The table of in-store barcode patterns, first match wins."""

    patterns: tuple[BarcodePatternView, ...]


class ListBarcodePatterns(Query):
    """The table of in-store barcode patterns."""

    answer = BarcodePatterns


class SaveBarcodePatterns(Command):
    """Replace the table of in-store barcode patterns."""

    answer = Done
    permission = Permission.MANAGE_SETTINGS
    patterns: Annotated[tuple[BarcodePatternView, ...], Field(max_length=50)]


class ProductChanged(Fact):
    """A product was added or changed."""

    product_id: ProductId
    """The product."""
    code: Name
    """Its code."""
    name: Name
    """Its name now."""
    on_sale: StrictBool
    """Whether it can be sold."""
    price_minor: Minor
    """The selling price now."""
    old_price_minor: Minor | None = None
    """The selling price before; None for a new product."""
    promotional_price_minor: Minor | None = None
    """The promotional price now."""
    old_promotional_price_minor: Minor | None = None
    """The promotional price before."""


class CategoryChanged(Fact):
    """A category was added, renamed, moved or removed."""

    category_id: CategoryId
    """The category."""
    name: Name
    """Its name; of a removed one, the last."""
    parent_id: CategoryId | None
    """The category above it."""
    removed: StrictBool
    """True: it is no more."""


class ExtraFieldChanged(Fact):
    """An extra field of goods was added or changed."""

    extra: ExtraFieldView
    """The field as it is now."""


class BarcodePatternsChanged(Fact):
    """The table of in-store barcode patterns was replaced: it decides weights and prices."""

    patterns: tuple[BarcodePatternView, ...]
    """The table as it is now."""
