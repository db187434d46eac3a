"""What the terminal shows of a member beside the sale."""

from protocol.identifiers import ProductId
from protocol.language import _
from protocol.messages.base import Answer, Refused
from protocol.messages.profiles import (
    FavouriteView,
    GetMemberPanel,
    MemberPanel,
)
from store_server.cards import tables as cards
from store_server.database.unit_of_work import Work, read_time
from store_server.members import standing, tables, views
from store_server.members.rules import days_to_birthday
from store_server.members.tier_rules import missing_to_keep, missing_to_next
from store_server.points.earning import RuleKind, exchange_rule
from store_server.points.people import person
from store_server.points.rule_list import active_rules, occasion_of
from store_server.points.statement import statement
from store_server.points.statement import today as business_day
from store_server.profiles.measures import latest
from store_server.profiles.segments import classes

FAVOURITES_MOST = 5


def get_member_panel(work: Work, query: GetMemberPanel) -> Answer:
    """The panel; of a merged member, that of the one who has the books now."""
    member_id = tables.kept_member(work.db, query.member_id)
    view = views.view(work.db, member_id, hidden=True)
    if view is None:
        return Refused(code="no_such_member", explanation=_("This member does not exist."))
    table, stands = standing.tiers(work.db), standing.standing_of(work.db, member_id)
    higher, missing = missing_to_next(table, stands)
    today = views.local_date(work)
    visits = work.db.execute("SELECT * FROM member_visits WHERE member_id = ?", (member_id,)).fetchone()
    last = read_time(visits["last_at"]) if visits is not None else None
    holder = person(work.db, member_id)
    assert holder is not None
    points = statement(work, holder, limit=1)
    occasion = occasion_of(work, holder, business_day(work))
    rate = exchange_rule(active_rules(work.db), RuleKind.SPEND, occasion)
    ending = next((lot for lot in points.lots if lot.expires_on is not None), None)
    rfm, abc = classes(latest(work.db), visits)
    return MemberPanel(
        member=view,
        next_tier_name=higher.name if higher is not None else "",
        growth_missing=missing,
        growth_to_keep_missing=missing_to_keep(table, stands),
        discount_ppm=table[stands.tier].discount_ppm,
        birthday_in_days=days_to_birthday(view.birthday, today),
        visits=visits["visits"] if visits is not None else 0,
        last_visit=last,
        days_since_visit=(today - last.astimezone(work.settings.zone).date()).days if last else None,
        spent_minor=visits["spent_minor"] if visits is not None else 0,
        average_basket_minor=visits["spent_minor"] // visits["visits"] if visits is not None else 0,
        favourites=_favourites(work, member_id),
        rfm=rfm,
        abc=abc,
        card_count=sum(card["state"] == "active" for card in cards.in_use(work.db, member_id)),
        points=points.balance,
        points_worth_minor=points.worth_minor,
        points_rate_points=rate.points if rate is not None else 0,
        points_rate_minor=rate.per_minor if rate is not None else 0,
        points_ending=ending.points if ending is not None else 0,
        points_end_on=ending.expires_on.isoformat() if ending and ending.expires_on else "",
    )


def _favourites(work: Work, member_id: int) -> tuple[FavouriteView, ...]:
    rows = work.db.execute(standing.FAVOURITES, (member_id, FAVOURITES_MOST))
    return tuple(
        FavouriteView(
            product_id=ProductId(row["product_id"]),
            name=row["name"],
            times=row["times"],
            quantity_thousandths=row["quantity_thousandths"],
        )
        for row in rows
    )
