"""The only place where the store server's parts are put together: rooms, migrations, dispatcher."""

import secrets
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType

from sqlite_utils.migrations import Migrations

from protocol.identifiers import new_id
from protocol.messages.base import Answer, Fact, Request
from protocol.permissions import ROLES
from store_server.cards import commands as cards
from store_server.cards import migrations as cards_migrations
from store_server.catalogue import commands as catalogue
from store_server.catalogue import migrations as catalogue_migrations
from store_server.coupons import commands as coupons
from store_server.coupons import migrations as coupons_migrations
from store_server.daily import migrations as daily_migrations
from store_server.database import kernel_migrations
from store_server.database.connection import open_writing
from store_server.database.migrations import migrate
from store_server.dispatcher import Books, Dispatcher, Handler, Reaction, Remembered
from store_server.imports import commands as imports
from store_server.imports import migrations as imports_migrations
from store_server.journal import migrations as journal_migrations
from store_server.ledger import migrations as ledger_migrations
from store_server.members import commands as members
from store_server.members import migrations as members_migrations
from store_server.offers import commands as offers
from store_server.offers import migrations as offers_migrations
from store_server.operators import commands as operators
from store_server.operators import migrations as operators_migrations
from store_server.operators.tables import save_role
from store_server.points import commands as points
from store_server.points import migrations as points_migrations
from store_server.profiles import commands as profiles
from store_server.quotations import commands as quotations
from store_server.quotations import migrations as quotations_migrations
from store_server.receipts import commands as receipts
from store_server.receipts import migrations as receipts_migrations
from store_server.refunds import commands as refunds
from store_server.refunds import migrations as refunds_migrations
from store_server.sales import commands as sales
from store_server.sales import migrations as sales_migrations
from store_server.shifts import commands as shifts
from store_server.shifts import migrations as shifts_migrations
from store_server.stock import commands as stock
from store_server.stock import migrations as stock_migrations
from store_server.store import commands as store
from store_server.store import migrations as store_migrations
from store_server.trials import commands as trials

MIGRATIONS: tuple[Migrations, ...] = (
    kernel_migrations.migrations,
    journal_migrations.migrations,
    ledger_migrations.migrations,
    operators_migrations.migrations,
    catalogue_migrations.migrations,
    members_migrations.migrations,
    cards_migrations.migrations,
    stock_migrations.migrations,
    shifts_migrations.migrations,
    points_migrations.migrations,
    offers_migrations.migrations,
    coupons_migrations.migrations,
    sales_migrations.migrations,
    receipts_migrations.migrations,
    refunds_migrations.migrations,
    quotations_migrations.migrations,
    imports_migrations.migrations,
    store_migrations.migrations,
    daily_migrations.migrations,
)
"""In the order of the rooms: a room's tables may refer to those before it."""

ROOMS: tuple[ModuleType, ...] = (
    operators,
    catalogue,
    members,
    cards,
    stock,
    shifts,
    points,
    offers,
    coupons,
    sales,
    refunds,
    quotations,
    profiles,
    receipts,
    imports,
    store,
    trials,
)
"""Each room's `commands` module has HANDLERS; one whose answers are views of rows has REMEMBERED too,
one that follows what rooms below it record has REACTIONS."""


def handlers() -> dict[type[Request], Handler]:
    """Return the function of every request that the rooms answer."""
    table: dict[type[Request], Handler] = {}
    for room in ROOMS:
        for request, function in room.HANDLERS.items():
            assert request not in table, f"two rooms answer {request.__name__}"
            table[request] = function
    return table


def remembered() -> dict[type[Answer], Remembered]:
    """Return the answers that are remembered by the key of their rows."""
    table: dict[type[Answer], Remembered] = {}
    for room in ROOMS:
        table.update(getattr(room, "REMEMBERED", {}))
    return table


def reactions() -> dict[type[Fact], list[Reaction]]:
    """Return what the rooms do when a room below them has recorded a fact."""
    table: dict[type[Fact], list[Reaction]] = {}
    for room in ROOMS:
        for fact, function in getattr(room, "REACTIONS", {}).items():
            table.setdefault(fact, []).append(function)
    return table


def utc_now() -> datetime:
    """Return the present time, UTC, aware."""
    return datetime.now(UTC)


def new_secret() -> str:
    """Return 256 random bits as text."""
    return secrets.token_urlsafe(32)


def make_dispatcher(
    clock: Callable[[], datetime] = utc_now,
    id_source: Callable[[], str] = new_id,
    secret_source: Callable[[], str] = new_secret,
) -> Dispatcher:
    """Return a dispatcher over all rooms."""
    return Dispatcher(handlers(), remembered(), clock, id_source, secret_source, reactions())


def _give_first_roles(db: sqlite3.Connection) -> None:
    if db.execute("SELECT 1 FROM roles").fetchone() is None:
        db.execute("BEGIN IMMEDIATE")
        for role, permissions in ROLES.items():
            save_role(db, role, sorted(permissions))
        db.execute("COMMIT")


def open_books(path: Path | str, *, training: bool = False) -> Books:
    """Open a store's database, bring it to the present schema, and return its books.

    Raises NewerDatabase when a newer version of the program made it; sqlite3.DatabaseError when it is none.
    """
    db = open_writing(path)
    try:
        migrate(db, MIGRATIONS)
        _give_first_roles(db)
        return Books.of(db, training=training)
    except BaseException:
        db.close()
        raise
