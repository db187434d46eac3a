"""A store with a few members for the profile and the screens behind it; it keeps what was done to them."""

# ruff: noqa: N802  # the methods are named after the messages that they answer

from datetime import date, timedelta

from console_store import NOW, ConsoleStore

from protocol.identifiers import MemberId, ProductId
from protocol.messages.base import Answer, Refused
from protocol.messages.catalogue import ExtraValue
from protocol.messages.members import (
    AbcClass,
    GetMember,
    LookAtProfile,
    MemberFound,
    MemberState,
    MemberView,
    RfmClass,
)
from protocol.messages.points import PointsLotView, PointsRowView
from protocol.messages.profiles import FavouriteView, GetMemberPanel, MemberPanel

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
