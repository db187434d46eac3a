"""What the socket tests share: short directories, servers and clients that are closed again."""

import asyncio
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from protocol.language import set_process_language


@pytest.fixture
def run_directory() -> Iterator[Path]:
    """A directory with a path short enough for a Unix socket."""
    path = Path(tempfile.mkdtemp(prefix="gt", dir="/tmp"))
    yield path
    shutil.rmtree(path)


@pytest.fixture(autouse=True)
def _english() -> None:
    set_process_language("en")


async def _until(true: Callable[[], object], within_s: float = 5.0) -> None:
    async with asyncio.timeout(within_s):
        while not true():  # noqa: ASYNC110  # what is waited for happens in another process or socket
            await asyncio.sleep(0.005)


@pytest.fixture
def until() -> Callable[..., object]:
    """Wait until something is true, with a deadline."""
    return _until
