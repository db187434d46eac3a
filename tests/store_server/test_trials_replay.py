"""December of a real shop with ten offers live: a trial knows what each sale cost, and what it would have."""

from datetime import date

import pytest
from test_offers_replay import December
from trial_counter import baskets, try_it

from protocol.identifiers import TrialId
from protocol.messages.trials import CompareTrialBasket, TrialCompared
from protocol.offer import OfferLimits, OfferView, PercentOff

FIRST, LAST = date(2010, 11, 1), date(2010, 12, 31)


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_every_sale_of_december_is_priced_as_it_was_and_with_an_eleventh_offer() -> None:
    month = December()
    month.whole_month()
    shop = month.shop
    count, paid = shop.db.execute("SELECT count(*), sum(total_minor) FROM sales").fetchone()
    rate, limits = PercentOff(rate_ppm=50_000), OfferLimits(per_day=300)
    eleventh = OfferView(name="22 at 5 % off", goods=month.of("22"), benefit=rate, limits=limits)
    found = try_it(shop, eleventh, first=FIRST, last=LAST)
    assert (found.of, found.not_priced, found.before_minor) == (count, 0, paid)
    days = shop.db.execute("SELECT count(DISTINCT business_date) FROM sales").fetchone()[0]
    assert 0 < found.times <= 300 * days
    assert found.cost_minor > 0
    changed = baskets(shop, limit=500)
    assert len(changed) == found.changed
    assert sum(each.before_minor - each.after_minor for each in changed) == found.cost_minor
    for basket in changed[:40]:
        request = CompareTrialBasket(trial_id=TrialId("trial"), sale_id=basket.sale_id)
        sides = shop.do(TrialCompared, request, "boss")
        for side, total in ((sides.before, basket.before_minor), (sides.after, basket.after_minor)):
            running = {line.line: line.normal_minor for line in side.lines}
            for step in side.steps:
                for each in step.lines:
                    assert running[each.line] == each.before_minor
                    running[each.line] = each.after_minor
            assert sum(running.values()) == side.total_minor == total
    shop.db.close()
