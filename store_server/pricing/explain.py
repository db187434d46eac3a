"""Why a sale costs what it costs: the steps as views with sentences, and what nearly worked."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from protocol.identifiers import OfferId, ProductId
from protocol.language import _
from protocol.messages.offers import (
    ExplainedLine,
    ExplainedStep,
    Explanation,
    NearlyReason,
    NearlyView,
    StepKind,
    StepLine,
)
from protocol.offer import OfferView
from store_server.pricing.coupons import Coupon
from store_server.pricing.lines import CouponResult, Step
from store_server.pricing.nearly import Near
from store_server.pricing.wording import (
    Names,
    benefit_words,
    condition_words,
    goods_words,
    reward_words,
    time_words,
    times_words,
)

FindOffer = Callable[[OfferId | None, int], OfferView | None]
"""Finds the version of an offer by which a step worked; None when it is not kept."""


@dataclass(frozen=True, slots=True)
class LineFacts:
    """What a line of the explanation shows, in the order in which the lines were priced."""

    number: int
    product_id: int
    code: str
    name: str
    quantity_thousandths: int
    normal_minor: int
    amount_minor: int


def explanation(
    lines: Sequence[LineFacts],
    steps: Sequence[Step],
    find_offer: FindOffer,
    names: Names,
    nearly: Iterable[NearlyView] = (),
    only_line: int | None = None,
) -> Explanation:
    """Return the explanation of a sale, or of the line of that number alone.

    The lines and steps may be those that were just calculated, or the rows of a finished sale.
    """
    chosen = {place for place, line in enumerate(lines) if only_line in (None, line.number)}
    shown = [lines[place] for place in sorted(chosen)]
    views = [_step_view(step, lines, chosen, find_offer, names) for step in steps]
    return Explanation(
        lines=tuple(_line_view(line) for line in shown),
        steps=tuple(view for view in views if view is not None),
        nearly=tuple(nearly),
        gross_minor=sum(line.normal_minor for line in shown),
        total_minor=sum(line.amount_minor for line in shown),
    )


def _line_view(line: LineFacts) -> ExplainedLine:
    return ExplainedLine(
        line=line.number,
        product_id=ProductId(line.product_id),
        code=line.code,
        name=line.name,
        quantity_thousandths=line.quantity_thousandths,
        normal_minor=line.normal_minor,
        amount_minor=line.amount_minor,
    )


def _step_view(
    step: Step, lines: Sequence[LineFacts], chosen: set[int], find_offer: FindOffer, names: Names
) -> ExplainedStep | None:
    parts = [part for part in step.parts if part.line in chosen]
    if not parts and (step.parts or len(chosen) != len(lines)):
        return None
    saved = sum(part.before_minor - part.after_minor for part in parts)
    view = find_offer(step.offer_id, step.version)
    return ExplainedStep(
        step=step.kind,
        offer_id=step.offer_id,
        version=step.version,
        reference=step.reference,
        name=step_name(step),
        words=step_words(step, saved, view, names),
        times=step.times,
        before_minor=sum(part.before_minor for part in parts),
        after_minor=sum(part.after_minor for part in parts),
        points=step.points,
        points_multiplier_ppm=step.points_multiplier_ppm,
        lines=tuple(
            StepLine(
                line=lines[part.line].number,
                quantity_thousandths=part.quantity_thousandths,
                before_minor=part.before_minor,
                after_minor=part.after_minor,
            )
            for part in parts
        ),
    )


def step_name(step: Step) -> str:
    """Return what the rule of a step is called."""
    match step.kind:
        case StepKind.PROMOTION:
            return _("Promotional price")
        case StepKind.TIER:
            return _("Member price")
        case StepKind.OVERRIDE:
            return _("Price by hand")
        case StepKind.QUOTATION:
            return _("Quotation")
        case StepKind.LINE_DISCOUNT:
            return _("Discount on the line")
        case StepKind.SALE_DISCOUNT:
            return _("Discount on the sale")
        case StepKind.COUPON:
            return step.name or step.reference
        case StepKind.OFFER | StepKind.BASKET_OFFER:
            return step.name


def step_words(step: Step, saved_minor: int, view: OfferView | None, names: Names) -> str:
    """Return what a step did, as sentences; `saved_minor` is what it took off the lines that are shown."""
    rule = step_name(step)
    about = step.reference if view is None else benefit_words(view, names)
    if about:
        rule = _("{name} ({about})").format(name=rule, about=about)
    if step.times > 1:
        rule = _("{rule}, {times} times").format(rule=rule, times=step.times)
    text = _("{rule}: {amount} more.") if saved_minor < 0 else _("{rule}: {amount} off.")
    sentences = [text.format(rule=rule, amount=names.money(abs(saved_minor)))]
    if step.points > 0:
        sentences.append(_("{points} points come on top.").format(points=step.points))
    if step.points < 0:
        sentences.append(_("{points} points are paid with it.").format(points=-step.points))
    if step.points_multiplier_ppm:
        times = times_words(step.points_multiplier_ppm)
        sentences.append(_("The sale earns {times} times its points.").format(times=times))
    if step.coupon_batch_id is not None:
        name = names.listed([step.coupon_batch_id], names.coupon_batches)
        sentences.append(_("A coupon comes with it: {name}.").format(name=name))
    return " ".join(sentences)


def nearly_view(near: Near, names: Names) -> NearlyView:
    """Return an offer that nearly worked, with what is missing as a sentence."""
    return NearlyView(
        offer_id=near.offer.view.offer_id,
        name=near.offer.view.name,
        reason=near.reason,
        words=_nearly_words(near, names),
        missing_minor=near.minor,
        missing_pieces=near.pieces,
        missing_points=near.points,
    )


def _nearly_words(near: Near, names: Names) -> str:
    view = near.offer.view
    reward = reward_words(near.step, names) if near.step else benefit_words(view, names)
    values = {"name": view.name, "reward": reward}
    pieces = _(", ").join(
        _("{count} × {goods}").format(count=count, goods=goods_words(goods, names, any_of=True))
        for count, goods in near.goods
    )
    match near.reason:
        case NearlyReason.SPEND_MORE:
            text = _("{amount} more for {name}: {reward}")
            return text.format(amount=names.money(near.minor), **values)
        case NearlyReason.BUY_MORE:
            return _("{pieces} more for {name}: {reward}").format(pieces=pieces, **values)
        case NearlyReason.TAKE_GIFT:
            return _("{pieces} can be taken with {name}: {reward}").format(pieces=pieces, **values)
        case NearlyReason.MEMBERS:
            who = " ".join(condition_words(view.conditions, names)) or _("Only for members.")
            return _("{name} is not for this customer. {who}").format(who=who, **values)
        case NearlyReason.TIME:
            when = " ".join(time_words(view.times, names))
            return _("It is not the time of {name}. {when}").format(when=when, **values)
        case NearlyReason.POINTS if near.points:
            return _("{points} points more for {name}: {reward}").format(points=near.points, **values)
        case NearlyReason.POINTS:
            return _("The customer can ask for {name}: {reward}").format(**values)
        case NearlyReason.BETTER:
            return _("{other} is the better one for the customer; {name} does not work beside it.").format(
                other=near.other, **values
            )
        case NearlyReason.TAKEN:
            return _("Other offers have taken the goods of {name}.").format(**values)
        case NearlyReason.LIMIT:
            return _("{name} has been used as often as it may.").format(**values)
        case NearlyReason.OUT_OF_SCOPE:
            return _("There is nothing in the basket for {name}.").format(**values)


def coupon_nearly(coupon: Coupon, result: CouponResult, names: Names) -> NearlyView | None:
    """Return why a coupon that was shown gives nothing; None: it was used."""
    if result.problem is None:
        return None
    return NearlyView(
        name=coupon.name,
        reason=result.problem,
        words=coupon_problem(coupon, result, names),
        missing_minor=result.missing_minor,
        missing_pieces=result.missing_pieces,
    )


def coupon_problem(coupon: Coupon, result: CouponResult, names: Names) -> str:
    """Return the sentence that says why a coupon gives nothing."""
    name = coupon.name
    match result.problem:
        case NearlyReason.SPEND_MORE:
            text = _("{amount} more of its goods for the coupon {name}.")
            return text.format(amount=names.money(result.missing_minor), name=name)
        case NearlyReason.BUY_MORE:
            text = _("{count} more of its goods for the coupon {name}.")
            return text.format(count=result.missing_pieces, name=name)
        case NearlyReason.TAKE_GIFT:
            gift = names.listed([coupon.gift_product_id], names.products)
            text = _("{count} × {goods} can be taken with the coupon {name}.")
            return text.format(count=result.missing_pieces or coupon.gift_count, goods=gift, name=name)
        case NearlyReason.TIME:
            return _("It is not the time of the coupon {name}.").format(name=name)
        case NearlyReason.MEMBERS:
            who = " ".join(condition_words(coupon.conditions, names)) or _("Only for members.")
            return _("The coupon {name} is not for this customer. {who}").format(name=name, who=who)
        case _:
            return _("There is nothing in the basket for the coupon {name}.").format(name=name)
