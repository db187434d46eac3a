"""What a cashier does with the terminal itself: training, PIN, print jobs, device bench."""

from protocol.language import N_, _
from protocol.messages.base import Done
from protocol.messages.operators import ChangeOwnPin
from protocol.messages.store import BeginTraining
from terminal_app.checkout.flow_base import FlowBase
from terminal_app.place import Place
from terminal_app.screens.form import Asked, Form, Values, Wrong
from terminal_app.screens.question import Question


class BenchFlow(Place[None]):
    """The place `lane`: the devices of the lane, signed on or not."""

    async def do_jobs(self) -> None:
        """See the print jobs."""
        if self.shell.devices is None:
            self.say(_("This lane has no devices."), "warning", bell=True)
            return
        from terminal_app.checkout.jobs import JobList  # noqa: PLC0415  # start quickly

        await self.app.push_screen_wait(JobList(self.shell.devices))

    async def do_bench(self) -> None:
        """See and use the simulated devices."""
        if self.shell.devices is None:
            self.say(_("This lane has no devices."), "warning", bell=True)
            return
        from terminal_app.checkout.bench import BenchScreen  # noqa: PLC0415  # start quickly

        await self.app.push_screen_wait(BenchScreen(self.shell.devices))


class TerminalFlows(BenchFlow, FlowBase):
    """The group “Terminal” of the registry."""

    async def do_training(self) -> None:
        """Begin or end practising. Never with a basket: it would seem to vanish."""
        if self.till.open_basket is not None or self.till.queue:
            self.say(_("Finish, park or cancel the basket first."), "warning", bell=True)
            return
        store = self.till.store
        if store.training:
            store.training = False
            self.say(_("Training has ended. Everything counts again."), "good")
        else:
            words = _("Practise with a copy of the shop. Nothing that you do there counts.")
            if not await self.app.push_screen_wait(Question(N_("Training"), lambda: words)):
                return
            if await self.shell.carry_out(BeginTraining(), Done) is None:
                return
            store.training = True
            self.say(_("Training: nothing counts until you end it with the same key."), "warning")
        self.till.basket = self.till.done = self.till.last = None
        await self.till.ask_everything()

    async def do_change_pin(self) -> None:
        """Set a new PIN for oneself."""

        def check(values: Values) -> Wrong | None:
            if not all(values):
                return Wrong(values.index(""), _("Fill in all three."))
            return None if values[1] == values[2] else Wrong(2, _("The two new PINs differ."))

        asked = [
            Asked(N_("Present PIN"), secret=True),
            Asked(N_("New PIN"), secret=True),
            Asked(N_("New PIN again"), secret=True),
        ]
        values = await self.app.push_screen_wait(Form(N_("Change PIN"), asked, check))
        if values and await self.shell.carry_out(ChangeOwnPin(old_pin=values[0], new_pin=values[1]), Done):
            self.say(_("Your PIN is changed."), "good")
