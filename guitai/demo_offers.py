"""The offers and the coupon of the demonstration shop: a newcomer sees them work in the first minutes."""

import click

from protocol.coupon import CouponAmount, CouponBatchView, CouponCodes
from protocol.identifiers import ProductId
from protocol.language import current_language
from protocol.messages.base import Command, Refused
from protocol.messages.catalogue import FindProducts, ProductHits
from protocol.messages.coupons import SaveCouponBatch
from protocol.messages.offers import SaveOffer
from protocol.offer import (
    CheapestFree,
    GoodsRange,
    NthItem,
    OfferConditions,
    OfferView,
    PointsPrice,
    Threshold,
    ThresholdStep,
)
from protocol.sockets.request_client import RequestClient

COUPON = "HELLO5"
"""The code that is written on the shop's door."""
_SEEDS = ("6940188803618", "6924187829428")
_NOODLES = ("6921555581667", "6920152496176", "6920152497029", "6901715291209")
_SHOWER_GEL = ("6903148232965",)
_CHINESE = {
    "Melon seeds: second at half price": "瓜子第二件半价",
    "Noodles: buy 3, the cheapest is free": "方便面买三件免最低一件",
    "5 off from 50": "满50减5",
    "Shower gel for 1.00 and 100 points": "沐浴露1元加100积分",
    "Welcome: 5 off from 20": "见面礼：满20减5",
}


async def fill(client: RequestClient) -> None:
    """Set up three live offers, a price in money and points, and a coupon with one code for everybody."""
    for offer in (
        OfferView(
            name=_word("Melon seeds: second at half price"),
            priority=20,
            goods=await _goods(client, _SEEDS),
            benefit=NthItem(nth=2, pays_ppm=500_000),
        ),
        OfferView(
            name=_word("Noodles: buy 3, the cheapest is free"),
            priority=20,
            goods=await _goods(client, _NOODLES),
            benefit=CheapestFree(count=3),
        ),
        OfferView(
            name=_word("5 off from 50"),
            benefit=Threshold(steps=(ThresholdStep(spend_minor=5000, amount_minor=500),)),
        ),
        OfferView(
            name=_word("Shower gel for 1.00 and 100 points"),
            priority=30,
            goods=await _goods(client, _SHOWER_GEL),
            benefit=PointsPrice(price_minor=100, points=100),
        ),
    ):
        await _do(client, SaveOffer(offer=offer))
    coupon = CouponBatchView(
        name=_word("Welcome: 5 off from 20"),
        benefit=CouponAmount(amount_minor=500),
        conditions=OfferConditions(minimum_spend_minor=2000),
        codes=CouponCodes.SHARED,
        shared_code=COUPON,
    )
    await _do(client, SaveCouponBatch(batch=coupon))


def _word(word: str) -> str:
    return _CHINESE[word] if current_language() == "zh_CN" else word


async def _goods(client: RequestClient, barcodes: tuple[str, ...]) -> GoodsRange:
    """Return the goods with these barcodes."""
    products: list[ProductId] = []
    for barcode in barcodes:
        answer = await client.ask(FindProducts(text=barcode, limit=1))
        if isinstance(answer, ProductHits):
            products += [hit.product_id for hit in answer.hits]
    return GoodsRange(products=tuple(products))


async def _do(client: RequestClient, command: Command) -> None:
    answer = await client.ask(command)
    if isinstance(answer, Refused):
        raise click.ClickException(answer.explanation)
