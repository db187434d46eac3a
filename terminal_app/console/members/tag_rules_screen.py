"""All tags with how many members have them, and the rules that give some of them each day."""

from collections.abc import Iterable

from textual import on
from textual.widget import Widget

from protocol.language import N_, _
from protocol.messages.base import Answer, Refused
from protocol.messages.members import ListTags, Tags
from protocol.messages.profiles import (
    DeleteTagRule,
    ListTagRules,
    MemberFilter,
    TagRules,
    TagRuleView,
)
from terminal_app.actions import bindings_for
from terminal_app.console.form_dialog import FormDialog
from terminal_app.console.form_fields import Field, Value
from terminal_app.console.frame import SubPage
from terminal_app.console.members.filter_looking import EVERYBODY
from terminal_app.console.members.filter_names import ask_names
from terminal_app.console.members.filter_screen import SavedFilterScreen
from terminal_app.console.members.filter_words import Names, sentence
from terminal_app.console.table import Column, Table, TableRow
from terminal_app.widgets.words import Words


class TagsScreen(SubPage[MemberFilter]):
    """Gives the filter for the tag that was chosen."""

    PLACES = ("shell", "rows", "tags", "removable")
    TITLE_WORDS = N_("Members › Tags")
    HERE = "members"
    AUTO_FOCUS = "Table"
    DEFAULT_CSS = "TagsScreen #sentence { height: 3; }"
    BINDINGS = [*bindings_for("rows", "tags", "removable")]

    def __init__(self) -> None:
        """Begin empty."""
        super().__init__()
        self._rules: dict[str, TagRuleView] = {}
        self._names = Names()

    def body(self) -> Iterable[Widget]:
        """The list, and the whole rule of the tag under the cursor."""
        words = N_(
            "Enter lists the members with a tag. A rule gives its tag with each day's calculation and takes "
            "it off who fits no more; a tag given by hand stays."
        )
        yield Words(words, classes="info")
        columns = [
            Column(N_("Tag"), 20),
            Column(N_("Members"), 9, right=True),
            Column(N_("Given each day to"), least=30),
        ]
        yield Table(columns, empty=N_("No member has a tag, and no rule gives one."))
        yield Words(self._sentence, id="sentence")

    @property
    def table(self) -> Table:
        """The list."""
        return self.query_one(Table)

    async def load(self) -> None:
        """Ask for tags and rules."""
        tags = await self.fetch(ListTags(), Tags)
        rules = await self.fetch(ListTagRules(), TagRules) if tags is not None else None
        if tags is None or rules is None:
            return
        self._rules = {rule.tag: rule for rule in rules.rules}
        self._names = await ask_names(self, [rule.filter for rule in rules.rules], self._names)
        counts = {each.tag: each.members for each in tags.tags}
        counts.update({tag: 0 for tag in self._rules if tag not in counts})
        self.table.show([TableRow(tag, (tag, f"{n:,}", self._given(tag))) for tag, n in counts.items()])

    def _given(self, tag: str) -> str:
        rule = self._rules.get(tag)
        if rule is None:
            return _("(by hand alone)")
        return sentence(rule.filter, self._names, self.money) + _(".")

    def _sentence(self) -> str:
        row = self.table.current
        return _("“{tag}”").format(tag=row.key) + _(": ") + self._given(row.key) if row is not None else ""

    @on(Table.Moved)
    def moved(self) -> None:
        """Show the whole rule."""
        self.query_one("#sentence").refresh(layout=True)

    def on_table_chosen(self, event: Table.Chosen) -> None:
        """List the members who have the tag."""
        self.dismiss(MemberFilter(tags=(event.row.key,)))

    def do_rule(self) -> None:
        """Change who gets the tag, or begin a rule for it."""
        row = self.table.current
        if row is not None:
            self._change(row.key)

    def do_new(self) -> None:
        """Name a tag, then say who gets it."""

        async def take(values: dict[str, Value]) -> Answer:
            tag = str(values["tag"])
            if tag in self._rules:
                words = _("There is a rule for this tag already; choose it in the list and change it.")
                return Refused(code="name_taken", field="tag", explanation=words)
            return TagRules(rules=(TagRuleView(tag=tag, filter=EVERYBODY),))

        def begin(answer: Answer | None) -> None:
            if isinstance(answer, TagRules):
                self._change(answer.rules[0].tag)

        label = Field("tag", N_("Tag"), required=True, most=30, hint=N_("For example: regular"))
        note = _("Next you say who gets the tag; nothing is stored before that.")
        self.app.push_screen(FormDialog(_("New rule for a tag"), [label], {}, take, note=note), begin)

    def _change(self, tag: str) -> None:
        rule = self._rules.get(tag)

        def changed(wanted: MemberFilter | None) -> None:
            if wanted is not None:
                words = _("Saved: whoever fits has the tag “{tag}” from the next daily calculation on.")
                self.say(words.format(tag=tag), "good")
                self.do_reload()

        self.app.push_screen(SavedFilterScreen(rule.filter if rule else EVERYBODY, tag=tag), changed)

    def do_remove(self) -> None:
        """Give the tag by rule no more, after a question."""
        row = self.table.current
        rule = self._rules.get(row.key) if row is not None else None
        if rule is None:
            self.say(_("No rule gives this tag. Tags given by hand are taken off in the profile."), "warning")
            return

        def go(yes: bool | None) -> None:
            if yes:
                self.flow(self._remove(rule.tag))

        words = _(
            "Remove the rule for “{tag}”? The next daily calculation takes the tag off those who had it by "
            "the rule."
        )
        self.console.question(words.format(tag=rule.tag), go, yes=_("Remove"))

    async def _remove(self, tag: str) -> None:
        if await self.fetch(DeleteTagRule(tag=tag), TagRules) is not None:
            self.say(_("Removed: {name}.").format(name=tag), "good")
            await self.load()
