"""What every journey has: a shop with sample goods in a folder of its own, and its words when it fails."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Generator, Iterator
from pathlib import Path
from typing import Any

import pytest
from shop_on_loopback import CASHIER, MANAGER, SAMPLE, SECOND_CASHIER, Shop, new_folder, remove

from guitai.new_store import create_store
from protocol.language import set_process_language
from store_server.settings import StoreSettings

_SHOPS = pytest.StashKey[Shop]()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every test in this folder is a journey."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.journey)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, Any, None]:
    """Print what the shop's programs said when a journey fails."""
    outcome = yield
    report = outcome.get_result()
    shop = item.stash.get(_SHOPS, None)
    if report.failed and shop is not None:
        report.sections.append(("what the shop's programs said", shop.words()))


@pytest.fixture(scope="session")
def stocked_books() -> Iterator[Path]:
    """The books of a shop with sample goods, made once: by the real import, through a real server."""
    folder = new_folder()
    set_process_language("en")
    shop = Shop(folder)
    settings = StoreSettings(store_name="Ming's Corner Shop", store_code="JNY", language="en")
    create_store(shop.places.books, settings, (CASHIER, SECOND_CASHIER, MANAGER))
    try:
        asyncio.run(shop.open())
        for goods in ("products.csv", "fresh.csv"):
            line = ("import", str(SAMPLE / goods), "--operator", MANAGER.code, "--yes")
            code, said = shop.run(*line, GUITAI_PIN=MANAGER.pin)
            assert code == 0, said
        assert asyncio.run(shop.server.stop()) == 0, shop.words()
        yield shop.places.books
    finally:
        shop.end()
        remove(folder)


@pytest.fixture
async def shop(stocked_books: Path, request: pytest.FixtureRequest) -> AsyncIterator[Shop]:
    """A shop with sample goods in a folder of its own; nothing runs yet, and nothing is left running."""
    folder = new_folder()
    books = folder / "store" / "store.db"
    books.parent.mkdir(mode=0o700)
    shutil.copy(stocked_books, books)
    shop = Shop(folder)
    request.node.stash[_SHOPS] = shop
    try:
        yield shop
    finally:
        shop.end()
        remove(folder)
