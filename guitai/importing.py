"""`guitai import`: import a list from a CSV or Excel file, all rows or none."""

import asyncio
import sys
from pathlib import Path

import click

from guitai.asking import connected, signed_on, store_target
from guitai.list_client import ListClient, show_progress
from guitai.places import Places
from protocol.language import N_, _, ngettext
from protocol.messages.imports import ImportView
from terminal_app.console.list_transfer import (
    Stopped,
    apply_import,
    cancel_import,
    list_details,
    list_errors,
    run_import,
)
from terminal_app.console.spreadsheets import Unreadable

SHOWN = 20


@click.command(
    help=N_(
        "Import FILE (CSV or Excel) into a list of the store: goods, unless --list names another.\n\n"
        "First every row is checked and what would change is shown; then all rows are applied, or none. "
        "With rows that are wrong, nothing is applied and each is listed with what to do.\n\n"
        "Example: guitai import goods.xlsx --operator 9"
    )
)
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--list", "list_name", default="products", show_default=True, help=N_("The list."))
@click.option(
    "--operator", required=True, help=N_("Sign on as this operator (its code); PIN asked, or GUITAI_PIN.")
)
@click.option("--server", help=N_("The store server's endpoint, when it is on another machine."))
@click.option("--yes", is_flag=True, help=N_("Do not ask before applying."))
@click.pass_obj
def command(places: Places, file: Path, list_name: str, operator: str, server: str | None, yes: bool) -> None:
    """Import."""
    try:
        asyncio.run(_import(places, file, list_name, operator, server, yes))
    except (Stopped, Unreadable) as error:
        raise click.ClickException(str(error)) from error


async def _import(
    places: Places, file: Path, list_name: str, operator: str, server: str | None, yes: bool
) -> None:
    async with connected(store_target(places, server), "import") as client, signed_on(client, operator):
        asking = ListClient(client)
        with show_progress() as progress:
            view = await run_import(asking, file, list_name, progress, lambda: False)
        try:
            await _show(asking, view)
            if view.errors:
                sys.exit(1)
            if not yes:
                click.confirm(_("Apply?"), abort=True)
        except BaseException:
            await cancel_import(asking, view.import_id)
            raise
        with show_progress() as progress:
            await apply_import(asking, view.import_id, progress, lambda: False)
        click.echo(_("Applied."))


async def _show(asking: ListClient, view: ImportView) -> None:
    text = _("{rows} rows: {new} new, {changed} changed, {same} unchanged, {errors} wrong.")
    click.echo(
        text.format(rows=view.rows, new=view.new, changed=view.changed, same=view.same, errors=view.errors)
    )
    if view.unknown_columns:
        click.echo(
            _("Columns that the list does not have are not used: {columns}").format(
                columns=", ".join(view.unknown_columns)
            )
        )
    if view.errors:
        for error in await list_errors(asking, view.import_id, 1000):
            click.echo(
                _("row {row}, {column}: {explanation}").format(
                    row=error.row, column=error.column, explanation=error.explanation
                )
            )
        click.echo(_("Nothing was changed. Mend these rows and import the file again."))
        return
    for change in (await list_details(asking, view.import_id, 0, SHOWN)).changes:
        click.echo(f"  {change.row:>6} {change.change:8} {change.key}  {change.details}")
    if view.rows > SHOWN:
        click.echo(
            "  "
            + ngettext("… and {count} more row", "… and {count} more rows", view.rows - SHOWN).format(
                count=view.rows - SHOWN
            )
        )
