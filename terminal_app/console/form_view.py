"""A form: labels, fields, and below each field the sentence that says what is wrong with it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.widget import Widget
from textual.widgets import Static

from protocol.language import _
from terminal_app.console.fields import ChoiceField, Editor, ProductField, SeveralField, TextField, YesNoField
from terminal_app.console.form_fields import Field, Kind, Value, parse_all, write
from terminal_app.console.picker import Picker, SeveralPicker
from terminal_app.console.product_picker import ProductPicker
from terminal_app.widgets.words import Words


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading between fields; an English text."""

    label: str


class FieldRow(Vertical):
    """A field with its label and its sentence."""

    DEFAULT_CSS = """
    FieldRow {
        height: auto;
        & > Horizontal { height: 1; }
        & .label { width: 20; height: 1; color: $quiet; }
        &:focus-within .label { color: $primary; text-style: bold; }
        & .sentence { display: none; color: $error; padding: 0 0 0 20; height: auto; }
        &.wrong .sentence, &.warned .sentence { display: block; }
        &.warned .sentence { color: $warning; }
    }
    """

    def __init__(self, field: Field) -> None:
        """Show one field, empty."""
        super().__init__()
        self.field = field
        self.sentence = ""
        self.editor: Editor = _editor(field)

    def compose(self) -> ComposeResult:
        """Label and field on one line, the sentence below."""
        with Horizontal():
            yield Words(self._label, classes="label")
            yield self.editor
        yield Words(lambda: self.sentence, classes="sentence")

    def _label(self) -> str:
        words = self.field.label if self.field.own_words else _(self.field.label)
        return words + (" *" if self.field.required else "")

    def say(self, sentence: str, *, warning: bool = False) -> None:
        """Show a sentence below the field; empty: none."""
        if sentence != self.sentence:
            self.sentence = sentence
            self.query_one(".sentence").refresh(layout=True)
        self.set_class(bool(sentence) and not warning, "wrong")
        self.set_class(bool(sentence) and warning, "warned")
        if sentence:
            self.sentence = ("! " if warning else "✗ ") + sentence

    def relabel(self) -> None:
        """Speak the present language."""
        if isinstance(self.editor, TextField):
            self.editor.placeholder = _hint(self.field)


def _editor(field: Field) -> Editor:
    match field.kind:
        case Kind.YES_NO:
            return YesNoField()
        case Kind.CHOICE:
            return ChoiceField(field.choices)
        case Kind.PRODUCT:
            return ProductField(field.choices)
        case Kind.SEVERAL:
            return SeveralField(field.choices)
        case _:
            return TextField(secret=field.kind is Kind.SECRET, placeholder=_hint(field))


def _hint(field: Field) -> str:
    return field.hint if field.own_words or not field.hint else _(field.hint)


class FormView(VerticalScroll, can_focus=False):
    """The fields of a form, in one column or two."""

    DEFAULT_CSS = """
    FormView {
        height: 1fr; padding: 0 1;
        & .heading { color: $primary; text-style: bold; height: 1; margin: 0; }
        & .filler { display: none; }
        & .spaced { height: 2; padding: 1 0 0 0; }
        & .heading, & LineEditor, & .form-end { column-span: 2; }
    }
    """
    BINDINGS = [Binding("up", "step(-1)", show=False), Binding("down", "step(1)", show=False)]

    def __init__(
        self,
        parts: Sequence[Field | Heading | Widget],
        currency: str,
        zone: tzinfo,
        *,
        id: str | None = None,  # noqa: A002  # Textual's own name
    ) -> None:
        """`parts` in the order in which they are shown; other widgets may stand between fields."""
        super().__init__(id=id)
        self.parts = list(parts)
        self.currency = currency
        self.zone = zone
        self.rows: dict[str, FieldRow] = {}
        self._initial: dict[str, str] = {}
        self._pending: dict[str, str] = {}
        for part in self.parts:
            if isinstance(part, Field):
                self.rows[part.key] = FieldRow(part)

    def compose(self) -> ComposeResult:
        """The parts from top to bottom."""
        fields = 0
        for i, part in enumerate(self.parts):
            if isinstance(part, Field):
                fields += 1
                yield self.rows[part.key]
                continue
            if fields % 2:
                yield Static(classes="filler")  # in two columns, what follows begins a row of its own
            fields = 0
            if isinstance(part, Heading):
                yield Words(part.label, classes="heading spaced" if i else "heading")
            else:
                yield part

    def fill(self, values: Mapping[str, Value]) -> None:
        """Put values into the fields, as what was there at the beginning."""
        for key, row in self.rows.items():
            row.editor.text = write(row.field, values.get(key), self.currency, self.zone) or (
                "no" if row.field.kind is Kind.YES_NO else ""
            )
            row.say("")
        self._initial = self.texts()

    def texts(self) -> dict[str, str]:
        """Return what stands in the fields."""
        return {key: row.editor.text for key, row in self.rows.items()}

    @property
    def changed(self) -> bool:
        """True: something was typed since the form was filled."""
        return self.texts() != self._initial

    def read(self) -> dict[str, Value] | None:
        """Return the values; or show what is wrong, go to the first such field and return None."""
        fields = [row.field for row in self.rows.values()]
        values, mistakes = parse_all(fields, self.texts(), self.currency, self.zone)
        for key, row in self.rows.items():
            row.say(mistakes.get(key, ""))
        if mistakes:
            self.rows[next(iter(mistakes))].editor.focus()
            return None
        return values

    def mark(self, key: str, sentence: str) -> bool:
        """Show a refusal at a field and go there; return whether the form has it."""
        row = self.rows.get(key)
        if row is None:
            return False
        row.say(sentence)
        row.editor.focus()
        return True

    async def replace_fields(self, keys: Sequence[str], fields: Sequence[Field], before: Widget) -> None:
        """Take fields out and put others in before a widget; texts of fields that stay are kept."""
        texts, initial = self.texts(), dict(self._initial)
        leaving = [self.rows.pop(key) for key in keys]
        for key in keys:
            self._initial.pop(key, None)
        for field in fields:
            row = self.rows[field.key] = FieldRow(field)
            row.editor.text = texts.get(field.key, "no" if field.kind is Kind.YES_NO else "")
            self._initial[field.key] = initial.get(field.key, row.editor.text)
        for row in leaving:
            await row.remove()
        if fields:
            await self.mount_all([self.rows[field.key] for field in fields], before=before)

    def action_step(self, by: int) -> None:
        """Go to the next or the earlier field."""
        if by > 0:
            self.screen.focus_next()
        else:
            self.screen.focus_previous()

    def on_choice_field_opened(self, event: ChoiceField.Opened) -> None:
        """Let the person pick from the list."""
        event.stop()
        field = event.field

        def take(value: str | None) -> None:
            if value is not None:
                field.text = value

        if isinstance(field, SeveralField):
            self.app.push_screen(SeveralPicker(field.choices, field.text), take)
        elif isinstance(field, ProductField):
            self.app.push_screen(ProductPicker(field), take)
        else:
            self.app.push_screen(Picker(field.choices, field.text), take)

    def relabel(self) -> None:
        """Speak the present language."""
        for row in self.rows.values():
            row.relabel()
