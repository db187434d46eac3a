"""Growth value: which rules make a member grow towards the next tier."""

from collections.abc import Sequence

from pydantic import ValidationError

from protocol.identifiers import CategoryId
from protocol.language import N_, _
from protocol.messages.base import Answer, Fact, Refused
from protocol.messages.catalogue import Categories, ListCategories
from protocol.messages.members import (
    GrowthRules,
    GrowthRuleView,
    ListGrowthRules,
    SaveGrowthRules,
    TiersChanged,
)
from protocol.quantity import format_thousandths
from terminal_app.actions import bindings_for
from terminal_app.console.categories import category_choices
from terminal_app.console.form_dialog import FormDialog
from terminal_app.console.form_fields import Field, Kind, Value
from terminal_app.console.list_screen import ListScreen
from terminal_app.console.members.tiers_words import BASES, growth_sentence, growth_words
from terminal_app.console.table import Column, TableRow

_MOST = 50
"""Rules that the server takes at once."""


class GrowthScreen(ListScreen):
    """All rules of growth; each save hands the whole list to the server."""

    PLACES = ("shell", "rows", "removable")
    TITLE_WORDS = N_("Members › Rules › Growth value")
    HERE = "members"
    BINDINGS = [*bindings_for("removable")]
    COLUMNS: Sequence[Column] = (
        Column(N_("Comes from"), 16),
        Column(N_("Growth"), 10, right=True),
        Column(N_("What it says"), least=30),
    )
    EMPTY = N_("No rule: nobody grows, and nobody comes up.")

    def __init__(self) -> None:
        """Begin empty."""
        super().__init__()
        self._rules: tuple[GrowthRuleView, ...] = ()
        self._categories = Categories(categories=())

    async def load(self) -> None:
        """Ask for the rules, and for the names of their categories."""
        categories = await self.fetch(ListCategories(), Categories)
        answer = await self.fetch(ListGrowthRules(), GrowthRules)
        if answer is not None and categories is not None:
            self._categories = categories
            self._show(answer)

    def _show(self, answer: GrowthRules) -> None:
        self._rules = answer.rules
        paths: dict[int, str] = {c.category_id: c.path for c in self._categories.categories}
        self.table.show(
            [
                TableRow(
                    str(at),
                    (_(BASES[r.basis]), growth_words(r.growth_thousandths), growth_sentence(r, paths)),
                )
                for at, r in enumerate(answer.rules)
            ]
        )

    def store_fact(self, fact: Fact) -> None:
        """Somebody changed them."""
        if isinstance(fact, TiersChanged):
            self.reload_soon()

    def edit(self, row: TableRow | None) -> None:
        """Open the dialog."""
        if row is None and len(self._rules) >= _MOST:
            self.say(_("There can be {most} rules at most.").format(most=_MOST), "warning", bell=True)
            return
        known = self._rules[int(row.key)] if row else None
        choices = category_choices(self._categories.categories, _("All goods"))
        fields = [
            Field("basis", N_("Comes from"), Kind.CHOICE, choices=tuple((k, _(v)) for k, v in BASES.items())),
            Field(
                "growth", N_("Growth"), Kind.QUANTITY, required=True,
                hint=N_("For each whole 1.00, visit or point: 1, 0.5 …"),
            ),
            Field("category_id", N_("Only for"), Kind.CHOICE, choices=choices),
        ]  # fmt: skip
        start: dict[str, Value] = {"basis": "spend", "growth": 1000, "category_id": ""}
        if known:
            start = {
                "basis": known.basis,
                "growth": format_thousandths(known.growth_thousandths),
                "category_id": str(known.category_id or ""),
            }

        async def save(values: dict[str, Value]) -> Answer:
            category = values["category_id"]
            try:
                rule = GrowthRuleView.model_validate(
                    {
                        "basis": values["basis"],
                        "growth_thousandths": values["growth"],
                        "category_id": CategoryId(int(str(category))) if category else None,
                    }
                )
            except ValidationError:
                return Refused(code="bad", explanation=_("This does not fit here."), field="growth")
            rules = [*self._rules]
            if row is None:
                rules.append(rule)
            else:
                rules[int(row.key)] = rule
            answer = await self.ask(SaveGrowthRules(rules=tuple(rules)), GrowthRules)
            if isinstance(answer, Refused) and answer.field == "rules":
                return answer.model_copy(update={"field": "category_id"})
            return answer

        title = _("Change a rule of growth") if known else _("New rule of growth")
        note = _("All rules that fit are added up. What grew already stays.")
        dialog = FormDialog(title, fields, start, save, note=note)
        self.then_reload(dialog, lambda answer: _("Saved."))

    def do_remove(self) -> None:
        """Take the rule away, after a question."""
        row = self.table.current
        if row is None:
            return

        def go(yes: bool | None) -> None:
            if yes:
                self.flow(self._remove(int(row.key)))

        words = _("Remove the rule “{rule}”? What grew already stays.")
        self.console.question(words.format(rule=row.cells[2]), go, yes=_("Remove"))

    async def _remove(self, at: int) -> None:
        rules = (*self._rules[:at], *self._rules[at + 1 :])
        answer = await self.fetch(SaveGrowthRules(rules=rules), GrowthRules)
        if answer is not None:
            self._show(answer)
            self.say(_("Saved."), "good")
