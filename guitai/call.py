"""`guitai call`: send any message as JSON and print the answer."""

import asyncio
import json
import sys
from contextlib import nullcontext

import click
from pydantic import ValidationError

from guitai.asking import ask, connected, device_target, signed_on, store_target
from guitai.places import Places
from protocol.language import N_, _
from protocol.messages.base import Request
from protocol.registry import WIRE_NAMES, requests


def _list_messages() -> None:
    for name, request in sorted(requests().items()):
        first = (request.__doc__ or "").strip().split("\n")[0]
        click.echo(f"{name:34} {request.kind:8} {first}")


def _read(name: str, body: str) -> Request:
    known = requests()
    if name not in known:
        text = _("There is no message {name}. `guitai call --list` shows all.").format(name=name)
        raise click.ClickException(text)
    try:
        return known[name].model_validate_json(sys.stdin.read() if body == "-" else body)
    except ValidationError as error:
        lines = [
            f"  {'.'.join(str(part) for part in each['loc']) or name}: {each['msg']}"
            for each in error.errors()
        ]
        text = _("{name} does not take this:").format(name=name)
        raise click.ClickException("\n".join([text, *lines])) from error


@click.command(
    help=N_(
        "Send the message NAME with the fields in BODY (JSON; - reads standard input) and print the answer "
        "as JSON.\n\n"
        "Examples:\n\n"
        "  guitai call presence.Hello\n\n"
        '  guitai call catalogue.FindProducts \'{"text": "可乐"}\' --operator 9\n\n'
        "  guitai call devices.ListDevices --lane 1\n\n"
        "With --operator it signs on first; the PIN is asked for, or read from GUITAI_PIN. "
        "A refusal ends with 1. docs/protocol.md describes every message."
    )
)
@click.argument("name", required=False)
@click.argument("body", default="{}")
@click.option("--operator", help=N_("Sign on as this operator (its code)."))
@click.option("--lane", default="1", show_default=True, help=N_("The lane whose devices are asked."))
@click.option("--server", help=N_("The store server's endpoint, when it is on another machine."))
@click.option("--timeout", "timeout_s", default=60.0, show_default=True, help=N_("Seconds to wait."))
@click.option("--list", "list_all", is_flag=True, help=N_("List all messages."))
@click.pass_obj
def command(
    places: Places,
    name: str | None,
    body: str,
    operator: str | None,
    lane: str,
    server: str | None,
    timeout_s: float,
    list_all: bool,
) -> None:
    """Call."""
    if list_all or name is None:
        _list_messages()
        return
    request = _read(name, body)
    to_devices = name.startswith("devices.")
    target = device_target(places, lane) if to_devices else store_target(places, server)

    async def call() -> None:
        async with (
            connected(target, "call") as client,
            signed_on(client, operator) if operator else nullcontext(),
        ):
            answer = await ask(client, request, timeout_s)
        shown = {"name": WIRE_NAMES[type(answer)], "body": answer.model_dump(mode="json")}
        click.echo(json.dumps(shown, ensure_ascii=False, indent=2))

    asyncio.run(call())
