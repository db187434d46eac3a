"""The members of the store in memory as lists: filters, segments, tag rules, classes, duplicates."""

# ruff: noqa: N802  # the methods are named after the messages that they answer

import asyncio
from collections.abc import Callable
from datetime import date

from console_store import GOODS
from profile_office import ProfileOffice
from rules_office import RulesOffice

from protocol.identifiers import ApprovalId, CardId, CommandId, MemberId
from protocol.messages.base import Answer, Done, Refused, Request
from protocol.messages.cards import CardKind, Cards, CardState, CardView, ListCards
from protocol.messages.members import (
    AbcClass,
    FindMembers,
    MemberFound,
    MemberHit,
    MemberHits,
    MemberView,
    RegisterMember,
    RfmClass,
)
from protocol.messages.points import ListPointsWarnings, PointsWarnings, PointsWarningView
from protocol.messages.profiles import (
    ClassCount,
    ClassCounts,
    CountClasses,
    DeleteSegment,
    DeleteTagRule,
    Duplicates,
    DuplicateView,
    FindDuplicates,
    GetMemberPanel,
    ListMembers,
    ListSegments,
    ListTagRules,
    MemberFilter,
    MemberPanel,
    MemberRow,
    MemberRows,
    MergeMembers,
    NoteMembersExported,
    SaveSegment,
    SaveTagRule,
    Segments,
    SegmentView,
    TagRules,
    TagRuleView,
)

NAMES = ("王小美", "Zhao Lei", "陈静", "Old Zhou", "欧阳明")
TIERS = ("Basic", "Silver", "Gold")
QUIET = SegmentView(
    name="Quiet regulars", filter=MemberFilter(tiers=(2,), visits_least=5, away_least_days=30)
)


def row(i: int) -> MemberRow:
    """The member with the id `i`: every third is Gold, every tenth never bought."""
    visits = i % 10
    return MemberRow(
        member=MemberHit(
            member_id=MemberId(i), number=f"{100_000 + i}", name=NAMES[i % 5] + (f" {i}" if i > 5 else ""),
            phone=f"138****{i:04d}", tier=i % 3, tier_name=TIERS[i % 3],
            note="Greets the dog first" if i == 1 else "",
        ),
        joined_on="2025-01-01", growth=i * 10, points=i, visits=visits, spent_minor=visits * 12345,
        last_on="2026-10-01" if visits else "",
        rfm=list(RfmClass)[i % 8] if visits else None, abc=list(AbcClass)[i % 3] if visits else None,
    )  # fmt: skip


