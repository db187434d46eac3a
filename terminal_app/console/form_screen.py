"""A form that fills the screen: saved by the server, and kept with all that was typed when it refuses."""

from collections.abc import Iterable, Mapping

from textual.widget import Widget

from protocol.language import _
from protocol.messages.base import Answer, Refused
from terminal_app.actions import bindings_for
from terminal_app.console.form_fields import Field, Value
from terminal_app.console.form_view import FormView, Heading
from terminal_app.console.frame import SubPage


class FormScreen(SubPage[Answer]):
    """A subclass gives parts, start values and what saves them."""

    PLACES = ("shell", "form")
    AUTO_FOCUS = "TextField, YesNoField, ChoiceField"
    BINDINGS = [*bindings_for("form")]

    def parts(self) -> list[Field | Heading | Widget]:
        """Return the fields."""
        raise NotImplementedError

    def start_values(self) -> Mapping[str, Value]:
        """Return what stands in them at the beginning."""
        raise NotImplementedError

    async def save(self, values: dict[str, Value]) -> Answer:
        """Have the server store the values."""
        raise NotImplementedError

    def body(self) -> Iterable[Widget]:
        """The form."""
        yield FormView(self.parts(), self.console.currency, self.console.zone)

    def on_mount(self) -> None:
        """Put in what is there."""
        self.query_one(FormView).fill(self.start_values())

    async def do_save(self) -> None:
        """Check what was typed, then have it stored."""
        form = self.query_one(FormView)
        values = form.read()
        if values is None:
            self.say(_("Look at the marked fields."), "error", bell=True)
            return
        answer = await self.save(values)
        if not isinstance(answer, Refused):
            self.dismiss(answer)
        elif answer.field and form.mark(answer.field, answer.explanation):
            self.say(_("Look at the marked fields."), "error", bell=True)
        else:
            self.refused(answer)
