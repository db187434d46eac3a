"""The offers of the store in memory, a basket to try them on, and a trial over past sales."""

# ruff: noqa: N802  # the methods are named after the messages that they answer

from datetime import date, timedelta

from console_store import NOW, ConsoleStore

from protocol.identifiers import MemberId, OfferId, ProductId, SaleId
from protocol.messages.base import Answer, Refused
from protocol.messages.catalogue import ProductView
from protocol.messages.coupons import CouponBatches, ListCouponBatches
from protocol.messages.members import (
    FindMembers,
    ListTags,
    ListTiers,
    MemberHit,
    MemberHits,
    TagCount,
    Tags,
    Tiers,
    TierView,
)
from protocol.messages.offers import (
    DeleteOffer,
    ExplainedLine,
    ExplainedStep,
    Explanation,
    GetOffer,
    ListOffers,
    NearlyReason,
    NearlyView,
    OfferFound,
    OfferRemoved,
    OfferRow,
    Offers,
    OfferState,
    SaveOffer,
    StepKind,
    StepLine,
    SwitchOffer,
    TriedBasket,
    TryBasket,
)
from protocol.messages.trials import (
    CancelTrial,
    CompareTrialBasket,
    GetTrial,
    ListTrialBaskets,
    StartTrial,
    Trial,
    TrialBasket,
    TrialBaskets,
    TrialCompared,
    TrialState,
    TrialView,
)
from protocol.offer import GoodsRange, NthItem, OfferTimes, OfferView, PercentOff, Threshold, ThresholdStep
from store_server.pricing.wording import Names, offer_words

TEA = ProductId(3)
HALF = OfferView(
    offer_id=OfferId(1), version=4, name="Second tea at half price", priority=10, exclusive_group="tea",
    goods=GoodsRange(products=(TEA,)), benefit=NthItem(nth=2, pays_ppm=500_000),
)  # fmt: skip
SPEND = OfferView(
    offer_id=OfferId(2), version=1, name="满100减10",
    benefit=Threshold(steps=(
        ThresholdStep(spend_minor=10_000, amount_minor=1000),
        ThresholdStep(spend_minor=20_000, amount_minor=2500),
    )),
)  # fmt: skip
OLD = OfferView(
    offer_id=OfferId(3), version=2, name="Summer", goods=GoodsRange(categories=(2,)),  # type: ignore[arg-type]
    benefit=PercentOff(rate_ppm=200_000), times=OfferTimes(valid_until=NOW - timedelta(days=60)),
)  # fmt: skip
USED = {1: (120, 27_000), 3: (9, 4500)}


