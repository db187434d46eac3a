"""A basket to try an offer on: goods scanned or typed, what they cost without and with it, and why."""

from collections.abc import Iterable
from datetime import UTC, date, datetime

from textual import on
from textual.binding import Binding
from textual.containers import Horizontal
from textual.widget import Widget

from protocol.language import N_, _
from protocol.messages.base import Answer, Done, Refused
from protocol.messages.members import FindMembers, MemberHit, MemberHits
from protocol.messages.offers import TriedBasket, TryItem
from protocol.offer import OfferView
from terminal_app.actions import bindings_for
from terminal_app.console.form_dialog import AskingDialog
from terminal_app.console.form_fields import Field, Kind, Value
from terminal_app.console.frame import SubPage
from terminal_app.console.members.rule_words import WEEKDAYS, clock_mistake, parse_clock
from terminal_app.console.prices.explain_rows import BASKET_COLUMNS, LINE, basket_rows, row_words
from terminal_app.console.prices.offer_names import OfferNames
from terminal_app.console.prices.tried_basket import TriedDraft, typed_item
from terminal_app.console.table import Table, TableRow
from terminal_app.widgets.field import Entry
from terminal_app.widgets.words import Words


def _hour_mistake(text: str) -> str:
    if parse_clock(text) == "24:00":
        return _("Write 00:00 for midnight.")
    return clock_mistake(text)


