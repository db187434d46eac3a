"""What is kept of a calculation: the steps, the pieces that were taken, and the sentences about them."""

from datetime import UTC, datetime

import pytest

from protocol.identifiers import OfferId, ProductId
from protocol.language import speaking
from protocol.messages.offers import NearlyReason, StepKind
from protocol.offer import (
    Benefit,
    CheapestFree,
    GoodsRange,
    NthItem,
    OfferLimits,
    OfferView,
    PercentOff,
    Threshold,
    ThresholdStep,
)
from store_server.pricing.calculation import Discount, Line, price_sale
from store_server.pricing.explain import LineFacts, explanation, nearly_view, step_words
from store_server.pricing.nearly import nearly
from store_server.pricing.occasion import Occasion
from store_server.pricing.offers import OfferBook
from store_server.pricing.wording import Names, goods_words, offer_words, percent

NAMES = Names(currency="CNY", zone=UTC, products={1: "cola", 2: "tea"}, categories={10: "drinks"})
COLA = GoodsRange(products=(ProductId(1),))


def offer(number: int, benefit: Benefit, limits: OfferLimits | None = None) -> OfferView:
    return OfferView(
        offer_id=OfferId(number),
        version=4,
        name=f"Offer {number}",
        goods=COLA,
        benefit=benefit,
        limits=limits or OfferLimits(),
    )


def cola(pieces: int, discount: Discount | None = None) -> Line:
    return Line(pieces * 1000, 400, 400, None, discount or Discount(), product_id=1, categories=(10,))


def test_pieces_are_taken_from_lines_that_have_them() -> None:
    """Offers that take a piece each, one after the other, out of one line of three and two of one."""
    views = [
        offer(number, PercentOff(rate_ppm=number * 100_000), limits=OfferLimits(per_sale=1))
        for number in range(1, 6)
    ]
    sale = price_sale([cola(3), cola(1), cola(1)], offers=OfferBook.of(views))
    assert sale.taken == (3, 1, 1)
    for step in sale.steps:
        assert sum(part.quantity_thousandths for part in step.parts) == 1000


def test_a_budget_that_does_not_cover_a_rate_gives_nothing() -> None:
    half = Threshold(steps=(ThresholdStep(spend_minor=100, off_ppm=500_000),))
    book = OfferBook.of([offer(1, half, limits=OfferLimits(budget_minor=199))])
    assert price_sale([cola(1)], offers=book).total_minor == 400
    book = OfferBook.of([offer(1, half, limits=OfferLimits(budget_minor=200))])
    assert price_sale([cola(1)], offers=book).total_minor == 200


def test_a_step_names_the_offer_and_its_version() -> None:
    sale = price_sale([cola(2)], offers=OfferBook.of([offer(7, NthItem(nth=2, pays_ppm=500_000))]))
    (step,) = sale.steps
    assert (step.kind, step.offer_id, step.version, step.times) == (StepKind.OFFER, 7, 4, 1)
    assert sale.offer_steps == sale.steps
    assert step.saved_minor == 200


def facts(lines: list[Line], paid: list[int]) -> list[LineFacts]:
    return [
        LineFacts(
            3 * n, line.product_id, "C", "cola", line.quantity_thousandths, line.normal_price_minor, due
        )
        for n, (line, due) in enumerate(zip(lines, paid, strict=True), 1)
    ]


def test_the_explanation_of_one_line_has_the_steps_of_that_line_alone() -> None:
    view = offer(1, CheapestFree(count=2))
    lines = [cola(1), cola(1, Discount(amount_minor=10, reason="dented"))]
    sale = price_sale(lines, offers=OfferBook.of([view]))
    rows = facts(lines, [line.amount_minor for line in sale.lines])
    whole = explanation(rows, sale.steps, lambda _id, _version: view, NAMES)
    assert [step.step for step in whole.steps] == [StepKind.OFFER, StepKind.LINE_DISCOUNT]
    assert (whole.gross_minor, whole.total_minor) == (800, sale.total_minor)
    assert whole.gross_minor - sum(s.before_minor - s.after_minor for s in whole.steps) == whole.total_minor
    first = explanation(rows, sale.steps, lambda _id, _version: view, NAMES, only_line=3)
    assert [(step.step, step.before_minor, step.after_minor) for step in first.steps] == [
        (StepKind.OFFER, 400, 200)
    ]
    assert [line.line for line in first.lines] == [3]


def test_a_finished_sale_is_explained_without_the_offer() -> None:
    sale = price_sale([cola(4)], offers=OfferBook.of([offer(1, CheapestFree(count=2))]))
    assert step_words(sale.steps[0], 800, None, NAMES) == "Offer 1, 2 times: 8.00 off."


