"""A connection from the shell to a store server or device daemon, with a sign-on where one is needed."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import click

from guitai.places import Places
from protocol.identifiers import TerminalName
from protocol.language import _, current_language
from protocol.messages.base import Answer, Refused, Request
from protocol.messages.operators import SignedOn, SignOff, SignOn
from protocol.sockets.keys import load_client_keys
from protocol.sockets.request_client import NoAnswer, RequestClient

PIN_VARIABLE = "GUITAI_PIN"


@dataclass(frozen=True, slots=True)
class Target:
    """Whom to ask."""

    endpoint: str
    own_key: Path | None = None
    server_key: Path | None = None


def store_target(places: Places, server: str | None) -> Target:
    """Return the store server named, or the one of this machine."""
    if server is None:
        return Target(places.store_requests)
    keys = places.home / "keys"
    if server.startswith("tcp:"):
        return Target(server, keys / "own.json", keys / "server.json")
    return Target(server)


def device_target(places: Places, lane: str) -> Target:
    """Return the lane's device daemon."""
    return Target(places.device_requests(lane))


@asynccontextmanager
async def connected(target: Target, name: str) -> AsyncIterator[RequestClient]:
    """Connect for the time of the block."""
    keys = (
        load_client_keys(target.own_key, target.server_key) if target.own_key and target.server_key else None
    )
    client = RequestClient(target.endpoint, sender=TerminalName(f"{name}-{os.getpid()}"), keys=keys)
    client.language = current_language()
    async with client:
        yield client


async def ask(client: RequestClient, request: Request, timeout_s: float = 5.0) -> Answer:
    """Return the answer, or end the command with the reason in words."""
    try:
        answer = await client.ask(request, timeout_s=timeout_s)
    except NoAnswer as error:
        text = _("Nobody answers at {endpoint}. Is the program running? `guitai doctor` tells more.")
        raise click.ClickException(text.format(endpoint=client.endpoint)) from error
    if isinstance(answer, Refused):
        raise click.ClickException(answer.explanation)
    return answer


@asynccontextmanager
async def signed_on(client: RequestClient, operator: str, pin: str | None = None) -> AsyncIterator[SignedOn]:
    """Sign the operator on for the time of the block; the PIN is asked for, or in GUITAI_PIN."""
    pin = pin or os.environ.get(PIN_VARIABLE) or click.prompt(_("PIN"), hide_input=True, err=True)
    answer = await ask(client, SignOn(code=operator, pin=pin))
    assert isinstance(answer, SignedOn)
    client.session = answer.session
    try:
        yield answer
    finally:
        await ask(client, SignOff())
        client.session = None
