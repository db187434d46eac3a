"""What an author is told about an offer that makes no sense."""

from datetime import UTC, datetime
from typing import Any

import pytest

from protocol.identifiers import ProductId
from protocol.offer import GoodsRange, OfferView
from store_server.pricing.sense import problem_of

COLA = GoodsRange(products=(ProductId(1),))
TENTH: dict[str, Any] = {"kind": "percent_off", "rate_ppm": 100_000}
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def offer(**fields: Any) -> OfferView:
    return OfferView.model_validate({"name": "Offer", "benefit": TENTH, **fields})


def steps(*rows: dict[str, int]) -> dict[str, Any]:
    return {"kind": "threshold", "steps": rows}


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"goods": COLA},
        {"times": {"from_time": "22:00", "until_time": "02:00"}},
        {"goods": GoodsRange(), "benefit": {"kind": "bundle", "parts": ({"goods": COLA, "price_minor": 0},)}},
        {"benefit": steps({"spend_minor": 100, "amount_minor": 100}, {"spend_minor": 200, "points": 5})},
        {"benefit": steps({"pieces": 3, "off_ppm": 100_000})},
    ],
)
def test_an_offer_that_makes_sense_can_be_saved(fields: dict[str, Any]) -> None:
    assert problem_of(offer(**fields)) is None


@pytest.mark.parametrize(
    ("fields", "field", "words"),
    [
        ({"name": "  "}, "name", "The offer needs a name; it is printed on receipts."),
        ({"goods": GoodsRange()}, "goods", "Say which goods the offer is about, or choose all goods."),
        (
            {"times": {"valid_from": NOON, "valid_until": NOON}},
            "times",
            "The offer would end before it begins.",
        ),
        (
            {"times": {"from_time": "10:00", "until_time": "10:00"}},
            "times",
            "The hours begin and end at the same time. For the whole day take 00:00 to 24:00.",
        ),
        (
            {"benefit": {"kind": "bundle", "parts": ({"goods": GoodsRange()},)}},
            "benefit",
            "Each part of the bundle needs goods.",
        ),
        (
            {"benefit": {"kind": "bundle", "parts": ({"goods": COLA},)}},
            "benefit",
            "The bundle gives nothing: say a price or a discount for a part.",
        ),
        (
            {"benefit": {"kind": "buy_get", "buy": 1, "get": 1, "get_range": GoodsRange()}},
            "benefit",
            "Say which goods are given, or give of the same ones.",
        ),
        (
            {"benefit": steps({"spend_minor": 100, "points": 1}, {"pieces": 3, "points": 1})},
            "benefit",
            "The steps ask either for money or for pieces, all of them the same.",
        ),
        (
            {"benefit": steps({"spend_minor": 200, "points": 1}, {"spend_minor": 100, "points": 1})},
            "benefit",
            "Each step must ask for more than the one before it.",
        ),
        ({"benefit": steps({"spend_minor": 200})}, "benefit", "Each step must give something."),
        (
            {"benefit": steps({"spend_minor": 200, "amount_minor": 300})},
            "benefit",
            "A step takes more off than must be spent for it.",
        ),
    ],
)
def test_what_makes_no_sense_is_said_with_its_field(fields: dict[str, Any], field: str, words: str) -> None:
    problem = problem_of(offer(**fields))
    assert problem is not None
    assert (problem.field, problem.words) == (field, words)
