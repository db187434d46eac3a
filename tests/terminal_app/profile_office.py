"""A store with a few members for the profile and the screens behind it; it keeps what was done to them."""

# ruff: noqa: N802  # the methods are named after the messages that they answer

from datetime import date, timedelta

from console_store import NOW, ConsoleStore, paper

from protocol.identifiers import CardId, MemberId, ProductId
from protocol.messages.base import Answer, Refused
from protocol.messages.cards import (
    CardEventView,
    CardKind,
    Cards,
    CardState,
    CardView,
    CardWasFound,
    FreezeCard,
    IssueCard,
    ListCards,
    ReplaceCard,
    ReportCardLost,
    ReturnCard,
    UnfreezeCard,
)
from protocol.messages.catalogue import ExtraFields, ExtraFieldView, ExtraValue
from protocol.messages.members import (
    AbcClass,
    ChangeMember,
    GetMember,
    GiveTier,
    ListMemberFields,
    ListTags,
    ListTierChanges,
    ListTiers,
    LookAtProfile,
    MemberFound,
    MemberState,
    MemberView,
    RfmClass,
    TagCount,
    TagMember,
    Tags,
    TierChanges,
    TierChangeView,
    Tiers,
    TierView,
)
from protocol.messages.points import (
    AdjustPoints,
    GetPointsStatement,
    PointsLotView,
    PointsRowView,
    PointsSlip,
    PointsStatement,
    PrintPointsStatement,
)
from protocol.messages.profiles import (
    CloseMember,
    EraseMember,
    ExportedFact,
    ExportMember,
    FavouriteView,
    GetMemberPanel,
    MemberExport,
    MemberPanel,
    ReopenMember,
)

MEI = MemberId(1)
MERGED = MemberId(2)
CLOSED = MemberId(3)
ERASED = MemberId(4)


def members() -> dict[MemberId, MemberView]:
    """Return the members with all that is known of them."""
    mei = MemberView(
        member_id=MEI, number="100001", state=MemberState.ACTIVE, name="王小美", pinyin="wang xiao mei",
        phone="13812345678", gender="female", birthday="1990-11-25", email="mei@example.com",
        address="上海市徐汇区漕溪北路 18 号", occupation="teacher", income_band="C", skin_condition="dry",
        extras=(
            ExtraValue(field="Favourite tea", value="oolong"), ExtraValue(field="Newsletter", value="yes"),
        ),
        referrer_id=MemberId(9), referrer="100009 李静", note="Greets the dog first", tags=("regular", "tea"),
        tier=1, tier_name="Silver", tier_until="2027-06-30", growth=720, joined_on="2020-02-01", version=3,
    )  # fmt: skip
    other = MemberView(
        member_id=MERGED, number="100002", state=MemberState.MERGED, name="王美", merged_into=MEI,
        tier_name="Basic", joined_on="2021-05-06",
    )  # fmt: skip
    closed = MemberView(
        member_id=CLOSED, number="100003", state=MemberState.CLOSED, name="Zhao Lei", phone="13900001111",
        tier_name="Basic", joined_on="2021-05-06",
    )  # fmt: skip
    erased = MemberView(
        member_id=ERASED, number="100004", state=MemberState.ERASED, name="", tier_name="Basic",
        joined_on="2021-05-06",
    )  # fmt: skip
    return {each.member_id: each for each in (mei, other, closed, erased)}


def masked(member: MemberView) -> MemberView:
    """Return the member as somebody without the whole profile sees them."""
    phone = member.phone[:3] + "****" + member.phone[-4:] if member.phone else ""
    return member.model_copy(
        update={
            "hidden": True, "phone": phone, "birthday": member.birthday[5:], "email": "", "address": "",
            "occupation": "", "income_band": "", "skin_condition": "", "extras": (),
        }
    )  # fmt: skip


