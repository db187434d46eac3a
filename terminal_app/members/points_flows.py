"""What a cashier does with a member's points: check-in, statement on paper, gifts, cash for points."""

from protocol.coupon import CouponBatchView
from protocol.language import _, ngettext
from protocol.messages.base import Refused
from protocol.messages.coupons import (
    BuyCoupon,
    CouponBatches,
    CouponPaper,
    Coupons,
    ListCouponBatches,
    PrintCoupon,
)
from protocol.messages.points import (
    CashOutPoints,
    CheckInMember,
    GetPointsStatement,
    Gifts,
    ListGifts,
    ListPointsRules,
    PointsPaidOut,
    PointsRules,
    PointsSlip,
    PointsStatement,
    PrintPointsStatement,
    RedeemGift,
)
from protocol.money import format_minor
from protocol.receipt import Document
from terminal_app.members.member_screen_flows import PIECE, OneMember
from terminal_app.widgets.notice import NoticeLine


class PointsFlows(OneMember):
    """The group “Points” of the registry."""

    async def do_check_in(self) -> None:
        """Check the member in; once a day, the store says so when it was done already."""
        answer = await self.order(CheckInMember(member_id=self.member_id), PointsStatement)
        if answer is None:
            return
        got = answer.rows[0].points if answer.rows and answer.rows[0].kind == "check_in" else 0
        self.take_points(answer)
        words = ngettext(
            "{name} is checked in and gets {count} point.",
            "{name} is checked in and gets {count} points.",
            got,
        )
        self.say(words.format(name=self.called, count=got), "good")
        await self.look_again()

    async def do_statement(self) -> None:
        """Print the member's points."""
        answer = await self.shell.store.ask(PrintPointsStatement(member_id=self.member_id), PointsSlip)
        if isinstance(answer, Refused):
            self.say(answer.explanation, "error", bell=True)
            return
        await self.print_slip(answer.slip)

    async def do_gifts(self) -> None:
        """Give the member something for points."""
        from terminal_app.members.gifts_dialog import ForPoints, GiftsDialog  # noqa: PLC0415  # start quickly

        if not await self.known() or self.points is None:
            return
        answer = await self.shell.store.ask(ListGifts(), Gifts)
        if isinstance(answer, Refused):
            self.say(answer.explanation, "error", bell=True)
            return

        papers: list[Document] = []

        async def redeem(gift: ForPoints, pieces: int) -> int | Refused:
            if isinstance(gift, CouponBatchView):
                return await self._buy_coupon(gift, papers)
            assert gift.gift_id is not None
            request = RedeemGift(
                lane=self.till.lane, member_id=self.member_id, gift_id=gift.gift_id, pieces=pieces
            )
            given = await self.once.order(request, PointsStatement)
            if isinstance(given, Refused):
                return given
            self.take_points(given)
            return given.balance

        things: tuple[ForPoints, ...] = (*answer.gifts, *await self._coupons_for_points())
        dialog = GiftsDialog(things, self.called, self.points.balance, redeem)
        words = await self.app.push_screen_wait(dialog)
        for paper in papers:
            await self.print_slip(paper)
        if words is not None:
            self.say(words, "good")
        else:
            self.say_unanswered()

    async def _coupons_for_points(self) -> tuple[CouponBatchView, ...]:
        request = ListCouponBatches(active_only=True, for_points=True)
        answer = await self.shell.store.ask(request, CouponBatches)
        if isinstance(answer, Refused):
            return ()
        return tuple(each.batch for each in answer.batches)

    async def _buy_coupon(self, batch: CouponBatchView, papers: list[Document]) -> int | Refused:
        """Take the points and issue the coupon; its paper is to be printed then."""
        assert batch.batch_id is not None
        request = BuyCoupon(lane=self.till.lane, batch_id=batch.batch_id, member_id=self.member_id)
        bought = await self.once.order(request, Coupons)
        if isinstance(bought, Refused):
            return bought
        for coupon in bought.coupons:
            paper = await self.shell.store.ask(PrintCoupon(coupon_id=coupon.coupon_id), CouponPaper)
            if not isinstance(paper, Refused):
                papers.append(paper.paper)
        left = (self.points.balance if self.points is not None else 0) - batch.points
        statement = GetPointsStatement(member_id=self.member_id, limit=PIECE)
        points = await self.shell.store.ask(statement, PointsStatement)
        if isinstance(points, Refused):
            return left
        self.take_points(points)
        return points.balance

    async def do_cash_out(self) -> None:
        """Take points and pay cash out of the drawer for them."""
        from terminal_app.members.points_cash_out import CashOutDialog, rates_for  # noqa: PLC0415  # start quickly

        if not await self.known() or self.points is None or self.panel is None:
            return
        answer = await self.shell.store.ask(ListPointsRules(), PointsRules)
        if isinstance(answer, Refused):
            self.say(answer.explanation, "error", bell=True)
            return

        async def pay(points: int) -> PointsPaidOut | Refused:
            request = CashOutPoints(lane=self.till.lane, member_id=self.member_id, points=points)
            return await self.once.order(request, PointsPaidOut)

        rates = rates_for(answer.rules, self.panel.member.tier)
        dialog = CashOutDialog(self.called, self.points.balance, rates, self.till.currency, pay)
        paid = await self.app.push_screen_wait(dialog)
        if paid is not None:
            await self._hand_out(paid)
        else:
            self.say_unanswered()

    async def _hand_out(self, paid: PointsPaidOut) -> None:
        """Open the drawer, print the slip, and say what is to be handed over."""
        self.take_points(paid.statement)
        self.say("")
        if paid.open_drawer:
            await self.open_drawer()
        await self.print_slip(paid.slip)
        notice = self.query_one("#notice", NoticeLine)
        amount = format_minor(paid.amount_minor, self.till.currency, symbol=True, grouped=True)
        words = _("Hand over {amount}; have the slip signed.").format(amount=amount)
        if notice.tone in ("warning", "error"):  # why there is no slip, or why the drawer stays shut
            words += " " + notice.text
        self.say(words, notice.tone)
