"""What the flows of the checkout share: the till, the typed line, asking for the basket to change."""

from protocol.identifiers import JobId, new_id
from protocol.language import _
from protocol.messages.base import Command, Refused
from protocol.messages.sales import Basket, BasketView, LineView
from protocol.money import parse_minor
from protocol.permissions import Permission
from protocol.receipt import Document
from terminal_app.checkout.till import Till
from terminal_app.place import Place


class FlowBase(Place[None]):
    """A screen with a till. A flow asks, waits for dialogs, and shows what came of it."""

    till: Till

    def typed_text(self) -> str:
        """Take what was typed; the line is empty after it."""
        raise NotImplementedError

    def line_or_say(self) -> LineView | None:
        """Return the chosen line, or say that there is none."""
        line = self.till.chosen
        if line is None or line.voided:
            self.say(_("Choose a line of the basket first (↑ ↓)."), "warning", bell=True)
            return None
        return line

    def basket_or_say(self) -> BasketView | None:
        """Return the basket, or say that it is empty."""
        basket = self.till.open_basket
        if basket is None:
            self.say(_("The basket is empty."), "warning", bell=True)
        return basket

    def quiet_or_say(self) -> bool:
        """Return whether no scan waits; money is only taken for a whole basket."""
        waiting = len(self.till.queue)
        if waiting:
            self.say(_("Scans are still waiting for the store server; one moment."), "warning", bell=True)
        return not waiting

    async def change(self, request: Command) -> Basket | None:
        """Change the basket, with an approval where one is needed; a refusal is shown."""
        answer = await self.till.in_turn(request)
        if isinstance(answer, Refused) and answer.code == "approval_needed" and answer.permission:
            from terminal_app.screens.approval import ApprovalDialog  # noqa: PLC0415  # rarely needed

            dialog = ApprovalDialog(Permission(answer.permission), answer.explanation)
            approval = await self.app.push_screen_wait(dialog)
            if approval is None:
                self.say(_("Not approved; nothing was changed."), "warning")
                return None
            answer = await self.shell.store.ask(request, Basket, approval=approval)
        if isinstance(answer, Refused):
            self.say(answer.explanation, "error", bell=True)
            return None
        self.till.take(answer)
        return answer

    def amount(self, text: str) -> int | None:
        """Return the typed amount in minor units, or None when it is none."""
        try:
            value = parse_minor(text, self.till.currency)
        except ValueError:
            return None
        return value if 0 <= value <= 10**11 else None

    def no_amount(self, text: str) -> str:
        """Return the sentence for a text that is no amount."""
        return _("“{text}” is no amount. Write it like 12.50.").format(text=text)

    async def print_slip(self, slip: Document, *, copy_mark: bool = False) -> None:
        """Hand a slip to the printer and say what became of it."""
        if self.till.devices is None:
            self.say(_("This lane has no printer."), "warning", bell=True)
            return
        answer = await self.till.devices.print(slip, JobId(new_id()), copy_mark=copy_mark)
        if isinstance(answer, Refused):
            self.say(answer.explanation, "error", bell=True)
        elif answer.job.words and answer.job.state.value not in ("waiting", "printing", "done"):
            self.say(f"{slip.title}: {answer.job.words}", "warning", bell=True)
        else:
            self.say(_("{title} goes to the printer.").format(title=slip.title), "good")

    async def open_drawer(self) -> None:
        """Open the drawer, once."""
        if self.till.devices is not None:
            answer = await self.till.devices.open_drawer(JobId(new_id()))
            if isinstance(answer, Refused):
                self.say(answer.explanation, "warning", bell=True)
