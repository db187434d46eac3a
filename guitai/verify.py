"""`guitai verify`: prove that the books are right."""

import json
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import click

from guitai.places import Places
from protocol.language import N_, _
from store_server.database.connection import open_reading
from store_server.store.verification import verify_books


@click.command(
    help=N_(
        "Check the journal's chain, every posting, every balance, every finished sale, and the stock.\n\n"
        "Reads the books without changing them, while the shop is open too. Ends with 0 when all is right, "
        "1 when something is wrong. BOOKS: another file, such as a backup."
    )
)
@click.argument("books", required=False, type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option("--json", "as_json", is_flag=True, help=N_("Print the result as JSON."))
@click.pass_obj
def command(places: Places, books: Path | None, as_json: bool) -> None:
    """Verify."""
    path = books or places.books
    if not path.exists():
        raise click.ClickException(_("There are no books at {path}.").format(path=path))
    try:
        with closing(open_reading(path)) as db:
            result = verify_books(db)
    except sqlite3.DatabaseError as error:
        text = _("{path} cannot be read as a store's database: {reason}").format(path=path, reason=error)
        raise click.ClickException(text) from error
    if as_json:
        click.echo(json.dumps(result.model_dump(mode="json"), ensure_ascii=False))
    else:
        text = _("{journal} journal rows, {postings} postings, {sales} sales read.")
        click.echo(
            text.format(journal=result.journal_rows, postings=result.ledger_postings, sales=result.sales)
        )
        for finding in result.findings:
            click.echo(f"✗ {finding.where}: {finding.explanation}")
        click.echo(
            _("✓ Everything is right.")
            if not result.findings
            else _("✗ {count} things are wrong. Keep this file and call support.").format(
                count=len(result.findings)
            )
        )
    sys.exit(1 if result.findings else 0)
