"""`guitai terminal`: run the cashier's terminal of a lane."""

from pathlib import Path

import click

from guitai.places import Places
from guitai.screens import screen_settings
from protocol.language import N_
from terminal_app.app import run_terminal


@click.command(
    help=N_(
        "Run the cashier's terminal of a lane in this window (80 × 24 is enough).\n\n"
        "Its settings are in HOME/lanes/LANE/terminal.toml, moved keys in HOME/lanes/LANE/keymap.toml."
    )
)
@click.option("--lane", default="1", show_default=True, help=N_("The lane."))
@click.option("--server", help=N_("The store server's request endpoint, when it is on another machine."))
@click.option(
    "--facts", help=N_("The store server's endpoint for facts; the port after --server's if not given.")
)
@click.option("--name", help=N_("The name under which this terminal was paired."))
@click.option("--settings", type=click.Path(path_type=Path, exists=True), help=N_("Another settings file."))
@click.pass_obj
def command(
    places: Places, lane: str, server: str | None, facts: str | None, name: str | None, settings: Path | None
) -> None:
    """Run the terminal."""
    ending = run_terminal(screen_settings(places, lane, name or f"lane-{lane}", server, facts, settings))
    if ending:
        raise click.ClickException(ending)
