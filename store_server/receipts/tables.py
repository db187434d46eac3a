"""The only writer of templates and forms."""

import hashlib
import json
import sqlite3
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from protocol.money import format_minor
from store_server.database.unit_of_work import Work
from store_server.receipts.templates import default_text


@dataclass(frozen=True, slots=True)
class Form:
    """All that a slip needs besides its figures; kept with it, so that a copy is as the first print was."""

    template: str
    text: str
    language: str
    store_name: str
    store_address: str
    footer: str
    currency: str
    time_zone: str

    def money(self, amount_minor: int) -> str:
        """Return the amount as it is printed, without the symbol."""
        return format_minor(amount_minor, self.currency)

    def local(self, moment: datetime) -> datetime:
        """Return the moment on the store's clock."""
        return moment.astimezone(ZoneInfo(self.time_zone))

    def store(self) -> dict[str, str]:
        """Return what templates see as `store`."""
        return {"name": self.store_name, "address": self.store_address, "footer": self.footer}


def template_text(db: sqlite3.Connection, template: str) -> str:
    """Return the store's template, or the shipped one where the store has none (or an empty one)."""
    row = db.execute(
        "SELECT text FROM templates WHERE template = ? ORDER BY version DESC LIMIT 1", (template,)
    ).fetchone()
    return str(row[0]) if row is not None and row[0] else default_text(template)


def save_template(work: Work, template: str, text: str) -> None:
    """Keep a new version of a template; empty: the shipped one from now on."""
    work.db.execute(
        "INSERT INTO templates SELECT ?1, coalesce(max(version), 0) + 1, ?2, ?3, ?4 "
        "FROM templates WHERE template = ?1",
        (template, text, work.at, work.operator_id),
    )


def present_form(work: Work, template: str) -> Form:
    """Return the form in which a slip is printed now."""
    settings = work.settings
    return Form(
        template=template,
        text=template_text(work.db, template),
        language=settings.language,
        store_name=settings.store_name,
        store_address=settings.store_address,
        footer=settings.receipt_footer,
        currency=settings.currency,
        time_zone=settings.time_zone,
    )


def keep_form(work: Work, form: Form) -> int:
    """Store the form unless it is there; return its number."""
    body, digest = _written(form)
    row = work.db.execute("SELECT form_id FROM receipt_forms WHERE digest = ?", (digest,)).fetchone()
    if row is not None:
        return int(row[0])
    made = work.db.execute("INSERT INTO receipt_forms (digest, body) VALUES (?,?)", (digest, body))
    assert made.lastrowid is not None
    return made.lastrowid


def read_form(db: sqlite3.Connection, form_id: int) -> Form:
    """Return a form that was kept."""
    row = db.execute("SELECT body FROM receipt_forms WHERE form_id = ?", (form_id,)).fetchone()
    return _read(row[0])


@lru_cache(maxsize=16)
def _written(form: Form) -> tuple[str, bytes]:
    body = json.dumps(asdict(form), ensure_ascii=False, separators=(",", ":"))
    return body, hashlib.sha256(body.encode()).digest()


@lru_cache(maxsize=64)
def _read(body: str) -> Form:
    return Form(**json.loads(body))
