"""Coupons in words, in the language of the request."""

from collections.abc import Iterable

from protocol.coupon import CouponAmount, CouponBatchView, CouponCodes, CouponGift, CouponIssue, CouponPercent
from protocol.language import N_, _
from store_server.database.unit_of_work import Work
from store_server.offers.naming import Spoken, names_of
from store_server.pricing.wording import Names, condition_words, goods_words, percent, time_words

_ISSUE = {
    CouponIssue.BIRTHDAY: N_("Members get one on their birthday."),
    CouponIssue.TIER: N_("Members get one when they come up to a tier of it."),
    CouponIssue.REGISTRATION: N_("Who becomes a member gets one."),
}


def spoken_of(view: CouponBatchView, spoken: Spoken) -> None:
    """Note all that a batch speaks of."""
    spoken.add_range(view.goods)
    spoken.add_conditions(view.conditions)
    if isinstance(view.benefit, CouponGift):
        spoken.products.add(view.benefit.product_id)


def names_for(work: Work, views: Iterable[CouponBatchView]) -> Names:
    """Return the names that the sentences about batches need."""
    spoken = Spoken()
    for view in views:
        spoken_of(view, spoken)
    return names_of(work, spoken)


def _benefit(view: CouponBatchView, names: Names) -> str:
    goods = goods_words(view.goods, names)
    match view.benefit:
        case CouponPercent(rate_ppm=rate, most_minor=0):
            return _("{rate} off {goods}.").format(rate=percent(rate), goods=goods)
        case CouponPercent(rate_ppm=rate, most_minor=most):
            text = _("{rate} off {goods}, at most {amount}.")
            return text.format(rate=percent(rate), goods=goods, amount=names.money(most))
        case CouponAmount(amount_minor=amount):
            return _("{amount} off {goods}.").format(amount=names.money(amount), goods=goods)
        case CouponGift(product_id=product, count=count):
            gift = names.listed([product], names.products)
            return _("{count} × {goods} for nothing.").format(count=count, goods=gift)


def coupon_words(view: CouponBatchView, names: Names) -> str:
    """Return what a coupon of the batch gives, for whom and when."""
    sentences = [
        _benefit(view, names),
        *condition_words(view.conditions, names),
        *time_words(view.times, names),
    ]
    if view.per_sale > 1:
        sentences.append(_("Up to {count} in one sale.").format(count=view.per_sale))
    if view.alone:
        sentences.append(_("Not together with other coupons."))
    return " ".join(sentences)


def batch_words(view: CouponBatchView, names: Names) -> str:
    """Return a whole batch in sentences, for its author to read."""
    sentences = [coupon_words(view, names)]
    if view.codes is CouponCodes.SHARED:
        sentences.append(_("One code for everybody: {code}.").format(code=view.shared_code))
        if view.uses_in_all:
            sentences.append(_("It is taken {count} times in all.").format(count=view.uses_in_all))
    else:
        sentences.append(_("Each coupon has a code of its own and is used once."))
        if view.valid_days:
            sentences.append(_("It ends {days} days after it was issued.").format(days=view.valid_days))
    if view.uses_per_member:
        sentences.append(_("A member uses {count} of them at most.").format(count=view.uses_per_member))
    sentences += [_(_ISSUE[each]) for each in view.issue_on]
    if view.points:
        sentences.append(_("Members get one for {points} points.").format(points=view.points))
    if not view.active:
        sentences.append(_("It is switched off."))
    return " ".join(sentences)
