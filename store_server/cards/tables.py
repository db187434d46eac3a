"""The only writer of cards; a card in use is in the members' search index."""

import sqlite3

from protocol.identifiers import CardId, MemberId
from protocol.messages.cards import CardChanged, CardEventView, CardKind, Cards, CardState, CardView
from store_server.cards.rules import STATE_AFTER
from store_server.database.unit_of_work import Work, read_time
from store_server.members.search_keys import card_keys
from store_server.members.tables import write_keys

IN_USE = ("active", "frozen")
LATEST = (
    "SELECT * FROM cards WHERE number = ? ORDER BY state IN ('active', 'frozen') DESC, card_id DESC LIMIT 1"
)
"""The card in use with a number; where there is none, the latest that bore it."""


def by_id(db: sqlite3.Connection, card_id: int) -> sqlite3.Row | None:
    """Return a card."""
    row: sqlite3.Row | None = db.execute("SELECT * FROM cards WHERE card_id = ?", (card_id,)).fetchone()
    return row


def by_number(db: sqlite3.Connection, number: str) -> sqlite3.Row | None:
    """Return the card in use with a number; where there is none, the latest that bore it."""
    row: sqlite3.Row | None = db.execute(LATEST, (number,)).fetchone()
    return row


def in_use(db: sqlite3.Connection, member_id: int) -> list[sqlite3.Row]:
    """Return the active and frozen cards of a member."""
    return db.execute(
        "SELECT * FROM cards WHERE member_id = ? AND state IN ('active', 'frozen') ORDER BY card_id",
        (member_id,),
    ).fetchall()


def all_rows(db: sqlite3.Connection, member_id: int) -> list[sqlite3.Row]:
    """Return every card of a member, past ones too."""
    return db.execute("SELECT * FROM cards WHERE member_id = ? ORDER BY card_id", (member_id,)).fetchall()


def issue(
    work: Work, member_id: int, kind: str, number: str, replaces: int | None = None, reason: str = ""
) -> CardId:
    """Give a card out."""
    made = work.db.execute(
        "INSERT INTO cards (member_id, card_kind, number, state, issued_at, replaces) "
        "VALUES (?, ?, ?, 'active', ?, ?)",
        (member_id, kind, number, work.at, replaces),
    )
    assert made.lastrowid is not None
    write_keys(work.db, member_id, 1, set(), card_keys(number))
    card_id = CardId(made.lastrowid)
    note(work, card_id, "issued", reason)
    return card_id


def act(work: Work, card: sqlite3.Row, action: str, reason: str) -> None:
    """Change the state of a card."""
    after = STATE_AFTER[action]
    work.db.execute("UPDATE cards SET state = ? WHERE card_id = ?", (after, card["card_id"]))
    before_keys = card_keys(card["number"]) if card["state"] in IN_USE else set()
    after_keys = card_keys(card["number"]) if after in IN_USE else set()
    write_keys(work.db, card["member_id"], 1, before_keys, after_keys)
    note(work, CardId(card["card_id"]), action, reason)


def move(work: Work, card: sqlite3.Row, member_id: int, reason: str) -> None:
    """Let a card name another member: hers who has the books now."""
    work.db.execute("UPDATE cards SET member_id = ? WHERE card_id = ?", (member_id, card["card_id"]))
    if card["state"] in IN_USE:
        write_keys(work.db, card["member_id"], 1, card_keys(card["number"]), set())
        write_keys(work.db, member_id, 1, set(), card_keys(card["number"]))
    note(work, CardId(card["card_id"]), "moved", reason)


def forget(work: Work, member_id: int) -> None:
    """Blank the numbers and reasons of a member's cards; none of them may be in use."""
    cards = "(SELECT card_id FROM cards WHERE member_id = ?)"
    work.db.execute(f"UPDATE card_events SET reason = '' WHERE card_id IN {cards}", (member_id,))  # noqa: S608  # a fixed piece
    work.db.execute(
        "UPDATE cards SET number = 'erased-' || card_id "
        "WHERE member_id = ? AND state NOT IN ('active', 'frozen')",
        (member_id,),
    )


def note(work: Work, card_id: CardId, action: str, reason: str) -> None:
    """Keep what happened to a card, and tell it."""
    operator = work.session.operator_id if work.session else None
    work.db.execute(
        "INSERT INTO card_events (card_id, at, action, reason, operator_id) VALUES (?,?,?,?,?)",
        (card_id, work.at, action, reason, operator),
    )
    row = by_id(work.db, card_id)
    assert row is not None
    work.record(
        CardChanged(
            card_id=card_id,
            member_id=MemberId(row["member_id"]),
            card_kind=CardKind(row["card_kind"]),
            state=CardState(row["state"]),
            action=action,
        )
    )


def view(row: sqlite3.Row) -> CardView:
    """Return a card as it is shown."""
    return CardView(
        card_id=CardId(row["card_id"]),
        member_id=MemberId(row["member_id"]),
        card_kind=CardKind(row["card_kind"]),
        number=row["number"],
        state=CardState(row["state"]),
        issued_at=read_time(row["issued_at"]),
        replaces=row["replaces"],
    )


def all_of(db: sqlite3.Connection, member_id: int) -> Cards:
    """Return the cards of a member and what happened to them, latest first."""
    cards = db.execute("SELECT * FROM cards WHERE member_id = ? ORDER BY card_id DESC", (member_id,))
    events = db.execute(
        "SELECT e.*, o.name FROM cards c JOIN card_events e USING (card_id) "
        "LEFT JOIN operators o USING (operator_id) WHERE c.member_id = ? ORDER BY e.event_id DESC",
        (member_id,),
    )
    return Cards(
        cards=tuple(view(row) for row in cards),
        history=tuple(
            CardEventView(
                at=read_time(row["at"]),
                card_id=CardId(row["card_id"]),
                action=row["action"],
                reason=row["reason"],
                operator=row["name"] or "",
            )
            for row in events
        ),
    )