class MemberOffice(ProfileOffice, RulesOffice):
    """A store with many members."""

    def __init__(self, members: int = 350) -> None:
        super().__init__()
        self.member_rows = [row(i) for i in range(1, members + 1)]
        self.looked_at = 1000
        """So many members are looked at for one answer."""
        self.gate: asyncio.Semaphore | None = None
        """With it, each piece of a list waits until the test lets it go."""
        self.segments = {QUIET.name: QUIET}
        self.tag_rules = {"tea": TagRuleView(tag="tea", filter=MemberFilter(tiers=(1,)))}
        self.registered: list[RegisterMember] = []
        self.exports: list[MemberFilter] = []
        """Filters whose members were written to a file."""
        self.pair_pieces = [[(1, 6, "birthday"), (2, 7, "no_phone")], [], [(3, 8, "birthday")]]
        self.merged: list[MergeMembers] = []

    async def ask(
        self,
        request: Request,
        *,
        id: CommandId | None = None,  # noqa: A002
        approval: ApprovalId | None = None,
        timeout_s: float = 5,
    ) -> Answer:
        """Answer; a piece of a list waits at the gate."""
        if self.gate is not None and isinstance(request, (ListMembers, FindDuplicates)):
            await self.gate.acquire()
        return await super().ask(request, id=id, approval=approval, timeout_s=timeout_s)

    def FindMembers(self, r: FindMembers) -> Answer:
        text = r.text.casefold()
        fits: Callable[[MemberHit], bool] = lambda hit: (  # noqa: E731
            text in f"{hit.number} {hit.name}".casefold() or hit.phone.endswith(text)
        )
        found = [each.member for each in self.member_rows if fits(each.member)]
        page = found[r.offset : r.offset + r.limit]
        return MemberHits(hits=tuple(page), more=len(found) > r.offset + r.limit)

    def ListMembers(self, r: ListMembers) -> Answer:
        piece = self.member_rows[r.after_id : r.after_id + self.looked_at]
        fitting = [each for each in piece if self.fits(each, r.filter)]
        if len(fitting) > r.limit:
            last = fitting[r.limit - 1].member.member_id
            return MemberRows(rows=tuple(fitting[: r.limit]), next_id=last)
        end = r.after_id + len(piece)
        return MemberRows(rows=tuple(fitting), next_id=end if end < len(self.member_rows) else None)

    def NoteMembersExported(self, r: NoteMembersExported) -> Answer:
        self.exports.append(r.filter)
        return Done()

    @staticmethod
    def fits(each: MemberRow, wanted: MemberFilter) -> bool:
        """Whether a member fits; some of the fields only."""
        return (
            (not wanted.tiers or each.member.tier in wanted.tiers)
            and (wanted.visits_least is None or each.visits >= wanted.visits_least)
            and (wanted.visits_most is None or each.visits <= wanted.visits_most)
            and (not wanted.rfm or each.rfm in wanted.rfm)
            and (not wanted.abc or each.abc in wanted.abc)
            and (not wanted.tags or each.member.member_id % 40 == 0)
        )

    def CountClasses(self, r: CountClasses) -> Answer:
        counts: dict[tuple[RfmClass, AbcClass], list[int]] = {}
        for each in self.member_rows:
            if each.rfm is not None and each.abc is not None:
                sums = counts.setdefault((each.rfm, each.abc), [0, 0, 0])
                for at, more in enumerate((1, each.visits, each.spent_minor)):
                    sums[at] += more
        return ClassCounts(
            counts=tuple(
                ClassCount(rfm=rfm, abc=abc, members=n, visits=v, spent_minor=s)
                for (rfm, abc), (n, v, s) in counts.items()
            ),
            business_date="2026-11-21",
            without_sale=sum(not each.visits for each in self.member_rows),
        )

    def ListSegments(self, r: ListSegments | None = None) -> Answer:
        return Segments(segments=tuple(self.segments.values()))

    def SaveSegment(self, r: SaveSegment) -> Answer:
        self.segments[r.segment.name] = r.segment
        return self.ListSegments()

    def DeleteSegment(self, r: DeleteSegment) -> Answer:
        del self.segments[r.name]
        return self.ListSegments()

    def ListTagRules(self, r: ListTagRules | None = None) -> Answer:
        return TagRules(rules=tuple(self.tag_rules.values()))

    def SaveTagRule(self, r: SaveTagRule) -> Answer:
        self.tag_rules[r.rule.tag] = r.rule
        return self.ListTagRules()

    def DeleteTagRule(self, r: DeleteTagRule) -> Answer:
        del self.tag_rules[r.tag]
        return self.ListTagRules()

    def ListPointsWarnings(self, r: ListPointsWarnings) -> Answer:
        views = [
            PointsWarningView(
                member_id=MemberId(1), number="100001", name="王小美", points=300,
                expires_on=date(2026, 11, 22), days_left=1, due_on=date(2026, 11, 21),
            ),
            PointsWarningView(
                member_id=MemberId(3), number="100003", name="Zhao Lei", points=1200,
                expires_on=date(2026, 11, 28), days_left=7, due_on=date(2026, 11, 21),
            ),
        ]  # fmt: skip
        return PointsWarnings(warnings=tuple(views[r.offset : r.offset + r.limit]))

    # --- two who are one ----------------------------------------------------------------------------

    def FindDuplicates(self, r: FindDuplicates) -> Answer:
        piece = int(r.after_key or 0)
        pairs = tuple(
            DuplicateView(
                first=self.member_rows[one - 1].member, second=self.member_rows[two - 1].member, reason=why
            )
            for one, two, why in self.pair_pieces[piece]
        )
        return Duplicates(pairs=pairs, next_key=str(piece + 1) if piece + 1 < len(self.pair_pieces) else "")

    def GetMemberPanel(self, r: GetMemberPanel) -> Answer:
        if r.member_id in self.members:
            return super().GetMemberPanel(r)
        each = self.member_rows[r.member_id - 1]
        member = MemberView(
            member_id=r.member_id, number=each.member.number, state=each.member.state, name=each.member.name,
            phone=each.member.phone, growth=each.growth, tier=each.member.tier,
            tier_name=each.member.tier_name, joined_on=each.joined_on, hidden=True,
        )  # fmt: skip
        return MemberPanel(
            member=member, visits=each.visits, spent_minor=each.spent_minor, points=each.points
        )

    def ListCards(self, r: ListCards) -> Answer:
        if r.member_id in self.members:
            return super().ListCards(r)
        card = CardView(
            card_id=CardId(70), member_id=r.member_id, card_kind=CardKind.BARCODE, number="6170",
            state=CardState.ACTIVE, issued_at=self.cards[0].issued_at,
        )  # fmt: skip
        return Cards(cards=(card,), history=())

    def MergeMembers(self, r: MergeMembers) -> Answer:
        self.merged.append(r)
        return self.found(MemberId(1))

    def RegisterMember(self, r: RegisterMember) -> Answer:
        if r.phone == "13900001111":
            words = "The phone belongs to Zhao Lei, member 100003. Is it the same person?"
            return Refused(code="phone_used", field="phone", explanation=words)
        self.registered.append(r)
        member = self.members[MemberId(1)].model_copy(update={"name": r.name, "number": "100451"})
        return MemberFound(member=member)


CRISPS = GOODS[0][1]
"""Goods that can be bought; product 1."""
