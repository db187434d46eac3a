"""Two members side by side, what a merge would do, and the merge."""

from collections.abc import Iterable

from rich.style import Style
from rich.text import Text
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.widget import Widget

from protocol.identifiers import MemberId
from protocol.language import N_, _
from protocol.messages.base import Answer
from protocol.messages.cards import Cards, ListCards
from protocol.messages.members import MemberFound
from protocol.messages.profiles import GetMemberPanel, MemberPanel, MergeMembers
from terminal_app.actions import bindings_for
from terminal_app.console.form_dialog import FormDialog
from terminal_app.console.form_fields import Field, Value
from terminal_app.console.frame import SubPage
from terminal_app.console.members.duplicates_sheet import One, facts, outcome
from terminal_app.widgets.cells import fit, wrap

_LABEL = 14


class Comparison(Widget):
    """Both members in columns, the one who stays marked, and below what would happen."""

    DEFAULT_CSS = """
    Comparison { height: auto; padding: 0 1; }
    Comparison > .comparison--label { color: $quiet; }
    Comparison > .comparison--kept { color: $success; text-style: bold; }
    Comparison > .comparison--head { color: $primary; text-style: bold; }
    """
    COMPONENT_CLASSES = {"comparison--label", "comparison--kept", "comparison--head"}

    def __init__(self) -> None:
        """Begin empty."""
        super().__init__()
        self.kept: One | None = None
        self.pair: tuple[One, One] | None = None

    def show(self, pair: tuple[One, One], kept: One) -> None:
        """Show two members; `kept` is one of them."""
        self.pair, self.kept = pair, kept
        self.refresh(layout=True)

    def render(self) -> Text:
        """Return the lines."""
        text = Text(no_wrap=True)
        if self.pair is None or self.kept is None:
            return text
        money = self.screen.money  # type: ignore[attr-defined]  # a Framed screen
        width = max(10, (self.size.width - _LABEL - 4) // 2)
        left, right = self.pair
        gone = right if self.kept is left else left
        text.append(" " * (_LABEL + 2))
        for one in self.pair:
            words = _("● {number} stays") if one is self.kept else _("○ {number} goes into it")
            words = words.format(number=one.panel.member.number)
            text.append(fit(words, width) + " ", self._style("kept" if one is self.kept else "label"))
        for label, one_text, other_text in facts(left, right, money):
            text.append("\n" + fit(label, _LABEL), self._style("label"))
            text.append("  " if one_text == other_text else "≠ ")
            text.append(fit(one_text, width) + " " + fit(other_text, width))
        text.append("\n" + _("What a merge does"), self._style("head"))
        for sentence in outcome(self.kept, gone):
            for i, line in enumerate(wrap(sentence, max(20, self.size.width - 4))):
                text.append(("\n· " if i == 0 else "\n  ") + line)
        return text

    def _style(self, name: str) -> Style:
        return self.get_component_rich_style(f"comparison--{name}", partial=True)


class CompareScreen(SubPage[MemberId]):
    """Gives the member who was merged into the other one."""

    PLACES = ("shell", "compare")
    TITLE_WORDS = N_("Members › Duplicates › Compare")
    HERE = "members"
    BINDINGS = [
        *bindings_for("compare"),
        Binding("left,right", "swap", show=False, priority=True),
        Binding("enter", "merge", show=False, priority=True),
    ]

    def __init__(self, first: MemberId, second: MemberId) -> None:
        """Compare two members; the first one is kept unless the person says otherwise."""
        super().__init__()
        self._ids = (first, second)
        self._pair: tuple[One, One] | None = None
        self._kept = 0

    def body(self) -> Iterable[Widget]:
        """Both, and what would happen."""
        with VerticalScroll():
            yield Comparison()

    async def load(self) -> None:
        """Ask for all of both."""
        ones = [await self._one(each) for each in self._ids]
        if ones[0] is not None and ones[1] is not None:
            self._pair = (ones[0], ones[1])
            self._show()
            self.say(_("← → changes who stays."))

    async def _one(self, member_id: MemberId) -> One | None:
        panel = await self.fetch(GetMemberPanel(member_id=member_id), MemberPanel)
        cards = await self.fetch(ListCards(member_id=member_id), Cards) if panel is not None else None
        if panel is None or cards is None:
            return None
        last = panel.last_visit
        day = last.astimezone(self.console.zone).date().isoformat() if last is not None else ""
        return One(panel, cards.cards, day)

    def _show(self) -> None:
        if self._pair is not None:
            self.query_one(Comparison).show(self._pair, self._pair[self._kept])

    def action_swap(self) -> None:
        """Keep the other one."""
        self.do_other()

    def action_merge(self) -> None:
        """Enter: merge, with a reason."""
        self.do_merge()

    def do_other(self) -> None:
        """Keep the other one."""
        self._kept = 1 - self._kept
        self._show()

    def do_merge(self) -> None:
        """Ask for the reason, then merge."""
        if self._pair is None:
            return
        kept, gone = self._pair[self._kept].panel.member, self._pair[1 - self._kept].panel.member

        async def merge(values: dict[str, Value]) -> Answer:
            request = MergeMembers(
                keep_id=kept.member_id, merge_id=gone.member_id, reason=str(values["reason"])
            )
            return await self.ask(request, MemberFound)

        def done(answer: Answer | None) -> None:
            if answer is not None:
                self.dismiss(gone.member_id)

        words = _("{gone} {name} goes into {kept} {other}. This cannot be undone.")
        note = words.format(gone=gone.number, name=gone.name, kept=kept.number, other=kept.name)
        reason = Field("reason", N_("Reason"), required=True, hint=N_("Kept with it for good"))
        self.app.push_screen(FormDialog(_("Merge two members"), [reason], {}, merge, note=note), done)
