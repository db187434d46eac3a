"""The widgets of a form's fields: one line each, all by keyboard, and readable without colour."""

from collections.abc import Sequence

from rich.text import Text
from textual.binding import Binding
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import Input

from protocol.language import _
from terminal_app.widgets.cells import fit


class FieldChanged(Message):
    """The content of a field differs from before."""


class TextField(Input):
    """A line of text; Enter goes on to the next field."""

    DEFAULT_CSS = """
    TextField, TextField.-textual-compact { background: $surface; padding: 0 1 !important; }
    TextField:focus { background: $picked; }
    """

    def __init__(self, *, secret: bool = False, placeholder: str = "", id: str | None = None) -> None:  # noqa: A002
        """`secret`: what is typed is not shown."""
        super().__init__(password=secret, placeholder=placeholder, compact=True, id=id, select_on_focus=False)
        self.cursor_blink = False

    @property
    def text(self) -> str:
        """What stands in the field."""
        return self.value

    @text.setter
    def text(self, text: str) -> None:
        self.value = text

    def on_input_changed(self, event: Input.Changed) -> None:
        """Pass on."""
        event.stop()
        self.post_message(FieldChanged())

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Go on."""
        event.stop()
        self.screen.focus_next()


class YesNoField(Widget, can_focus=True):
    """Yes or no; Space changes it."""

    DEFAULT_CSS = """
    YesNoField { height: 1; width: 1fr; background: $surface; padding: 0 1; }
    YesNoField:focus { background: $picked; text-style: bold; }
    """
    BINDINGS = [
        Binding("space,left,right", "flip", show=False),
        Binding("enter", "screen.focus_next", show=False),
    ]
    text: reactive[str] = reactive("no")

    def watch_text(self) -> None:
        """Tell."""
        self.post_message(FieldChanged())

    def render(self) -> Text:
        """Return the two answers, the present one marked."""
        marks = ("(•) ", "( ) ") if self.text == "yes" else ("( ) ", "(•) ")
        return Text(marks[0] + _("Yes") + "   " + marks[1] + _("No"), no_wrap=True)

    def action_flip(self) -> None:
        """Change it."""
        self.text = "no" if self.text == "yes" else "yes"

    def on_click(self) -> None:
        """Change it."""
        self.action_flip()


class ChoiceField(Widget, can_focus=True):
    """One of several; arrows change it, Space opens the list."""

    DEFAULT_CSS = """
    ChoiceField { height: 1; width: 1fr; background: $surface; padding: 0 1; }
    ChoiceField:focus { background: $picked; text-style: bold; }
    """
    BINDINGS = [
        Binding("left", "step(-1)", show=False),
        Binding("right", "step(1)", show=False),
        Binding("space", "open", show=False),
        Binding("enter", "screen.focus_next", show=False),
    ]
    text: reactive[str] = reactive("")

    class Opened(Message):
        """The person wants to see the list."""

        def __init__(self, field: "ChoiceField") -> None:
            super().__init__()
            self.field = field

    def __init__(self, choices: Sequence[tuple[str, str]], *, id: str | None = None) -> None:  # noqa: A002
        """`choices`: value and words."""
        super().__init__(id=id)
        self.choices = tuple(choices)

    def watch_text(self) -> None:
        """Tell."""
        self.post_message(FieldChanged())

    def render(self) -> Text:
        """Return the words of the present choice."""
        words = dict(self.choices).get(self.text, self.text)
        return Text(fit(words or "–", max(1, self.content_size.width - 2)) + " ▾", no_wrap=True)

    def action_step(self, by: int) -> None:
        """Take the next or the earlier one."""
        values = [value for value, _words in self.choices]
        if values:
            at = values.index(self.text) + by if self.text in values else 0
            self.text = values[max(0, min(at, len(values) - 1))]

    def action_open(self) -> None:
        """Ask for the list."""
        if self.choices:
            self.post_message(self.Opened(self))

    def on_click(self) -> None:
        """Ask for the list."""
        self.focus()
        self.action_open()


class ProductField(ChoiceField):
    """A product; Space searches the goods."""

    def action_step(self, by: int) -> None:
        """Search: there is no next one."""
        self.action_open()

    def action_open(self) -> None:
        """Ask for the search."""
        self.post_message(self.Opened(self))


class SeveralField(ChoiceField):
    """Any number of several; Space opens the list."""

    def render(self) -> Text:
        """Return the words of the present choices."""
        chosen = self.text.split("\n")
        words = ", ".join(words for value, words in self.choices if value in chosen)
        return Text(fit(words or "–", max(1, self.content_size.width - 2)) + " ▾", no_wrap=True)

    def action_step(self, by: int) -> None:
        """Open the list: there is no next one."""
        self.action_open()


Editor = TextField | YesNoField | ChoiceField
