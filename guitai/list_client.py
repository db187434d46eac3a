"""What imports and exports from the shell need: answers with refusals as values, and a progress bar."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import click

from protocol.language import _
from protocol.messages.base import Answer, Refused, Request
from protocol.sockets.request_client import NoAnswer, RequestClient
from terminal_app.console.list_transfer import STAGE_WORDS, Progress, Stage

A = TypeVar("A", bound=Answer)


class ListClient:
    """Asks the store server; one that is away is a refusal too."""

    def __init__(self, client: RequestClient) -> None:
        self._client = client

    async def ask(self, request: Request, expected: type[A], /) -> A | Refused:
        """Return the answer."""
        try:
            answer = await self._client.ask(request, timeout_s=60)
        except NoAnswer as error:
            return Refused(code="no_answer", explanation=str(error))
        if isinstance(answer, (expected, Refused)):
            return answer
        return Refused(code="no_answer", explanation=_("The server answered something else."))


@contextmanager
def show_progress() -> Iterator[Callable[[Progress], None]]:
    """Draw a bar on standard error for each stage."""
    stage: Stage | None = None

    def show(progress: Progress) -> None:
        nonlocal stage
        if progress.stage is not stage and stage is not None:
            click.echo(err=True)
        stage = progress.stage
        filled = min(30, progress.fraction_ppm * 30 // 1_000_000)
        bar = "█" * filled + "·" * (30 - filled)
        click.echo(f"\r{_(STAGE_WORDS[stage])} {bar} {progress.rows:,} ", err=True, nl=False)

    try:
        yield show
    finally:
        if stage is not None:
            click.echo(err=True)
