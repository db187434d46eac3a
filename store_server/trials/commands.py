"""The requests about trials, and the steps in which the server works them off between other requests."""

from typing import Any

from protocol.identifiers import TrialId
from protocol.language import _
from protocol.messages import trials
from protocol.messages.base import Answer, Refused
from protocol.messages.offers import Explanation
from protocol.messages.trials import (
    CancelTrial,
    CompareTrialBasket,
    GetTrial,
    ListTrialBaskets,
    StartTrial,
    Trial,
    TrialBaskets,
    TrialCompared,
    TrialView,
)
from store_server.catalogue.category_tree import category_tree
from store_server.database.unit_of_work import Work
from store_server.dispatcher import Books
from store_server.offers import tables as offers
from store_server.offers.naming import Spoken, names_for, names_of
from store_server.offers.problems import offer_problem
from store_server.pricing.explain import LineFacts, explanation
from store_server.pricing.wording import offer_words
from store_server.trials.past_offers import PastOffers, as_if_active
from store_server.trials.past_sales import read_sale
from store_server.trials.trial import TrialRun, Trials
from store_server.trials.two_worlds import Priced, TwoWorlds

TRIALS = "trials"
"""The word under which the trials are kept beside the books: in memory, never in them."""


def _trials(work: Work) -> Trials:
    there = work.kept.get(TRIALS)
    if not isinstance(there, Trials):
        there = work.kept[TRIALS] = Trials()
    return there


def _find(work: Work, trial_id: TrialId) -> TrialRun | Refused:
    run = _trials(work).find(trial_id)
    if run is None:
        text = _("This trial is not there any more: only the latest ones are kept. Begin it again.")
        return Refused(code="no_such_trial", field="trial_id", explanation=text)
    return run


def start_trial(work: Work, query: StartTrial) -> Answer:
    """Begin to look at past sales; asked again, the trial is answered that was begun."""
    known = _trials(work).find(query.trial_id)
    if known is not None:
        return _answer(work, known)
    if query.first_day > query.last_day:
        text = _("The first day must not be after the last one.")
        return Refused(code="bad_days", field="first_day", explanation=text)
    problem = offer_problem(work, query.offer)
    if problem is not None:
        return problem
    if query.offer.offer_id is not None and offers.present(work.db, query.offer.offer_id) is None:
        text = _("This offer does not exist.")
        return Refused(code="no_such_offer", field="offer", explanation=text)
    run = TrialRun(
        trial_id=query.trial_id,
        offer=query.offer,
        first_day=query.first_day,
        last_day=query.last_day,
        until=work.at,
        worlds=TwoWorlds(
            offers=PastOffers(as_if_active(query.offer), query.with_other_offers),
            first_day=query.first_day.isoformat(),
            zone=work.settings.zone,
            chain=category_tree(work).chain,
        ),
    )
    _trials(work).add(run)
    return _answer(work, run)


def get_trial(work: Work, query: GetTrial) -> Answer:
    """How far a trial is."""
    run = _find(work, query.trial_id)
    return run if isinstance(run, Refused) else _answer(work, run)


def cancel_trial(work: Work, query: CancelTrial) -> Answer:
    """Stop a trial at once."""
    run = _find(work, query.trial_id)
    if isinstance(run, Refused):
        return run
    run.cancel()
    return _answer(work, run)


def _answer(work: Work, run: TrialRun) -> Trial:
    figures = run.figures
    return Trial(
        trial=TrialView(
            trial_id=run.trial_id,
            state=run.state,
            words=offer_words(run.offer, names_for(work, [run.offer]))[:4000],
            first_day=run.first_day,
            last_day=run.last_day,
            looked_at=figures.looked_at,
            of=figures.of,
            changed=figures.changed,
            before_minor=figures.before_minor,
            after_minor=figures.after_minor,
            cost_minor=figures.before_minor - figures.after_minor,
            times=figures.times,
            points=figures.points,
            not_priced=figures.not_priced,
        )
    )


def list_trial_baskets(work: Work, query: ListTrialBaskets) -> Answer:
    """The baskets that would have been others, the greatest difference first."""
    run = _find(work, query.trial_id)
    if isinstance(run, Refused):
        return run
    baskets, more = run.baskets(query.offset, query.limit)
    return TrialBaskets(baskets=tuple(baskets), more=more)


def compare_trial_basket(work: Work, query: CompareTrialBasket) -> Answer:
    """One sale side by side, each side with every step that worked."""
    run = _find(work, query.trial_id)
    if isinstance(run, Refused):
        return run
    used = run.used_before(query.sale_id)
    past = read_sale(work.db, query.sale_id) if used is not None else None
    if used is None or past is None:
        text = _("This sale is not among those that the trial would have changed.")
        return Refused(code="no_such_sale", field="sale_id", explanation=text)
    found = run.worlds.again(work.db, past, used)
    return TrialCompared(before=_explained(work, found.then), after=_explained(work, found.tried))


def _explained(work: Work, side: Priced) -> Explanation:
    views = {(each.view.offer_id, each.view.version): each.view for each in side.offers.book.offers}
    spoken = Spoken()
    for step in side.made.offer_steps:
        view = views.get((step.offer_id, step.version))
        if view is not None:
            spoken.add_offer(view)
    spoken.coupon_batches.update(
        step.coupon_batch_id for step in side.made.steps if step.coupon_batch_id is not None
    )
    lines = [
        LineFacts(
            number=line.line,
            product_id=line.product_id,
            code=line.code,
            name=line.name,
            quantity_thousandths=line.quantity_thousandths,
            normal_minor=priced.normal_minor,
            amount_minor=priced.amount_minor,
        )
        for line, priced in zip(side.basket.live, side.made.lines, strict=True)
    ]
    return explanation(
        lines, side.made.steps, lambda offer, version: views.get((offer, version)), names_of(work, spoken)
    )


def pending(books: Books) -> bool:
    """Return whether a trial has work to do."""
    there = books.kept.get(TRIALS)
    return isinstance(there, Trials) and there.running() is not None


def step(books: Books) -> bool:
    """Do a little of the trial whose turn it is; return whether there is more to do."""
    there = books.kept.get(TRIALS)
    run = there.running() if isinstance(there, Trials) else None
    if run is None:
        return False
    run.step(books.db)
    return pending(books)


HANDLERS: dict[type[Any], Any] = {
    trials.StartTrial: start_trial,
    trials.GetTrial: get_trial,
    trials.CancelTrial: cancel_trial,
    trials.ListTrialBaskets: list_trial_baskets,
    trials.CompareTrialBasket: compare_trial_basket,
}
