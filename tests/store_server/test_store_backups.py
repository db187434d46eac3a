"""Backups while the shop is open, and what a restore brings back."""

import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest

from protocol.identifiers import TerminalName
from protocol.messages.store import SettingChanged
from store_server.bootstrap import make_dispatcher, open_books
from store_server.database.connection import open_reading
from store_server.database.unit_of_work import Work
from store_server.dispatcher import Books
from store_server.store.backups import BackupFailed, copy_books, restore_books
from store_server.store.verification import verify_books

SHOP = TerminalName("shop")


@pytest.fixture
def store(tmp_path: Path) -> Path:
    path = tmp_path / "store.db"
    with closing(open_books(path).db):
        pass
    return path


def write_facts(books: Books, count: int) -> None:
    dispatcher = make_dispatcher()

    def record(work: Work) -> None:
        work.record(SettingChanged(setting="store_name", old="a", new="b" * 500))

    for _ in range(count):
        dispatcher.act(books, SHOP, record, durable=False)


def journal_rows(path: Path) -> int:
    with closing(open_reading(path)) as db:
        return int(db.execute("SELECT count(*) FROM journal").fetchone()[0])


def test_a_backup_holds_all_that_was_committed_and_its_books_are_right(store: Path, tmp_path: Path) -> None:
    books = open_books(store)
    with closing(books.db):
        write_facts(books, 30)
        result = copy_books(store, tmp_path / "backup.db")
        assert result.journal_seq == 30
        assert result.size_bytes == result.path.stat().st_size
    with closing(open_reading(result.path)) as db:
        assert verify_books(db).findings == ()


def test_a_backup_made_while_the_shop_writes_is_one_moment_of_the_books(store: Path, tmp_path: Path) -> None:
    books = open_books(store)
    with closing(books.db):
        write_facts(books, 3000)  # several steps of pages
        steps: list[tuple[int, int]] = []
        began = threading.Event()

        def step(done: int, total: int) -> None:
            steps.append((done, total))
            began.set()

        copier = threading.Thread(target=copy_books, args=(store, tmp_path / "backup.db", step))
        copier.start()
        began.wait(10)
        write_facts(books, 200)
        copier.join(30)
    with closing(open_reading(tmp_path / "backup.db")) as db:
        result = verify_books(db)
    assert result.findings == ()
    assert 3000 <= result.journal_rows <= 3200
    assert steps[-1][0] == steps[-1][1], "the last step says that all is done"


def test_a_backup_never_overwrites_a_file(store: Path, tmp_path: Path) -> None:
    target = tmp_path / "there.db"
    target.write_text("precious")
    with pytest.raises(BackupFailed, match=r"there\.db"):
        copy_books(store, target)
    assert target.read_text() == "precious"


def test_a_backup_that_fails_leaves_nothing_behind(tmp_path: Path) -> None:
    source = tmp_path / "broken.db"
    source.write_bytes(b"this is no database" * 500)
    with pytest.raises(BackupFailed):
        copy_books(source, tmp_path / "backup.db")
    assert [path.name for path in tmp_path.iterdir()] == ["broken.db"]


def test_a_restore_brings_the_backup_back_and_puts_the_present_books_aside(
    store: Path, tmp_path: Path
) -> None:
    books = open_books(store)
    with closing(books.db):
        write_facts(books, 5)
        copy_books(store, tmp_path / "backup.db")
        write_facts(books, 2)
    aside = restore_books(tmp_path / "backup.db", store)
    assert aside is not None
    assert (journal_rows(store), journal_rows(aside)) == (5, 7)
    reopened = open_books(store)
    with closing(reopened.db):
        write_facts(reopened, 1)
    assert journal_rows(store) == 6


def test_a_file_that_is_no_backup_restores_nothing(store: Path, tmp_path: Path) -> None:
    bad = tmp_path / "bad.db"
    bad.write_bytes(b"no database at all" * 1000)
    with pytest.raises(BackupFailed):
        restore_books(bad, store)
    assert journal_rows(store) == 0


@pytest.mark.parametrize("damaged", [b"", b"the disk has eaten it" * 1000])
def test_a_restore_replaces_books_that_no_program_can_open_any_more(
    store: Path, tmp_path: Path, damaged: bytes
) -> None:
    books = open_books(store)
    with closing(books.db):
        write_facts(books, 5)
        copy_books(store, tmp_path / "backup.db")
    store.write_bytes(damaged)
    aside = restore_books(tmp_path / "backup.db", store)
    assert aside is not None
    assert aside.read_bytes() == damaged
    assert journal_rows(store) == 5


def test_a_wal_without_its_books_is_not_played_into_the_restored_ones(store: Path, tmp_path: Path) -> None:
    books = open_books(store)
    with closing(books.db):
        write_facts(books, 5)
        copy_books(store, tmp_path / "backup.db")
        write_facts(books, 2)
        store.unlink()  # what a restore leaves that was cut off in the middle
        restore_books(tmp_path / "backup.db", store)
    assert journal_rows(store) == 5


@pytest.mark.parametrize("name", ["/", "a\0b", "x" * 300])
def test_a_place_that_cannot_be_is_refused_in_words(store: Path, tmp_path: Path, name: str) -> None:
    with pytest.raises(BackupFailed):
        copy_books(store, tmp_path / name)


@pytest.mark.parametrize(
    ("tamper", "where"),
    [
        ("UPDATE journal SET body = replace(body, 'b', 'c') WHERE seq = 2", "journal"),
        ("DELETE FROM journal WHERE seq = 2", "journal"),
        ("UPDATE ledger_accounts SET balance = balance + 1", "balance"),
        ("INSERT INTO ledger_postings SELECT 1, account_id, 5 FROM ledger_accounts LIMIT 1", "ledger"),
    ],
)
def test_the_check_finds_what_somebody_changed_behind_the_programs_back(
    store: Path, tamper: str, where: str
) -> None:
    books = open_books(store)
    with closing(books.db):
        write_facts(books, 3)
        books.db.execute(
            "INSERT INTO ledger_accounts (kind, owner, unit, balance) VALUES ('safe', '', 'CNY', 0)"
        )
        books.db.execute("INSERT INTO ledger_entries VALUES (1, '', 'test', '', NULL)")
    with closing(sqlite3.connect(store)) as db:
        for (trigger,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            db.execute(f"DROP TRIGGER {trigger}")
        db.execute(tamper)
        db.commit()
    with closing(open_reading(store)) as db:
        findings = verify_books(db).findings
    assert findings
    assert any(finding.where.startswith(where) for finding in findings)


def test_the_database_itself_refuses_to_change_what_is_in_the_books(store: Path) -> None:
    books = open_books(store)
    with closing(books.db):
        write_facts(books, 1)
        for statement in ("UPDATE journal SET body = ''", "DELETE FROM journal"):
            with pytest.raises(sqlite3.IntegrityError, match="never"):
                books.db.execute(statement)