class OfferOffice(ConsoleStore):
    """A store with offers."""

    def __init__(self) -> None:
        super().__init__()
        self.offers = {offer.offer_id or 0: offer for offer in (HALF, SPEND, OLD)}
        self.looks_left = 2
        """The trial is done when it was looked at so often."""
        self.trial: TrialView | None = None

    def words(self, offer: OfferView) -> str:
        """Return the offer read back, as the server does."""
        names = Names(
            products={number: product.name for number, product in self.products.items()},
            categories={c.category_id: c.name for c in self.categories},
            tiers={1: "Silver", 2: "Gold"},
        )
        return offer_words(offer, names)

    def row(self, offer: OfferView) -> OfferRow:
        """Return an offer with what it has done."""
        used, given = USED.get(offer.offer_id or 0, (0, 0))
        until = offer.times.valid_until
        state = OfferState.ENDED if until is not None and until <= NOW else OfferState.LIVE
        state = state if offer.active else OfferState.OFF
        return OfferRow(offer=offer, words=self.words(offer), state=state, used=used, given_minor=given)

    def ListTiers(self, r: ListTiers) -> Answer:
        return Tiers(tiers=(TierView(tier=0, name="Basic"), TierView(tier=2, name="Gold", growth_needed=5)))

    def FindMembers(self, r: FindMembers) -> Answer:
        known = (
            MemberHit(member_id=MemberId(7), number="M007", name="Li Na", tier=2, tier_name="Gold"),
            MemberHit(member_id=MemberId(8), number="M0071", name="Li Min", tier=0, tier_name="Basic"),
        )
        return MemberHits(hits=tuple(hit for hit in known if r.text in f"{hit.number} {hit.name}"))

    def ListTags(self, r: ListTags) -> Answer:
        return Tags(tags=(TagCount(tag="regular", members=5),))

    def ListCouponBatches(self, r: ListCouponBatches) -> Answer:
        return CouponBatches(batches=())

    def ListOffers(self, r: ListOffers) -> Answer:
        rows = [
            self.row(offer)
            for offer in self.offers.values()
            if r.text.casefold() in offer.name.casefold()
            and r.offer_kind in (None, offer.kind)
            and (r.product_id is None or r.product_id in offer.goods.products or offer.goods.all_goods)
        ]
        return Offers(offers=tuple(row for row in rows if r.state in (None, row.state)))

    def GetOffer(self, r: GetOffer) -> Answer:
        return OfferFound(offer=self.row(self.offers[r.offer_id]))

    def SaveOffer(self, r: SaveOffer) -> Answer:
        offer = r.offer
        if offer.offer_id is not None and self.offers[offer.offer_id].version != offer.version:
            return Refused(code="changed_by_others", explanation="Somebody else changed it.")
        begin, end = offer.times.valid_from, offer.times.valid_until
        if begin and end and end <= begin:
            return Refused(code="bad_times", field="times", explanation="It would end before it begins.")
        number = offer.offer_id or OfferId(len(self.offers) + 1)
        kept = offer.model_copy(update={"offer_id": number, "version": offer.version + 1})
        self.offers[number] = kept
        return OfferFound(offer=self.row(kept))

    def SwitchOffer(self, r: SwitchOffer) -> Answer:
        kept = self.offers[r.offer_id].model_copy(update={"active": r.active})
        self.offers[r.offer_id] = kept
        return OfferFound(offer=self.row(kept))

    def DeleteOffer(self, r: DeleteOffer) -> Answer:
        offer = self.offers[r.offer_id]
        if r.offer_id not in USED:
            del self.offers[r.offer_id]
            return OfferRemoved()
        ended = offer.model_copy(update={"times": OfferTimes(valid_until=NOW)})
        self.offers[r.offer_id] = ended
        return OfferRemoved(offer=self.row(ended))

    # --- trying -----------------------------------------------------------------------------------

    def TryBasket(self, r: TryBasket) -> Answer:
        """Answer as told: 1.00 off each line; the calculation is the server's."""
        codes = {p.code: p for p in self.products.values()}
        for product in self.products.values():
            codes |= {barcode.barcode: product for barcode in product.barcodes}
        unknown = [item.code for item in r.items if item.code not in codes]
        if unknown:
            return Refused(code="unknown_barcode", explanation=f"No product has the code {unknown[0]}.")
        lines = []
        for number, item in enumerate(r.items, 1):
            product = codes[item.code]
            normal = product.price_minor * item.quantity_thousandths // 1000
            lines.append((number, product, item.quantity_thousandths, normal))
        words = self.words(r.offer) if r.offer else ""
        explanation = explained(lines, r.offer.name if r.offer else "", 100)
        return TriedBasket(explanation=explanation, total_without_minor=explanation.gross_minor, words=words)

    # --- trials -----------------------------------------------------------------------------------

    def _trial(self) -> Answer:
        assert self.trial is not None
        return Trial(trial=self.trial)

    def StartTrial(self, r: StartTrial) -> Answer:
        self.trial = TrialView(
            trial_id=r.trial_id, state=TrialState.RUNNING, words=self.words(r.offer), first_day=r.first_day,
            last_day=r.last_day, looked_at=0, of=600, changed=0, before_minor=0, after_minor=0, cost_minor=0,
            times=0,
        )  # fmt: skip
        return self._trial()

    def GetTrial(self, r: GetTrial) -> Answer:
        assert self.trial is not None
        self.looks_left -= 1
        if self.trial.state is TrialState.RUNNING:
            done = self.looks_left <= 0
            self.trial = self.trial.model_copy(
                update={
                    "state": TrialState.DONE if done else TrialState.RUNNING,
                    "looked_at": 600 if done else 300,
                    "changed": 2, "times": 3, "before_minor": 100_000, "after_minor": 98_800,
                    "cost_minor": 1200,
                }
            )  # fmt: skip
        return self._trial()

    def CancelTrial(self, r: CancelTrial) -> Answer:
        assert self.trial is not None
        self.trial = self.trial.model_copy(update={"state": TrialState.CANCELLED})
        return self._trial()

    def ListTrialBaskets(self, r: ListTrialBaskets) -> Answer:
        return TrialBaskets(
            baskets=tuple(
                TrialBasket(
                    sale_id=SaleId(f"0193b4e2-0000-7000-8000-00000000000{n}"),
                    receipt_number=f"S1-1-2026112{n}-0001", finished_at=NOW - timedelta(days=n), line_count=2,
                    before_minor=1800, after_minor=1800 - 900 // n, times=n,
                )
                for n in (1, 3)
            )
        )  # fmt: skip

    def CompareTrialBasket(self, r: CompareTrialBasket) -> Answer:
        tea = self.products[TEA]
        lines = [(1, tea, 2000, 900), (2, self.products[ProductId(1)], 1000, 376)]
        return TrialCompared(before=explained(lines, "", 0), after=explained(lines, "Half", 100))


def explained(lines: list[tuple[int, ProductView, int, int]], name: str, off: int) -> Explanation:
    """Return an explanation in which one offer took an amount off each line."""
    views = tuple(
        ExplainedLine(
            line=number, product_id=product.product_id, code=product.code, name=product.name,
            quantity_thousandths=quantity, normal_minor=normal, amount_minor=normal - off,
        )
        for number, product, quantity, normal in lines
    )  # fmt: skip
    gross, taken = sum(line[3] for line in lines), off * len(lines)
    step = ExplainedStep(
        step=StepKind.OFFER, offer_id=OfferId(9), name=name or "–", words="1.00 off each line.",
        before_minor=gross, after_minor=gross - taken, times=len(lines),
        lines=tuple(
            StepLine(line=n, quantity_thousandths=q, before_minor=m, after_minor=m - off)
            for n, _p, q, m in lines
        ),
    )  # fmt: skip
    nearly = NearlyView(
        offer_id=OfferId(2), name="满100减10", reason=NearlyReason.SPEND_MORE,
        words="81.00 more for 10.00 off.", missing_minor=8100,
    )  # fmt: skip
    return Explanation(
        lines=views, steps=(step,) if off and lines else (), nearly=(nearly,) if lines else (),
        gross_minor=gross, total_minor=gross - taken,
    )  # fmt: skip


LAST_WEEK = (date(2026, 11, 14), date(2026, 11, 20))
