"""The print jobs of the lane in words: what waits and why, print again, drop."""

from collections.abc import Iterable

from textual.binding import Binding
from textual.widget import Widget

from protocol.identifiers import JobId
from protocol.language import N_, _
from protocol.messages.base import Refused
from protocol.messages.devices import DropJob, Job, Jobs, JobView, ListJobs, RetryJob
from terminal_app.device_client import DeviceClient
from terminal_app.place import Dialog
from terminal_app.widgets.cells import fit
from terminal_app.widgets.choice_list import ChoiceList
from terminal_app.widgets.line_board import Piece


class JobList(Dialog[None]):
    """The newest first."""

    TITLE_WORDS = N_("Print jobs")
    KEY_WORDS = N_("↑ ↓: choose   Enter: print it again   Del: drop it   Esc: back")
    CSS_PATH = "jobs.tcss"
    BINDINGS = [
        Binding("up", "move(-1)", show=False, priority=True),
        Binding("down", "move(1)", show=False, priority=True),
        Binding("delete", "drop", show=False, priority=True),
    ]

    def __init__(self, devices: DeviceClient) -> None:
        """Ask this daemon."""
        super().__init__()
        self._devices = devices

    def body(self) -> Iterable[Widget]:
        """The list."""
        yield ChoiceList[JobView](self._draw, empty=lambda: _("Nothing was printed yet."), id="jobs")

    def on_mount(self) -> None:
        """Ask for the jobs."""
        self.run_worker(self.ask_again(), group="jobs")

    def jobs_changed(self) -> None:
        """A job changed: ask how."""
        self.run_worker(self.ask_again(), group="jobs")

    async def ask_again(self) -> None:
        """Show the jobs as they are now; also after one of them changed."""
        answer = await self._devices.ask(ListJobs(limit=50), Jobs)
        if isinstance(answer, Refused):
            self.say(answer.explanation, "error", bell=True)
        elif self.is_mounted:
            board = self.query_one(ChoiceList)
            board.offer(tuple(reversed(answer.jobs)), board.picked or 0)

    def action_move(self, by: int) -> None:
        """Choose another one."""
        self.query_one(ChoiceList).move(by)

    async def accept(self) -> None:
        """Print the chosen one again."""
        await self._act(RetryJob, _("It goes to the printer."))

    async def action_drop(self) -> None:
        """Give the chosen one up."""
        await self._act(DropJob, _("The job is dropped."))

    async def _act(self, command: type[RetryJob] | type[DropJob], words: str) -> None:
        choice = self.query_one(ChoiceList).choice
        if not isinstance(choice, JobView):
            return
        answer = await self._devices.ask(command(job_id=JobId(choice.job_id)), Job)
        if isinstance(answer, Refused):
            self.say(answer.explanation, "error", bell=True)
        else:
            self.say(words, "good")
        await self.ask_again()

    def _draw(self, job: JobView, width: int) -> list[Piece]:
        when = job.accepted_at.astimezone(self.shell.store.zone).strftime("%H:%M")
        title = job.title + (" " + _("(copy)") if job.copied else "")
        room = (width - 6) // 2
        tone = "quiet" if job.state.value in ("done", "dropped") else "warning"
        return [
            (when + " ", "quiet"),
            (fit(title, room - 1) + " ", ""),
            (fit(job.words, width - 6 - room), tone),
        ]
