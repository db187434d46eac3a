"""The tables of cards: every issue of every card, and all that happened to it."""

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

from store_server.database.migrations import run_script

migrations = Migrations("cards")


@migrations()
def m001_cards(db: Database) -> None:
    """Cards and their events; only cards in use are unique.

    The reason of an event may be blanked, never rewritten: a member may wish to be forgotten.
    """
    run_script(
        db,
        """
CREATE TABLE cards (
    card_id INTEGER PRIMARY KEY,
    member_id INTEGER NOT NULL REFERENCES members,
    card_kind TEXT NOT NULL CHECK (card_kind IN ('contactless', 'magstripe', 'em', 'barcode', 'qr')),
    number TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('active', 'frozen', 'lost', 'replaced', 'returned')),
    issued_at TEXT NOT NULL,
    replaces INTEGER REFERENCES cards (card_id)
) STRICT
;;
CREATE UNIQUE INDEX cards_in_use ON cards (number) WHERE state IN ('active', 'frozen')
;;
CREATE INDEX cards_by_number ON cards (number, card_id)
;;
CREATE INDEX cards_by_member ON cards (member_id, card_id)
;;
CREATE TRIGGER cards_are_not_removed BEFORE DELETE ON cards
BEGIN SELECT RAISE(ABORT, 'cards stay in the history'); END
;;
CREATE TABLE card_events (
    event_id INTEGER PRIMARY KEY,
    card_id INTEGER NOT NULL REFERENCES cards,
    at TEXT NOT NULL,
    action TEXT NOT NULL CHECK (
        action IN ('issued', 'lost', 'found', 'frozen', 'unfrozen', 'replaced', 'returned', 'moved')
    ),
    reason TEXT NOT NULL,
    operator_id INTEGER REFERENCES operators
) STRICT
;;
CREATE INDEX card_events_by_card ON card_events (card_id)
;;
CREATE TRIGGER card_events_do_not_change BEFORE UPDATE ON card_events
WHEN NEW.reason <> '' OR (NEW.card_id, NEW.at, NEW.action) IS NOT (OLD.card_id, OLD.at, OLD.action)
BEGIN SELECT RAISE(ABORT, 'what happened to a card never changes'); END
;;
CREATE TRIGGER card_events_are_not_removed BEFORE DELETE ON card_events
BEGIN SELECT RAISE(ABORT, 'what happened to a card is never forgotten'); END
""",
    )
