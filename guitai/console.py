"""`guitai console`: run the back-room console."""

import os

import click

from guitai.places import Places
from guitai.screens import screen_settings
from protocol.language import N_
from terminal_app.console.app import run_console


@click.command(
    help=N_(
        "Run the back-room console in this window: goods, imports and exports, operators, the day, devices, "
        "settings."
    )
)
@click.option("--server", help=N_("The store server's request endpoint, when it is on another machine."))
@click.option(
    "--facts", help=N_("The store server's endpoint for facts; the port after --server's if not given.")
)
@click.option("--name", help=N_("The name under which this console was paired."))
@click.pass_obj
def command(places: Places, server: str | None, facts: str | None, name: str | None) -> None:
    """Run the console."""
    run_console(screen_settings(places, "", name or f"console-{os.getpid()}", server, facts, None))
