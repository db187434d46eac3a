"""`guitai backup`: copy the books while the shop is open."""

from datetime import datetime
from pathlib import Path

import click

from guitai.places import Places
from protocol.language import N_, _
from store_server.store.backups import BackupFailed, copy_books


@click.command(
    help=N_(
        "Copy the books with SQLite's online backup and check the copy. Selling goes on meanwhile.\n\n"
        "TARGET: the new file; without it, HOME/store/backups/store-DATE-TIME.db. "
        "Put it on another disk, and once a month try `guitai restore` with it."
    )
)
@click.argument("target", required=False, type=click.Path(path_type=Path))
@click.pass_obj
def command(places: Places, target: Path | None) -> None:
    """Back up."""
    if not places.books.exists():
        raise click.ClickException(_("There are no books at {path}.").format(path=places.books))
    if target is None:
        name = f"store-{datetime.now().astimezone():%Y%m%d-%H%M%S}.db"
        target = places.store / "backups" / name
    elif target.is_dir():
        target = target / f"store-{datetime.now().astimezone():%Y%m%d-%H%M%S}.db"
    try:
        with click.progressbar(length=1, label=_("Copying the books")) as bar:

            def progress(done: int, total: int) -> None:
                bar.length = total
                bar.update(done - bar.pos)

            result = copy_books(places.books, target, progress)
    except BackupFailed as error:
        raise click.ClickException(_("The backup was not made: {reason}").format(reason=error)) from error
    text = _("{path}: {size} bytes, checked, journal up to row {seq}.")
    click.echo(text.format(path=result.path, size=f"{result.size_bytes:,}", seq=result.journal_seq))