class ProfileOffice(ConsoleStore):
    """The store of the console's tests, and its members."""

    def __init__(self) -> None:
        super().__init__()
        self.members = members()
        self.looks: list[str] = []
        self.tier_changes = [
            TierChangeView(
                at=NOW - timedelta(days=30), from_tier=0, to_tier=1, change="upgrade",
                reason="Growth value 510 reached the 500 of Silver.", reference="S1-1-20261022-0007",
            )
        ]  # fmt: skip
        self.cards = [
            CardView(
                card_id=CardId(1), member_id=MEI, card_kind=CardKind.BARCODE, number="6100001",
                state=CardState.ACTIVE, issued_at=NOW - timedelta(days=300),
            )
        ]  # fmt: skip
        self.card_events = [
            CardEventView(at=NOW - timedelta(days=300), card_id=CardId(1), action="issued", operator="李静")
        ]
        self.lots = [
            PointsLotView(points=300, expires_on=date(2026, 12, 31)),
            PointsLotView(points=1200, expires_on=date(2027, 12, 31)),
            PointsLotView(points=50, expires_on=None),
        ]
        self.ledger = [
            PointsRowView(
                row_id=i, at=NOW - timedelta(days=130 - i), business_date=date(2026, 11, 21), kind="earn",
                words="Shopping", points=10, balance=250 + 10 * i, reference=f"S1-1-20261121-{i:04d}",
                operator="李静",
            )
            for i in range(1, 131)
        ]  # fmt: skip

    def found(self, member_id: MemberId, *, whole: bool = False) -> Answer:
        """Return a member, masked or whole."""
        member = self.members.get(member_id)
        if member is None:
            return Refused(code="no_such_member", explanation="This member does not exist.")
        return MemberFound(member=member if whole else masked(member))

    def GetMember(self, r: GetMember) -> Answer:
        return self.found(r.member_id)

    def LookAtProfile(self, r: LookAtProfile) -> Answer:
        self.looks.append(r.reason)
        return self.found(r.member_id, whole=True)

    def GetMemberPanel(self, r: GetMemberPanel) -> Answer:
        member = self.members[r.member_id]
        member = self.members[member.merged_into or r.member_id]
        if member.member_id != MEI:
            return MemberPanel(member=masked(member), next_tier_name="Silver", growth_missing=500)
        return MemberPanel(
            member=masked(member), next_tier_name="Gold", growth_missing=280, growth_to_keep_missing=80,
            discount_ppm=50_000, birthday_in_days=4, visits=37, last_visit=NOW - timedelta(days=3),
            days_since_visit=3, spent_minor=512_340, average_basket_minor=13_847,
            favourites=(
                FavouriteView(product_id=ProductId(3), name="Oolong tea 500 ml", times=12, quantity_thousandths=18_000),  # noqa: E501
                FavouriteView(product_id=ProductId(1), name="甘源蟹黄味瓜子仁75g", times=7, quantity_thousandths=7_000),  # noqa: E501
            ),
            rfm=RfmClass.IMPORTANT_VALUE, abc=AbcClass.A, card_count=2, points=self.ledger[-1].balance,
            points_worth_minor=1550, points_ending=300, points_end_on="2026-12-31",
        )  # fmt: skip

    # --- what is changed ----------------------------------------------------------------------------

    def changed(self, member_id: MemberId, **fields: object) -> Answer:
        """Change a member and return them, masked."""
        member = self.members[member_id]
        fields.setdefault("version", member.version + 1)
        self.members[member_id] = MemberView.model_validate({**member.model_dump(), **fields})
        return self.found(member_id)

    def ListMemberFields(self, r: ListMemberFields) -> Answer:
        return ExtraFields(
            fields=(
                ExtraFieldView(field="Favourite tea", type="choice", choices=("oolong", "green")),
                ExtraFieldView(field="Newsletter", type="yes_no"),
                ExtraFieldView(field="Shoe size", type="number"),
            )
        )

    def ChangeMember(self, r: ChangeMember) -> Answer:
        if r.version != self.members[r.member_id].version:
            words = "Somebody changed 王小美 in the meantime. Open it again, then make your change."
            return Refused(code="changed_by_others", explanation=words)
        if r.phone == "13900001111":
            words = "The phone belongs to Zhao Lei, member 100003. Is it the same person?"
            return Refused(code="phone_used", field="phone", explanation=words)
        if any(extra.value == "big" for extra in r.extras or ()):
            return Refused(code="bad_extra", field="extras", explanation="Shoe size: this is no number.")
        return self.changed(
            r.member_id, **r.model_dump(exclude={"member_id", "version", "kind"}, exclude_none=True)
        )

    def TagMember(self, r: TagMember) -> Answer:
        tags = (set(self.members[r.member_id].tags) | set(r.add)) - set(r.remove)
        return self.changed(r.member_id, tags=tuple(sorted(tags)))

    def ListTags(self, r: ListTags) -> Answer:
        return Tags(tags=(TagCount(tag="regular", members=120), TagCount(tag="tea", members=8)))

    def ListTiers(self, r: ListTiers) -> Answer:
        return Tiers(
            tiers=(
                TierView(tier=0, name="Basic"),
                TierView(tier=1, name="Silver", growth_needed=500),
                TierView(tier=2, name="Gold", growth_needed=1000),
            )
        )

    def ListTierChanges(self, r: ListTierChanges) -> Answer:
        return TierChanges(changes=tuple(self.tier_changes))

    def GiveTier(self, r: GiveTier) -> Answer:
        before = self.members[r.member_id].tier
        change = TierChangeView(at=NOW, from_tier=before, to_tier=r.tier, change="by_hand", reason=r.reason)
        self.tier_changes.insert(0, change)
        return self.changed(r.member_id, tier=r.tier, tier_name=("Basic", "Silver", "Gold")[r.tier])

    # --- points ---------------------------------------------------------------------------------------

    def GetPointsStatement(self, r: GetPointsStatement) -> Answer:
        rows = [row for row in reversed(self.ledger) if r.before_row is None or row.row_id < r.before_row]
        return PointsStatement(
            member_id=r.member_id, balance=self.ledger[-1].balance, worth_minor=1550, lots=tuple(self.lots),
            rows=tuple(rows[: r.limit]), more=len(rows) > r.limit,
        )  # fmt: skip

    def AdjustPoints(self, r: AdjustPoints) -> Answer:
        last = self.ledger[-1]
        if last.balance + r.points < 0:
            words = f"{-r.points} points are needed and {last.balance} are there."
            return Refused(code="not_enough_points", field="points", explanation=words)
        row = PointsRowView(
            row_id=last.row_id + 1, at=NOW, business_date=date(2026, 11, 21), kind="adjust",
            words="Adjusted by hand", points=r.points, balance=last.balance + r.points, reference=r.reason,
            operator="Wang Fang",
        )  # fmt: skip
        self.ledger.append(row)
        return self.GetPointsStatement(GetPointsStatement(member_id=r.member_id))

    def PrintPointsStatement(self, r: PrintPointsStatement) -> Answer:
        return PointsSlip(slip=paper("Points of member 100001"))

    # --- cards ----------------------------------------------------------------------------------------

    def ListCards(self, r: ListCards) -> Answer:
        return Cards(cards=tuple(reversed(self.cards)), history=tuple(reversed(self.card_events)))

    def _new_card(self, member_id: MemberId, kind: CardKind, number: str, old: CardId | None) -> CardView:
        card = CardView(
            card_id=CardId(len(self.cards) + 1), member_id=member_id, card_kind=kind, number=number,
            state=CardState.ACTIVE, issued_at=NOW, replaces=old,
        )  # fmt: skip
        self.cards.append(card)
        return card

    def _happened(self, card_id: CardId, action: str, reason: str = "") -> Answer:
        states = {"found": "active", "unfrozen": "active", "issued": "active"}
        state = CardState(states.get(action, action))
        self.cards = [
            card.model_copy(update={"state": state}) if card.card_id == card_id else card
            for card in self.cards
        ]
        event = CardEventView(at=NOW, card_id=card_id, action=action, reason=reason, operator="Wang Fang")
        self.card_events.append(event)
        return self.ListCards(ListCards(member_id=MEI))

    def IssueCard(self, r: IssueCard) -> Answer:
        if any(card.number == r.number and card.state is CardState.ACTIVE for card in self.cards):
            words = f"The card {r.number} belongs to 王小美, member 100001. Take it back there first."
            return Refused(code="card_used", field="number", explanation=words)
        return self._happened(self._new_card(r.member_id, r.card_kind, r.number, None).card_id, "issued")

    def ReplaceCard(self, r: ReplaceCard) -> Answer:
        self._happened(r.card_id, "replaced", r.identity_check)
        card = self._new_card(MEI, r.card_kind, r.number, r.card_id)
        return self._happened(card.card_id, "issued", r.identity_check)

    def ReportCardLost(self, r: ReportCardLost) -> Answer:
        return self._happened(r.card_id, "lost", r.reason)

    def CardWasFound(self, r: CardWasFound) -> Answer:
        return self._happened(r.card_id, "found", r.identity_check)

    def FreezeCard(self, r: FreezeCard) -> Answer:
        return self._happened(r.card_id, "frozen", r.reason)

    def UnfreezeCard(self, r: UnfreezeCard) -> Answer:
        return self._happened(r.card_id, "unfrozen", r.reason)

    def ReturnCard(self, r: ReturnCard) -> Answer:
        return self._happened(r.card_id, "returned", r.reason)

    # --- the end --------------------------------------------------------------------------------------

    def CloseMember(self, r: CloseMember) -> Answer:
        return self.changed(r.member_id, state=MemberState.CLOSED)

    def ReopenMember(self, r: ReopenMember) -> Answer:
        return self.changed(r.member_id, state=MemberState.ACTIVE)

    def EraseMember(self, r: EraseMember) -> Answer:
        return self.changed(r.member_id, state=MemberState.ERASED, name="", phone="", tags=(), note="")

    def ExportMember(self, r: ExportMember) -> Answer:
        mei = self.members[r.member_id]
        facts = [
            ExportedFact(area="profile", what="name", value=mei.name),
            ExportedFact(area="profile", what="gender", value=mei.gender),
            ExportedFact(area="profile", what="Favourite tea", value="=oolong"),
            ExportedFact(
                area="cards", at="2026-11-21T06:30:00+00:00", what="frozen", value="6100001 lost bag"
            ),
            ExportedFact(
                area="cards", at="2026-01-25T06:30:00+00:00", what="barcode", value="6100001 active"
            ),
            *(
                ExportedFact(area="points", at="2026-11-21T06:30:00+00:00", what="earn", value=f"{n} S1")
                for n in range(900)
            ),
        ]
        page = facts[r.offset : r.offset + 500]
        return MemberExport(facts=tuple(page), more=r.offset + 500 < len(facts))