def test_a_step_says_what_the_offer_gives() -> None:
    view = offer(1, NthItem(nth=2, pays_ppm=500_000))
    sale = price_sale([cola(4)], offers=OfferBook.of([view]))
    words = step_words(sale.steps[0], 400, view, NAMES)
    assert words == "Offer 1 (of each 2 the cheapest at 50 % of its price), 2 times: 4.00 off."
    with speaking("zh_CN"):
        assert step_words(sale.steps[0], 400, view, NAMES) == (
            "Offer 1（每 2 件中最低价的一件按原价的 50 % 计），2 次：减 4.00。"
        )


def test_a_second_piece_for_nothing_is_said_to_be_free() -> None:
    view = offer(1, NthItem(nth=2, pays_ppm=0))
    sale = price_sale([cola(2)], offers=OfferBook.of([view]))
    assert (
        step_words(sale.steps[0], 400, view, NAMES) == "Offer 1 (of each 2 the cheapest is free): 4.00 off."
    )


def test_what_nearly_worked_names_what_is_missing() -> None:
    view = offer(1, NthItem(nth=3, pays_ppm=0))
    book, lines = OfferBook.of([view]), [cola(1)]
    (near,) = nearly(lines, price_sale(lines, offers=book), book, Occasion())
    shown = nearly_view(near, NAMES)
    assert (shown.reason, shown.missing_pieces) == (NearlyReason.BUY_MORE, 2)
    assert shown.words == "2 × cola more for Offer 1: of each 3 the cheapest is free"


def test_of_several_goods_one_kind_is_enough() -> None:
    goods = GoodsRange(products=(ProductId(1), ProductId(2)))
    assert goods_words(goods, NAMES) == "cola, tea"
    assert goods_words(goods, NAMES, any_of=True) == "cola / tea"
    with speaking("zh_CN"):
        assert goods_words(GoodsRange(all_goods=True), NAMES, any_of=True) == "任意商品"


@pytest.mark.parametrize(
    ("rate", "text"), [(200_000, "20 %"), (125_000, "12.5 %"), (1, "0.0001 %"), (1_000_000, "100 %")]
)
def test_rates_are_written_as_people_write_them(rate: int, text: str) -> None:
    assert percent(rate) == text


def test_an_offer_is_read_back_to_its_author() -> None:
    view = OfferView.model_validate(
        {
            "name": "Night tea",
            "goods": GoodsRange(all_goods=True, except_products=(ProductId(2),)),
            "benefit": PercentOff(rate_ppm=100_000),
            "conditions": {"members_only": True, "minimum_spend_minor": 5000},
            "times": {
                "valid_until": datetime(2026, 12, 31, 16, tzinfo=UTC),
                "weekdays": (5, 6),
                "from_time": "22:00",
                "until_time": "02:00",
            },
            "limits": {"per_member": 2, "budget_minor": 100_000},
            "exclusive_group": "night",
        }
    )
    assert offer_words(view, NAMES) == (
        "all goods except tea: 10 % off. Only for members. Only in baskets of 50.00 or more. "
        "Ends at 2026-12-31 16:00. Only on Friday, Saturday. Only between 22:00 and 02:00. "
        "At most 2 times for a member. It gives 1000.00 at most in all. "
        "Of the group night only the best one for the customer works."
    )
    with speaking("zh_CN"):
        assert offer_words(view, NAMES).startswith("全部商品（tea除外）：优惠 10 %。 仅限会员。")


def test_a_book_tells_every_offer_that_is_about_a_product() -> None:
    """The shop counts what limited offers have given: one on all goods is about each product too."""
    tenth = PercentOff(rate_ppm=100_000)
    everywhere = GoodsRange(all_goods=True)
    but_cola = GoodsRange(all_goods=True, except_products=(ProductId(1),))
    spend = Threshold(steps=(ThresholdStep(spend_minor=100, amount_minor=1),))
    rows: list[tuple[GoodsRange, Benefit]] = [
        (COLA, tenth),
        (everywhere, tenth),
        (but_cola, tenth),
        (everywhere, spend),
    ]
    views = [
        offer(number, benefit).model_copy(update={"goods": goods})
        for number, (goods, benefit) in enumerate(rows, 1)
    ]
    book = OfferBook.of(views)

    def about(product: int) -> set[int | None]:
        hits = book.hits(product, (10,))
        return {book.offers[book.slots[slot].key].view.offer_id for slot in (*hits.pieces, *hits.spend)}

    assert about(1) == {1, 2, 4}
    assert about(2) == {2, 3, 4}
