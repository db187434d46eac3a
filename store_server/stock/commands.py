"""What is asked of the stock: the movements of a product, and a correction after a count."""

from typing import Any

from protocol.identifiers import ProductId
from protocol.language import _
from protocol.messages.base import Answer, Refused
from protocol.messages.stock import CorrectStock, ListStockMoves, StockCorrected, StockMoves
from store_server.database.unit_of_work import Work
from store_server.stock import tables

STOCK_LIMIT_THOUSANDTHS = 10**12
"""A billion of one product; more is a slip of the finger."""


def _moves(work: Work, product_id: ProductId, limit: int) -> StockMoves:
    return StockMoves(
        product_id=product_id,
        stock_thousandths=tables.level(work.db, product_id),
        moves=tables.moves(work.db, product_id, limit),
    )


def _no_such_product() -> Refused:
    return Refused(code="no_such_product", field="product_id", explanation=_("There is no such product."))


def list_stock_moves(work: Work, query: ListStockMoves) -> Answer:
    """The movements of a product, latest first."""
    if not tables.product_exists(work.db, query.product_id):
        return _no_such_product()
    return _moves(work, query.product_id, query.limit)


def correct_stock(work: Work, command: CorrectStock) -> Answer:
    """Set the stock to what was counted; the difference is a movement with the reason."""
    reason = command.reason.strip()
    if not tables.product_exists(work.db, command.product_id):
        return _no_such_product()
    if not reason:
        text = _("Please say why the stock is corrected.")
        return Refused(code="reason_needed", field="reason", explanation=text)
    if abs(command.counted_thousandths) > STOCK_LIMIT_THOUSANDTHS:
        text = _("This is more than any shop holds. Please check the quantity.")
        return Refused(code="too_many", field="counted_thousandths", explanation=text)
    before = tables.level(work.db, command.product_id)
    difference = command.counted_thousandths - before
    if difference:
        tables.move(work, command.product_id, difference, "correction", reason)
        work.record(
            StockCorrected(
                product_id=command.product_id,
                from_thousandths=before,
                to_thousandths=command.counted_thousandths,
                reason=reason,
            )
        )
    return _moves(work, command.product_id, 50)


HANDLERS: dict[type[Any], Any] = {
    ListStockMoves: list_stock_moves,
    CorrectStock: correct_stock,
}
