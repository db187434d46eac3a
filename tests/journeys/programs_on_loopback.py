"""The programs of a shop as real processes: started, found ready, killed, ended, with their words kept."""

import asyncio
import contextlib
import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None)

_NOT_OURS = ("GUITAI_", "COLUMNS", "LINES", "TEXTUAL", "LC_")
"""What the tests' own surroundings must not decide: another shop, the size of another window."""

ENVIRONMENT = {
    **{name: value for name, value in os.environ.items() if not name.startswith(_NOT_OURS)},
    "GUITAI_LANGUAGE": "en",
    "LANG": "C.UTF-8",
    "TERM": "xterm-256color",
    "PYTHONUNBUFFERED": "1",
    "TZ": "Asia/Shanghai",
}


def end_with_the_test() -> None:
    """Have the kernel end this child when the test's process ends, however it ends."""
    _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def guitai_line(home: Path, *arguments: str) -> list[str]:
    """Return the command line of a subcommand on this installation."""
    return [sys.executable, "-m", "guitai", "--home", str(home), *arguments]


def guitai(
    home: Path, *arguments: str, text: str = "", **environment: str
) -> "subprocess.CompletedProcess[str]":
    """Run a subcommand to its end, from outside any event loop that must go on meanwhile."""
    return subprocess.run(
        guitai_line(home, *arguments),
        input=text,
        capture_output=True,
        text=True,
        timeout=60,
        env={**ENVIRONMENT, **environment},
        check=False,
    )


async def until(
    true: Callable[[], object],
    within_s: float,
    what: str,
    every_s: float = 0.01,
    more: Callable[[], str] = str,
) -> None:
    """Return when something is true; fail with a sentence after the deadline."""
    loop = asyncio.get_running_loop()
    end = loop.time() + within_s
    while not true():
        if loop.time() > end:
            raise AssertionError(f"not within {within_s:g} s: {what}\n{more()}")
        await asyncio.sleep(every_s)


async def until_asked(
    true: Callable[[], Awaitable[object]], within_s: float, what: str, every_s: float = 0.05
) -> None:
    """Return when the answer to a question is true; fail with a sentence after the deadline."""
    loop = asyncio.get_running_loop()
    end = loop.time() + within_s
    while not await true():
        if loop.time() > end:
            raise AssertionError(f"not within {within_s:g} s: {what}")
        await asyncio.sleep(every_s)


class Program:
    """One program, as often as it is started."""

    def __init__(self, name: str, home: Path, *arguments: str) -> None:
        """Start nothing yet."""
        self.name = name
        self.home = home
        self.arguments = arguments
        self.output = home / f"{name}.out"
        self.process: subprocess.Popen[bytes] | None = None
        self.starts = 0
        self.limit: Callable[[], None] = lambda: None
        """Run in the child before the program, to take something away from it."""

    @property
    def running(self) -> bool:
        """Whether it lives."""
        return self.process is not None and self.process.poll() is None

    def start(self) -> None:
        """Start it; ready is asked of the one who answers."""
        assert not self.running, f"{self.name} runs already"

        def prepare() -> None:
            end_with_the_test()
            self.limit()

        self.output.parent.mkdir(parents=True, exist_ok=True)
        with self.output.open("ab") as output:
            self.process = subprocess.Popen(
                guitai_line(self.home, *self.arguments),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env=ENVIRONMENT,
                start_new_session=True,
                preexec_fn=prepare,
            )
        self.starts += 1

    def kill(self) -> None:
        """Kill it with -9: the process ends between two instructions."""
        assert self.process is not None
        self.process.kill()
        self.process.wait(timeout=10)

    async def stop(self) -> int:
        """Ask it to end, and return its exit code."""
        assert self.process is not None
        process = self.process
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        await until(lambda: process.poll() is not None, 15, f"{self.name} ends", more=self.words)
        return process.returncode

    async def ended(self, within_s: float = 15) -> int:
        """Wait for it to end by itself, and return its exit code."""
        process = self.process
        assert process is not None
        await until(lambda: process.poll() is not None, within_s, f"{self.name} ends", more=self.words)
        return process.returncode

    def end(self) -> None:
        """End it at the end of a test, with no questions asked."""
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait(timeout=10)

    def words(self) -> str:
        """Return what it said, for a person who looks for the reason of a failure."""
        said = self.output.read_text(errors="replace") if self.output.exists() else ""
        return f"--- {self.name} said ---\n{said[-4000:]}"
