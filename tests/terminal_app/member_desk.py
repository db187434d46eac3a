"""A member with cards and points in the fake shop, for tests of the member's own screen."""

from datetime import date, timedelta
from itertools import count
from typing import Any

from fake_world import NOW, FakeStore, FakeWorld, _slip

from protocol.identifiers import CardId, GiftId, MemberId, ProductId
from protocol.messages import cards, catalogue, members, points, profiles
from protocol.messages.base import Answer, Command, Refused, Request
from protocol.sockets.request_client import NoAnswer

MEMBER = MemberId(12)
OLD_CARD, NEW_CARD, LIS_CARD = "04A1B2C3D4E5F6", "04112233445566", "0488776655AA01"
WHOLE_PHONE = "13812345678"


class MemberDesk(FakeStore):
    """Zhang Xiaoming and all that a counter does for members."""

    def __init__(self) -> None:
        """One member with one card and 1,200 points."""
        super().__init__()
        self.member = members.MemberView(
            member_id=MEMBER,
            number="00000012",
            state=members.MemberState.ACTIVE,
            name="张晓明",
            phone="138****5678",
            gender="male",
            birthday="11-25",
            note="对花生过敏",
            tags=("茶友",),
            tier=1,
            tier_name="Gold",
            tier_until="2027-11-20",
            growth=2600,
            joined_on="2024-03-08",
            hidden=True,
            version=4,
        )
        self.personal = {
            "phone": WHOLE_PHONE,
            "birthday": "1990-11-25",
            "email": "xm@example.com",
            "address": "上海市徐汇区 1 号",
            "occupation": "教师",
            "income_band": "",
            "skin_condition": "dry",
            "hidden": False,
        }
        self.extras: tuple[catalogue.ExtraValue, ...] = (catalogue.ExtraValue(field="Shoe size", value="42"),)
        self._card_ids = count(2)
        self.cards_there = [self._card(1, OLD_CARD)]
        self.history: list[cards.CardEventView] = []
        self.rows = [self._row(100 - i, 10, "earn", f"S1-1-{i:04d}") for i in range(80)]
        self.balance = 1200
        self.checked_in = False
        self.loses_the_answer = False
        """True: the next command is carried out and nobody hears of it."""

    async def ask(self, request: Request, **more: Any) -> Answer:
        """Answer, or be silent after the deed."""
        answer = await super().ask(request, **more)
        if self.loses_the_answer and isinstance(request, Command):
            self.loses_the_answer = False
            raise NoAnswer("The store server did not answer.")
        return answer

    # --- who ---

    def on_GetMemberPanel(self, _request: profiles.GetMemberPanel) -> Answer:  # noqa: N802
        return profiles.MemberPanel(
            member=self.member,
            next_tier_name="Platinum",
            growth_missing=2400,
            growth_to_keep_missing=400,
            discount_ppm=50_000,
            birthday_in_days=4,
            visits=37,
            last_visit=NOW - timedelta(days=9),
            days_since_visit=9,
            spent_minor=1234500,
            average_basket_minor=33365,
            favourites=(
                profiles.FavouriteView(
                    product_id=ProductId(1), name="可口可乐 330ml", times=12, quantity_thousandths=30000
                ),
            ),
            rfm=members.RfmClass.IMPORTANT_VALUE,
            abc=members.AbcClass.A,
            card_count=1,
            points=self.balance,
            points_worth_minor=self.balance,
            points_ending=300,
            points_end_on="2026-12-31",
        )

    def on_LookAtProfile(self, _request: members.LookAtProfile) -> Answer:  # noqa: N802
        return members.MemberFound(
            member=self.member.model_copy(update={**self.personal, "extras": self.extras})
        )

    def on_ListMemberFields(self, _request: members.ListMemberFields) -> Answer:  # noqa: N802
        return catalogue.ExtraFields(
            fields=(
                catalogue.ExtraFieldView(field="Shoe size", type="number"),
                catalogue.ExtraFieldView(field="Newsletter", type="yes_no"),
            )
        )

    def on_ChangeMember(self, request: members.ChangeMember) -> Answer:  # noqa: N802
        if request.version != self.member.version:
            return Refused(code="changed_by_others", explanation="Somebody changed 张晓明 in the meantime.")
        if request.phone == "13900000000":
            return Refused(
                code="phone_used", field="phone", explanation="The phone belongs to 李丽, member 00000007."
            )
        given = {k: v for k, v in request.model_dump().items() if v is not None}
        shown: dict[str, Any] = {k: given[k] for k in ("name", "gender", "note") if k in given}
        self.personal |= {k: given[k] for k in self.personal if k in given}
        self.member = self.member.model_copy(update={**shown, "version": self.member.version + 1})
        return members.MemberFound(member=self.member)

    def on_TagMember(self, request: members.TagMember) -> Answer:  # noqa: N802
        tags = (set(self.member.tags) | set(request.add)) - set(request.remove)
        self.member = self.member.model_copy(update={"tags": tuple(sorted(tags))})
        return members.MemberFound(member=self.member)

    def on_ListTags(self, _request: members.ListTags) -> Answer:  # noqa: N802
        return members.Tags(
            tags=(members.TagCount(tag="茶友", members=3), members.TagCount(tag="VIP", members=2))
        )

    # --- cards ---

    def _card(self, number: int, uid: str, **update: Any) -> cards.CardView:
        card = cards.CardView(
            card_id=CardId(number),
            member_id=MEMBER,
            card_kind=cards.CardKind.CONTACTLESS,
            number=uid,
            state=cards.CardState.ACTIVE,
            issued_at=NOW - timedelta(days=100),
        )
        return card.model_copy(update=update)

    def on_ListCards(self, _request: cards.ListCards) -> Answer:  # noqa: N802
        return cards.Cards(cards=tuple(reversed(self.cards_there)), history=tuple(reversed(self.history)))

    def on_FindMember(self, request: cards.FindMember) -> Answer:  # noqa: N802
        if request.random_uid:
            return Refused(code="random_card", explanation="A phone shows another number each time.")
        if request.number == LIS_CARD:
            return cards.CardMember(member=_li(), card=self._card(9, LIS_CARD, member_id=MemberId(7)))
        card = next((c for c in self.cards_there if c.number == request.number), None)
        if card is None:
            return Refused(code="unknown_card", field="number", explanation="Nobody has this card.")
        if card.state != "active":
            return Refused(code=f"card_{card.state}", explanation=f"This card was reported {card.state}.")
        hit = members.MemberHit(
            member_id=MEMBER, number=self.member.number, name=self.member.name, phone=self.member.phone
        )
        return cards.CardMember(member=hit, card=card)

    def _trouble(self, number: str, random_uid: bool) -> Refused | None:
        if random_uid:
            return Refused(
                code="random_card", field="number", explanation="A phone shows another number each time."
            )
        if number == LIS_CARD:
            return Refused(
                code="card_used",
                field="number",
                explanation=f"The card {number} belongs to 李丽, member 00000007. Take it back there first.",
            )
        return None

    def on_IssueCard(self, request: cards.IssueCard) -> Answer:  # noqa: N802
        trouble = self._trouble(request.number, request.random_uid)
        if trouble is not None:
            return trouble
        self.cards_there.append(
            self._card(next(self._card_ids), request.number, card_kind=request.card_kind, issued_at=NOW)
        )
        return self._act(self.cards_there[-1].card_id, "issued", "active", "")

    def _act(self, card_id: CardId, action: str, state: str, reason: str) -> Answer:
        self.cards_there = [
            c.model_copy(update={"state": cards.CardState(state)}) if c.card_id == card_id else c
            for c in self.cards_there
        ]
        self.history.append(
            cards.CardEventView(at=NOW, card_id=card_id, action=action, reason=reason, operator="张三")
        )
        return self.on_ListCards(cards.ListCards(member_id=MEMBER))

    def on_ReportCardLost(self, request: cards.ReportCardLost) -> Answer:  # noqa: N802
        return self._act(request.card_id, "lost", "lost", request.reason)

    def on_CardWasFound(self, request: cards.CardWasFound) -> Answer:  # noqa: N802
        return self._act(request.card_id, "found", "active", request.identity_check)

    def on_FreezeCard(self, request: cards.FreezeCard) -> Answer:  # noqa: N802
        return self._act(request.card_id, "frozen", "frozen", request.reason)

    def on_UnfreezeCard(self, request: cards.UnfreezeCard) -> Answer:  # noqa: N802
        return self._act(request.card_id, "unfrozen", "active", request.reason)

    def on_ReturnCard(self, request: cards.ReturnCard) -> Answer:  # noqa: N802
        return self._act(request.card_id, "returned", "returned", request.reason)

    def on_ReplaceCard(self, request: cards.ReplaceCard) -> Answer:  # noqa: N802
        trouble = self._trouble(request.number, request.random_uid)
        if trouble is not None:
            return trouble
        self._act(request.card_id, "replaced", "replaced", request.identity_check)
        issue = cards.IssueCard(member_id=MEMBER, card_kind=request.card_kind, number=request.number)
        return self.on_IssueCard(issue)

    # --- points ---

    def _row(self, row_id: int, amount: int, kind: str, reference: str) -> points.PointsRowView:
        return points.PointsRowView(
            row_id=row_id,
            at=NOW - timedelta(days=101 - row_id),
            business_date=date(2026, 11, 21),
            kind=kind,
            words={"earn": "Shopping", "check_in": "Check-in", "gift": "Gift"}.get(kind, kind),
            points=amount,
            balance=1200,
            reference=reference,
        )

    def _statement(self, before: int | None = None, limit: int = 50) -> points.PointsStatement:
        rows = [row for row in self.rows if before is None or row.row_id < before]
        return points.PointsStatement(
            member_id=MEMBER,
            balance=self.balance,
            worth_minor=max(0, self.balance),
            lots=(
                points.PointsLotView(points=300, expires_on=date(2026, 12, 31)),
                points.PointsLotView(points=900, expires_on=None),
            ),
            rows=tuple(rows[:limit]),
            more=len(rows) > limit,
        )

    def on_GetPointsStatement(self, request: points.GetPointsStatement) -> Answer:  # noqa: N802
        return self._statement(request.before_row, request.limit)

    def on_PrintPointsStatement(self, _request: points.PrintPointsStatement) -> Answer:  # noqa: N802
        return points.PointsSlip(slip=_slip("Points statement"))

    def _move(self, amount: int, kind: str, reference: str = "") -> points.PointsStatement:
        self.balance += amount
        row = self._row(self.rows[0].row_id + 1, amount, kind, reference)
        self.rows.insert(0, row.model_copy(update={"balance": self.balance}))
        return self._statement()

    def on_CheckInMember(self, _request: points.CheckInMember) -> Answer:  # noqa: N802
        if self.checked_in:
            return Refused(code="checked_in", explanation="Member 00000012 has checked in today already.")
        self.checked_in = True
        return self._move(5, "check_in")

    def on_ListGifts(self, _request: points.ListGifts) -> Answer:  # noqa: N802
        return points.Gifts(
            gifts=(
                points.GiftView(gift_id=GiftId(1), name="保温杯", points=500, per_member=1),
                points.GiftView(gift_id=GiftId(2), name="Umbrella", points=3000),
            )
        )

    def on_RedeemGift(self, request: points.RedeemGift) -> Answer:  # noqa: N802
        if request.gift_id == 1 and request.pieces > 1:
            return Refused(
                code="gift_limit", field="pieces", explanation="A member gets 1 of 保温杯 at most."
            )
        price = {1: 500, 2: 3000}[request.gift_id] * request.pieces
        if price > self.balance:
            return Refused(
                code="not_enough_points", explanation=f"There are {self.balance} points, not {price}."
            )
        return self._move(-price, "gift", "保温杯")

    def on_CashOutPoints(self, request: points.CashOutPoints) -> Answer:  # noqa: N802
        if request.points % 100:
            return Refused(
                code="no_whole_amount",
                field="points",
                explanation=f"{request.points} points are no whole amount of cash. 200 points would be.",
            )
        return points.PointsPaidOut(
            amount_minor=request.points,
            open_drawer=True,
            slip=_slip("Cash slip"),
            statement=self._move(-request.points, "cash_out"),
        )

    def on_ListPointsRules(self, _request: points.ListPointsRules) -> Answer:  # noqa: N802
        rule = points.PointsRuleView(
            kind=points.PointsRuleKind.CASH_OUT, name="Cash", points=100, per_minor=100
        )
        return points.PointsRules(rules=(rule,))


def _li() -> members.MemberHit:
    return members.MemberHit(member_id=MemberId(7), number="00000007", name="李丽", phone="139****0000")


class MemberWorld(FakeWorld):
    """The fake shop with the member in it."""

    def __init__(self) -> None:
        """Put the member's shop in the place of the plain one."""
        super().__init__()
        self.desk = MemberDesk()
        self.shop = self.desk
        self.store.asker = self.desk
        self.desk.on_peer = self.store.link.note
