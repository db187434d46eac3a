"""Rules of points: the list with a sentence for each, and the form of one that reads it back."""

from collections.abc import Iterable, Mapping, Sequence

from pydantic import ValidationError
from textual import on
from textual.widget import Widget

from protocol.identifiers import ProductId
from protocol.language import N_, _
from protocol.messages.base import Answer, Fact, Refused
from protocol.messages.catalogue import Categories, GetProduct, ListCategories, ProductFound
from protocol.messages.members import ListTiers, Tiers
from protocol.messages.points import (
    ListPointsRules,
    PointsRuleChanged,
    PointsRuleKind,
    PointsRules,
    PointsRuleView,
    SavePointsRule,
)
from terminal_app.actions import bindings_for
from terminal_app.console.fields import FieldChanged
from terminal_app.console.form_fields import Field, Value, parse_all
from terminal_app.console.form_screen import FormScreen
from terminal_app.console.form_view import FormView, Heading
from terminal_app.console.list_screen import ListScreen
from terminal_app.console.members.points_rules_form import rule_fields, rule_values, typed_rule
from terminal_app.console.members.rule_words import KINDS, RuleNames, rule_sentence
from terminal_app.console.picker import Picker
from terminal_app.console.product_picker import product_words
from terminal_app.console.table import Column, Table, TableRow
from terminal_app.widgets.words import Words


class PointsRulesScreen(ListScreen):
    """All rules, kind by kind."""

    PLACES = ("shell", "rows", "points_rules")
    TITLE_WORDS = N_("Members › Rules › Points")
    HERE = "members"
    BINDINGS = [*bindings_for("points_rules")]
    DEFAULT_CSS = "PointsRulesScreen #sentence { height: 3; padding: 0 1; }"
    COLUMNS: Sequence[Column] = (
        Column(N_("About"), 26),
        Column(N_("What it says"), least=30, share=3),
        Column(N_("Name"), 18, optional=True),
        Column(N_("In force"), 8),
    )
    EMPTY = N_("There are no rules of points: nothing is earned, nothing can be paid with points.")

    def __init__(self) -> None:
        """Begin empty."""
        super().__init__()
        self._rules: dict[str, PointsRuleView] = {}
        self._products: dict[int, str] = {}
        self._names = RuleNames("CNY")

    def body(self) -> Iterable[Widget]:
        """The list, and the whole sentence of the rule under the cursor."""
        yield from super().body()
        yield Words(self._sentence, id="sentence")

    async def load(self) -> None:
        """Ask for the rules, and for the names of what they point at."""
        tiers = await self.fetch(ListTiers(), Tiers)
        categories = await self.fetch(ListCategories(), Categories)
        answer = await self.fetch(ListPointsRules(), PointsRules)
        if answer is None or tiers is None or categories is None:
            return
        for rule in answer.rules:
            if rule.product_id is not None and rule.product_id not in self._products:
                self._products[rule.product_id] = await self._product(rule.product_id)
        self._names = RuleNames(
            self.console.currency,
            {tier.tier: tier.name for tier in tiers.tiers},
            {c.category_id: c.path for c in categories.categories},
            self._products,
        )
        self._show(answer)

    async def _product(self, product_id: ProductId) -> str:
        answer = await self.ask(GetProduct(product_id=product_id), ProductFound)
        if isinstance(answer, Refused):
            return f"#{product_id}"
        return product_words(answer.product.code, answer.product.name)

    def _show(self, answer: PointsRules) -> None:
        self._rules = {str(rule.rule_id): rule for rule in answer.rules}
        rows, before = [], None
        for key, rule in self._rules.items():
            about = _(KINDS[rule.kind]) if rule.kind is not before else ""
            before = rule.kind
            state = _("yes") if rule.active else _("no")
            cells = (about, rule_sentence(rule, self._names), rule.name, state)
            rows.append(TableRow(key, cells, "" if rule.active else "quiet"))
        self.table.show(rows)

    def store_fact(self, fact: Fact) -> None:
        """Somebody changed one."""
        if isinstance(fact, PointsRuleChanged):
            self.reload_soon()

    @property
    def _here(self) -> PointsRuleView | None:
        row = self.table.current
        return self._rules.get(row.key) if row else None

    def _sentence(self) -> str:
        rule = self._here
        if rule is None:
            return ""
        off = "" if rule.active else _("(switched off)") + " "
        kind = _(KINDS[rule.kind])
        about = kind if kind == rule.name else f"{kind} · {rule.name}"
        sentence = rule_sentence(rule, self._names)
        return off + _("{about}: {sentence}").format(about=about, sentence=sentence)

    @on(Table.Moved)
    def moved(self) -> None:
        """Say what the cursor is on."""
        self.query_one("#sentence").refresh(layout=True)

    # --- changes ----------------------------------------------------------------------------------

    def edit(self, row: TableRow | None) -> None:
        """Open the form of a rule; for a new one ask first what it is about."""
        if row is not None:
            self._open(self._rules[row.key])
            return

        def take(kind: str | None) -> None:
            if kind is not None:
                chosen = PointsRuleKind(kind)
                self._open(PointsRuleView(kind=chosen, name=_(KINDS[chosen])))

        here = self._here
        choices = [(kind.value, _(words)) for kind, words in KINDS.items()]
        self.app.push_screen(Picker(choices, here.kind.value if here else ""), take)

    def _open(self, rule: PointsRuleView) -> None:
        known = set(self._rules)

        def done(answer: Answer | None) -> None:
            if isinstance(answer, PointsRules):
                self.say(_("Saved. It holds for every sale from now on."), "good")
                self.flow(self._after(rule.rule_id, known))

        self.app.push_screen(PointsRuleScreen(rule, self._names), done)

    async def _after(self, rule_id: int | None, known: set[str]) -> None:
        await self.load()
        new = next((key for key in self._rules if key not in known), None)
        wanted = str(rule_id) if rule_id is not None else new
        if wanted is not None:
            self.table.go_to(wanted)

    def do_switch(self) -> None:
        """Switch the rule on or off."""
        if self._here is not None:
            self.flow(self._switch(self._here))

    async def _switch(self, rule: PointsRuleView) -> None:
        changed = rule.model_copy(update={"active": not rule.active})
        answer = await self.fetch(SavePointsRule(rule=changed), PointsRules)
        if answer is not None:
            self._show(answer)
            words = _("“{name}” is in force.") if changed.active else _("“{name}” is switched off.")
            self.say(words.format(name=rule.name), "good")

    def do_try_it(self) -> None:
        """See what an amount would earn."""
        from terminal_app.console.members.points_rules_trial import TrialScreen  # noqa: PLC0415  # rarely used

        self.app.push_screen(TrialScreen(self._names))


