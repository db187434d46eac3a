"""A progress dialog for work that is done piece by piece: what was done stays when one stops it."""

from protocol.language import N_, _
from terminal_app.console.list_transfer import Progress, Stage
from terminal_app.console.progress_dialog import ProgressDialog, T, Work, bar


class PiecesDialog(ProgressDialog[T]):
    """Does the work and gives its result; Esc stops it after the piece that is under way."""

    KEY_WORDS = N_("Esc: stop; what is done stays done")

    def __init__(self, title: str, work: Work[T], total: int) -> None:
        """`title` in the language of the screen; `total`: how much there is to do."""
        super().__init__(title, work)
        self._total = total

    def _words(self) -> str:
        done = self._progress.rows if self._progress else 0
        ppm = done * 1_000_000 // max(1, self._total)
        return f"{bar(ppm, 50)}\n" + _("{done} of {total}").format(done=done, total=self._total)


def piece_done(done: int) -> Progress:
    """Return the progress of so many."""
    return Progress(Stage.APPLYING, done, 0)
