"""The dialog that gives points by hand or takes them, with the balance before and after."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

from textual.widget import Widget

from protocol.identifiers import MemberId
from protocol.language import N_, _
from protocol.messages.base import Answer
from protocol.messages.points import AdjustPoints, PointsStatement
from terminal_app.console.fields import FieldChanged
from terminal_app.console.form_dialog import FormDialog
from terminal_app.console.form_fields import Field, Kind, Value
from terminal_app.console.form_view import Heading
from terminal_app.widgets.words import Words

if TYPE_CHECKING:
    from terminal_app.console.app import ConsoleApp

_POINTS = re.compile(r"[+-]?[0-9]{1,10}")


def read_points(text: str) -> int | None:
    """Return how many points were typed; None for what is no whole number."""
    plain = text.replace(",", "").replace("，", "").replace("－", "-").replace("−", "-").strip()
    return int(plain) if _POINTS.fullmatch(plain) else None


def points_mistake(text: str) -> str:
    """Return a sentence for what is no number of points, or an empty one."""
    if read_points(text):
        return ""
    return _("Please say how many points to give, or to take with a minus before them.")


class AdjustDialog(FormDialog):
    """Gives the server's answer: the points as they are then."""

    def __init__(self, console: ConsoleApp, member_id: MemberId, balance: int) -> None:
        """`balance`: what there is now."""
        self._room = console
        self._member_id = member_id
        self._balance = balance
        self._after = Words(self._after_words, id="after")
        parts: list[Field | Heading | Widget] = [
            Field(
                "points", N_("Points"), required=True, hint=N_("100 gives, -100 takes"), check=points_mistake
            ),
            Field("reason", N_("Reason"), required=True, hint=N_("Kept with the row; no personal data")),
            Field("expires_on", N_("Last day"), Kind.DATE, hint=N_("Empty: as the shop's setting says")),
            self._after,
        ]
        note = _("The reason stays when the member is erased: write no personal data.")
        super().__init__(_("Give or take points"), parts, {}, self._adjust, note=note)

    def _after_words(self) -> str:
        before = _("Balance now: {points}").format(points=f"{self._balance:,}")
        points = read_points(self.form.rows["points"].editor.text) if self.is_mounted else None
        if points is None:
            return before
        words = _("{now}   {change}   then: {after}")
        after = self._balance + points
        text = words.format(now=before, change=f"{points:+,}", after=f"{after:,}")
        return text + "   " + _("More than there is!") if points < 0 and after < 0 else text

    def on_field_changed(self, event: FieldChanged) -> None:
        """Show the balance after what is typed."""
        self._after.refresh(layout=True)

    async def _adjust(self, values: dict[str, Value]) -> Answer:
        points = read_points(str(values["points"])) or 0
        last_day = values["expires_on"]
        request = AdjustPoints(
            member_id=self._member_id,
            points=points,
            reason=str(values["reason"]),
            expires_on=date.fromisoformat(str(last_day)) if last_day and points > 0 else None,
        )
        return await self._room.ask(request, PointsStatement)
