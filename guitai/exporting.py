"""`guitai export`: write a list to a CSV or Excel file."""

import asyncio
from pathlib import Path

import click

from guitai.asking import connected, signed_on, store_target
from guitai.list_client import ListClient, show_progress
from guitai.places import Places
from protocol.language import N_, _
from terminal_app.console.list_transfer import Stopped, run_export
from terminal_app.console.spreadsheet_files import CannotWrite


@click.command(
    help=N_(
        "Write a list of the store to FILE; its ending chooses the form: .csv or .xlsx.\n\n"
        "What was exported can be imported again as it is."
    )
)
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--list", "list_name", default="products", show_default=True, help=N_("The list."))
@click.option(
    "--operator", required=True, help=N_("Sign on as this operator (its code); PIN asked, or GUITAI_PIN.")
)
@click.option("--server", help=N_("The store server's endpoint, when it is on another machine."))
@click.pass_obj
def command(places: Places, file: Path, list_name: str, operator: str, server: str | None) -> None:
    """Export."""

    async def export() -> int:
        async with connected(store_target(places, server), "export") as client, signed_on(client, operator):
            with show_progress() as progress:
                return await run_export(ListClient(client), file, list_name, progress, lambda: False)

    try:
        rows = asyncio.run(export())
    except (Stopped, CannotWrite) as error:
        raise click.ClickException(str(error)) from error
    click.echo(_("{path}: {rows} rows.").format(path=file, rows=rows))
