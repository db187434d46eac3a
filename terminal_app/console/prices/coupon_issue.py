"""Issuing coupons by hand: to a member, or many without a name whose codes are written to a file."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import tzinfo
from pathlib import Path
from typing import Any

from protocol.coupon import CouponBatchView
from protocol.identifiers import CouponBatchId, MemberId
from protocol.language import N_, _, ngettext
from protocol.messages.base import Answer, Done, Refused
from protocol.messages.coupons import Coupons, CouponView, IssueCoupons
from terminal_app.console.file_dialog import FileDialog
from terminal_app.console.form_dialog import FormDialog
from terminal_app.console.form_fields import Field, Value
from terminal_app.console.frame import SubPage
from terminal_app.console.list_transfer import Cancelled, OnProgress
from terminal_app.console.prices.coupon_member import find_member
from terminal_app.console.prices.coupon_words import STATES, issued_for_words
from terminal_app.console.prices.offer_typed import number, number_field
from terminal_app.console.prices.price_list_progress import PiecesDialog, piece_done
from terminal_app.console.spreadsheet_files import CannotWrite, ListFile, create_file

_PIECE = 100
MOST = 100_000


@dataclass(frozen=True, slots=True)
class _Asked:
    """What was typed into the dialog."""

    member_id: MemberId | None
    member: str
    count: int
    reason: str


class CouponIssuing:
    """One go at issuing coupons of a batch."""

    def __init__(self, screen: SubPage[Any], batch: CouponBatchView) -> None:
        """`screen` asks and says how it went."""
        assert batch.batch_id is not None
        self._screen = screen
        self._batch = batch
        self._batch_id: CouponBatchId = batch.batch_id
        self._asked: _Asked | None = None

    async def run(self) -> None:
        """Ask what is wanted, then issue it."""
        await self._screen.app.push_screen_wait(self._dialog())
        asked = self._asked
        if asked is None:
            return
        if asked.member_id is None:
            await self._to_file(asked)
            return
        request = IssueCoupons(
            batch_id=self._batch_id, member_id=asked.member_id, count=asked.count, reason=asked.reason
        )
        answer = await self._screen.fetch(request, Coupons)
        if answer is not None:
            count = len(answer.coupons)
            words = ngettext(
                "{count} coupon for {member}: {codes}", "{count} coupons for {member}: {codes}", count
            )
            codes = ", ".join(coupon.code for coupon in answer.coupons[:5])
            self._screen.say(words.format(count=count, member=asked.member, codes=codes), "good")
            self._screen.do_reload()

    def _dialog(self) -> FormDialog:
        fields = [
            Field("member", N_("Member"), hint=N_("Number, phone or name; empty: nobody")),
            number_field("count", N_("How many"), 1, MOST, required=True, hint="1"),
            Field("reason", N_("Reason"), required=True, hint=N_("Kept with each of them")),
        ]

        async def save(values: dict[str, Value]) -> Answer:
            member, count = str(values["member"] or ""), number(values["count"], 1)
            member_id = None
            if member:
                hit = await find_member(self._screen, member, "member")
                if isinstance(hit, Refused):
                    return hit
                if count > _PIECE:
                    words = _("At most {most} for one member at a time.").format(most=_PIECE)
                    return Refused(code="bad", field="count", explanation=words)
                member_id, member = hit.member_id, f"{hit.number} {hit.name}"
            reason = str(values["reason"])
            self._asked = _Asked(member_id, member, count, reason)
            return Done()

        note = _("Without a member their codes are written to a file, to be printed or handed out.")
        title = _("Issue “{name}”").format(name=self._batch.name)
        return FormDialog(title, fields, {"count": "1"}, save, note=note)

    async def _to_file(self, asked: _Asked) -> None:
        """Issue piece by piece and write each piece to the file at once."""
        dialog = FileDialog(N_("Write the codes to"), "coupons.csv", write=True)
        path = await self._screen.app.push_screen_wait(dialog)
        if path is None:
            self._screen.say(_("Nothing was issued."), "info")
            return
        issued: list[CouponView] = []

        async def work(on_progress: OnProgress, cancelled: Cancelled) -> str:
            """Return why it ended before all were issued, or nothing."""
            try:
                with create_file(path) as file:
                    file.write(headings())
                    return await self._pieces(asked, issued, file, on_progress, cancelled)
            except (CannotWrite, OSError) as error:
                lost = _("The file is not whole: {reason} The list of issued coupons can write it again.")
                return lost.format(reason=error)

        dialog_work = PiecesDialog(_("Issuing coupons"), work, asked.count)
        why = await self._screen.app.push_screen_wait(dialog_work)
        self._tell(len(issued), asked.count, path, why or "")

    async def _pieces(
        self,
        asked: _Asked,
        issued: list[CouponView],
        file: ListFile,
        on_progress: OnProgress,
        cancelled: Cancelled,
    ) -> str:
        while len(issued) < asked.count:
            if cancelled():
                return _("Stopped.")
            count = min(_PIECE, asked.count - len(issued))
            request = IssueCoupons(batch_id=self._batch_id, count=count, reason=asked.reason)
            answer = await self._screen.ask(request, Coupons)
            if isinstance(answer, Refused):
                return answer.explanation
            issued.extend(answer.coupons)
            write_coupons(file, answer.coupons, self._screen.console.zone)
            on_progress(piece_done(len(issued)))
        return ""

    def _tell(self, done: int, wanted: int, path: Path, why: str) -> None:
        words = ngettext("{count} coupon issued: {path}", "{count} coupons issued: {path}", done)
        text = words.format(count=done, path=path)
        if why:
            rest = _("{missing} were not issued.").format(missing=wanted - done) if done < wanted else ""
            self._screen.say(" ".join(part for part in (why, text, rest) if part), "warning", bell=True)
        else:
            self._screen.say(text, "good")
        self._screen.do_reload()


def headings() -> list[str]:
    """Return the headings of a file with coupons."""
    return [_("Coupon code"), _("Coupon"), _("State"), _("Given out"), _("Until"), _("Why"), _("Receipt")]


def write_coupons(file: ListFile, coupons: Sequence[CouponView], zone: tzinfo) -> None:
    """Write coupons, one per row."""
    for coupon in coupons:
        ends = coupon.ends_at.astimezone(zone).strftime("%Y-%m-%d %H:%M") if coupon.ends_at else ""
        issued = coupon.issued_at.astimezone(zone).strftime("%Y-%m-%d %H:%M")
        state, why = _(STATES[coupon.state]), issued_for_words(coupon.issued_for)
        file.write([coupon.code, coupon.name, state, issued, ends, why, coupon.receipt_number])
