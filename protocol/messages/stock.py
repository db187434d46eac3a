"""Stock: what is there, and every movement that made it so."""

from typing import Annotated

from pydantic import AwareDatetime, Field, StrictInt

from protocol.identifiers import ProductId
from protocol.messages.base import ROW_ID, Answer, Command, Fact, Model, Name, Query, Thousandths
from protocol.permissions import Permission


class StockMoveView(Model):
    """One movement of one product."""

    at: AwareDatetime
    quantity_thousandths: Thousandths
    """Above zero: came into the shop."""
    kind: Name
    """`sale`, `correction`, `import`."""
    reference: Name
    """The receipt number, or the reason."""
    operator: Name
    balance_thousandths: Thousandths
    """The stock after it."""


class StockMoves(Answer):
    """Movements, latest first."""

    product_id: ProductId
    stock_thousandths: Thousandths
    moves: tuple[StockMoveView, ...]


class ListStockMoves(Query):
    """The movements of a product, latest first."""

    answer = StockMoves
    permission = Permission.EDIT_PRODUCTS
    product_id: Annotated[ProductId, ROW_ID]
    limit: Annotated[StrictInt, Field(ge=1, le=500)] = 50


class CorrectStock(Command):
    """Set the stock of a product to what was counted, with a reason."""

    answer = StockMoves
    permission = Permission.ADJUST_STOCK
    product_id: Annotated[ProductId, ROW_ID]
    counted_thousandths: Thousandths
    reason: Name


class StockCorrected(Fact):
    """Somebody corrected a stock figure by hand."""

    product_id: ProductId
    from_thousandths: Thousandths
    to_thousandths: Thousandths
    reason: Name
