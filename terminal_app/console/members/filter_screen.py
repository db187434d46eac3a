"""The filter form: fields for all that is known of members, and a sentence that reads the filter back."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from textual.widget import Widget

from protocol.identifiers import ProductId
from protocol.language import N_, _
from protocol.messages.base import Answer, Refused
from protocol.messages.catalogue import FindProducts, ProductHit, ProductHits
from protocol.messages.members import ListTags, Tags
from protocol.messages.profiles import (
    ListSegments,
    ListTagRules,
    MemberFilter,
    SaveSegment,
    SaveTagRule,
    Segments,
    SegmentView,
    TagRules,
    TagRuleView,
)
from terminal_app.actions import bindings_for
from terminal_app.console.fields import FieldChanged
from terminal_app.console.form_dialog import FormDialog
from terminal_app.console.form_fields import Field, Value, parse_all
from terminal_app.console.form_view import FormView
from terminal_app.console.frame import SubPage
from terminal_app.console.members.filter_fields import GOODS, filter_of, parts, upside_down, values_of
from terminal_app.console.members.filter_looking import EVERYBODY
from terminal_app.console.members.filter_names import ask_names
from terminal_app.console.members.filter_words import Names, sentence
from terminal_app.console.picker import Picker
from terminal_app.widgets.words import Words

_TYPED = ProductId(-1)
"""Stands for the goods that were typed and not looked up yet, in the sentence alone."""
_HITS = 50


class FilterForm(SubPage[MemberFilter]):
    """Gives the filter; a subclass says what its keys do with it."""

    HERE = "members"
    DEFAULT_CSS = "FilterForm #sentence { height: auto; max-height: 4; min-height: 2; color: $primary; }"

    def __init__(self, wanted: MemberFilter) -> None:
        """Begin with a filter."""
        super().__init__()
        self._wanted = wanted
        self._names = Names()
        self._products: dict[str, ProductId] = {}
        self._ready = False

    def body(self) -> Iterable[Widget]:
        """The sentence; the form comes when tiers, tags and categories are known."""
        yield Words(self._words, id="sentence")

    @property
    def form(self) -> FormView:
        """The form."""
        return self.query_one(FormView)

    @property
    def changed(self) -> bool:
        """Leaving loses a filter that takes a moment to type again: no question."""
        return False

    async def load(self) -> None:
        """Ask what there is to choose from; once."""
        if self._ready:
            return
        self._names = await ask_names(self, [self._wanted], None)
        tags = await self.fetch(ListTags(), Tags)
        counts = [(each.tag, each.members) for each in tags.tags] if tags is not None else []
        known = {tag for tag, _count in counts}
        counts += [(tag, 0) for tag in self._wanted.tags if tag not in known]
        form = FormView(parts(self._names, counts), self.console.currency, self.console.zone)
        await self.query_one(".page-body").mount(form)
        self._ready = True
        self._fill(self._wanted)
        form.rows["tiers"].editor.focus()

    def _fill(self, wanted: MemberFilter) -> None:
        values = values_of(wanted, self._names)
        if wanted.bought_product is not None:
            self._products[str(values[GOODS])] = wanted.bought_product
        self.form.fill(values)

    # --- the sentence -----------------------------------------------------------------------------

    def _words(self) -> str:
        return sentence(self._draft(), self._names, self.money) + _(".")

    def _draft(self) -> MemberFilter:
        """Return the filter of all fields that can be read already."""
        if not self._ready:
            return self._wanted
        fields = [row.field for row in self.form.rows.values()]
        values, _mistakes = parse_all(fields, self.form.texts(), self.console.currency, self.console.zone)
        typed = str(values.get(GOODS) or "")
        self._names.products[_TYPED] = _("“{tag}”").format(tag=typed)
        return filter_of(values, self._products.get(typed, _TYPED) if typed else None)

    def on_field_changed(self, event: FieldChanged) -> None:
        """Read the filter back."""
        event.stop()
        self.query_one("#sentence").refresh(layout=True)

    def take_scan(self, code: str) -> bool:
        """A scan names the goods that they bought."""
        if self._ready:
            self.form.rows[GOODS].editor.text = code
        return self._ready

    # --- reading it -------------------------------------------------------------------------------

    async def read(self) -> MemberFilter | None:
        """Return the filter; or say what is wrong at its field and return None."""
        values = self.form.read() if self._ready else None
        if values is None:
            self.say(_("Look at the marked fields."), "error", bell=True)
            return None
        typed = str(values[GOODS] or "")
        product = await self._product(typed) if typed else None
        if typed and product is None:
            return None
        wanted = filter_of(values, product)
        if key := upside_down(wanted):
            self.form.mark(key, _("Nobody could fit: this is before what stands in the field above."))
            self.say(_("Look at the marked fields."), "error", bell=True)
            return None
        return wanted

    async def _product(self, typed: str) -> ProductId | None:
        """Return the goods that were typed; the person chooses where several fit."""
        if typed in self._products:
            return self._products[typed]
        answer = await self.fetch(
            FindProducts(text=typed[:100], limit=_HITS, on_sale_only=False), ProductHits
        )
        if answer is None:
            return None
        exact = [hit for hit in answer.hits if typed in (hit.code, hit.barcode)]
        hits = exact or list(answer.hits)
        if not hits:
            self.form.mark(GOODS, _("No goods fit “{text}”. Try fewer letters.").format(text=typed))
            self.say(_("Look at the marked fields."), "error", bell=True)
            return None
        hit = hits[0] if len(hits) == 1 else await self._choose(hits)
        if hit is None:
            return None
        self._products[hit.name] = hit.product_id
        self._names.products[hit.product_id] = hit.name
        self.form.rows[GOODS].editor.text = hit.name
        return hit.product_id

    async def _choose(self, hits: list[ProductHit]) -> ProductHit | None:
        choices = [(str(hit.product_id), f"{hit.code}  {hit.name}") for hit in hits]
        chosen = await self.app.push_screen_wait(Picker(choices))
        return next((hit for hit in hits if str(hit.product_id) == chosen), None)


class FilterScreen(FilterForm):
    """Whom the members page lists; the filter can be kept under a name or give a tag."""

    PLACES = ("shell", "filter")
    TITLE_WORDS = N_("Members › Filter")
    BINDINGS = [*bindings_for("filter")]

    async def do_show(self) -> None:
        """List who fits."""
        wanted = await self.read()
        if wanted is not None:
            self.dismiss(wanted)

    def do_empty(self) -> None:
        """Begin anew."""
        if self._ready:
            self._fill(EVERYBODY)

    async def do_segment(self) -> None:
        """Keep the filter under a name."""
        wanted = await self.read()
        known = await self.fetch(ListSegments(), Segments) if wanted is not None else None
        if wanted is None or known is None:
            return
        names = {segment.name for segment in known.segments}
        label = Field("name", N_("Name"), required=True, most=40, hint=N_("For example: Quiet regulars"))

        async def save(name: str) -> Answer:
            segment = SegmentView(name=name, filter=wanted)
            return await self.ask(SaveSegment(segment=segment), Segments)

        ask_name(self, _("Save as segment"), label, wanted, self._names, names, save)

    async def do_tag_rule(self) -> None:
        """Give a tag to whoever fits, each day."""
        wanted = await self.read()
        known = await self.fetch(ListTagRules(), TagRules) if wanted is not None else None
        if wanted is None or known is None:
            return
        tags = {rule.tag for rule in known.rules}
        label = Field("name", N_("Tag"), required=True, most=30, hint=N_("For example: regular"))

        async def save(name: str) -> Answer:
            rule = TagRuleView(tag=name, filter=wanted)
            return await self.ask(SaveTagRule(rule=rule), TagRules)

        ask_name(self, _("Give a tag each day"), label, wanted, self._names, tags, save)


def ask_name(
    screen: SubPage[Any],
    title: str,
    label: Field,
    wanted: MemberFilter,
    names: Names,
    known: set[str],
    save: Callable[[str], Awaitable[Answer]],
) -> None:
    """Ask for the name under which a filter is kept; a second save replaces one that is there already."""
    warned: set[str] = set()

    async def store(values: dict[str, Value]) -> Answer:
        name = str(values["name"])
        if name in known and name not in warned:
            warned.add(name)
            words = _("There is one of this name. Save once more to put this in its place.")
            return Refused(code="name_taken", field="name", explanation=words)
        answer = await save(name)
        if not isinstance(answer, Refused):
            screen.say(_("Saved: {name}.").format(name=name), "good")
        return answer

    note = sentence(wanted, names, screen.money) + _(".")
    screen.app.push_screen(FormDialog(title, [label], {}, store, note=note))


class SavedFilterScreen(FilterForm):
    """Changes the filter of a segment or of a tag rule, and gives it when it is stored."""

    PLACES = ("shell", "form")
    BINDINGS = [*bindings_for("form")]

    def __init__(self, wanted: MemberFilter, *, segment: str = "", tag: str = "") -> None:
        """Of the segment with this name, or of the rule for this tag."""
        super().__init__(wanted)
        self._segment = segment
        self._tag = tag

    def title_words(self) -> str:
        """Return what is changed."""
        if self._tag:
            return _("Members › Tags › “{tag}” for").format(tag=self._tag)
        return _("Members › Segments › {name}").format(name=self._segment)

    @property
    def changed(self) -> bool:
        """True: something was typed."""
        return self._ready and self.form.changed

    async def do_save(self) -> None:
        """Have it stored."""
        wanted = await self.read()
        if wanted is None:
            return
        answer: Answer | None
        if self._tag:
            rule = TagRuleView(tag=self._tag, filter=wanted)
            answer = await self.fetch(SaveTagRule(rule=rule), TagRules)
        else:
            segment = SegmentView(name=self._segment, filter=wanted)
            answer = await self.fetch(SaveSegment(segment=segment), Segments)
        if answer is not None:
            self.dismiss(wanted)