class PointsRuleScreen(FormScreen):
    """One rule, with the sentence that reads it back as it is typed."""

    HERE = "members"
    DEFAULT_CSS = "PointsRuleScreen #sentence { height: auto; min-height: 2; padding: 0 1; color: $primary; }"

    def __init__(self, rule: PointsRuleView, names: RuleNames) -> None:
        """`rule` is changed, or added where it has no number yet."""
        super().__init__()
        self._rule = rule
        self._names = names

    def title_words(self) -> str:
        """Return what the rule is about."""
        return _("Members › Rules › Points › {name}").format(name=_(KINDS[self._rule.kind]))

    def parts(self) -> list[Field | Heading | Widget]:
        """Return the fields of its kind."""
        return [*rule_fields(self._rule, self._names)]

    def start_values(self) -> Mapping[str, Value]:
        """Return what is there."""
        return rule_values(self._rule)

    def body(self) -> Iterable[Widget]:
        """The form, and the rule in words."""
        yield from super().body()
        yield Words(self._sentence, id="sentence")

    def on_field_changed(self, event: FieldChanged) -> None:
        """Read back what is typed."""
        self.query_one("#sentence").refresh(layout=True)

    def _sentence(self) -> str:
        form = self.query_one(FormView)
        fields = [row.field for row in form.rows.values() if row.field.key != "name"]
        values, mistakes = parse_all(fields, form.texts(), form.currency, form.zone)
        if mistakes:
            return _("As soon as all is filled in, the rule is read back to you here.")
        names = self._names
        editor = form.rows.get("product_id")
        if editor is not None and values.get("product_id"):
            words = dict(getattr(editor.editor, "choices", ())).get(str(values["product_id"]), "")
            names = RuleNames(
                names.currency, names.tiers, names.categories, {int(str(values["product_id"])): words}
            )
        return rule_sentence(typed_rule(self._rule, values), names)

    async def save(self, values: dict[str, Value]) -> Answer:
        """Have it stored."""
        try:
            rule = typed_rule(self._rule, values)
        except ValidationError as error:
            field = str(error.errors()[0]["loc"][0])
            return Refused(code="bad", explanation=_("This does not fit here."), field=field)
        return await self.ask(SavePointsRule(rule=rule), PointsRules)
