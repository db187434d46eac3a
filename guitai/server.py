"""`guitai server`: run the store server."""

import asyncio
import sqlite3
from importlib.metadata import version

import click

from guitai.logs import log_to
from guitai.places import Places
from protocol.language import N_, _
from protocol.sockets.endpoints import EndpointError
from protocol.sockets.keys import KeyFileError
from store_server.database.migrations import NewerDatabase
from store_server.server import AlreadyRunning, run
from store_server.server_settings import BadServerSettings, load_server_settings


@click.command(
    help=N_(
        "Run the store server until it is stopped (Ctrl+C or SIGTERM).\n\n"
        "It keeps the books in HOME/store/store.db and answers the terminals. Where it listens for other "
        "machines "
        "is said in HOME/store/store.toml; docs/install-hardware.md shows one."
    )
)
@click.option("--verbose", is_flag=True, help=N_("Log every step."))
@click.pass_obj
def command(places: Places, verbose: bool) -> None:
    """Serve."""
    if not places.books.exists():
        text = _("There is no store in {folder} yet. Make one with: guitai --home {home} create")
        raise click.ClickException(text.format(folder=places.store, home=places.home))
    try:
        log_to(places.store / "server.log", verbose)
        settings = load_server_settings(places.store)
        asyncio.run(run(settings, version("guitai"), lambda: click.echo(_("The store server is ready."))))
    except NewerDatabase as error:
        text = _(
            "{path} was made by a newer version of Guitai (it has {what}). Start that version, or restore "
            "a backup from before the upgrade."
        )
        raise click.ClickException(text.format(path=places.books, what=error)) from error
    except (AlreadyRunning, BadServerSettings, EndpointError, KeyFileError) as error:
        raise click.ClickException(str(error)) from error
    except sqlite3.DatabaseError as error:
        text = _(
            "{path} cannot be opened as a store's database: {reason}. "
            "Restore the latest backup with: guitai restore"
        )
        raise click.ClickException(text.format(path=places.books, reason=error)) from error
    except OSError as error:
        text = _("The store server cannot run in {folder}: {reason}")
        raise click.ClickException(
            text.format(folder=places.store, reason=error.strerror or error)
        ) from error
