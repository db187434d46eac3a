"""A window: a program in a real pseudo-terminal, with a person before it who reads the screen and types."""

import asyncio
import contextlib
import fcntl
import os
import pty
import re
import struct
import subprocess
import termios
from pathlib import Path

import pyte
from programs_on_loopback import ENVIRONMENT, end_with_the_test, guitai_line, until

ENTER, ESCAPE, BACKSPACE, TAB = "\r", "\x1b", "\x7f", "\t"
UP, DOWN, DELETE = "\x1b[A", "\x1b[B", "\x1b[3~"
F1, F2, F3, F4 = "\x1bOP", "\x1bOQ", "\x1bOR", "\x1bOS"
F5, F6, F7, F8 = "\x1b[15~", "\x1b[17~", "\x1b[18~", "\x1b[19~"
F9, F10, F11, F12 = "\x1b[20~", "\x1b[21~", "\x1b[23~", "\x1b[24~"

_CLOCK = re.compile("[0-9]{2}:[0-9]{2}")
_FRAMES = re.compile("[\u2500-\u257f\u2580-\u259f]")


def ctrl(letter: str) -> str:
    """Return what a terminal sends for Ctrl and a letter."""
    return chr(ord(letter.lower()) - 96)


class Window:
    """One window of a shop. It is read all the time; nothing waits longer than its deadline."""

    def __init__(self, name: str, home: Path, *arguments: str, columns: int = 100, rows: int = 30) -> None:
        """Open nothing yet."""
        self.name = name
        self.home = home
        self.arguments = arguments
        self.columns, self.rows = columns, rows
        self.process: subprocess.Popen[bytes] | None = None
        self._master = -1
        self._blank()

    def _blank(self) -> None:
        self._screen = pyte.Screen(self.columns, self.rows)
        self._stream = pyte.ByteStream(self._screen)
        self.received = 0

    @property
    def running(self) -> bool:
        """Whether the program lives."""
        return self.process is not None and self.process.poll() is None

    def start(self) -> None:
        """Start the program in a fresh pseudo-terminal."""
        assert not self.running, f"{self.name} runs already"
        self._close()
        self._blank()
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", self.rows, self.columns, 0, 0))
        os.set_blocking(self._master, False)

        def prepare() -> None:
            fcntl.ioctl(0, termios.TIOCSCTTY, 0)
            end_with_the_test()

        self.process = subprocess.Popen(
            guitai_line(self.home, *self.arguments),
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env=ENVIRONMENT,
            start_new_session=True,
            preexec_fn=prepare,
        )
        os.close(slave)
        asyncio.get_running_loop().add_reader(self._master, self._read)

    def _read(self) -> None:
        try:
            data = os.read(self._master, 65536)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            asyncio.get_running_loop().remove_reader(self._master)
            return
        self.received += len(data)
        self._stream.feed(data)

    def kill(self) -> None:
        """Kill the program with -9; the window goes with it."""
        assert self.process is not None
        self.process.kill()
        self.process.wait(timeout=10)
        self._close()

    async def ended(self, within_s: float = 15) -> int:
        """Wait for the program to end by itself, and return its exit code."""
        process = self.process
        assert process is not None
        await until(lambda: process.poll() is not None, within_s, f"{self.name} ends", more=self.picture)
        return process.returncode

    def end(self) -> None:
        """End the program at the end of a test."""
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait(timeout=10)
        self._close()

    def _close(self) -> None:
        if self._master >= 0:
            with contextlib.suppress(RuntimeError):
                asyncio.get_running_loop().remove_reader(self._master)
            os.close(self._master)
            self._master = -1

    # --- reading -----------------------------------------------------------------------------------

    @property
    def lines(self) -> list[str]:
        """The screen as it is, line by line."""
        return [line.rstrip() for line in self._screen.display]

    @property
    def text(self) -> str:
        """The screen as one text without frames; words that were broken over lines are put together."""
        return " ".join(_FRAMES.sub(" ", "\n".join(self.lines)).split())

    @property
    def status(self) -> str:
        """The last line: links and devices in words."""
        return self.lines[-1]

    def picture(self) -> str:
        """Return the screen for a person who looks for the reason of a failure."""
        frame = "=" * self.columns
        return "\n".join([f"{self.name} shows:", frame, *self.lines, frame])

    def has(self, text: str) -> bool:
        """Return whether the text is on the screen now."""
        return text in self.text

    async def shows(self, *texts: str, within_s: float = 15) -> None:
        """Wait until all the texts are on the screen."""
        await until(
            lambda: all(text in self.text for text in texts) or not self.running,
            within_s,
            f"{self.name} shows {texts}",
            more=self.picture,
        )
        assert all(text in self.text for text in texts), f"{self.name} ended\n{self.picture()}"

    async def shows_after_the_end(self, text: str, within_s: float = 5) -> None:
        """Wait until a text that the program left behind is on the screen."""
        await until(lambda: text in self.text, within_s, f"{self.name} left {text!r}", more=self.picture)

    async def shows_no_more(self, text: str, within_s: float = 15) -> None:
        """Wait until the text is gone from the screen."""
        await until(
            lambda: text not in self.text, within_s, f"{self.name} shows no {text!r}", more=self.picture
        )

    # --- typing ------------------------------------------------------------------------------------

    def press(self, *keys: str) -> None:
        """Press keys."""
        for key in keys:
            os.write(self._master, key.encode())

    async def type(self, text: str, seen: str | None = None) -> None:
        """Type a text and wait until it stands on the screen; `seen` is what is seen of it."""
        wanted = seen if seen is not None else text

        def times() -> int:
            return _CLOCK.sub("", self.text).count(wanted)

        before = times()
        self.press(text)
        await until(
            lambda: times() > before,
            15,
            f"{self.name} shows what was typed: {wanted!r}",
            more=self.picture,
        )