class TryScreen(SubPage[None]):
    """The answer stands there as soon as there are goods; nothing is sold."""

    PLACES = ("shell", "tried")
    TITLE_WORDS = N_("Prices › Offers › Try a basket")
    HERE = "prices"
    AUTO_FOCUS = "#add"
    DEFAULT_CSS = """
    TryScreen #offer { height: auto; max-height: 3; color: $primary; padding: 0 1; }
    TryScreen #totals { padding: 0 1; }
    TryScreen #sentence { height: 2; padding: 0 1; }
    """
    BINDINGS = [
        *bindings_for("tried"),
        Binding("up", "move(-1)", show=False, priority=True),
        Binding("down", "move(1)", show=False, priority=True),
        Binding("enter", "add", show=False, priority=True),
    ]

    def __init__(self, offer: OfferView, draft: TriedDraft, names: OfferNames) -> None:
        """`offer` as it is typed; `draft` is changed here and kept by who opened this."""
        super().__init__()
        self._offer = offer
        self._draft = draft
        self._names = names
        self._answer: TriedBasket | None = None

    def body(self) -> Iterable[Widget]:
        """The offer in words, a line to type in, the basket with its explanation."""
        yield Words(lambda: self._answer.words if self._answer else "", id="offer")
        with Horizontal(classes="search"):
            yield Words(N_("Into the basket"), classes="search-label")
            yield Entry(id="add")
        yield Words(self._who_words, classes="info", id="who")
        yield Words(self._total_words, id="totals")
        table = Table(BASKET_COLUMNS, empty=N_("Scan goods, or type a code, or 3*code, and press Enter."))
        table.can_focus = False
        yield table
        yield Words(self._sentence, id="sentence")

    @property
    def table(self) -> Table:
        """The basket."""
        return self.query_one(Table)

    @property
    def changed(self) -> bool:
        """The basket is kept: nothing is lost by leaving."""
        return False

    def _who_words(self) -> str:
        tier, member = self._draft.tier, self._draft.member
        who = _("no member") if tier is None else self._names.tiers.get(tier, f"#{tier}")
        if member is not None:
            who = f"{member.number} {member.name} ({member.tier_name})"
        if self._draft.at is None:
            when = _("now")
        else:
            local = self._draft.at.astimezone(self.console.zone)
            when = f"{_(WEEKDAYS[local.isoweekday() - 1])} {local:%Y-%m-%d %H:%M}"
        offers = _("with the live offers") if self._draft.with_live_offers else _("this offer alone")
        return " · ".join((who, when, offers))

    def _total_words(self) -> str:
        if self._answer is None or not self._draft.items:
            return ""
        without, total = self._answer.total_without_minor, self._answer.explanation.total_minor
        words = _("Without it {without}, with it {total}: {less} less.")
        if total > without:
            words = _("Without it {without}, with it {total}: {less} more.")
        elif total == without:
            words = _("{total} without it and with it: the same.")
        amounts = {"without": self.money(without), "total": self.money(total)}
        return words.format(less=self.money(abs(without - total)), **amounts)

    def _sentence(self) -> str:
        row = self.table.current
        if self._answer is None or row is None:
            return ""
        return row_words(self._answer.explanation, row.key, self.money)

    @on(Table.Moved)
    def moved(self) -> None:
        """Say what the cursor is on."""
        self.query_one("#sentence").refresh(layout=True)

    async def load(self) -> None:
        """Ask what it costs."""
        answer = await self.fetch(self._draft.request(self._offer), TriedBasket)
        if answer is not None:
            self._show(answer)

    def _show(self, answer: TriedBasket) -> None:
        self._answer = answer
        for table in self.query(Table):  # none, when the screen was left meanwhile
            table.show(basket_rows(answer.explanation, self.money))
        for widget in self.query("#offer, #who, #totals, #sentence"):
            widget.refresh(layout=True)

    # --- goods ------------------------------------------------------------------------------------

    def action_move(self, by: int) -> None:
        """Move in the list."""
        self.table.action_move(by)

    def action_add(self) -> None:
        """Enter: put what was typed into the basket, once the line has taken the letters before this key."""
        self.call_later(self._typed)

    def _typed(self) -> None:
        text = self.query_one("#add", Entry).value.strip()
        if not text:
            return
        item = typed_item(text)
        if item is None:
            self.say(_("Type a code, or 3*code for three of it."), "error", bell=True)
            return
        self.flow(self._add(item, typed=True))

    def take_scan(self, code: str) -> bool:
        """Put in what was scanned."""
        self.flow(self._add(TryItem(code=code[:100])))
        return True

    async def _add(self, item: TryItem, *, typed: bool = False) -> None:
        """Put goods in; what the store does not know is taken out again, and stays in the line to type in."""
        before = list(self._draft.items)
        self._draft.add(item)
        answer = await self.ask(self._draft.request(self._offer), TriedBasket)
        if isinstance(answer, Refused):
            self._draft.items = before
            self.refused(answer)
            return
        if typed:
            self.query_one("#add", Entry).value = ""
        self.say("")
        self._show(answer)

    def do_remove(self) -> None:
        """Take a line out."""
        row: TableRow | None = self.table.current
        if row is None or not row.key.startswith(LINE):
            self.app.bell()
            return
        del self._draft.items[int(row.key.removeprefix(LINE)) - 1]
        self.do_reload()

    def do_empty(self) -> None:
        """Take everything out."""
        self._draft.items.clear()
        self.do_reload()

    def do_who(self) -> None:
        """Ask for the tier, the day and the hour."""
        zone = self.console.zone
        at = (self._draft.at or self.console.clock()).astimezone(zone)
        tiers = (("", _("no member")), *((str(rank), name) for rank, name in self._names.tiers.items()))
        fields = [
            Field("member", N_("Member"), hint=N_("Number, phone or name; empty: anybody of the tier")),
            Field("tier", N_("Member's tier"), Kind.CHOICE, choices=tiers),
            Field("day", N_("Day"), Kind.DATE, required=True, hint="2026-11-27"),
            Field("time", N_("Time"), required=True, check=_hour_mistake, hint="18:30"),
            Field("with_live_offers", N_("With the live offers"), Kind.YES_NO),
        ]
        start: dict[str, Value] = {
            "member": self._draft.member.number if self._draft.member is not None else "",
            "tier": "" if self._draft.tier is None else str(self._draft.tier),
            "day": at.date().isoformat(),
            "time": at.strftime("%H:%M"),
            "with_live_offers": self._draft.with_live_offers,
        }

        async def keep(values: dict[str, Value]) -> Answer:
            member = await self._member(str(values["member"] or "").strip())
            if isinstance(member, Refused):
                return member
            day = date.fromisoformat(str(values["day"]))
            hour, minute = (int(part) for part in (parse_clock(str(values["time"])) or "12:00").split(":"))
            local = datetime(day.year, day.month, day.day, hour, minute, tzinfo=zone)
            self._draft.at = local.astimezone(UTC)
            self._draft.member = member
            self._draft.tier = int(str(values["tier"])) if values["tier"] else None
            self._draft.with_live_offers = bool(values["with_live_offers"])
            return Done()

        self.app.push_screen(
            AskingDialog(_("Who buys, and when"), fields, start, keep), lambda answer: self.do_reload()
        )

    async def _member(self, text: str) -> MemberHit | Refused | None:
        """Return the one member that was meant; None for nobody."""
        if not text:
            return None
        answer = await self.ask(FindMembers(text=text[:100], limit=20), MemberHits)
        if isinstance(answer, Refused):
            return Refused(code=answer.code, field="member", explanation=answer.explanation)
        hits = [hit for hit in answer.hits if hit.number == text] or list(answer.hits)
        if len(hits) == 1:
            return hits[0]
        words = _("No member fits “{text}”.") if not hits else _("Several members fit “{text}”: type more.")
        return Refused(code="which_member", field="member", explanation=words.format(text=text))
