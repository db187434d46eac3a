"""Members in the fake shop: found, attached at a tenth off, registered, with cards."""

from typing import Any

from protocol.identifiers import MemberId
from protocol.messages import cards, catalogue, members, profiles, sales
from protocol.messages.base import Answer, Refused

Hit = members.MemberHit

WANG = Hit(
    member_id=MemberId(1),
    number="00000001",
    name="王小明",
    phone="138****5678",
    tier=1,
    tier_name="Silver",
    note="no plastic bags",
)
LI = Hit(member_id=MemberId(2), number="00000002", name="李芳", phone="139****0002")
WANDA = Hit(
    member_id=MemberId(3), number="00000003", name="Wanda Lee", phone="137****0003", tier_name="Basic"
)
WORDS = {
    1: "00000001 13812345678 王小明 wangxiaoming wxm",
    2: "00000002 13900000002 李芳 lifang lf",
    3: "00000003 13700000003 wanda lee wl",
}
"""By what each is found."""
WANG_CARD, LOST_CARD, FREE_CARD = "04AABBCC", "04DEAD00", "04FEED00"


class MemberAnswers:
    """A part of the fake store."""

    baskets: dict[str, sales.BasketView]

    def __init__(self) -> None:
        """Three members, one with a card."""
        super().__init__()
        self.members = {hit.member_id: hit for hit in (WANG, LI, WANDA)}
        self.words = dict(WORDS)
        self.cards: dict[str, MemberId] = {WANG_CARD: WANG.member_id}
        self.lost = {LOST_CARD}
        self.panels: dict[MemberId, profiles.MemberPanel] = {}
        self.confirm_member_card = False
        self.takes_points = False
        self.attach_needs_shift = False
        self.extra_fields: tuple[catalogue.ExtraFieldView, ...] = ()

    def _keep(self, basket: sales.BasketView, line: int | None = None) -> sales.Basket:
        raise NotImplementedError

    def _open(self, sale_id: Any, lane: str) -> sales.BasketView:
        raise NotImplementedError

    def on_FindMembers(self, request: members.FindMembers) -> Answer:  # noqa: N802
        wanted = request.text.lower().replace(" ", "")
        hits = [hit for number, hit in self.members.items() if wanted in self.words[number].replace(" ", "")]
        return members.MemberHits(hits=tuple(hits[: request.limit]), more=len(hits) > request.limit)

    def on_FindMember(self, request: cards.FindMember) -> Answer:  # noqa: N802
        if request.random_uid:
            return Refused(code="random_card", explanation="A phone cannot be a member card.", field="number")
        if request.number in self.lost:
            return Refused(code="card_lost", explanation="This card was reported lost.", field="number")
        found = self.cards.get(request.number)
        for number, words in self.words.items():
            if found is None and request.number in words.split()[:2]:
                found = MemberId(number)
        if found is None:
            return Refused(code="unknown_card", explanation="Nobody has this card.", field="number")
        return cards.CardMember(member=self.members[found])

    def on_AttachMember(self, request: sales.AttachMember) -> Answer:  # noqa: N802
        if self.attach_needs_shift:
            return Refused(code="no_shift", explanation="No shift is open at this lane. Open one first.")
        hit = self.members[request.member_id]
        basket = self._open(request.sale_id, request.lane)
        member = {
            "member_id": hit.member_id,
            "member_number": hit.number,
            "member_name": hit.name,
            "member_tier": hit.tier,
            "member_tier_name": hit.tier_name,
        }
        return self._priced(basket.model_copy(update=member), 9 if hit.tier else 10)

    def on_DetachMember(self, request: sales.DetachMember) -> Answer:  # noqa: N802
        nobody = {"member_id": None, "member_number": "", "member_name": "", "member_tier_name": ""}
        return self._priced(self.baskets[request.sale_id].model_copy(update=nobody), 10)

    def _priced(self, basket: sales.BasketView, tenths: int) -> sales.Basket:
        lines = []
        for line in basket.lines:
            unit = line.normal_price_minor * tenths // 10
            amount = unit * line.quantity_thousandths // 1000
            lines.append(line.model_copy(update={"unit_price_minor": unit, "amount_minor": amount}))
        return self._keep(basket.model_copy(update={"lines": tuple(lines)}))

    def on_GetMemberPanel(self, request: profiles.GetMemberPanel) -> Answer:  # noqa: N802
        found = self.panels.get(request.member_id)
        return found or profiles.MemberPanel(member=self.view(self.members[request.member_id]))

    def view(self, hit: Hit, **more: Any) -> members.MemberView:
        """Return a member as the counter may see one."""
        fields = hit.model_dump(exclude={"state"})
        return members.MemberView(state=hit.state, hidden=True, **{**fields, **more})

    def on_ListMemberFields(self, _request: members.ListMemberFields) -> Answer:  # noqa: N802
        return catalogue.ExtraFields(fields=self.extra_fields)

    def on_RegisterMember(self, request: members.RegisterMember) -> Answer:  # noqa: N802
        if not request.name:
            return Refused(code="empty", explanation="A member needs a name.", field="name")
        for number, words in self.words.items():
            if request.phone and request.phone == words.split()[1]:
                name = self.members[MemberId(number)].name
                return Refused(code="phone_used", explanation=f"The phone belongs to {name}.", field="phone")
        number = MemberId(len(self.members) + 1)
        hit = Hit(member_id=number, number=f"{number:08d}", name=request.name, tier_name="Basic")
        self.members[number] = hit
        self.words[number] = f"{hit.number} {request.phone} {request.name.lower()}"
        return members.MemberFound(member=self.view(hit))

    def on_IssueCard(self, request: cards.IssueCard) -> Answer:  # noqa: N802
        self.cards[request.number] = request.member_id
        return cards.Cards(cards=(), history=())

    # --- points: one for each yuan, and one pays one fen ---

    def points_kind(self) -> tuple[sales.TenderKindView, ...]:
        """Return the way to pay with points, where the shop takes them."""
        never = dict.fromkeys(("gives_change", "needs_reference", "opens_drawer", "counts_in_drawer"), False)
        kind = {"tender": "points", "name": "Points", "earns_points": False, **never}
        return (sales.TenderKindView.model_validate(kind),) if self.takes_points else ()

    def points_taken(self, request: sales.AddTender) -> str:
        """Return how many points a payment takes, as the store writes it."""
        return str(request.amount_minor) if request.tender == "points" else ""

    def points_done(self, basket: sales.BasketView) -> dict[str, Any]:
        """Return what a finished sale says of points."""
        panel = self.panels.get(basket.member_id) if basket.member_id else None
        if panel is None:
            return {}
        earned = basket.total_minor // 100
        return {"points_earned": earned, "points_balance": panel.points + earned}
