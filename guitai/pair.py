"""`guitai pair`: make this machine's key known to a store server."""

import asyncio

import click

from guitai.places import Places
from protocol.identifiers import TerminalName
from protocol.language import N_, _
from protocol.sockets.endpoints import EndpointError
from protocol.sockets.keys import KeyFileError, load_or_create_key_pair, save_server_key
from protocol.sockets.pairing import NotPairedError, pair


@click.command(
    help=N_(
        "Pair this machine with a store server on another one.\n\n"
        "ENDPOINT: the server's pairing endpoint, such as tcp://192.168.1.5:7443. The one-time code comes "
        "from the "
        "console (Settings, Terminals) or from\n\n"
        '  guitai call store.CreatePairingCode \'{"terminal": "lane-2"}\' --operator 9\n\n'
        "on the server's machine. NAME: what this terminal is called in the store, such as lane-2."
    )
)
@click.argument("endpoint")
@click.argument("name")
@click.option("--code", prompt=True, help=N_("The one-time code; asked for when not given."))
@click.pass_obj
def command(places: Places, endpoint: str, name: str, code: str) -> None:
    """Pair."""
    keys = places.home / "keys"
    try:
        own = load_or_create_key_pair(keys / "own.json")
        learned = asyncio.run(pair(endpoint, code, TerminalName(name), own))
        save_server_key(keys / "server.json", learned.server_public)
    except (ValueError, NotPairedError, EndpointError, KeyFileError) as error:
        raise click.ClickException(_("Not paired: {reason}").format(reason=error)) from error
    text = _("Paired as {name}. Start it with: guitai terminal --server tcp://HOST:7441 --name {name}")
    click.echo(text.format(name=name))
