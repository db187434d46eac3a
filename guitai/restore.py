"""`guitai restore`: put a backup in the place of the books."""

from pathlib import Path

import click

from guitai.places import Places
from protocol.language import N_, _
from store_server.server import AlreadyRunning, books_locked
from store_server.server_settings import load_server_settings
from store_server.store.backups import BackupFailed, restore_books


@click.command(
    help=N_(
        "Put BACKUP in the place of the books. The store server must be stopped.\n\n"
        "The backup is checked first. The books that were there are put aside, never deleted. What was sold "
        "after the backup is not in it."
    )
)
@click.argument("backup", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option("--yes", is_flag=True, help=N_("Do not ask."))
@click.pass_obj
def command(places: Places, backup: Path, yes: bool) -> None:
    """Restore."""
    if not yes:
        text = _("Put {backup} in the place of {books}? What was sold since is not in it.")
        click.confirm(text.format(backup=backup, books=places.books), abort=True)
    places.store.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        with books_locked(load_server_settings(places.store)):
            aside = restore_books(backup, places.books)
    except (AlreadyRunning, BackupFailed) as error:
        raise click.ClickException(_("Nothing was restored: {reason}").format(reason=error)) from error
    click.echo(_("The books are restored at {path}.").format(path=places.books))
    if aside is not None:
        click.echo(_("What was there before is kept at {path}.").format(path=aside))
    click.echo(_("Now run: guitai verify"))
