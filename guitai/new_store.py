"""Makes a store's database with its first settings and operators; for `guitai create` and the demo."""

from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from protocol.identifiers import TerminalName
from protocol.messages.operators import OperatorChanged
from protocol.messages.store import SettingChanged
from store_server.bootstrap import make_dispatcher, open_books
from store_server.database.unit_of_work import Work
from store_server.operators import tables as operators
from store_server.settings import StoreSettings
from store_server.store import tables as store

BUILDER = TerminalName("guitai-create")


@dataclass(frozen=True, slots=True)
class FirstOperator:
    """An operator that the store begins with."""

    code: str
    name: str
    role: str
    pin: str


def create_store(books: Path, settings: StoreSettings, first: tuple[FirstOperator, ...]) -> None:
    """Make the database. Its journal begins with the settings and the operators.

    Raises FileExistsError when there are books already.
    """
    if books.exists():
        raise FileExistsError(books)
    books.parent.mkdir(parents=True, exist_ok=True, mode=0o700)

    def begin(work: Work) -> None:
        for name, field in StoreSettings.model_fields.items():
            value = str(getattr(settings, name))
            if value != str(field.default):
                store.set_setting(work.db, name, value)
                work.record(SettingChanged(setting=name, old=str(field.default), new=value))
        for each in first:
            operator_id = operators.insert(work, each.code, each.name, each.role, each.pin, None)
            work.record(
                OperatorChanged(
                    operator_id=operator_id,
                    code=each.code,
                    name=each.name,
                    role=each.role,
                    active=True,
                    pin_changed=True,
                    card_changed=False,
                )
            )

    opened = open_books(books)
    with closing(opened.db):
        books.chmod(0o600)
        make_dispatcher().act(opened, BUILDER, begin)
