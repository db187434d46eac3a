"""What every benchmark shares: percentiles, the floors of this machine, a progress bar, the last line."""

import json
import math
import os
import platform
import sqlite3
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence, Sized
from contextlib import contextmanager, suppress
from multiprocessing import get_context
from pathlib import Path
from typing import Any, TypeVar

import zmq

T = TypeVar("T")

_BAR = 30
_DRAW_EVERY_S = 0.2


def percentile(samples: Sequence[float], share: float) -> float:
    """Return the nearest-rank percentile; `share` 0.99 is p99."""
    ordered = sorted(samples)
    return ordered[max(0, math.ceil(len(ordered) * share) - 1)]


def figures_ms(samples_s: Sequence[float]) -> dict[str, float]:
    """Return count, median, p99 and the rest of seconds, as milliseconds."""
    if not samples_s:
        return {"count": 0}
    return {
        "count": len(samples_s),
        "median_ms": round(percentile(samples_s, 0.5) * 1000, 3),
        "p90_ms": round(percentile(samples_s, 0.9) * 1000, 3),
        "p99_ms": round(percentile(samples_s, 0.99) * 1000, 3),
        "max_ms": round(max(samples_s) * 1000, 3),
    }


def line_of(label: str, figures: dict[str, float]) -> str:
    """Return figures as a line for a person."""
    return (
        f"{label:<34} median {figures['median_ms']:8.3f} ms   p99 {figures['p99_ms']:8.3f} ms   "
        f"max {figures['max_ms']:8.3f} ms   n={figures['count']}"
    )


def ratio(value: float, floor: float) -> float:
    """Return value / floor, rounded; 0 where there is no floor."""
    return round(value / floor, 2) if floor else 0.0


def aim(label: str, value: float, limit: float, unit: str = "ms") -> bool:
    """Print whether the value meets its aim, and return it."""
    met = value < limit
    print(f"{'met    ' if met else 'MISSED '} {label}: {value:g} {unit}, the aim is under {limit:g} {unit}")
    return met


def progress(things: Iterable[T], label: str, total: int | None = None) -> Iterator[T]:
    """Yield the things and draw a bar on stderr, where a person looks and no program reads."""
    count = total if total is not None else len(things) if isinstance(things, Sized) else 0
    drawn = 0.0
    shown = sys.stderr.isatty() or bool(os.environ.get("BENCHMARK_PROGRESS"))
    for done, thing in enumerate(things):
        now = time.monotonic()
        if shown and now - drawn > _DRAW_EVERY_S:
            drawn = now
            _draw(label, done, count)
        yield thing
    if shown:
        _draw(label, count, count)
        print(file=sys.stderr)


def _draw(label: str, done: int, count: int) -> None:
    filled = _BAR * done // count if count else 0
    bar = "█" * filled + "·" * (_BAR - filled)
    print(f"\r{label:<28} {bar} {done:>9,}/{count:,}", end="", file=sys.stderr, flush=True)


def fdatasync_floor(folder: Path, size_bytes: int, count: int = 1) -> list[float]:
    """Return the seconds that appending so many bytes and waiting for the disk takes, once per count."""
    samples = []
    handle, name = tempfile.mkstemp(dir=folder)
    try:
        data = os.urandom(size_bytes)
        for _ in range(count):
            begin = time.perf_counter()
            os.write(handle, data)
            os.fdatasync(handle)
            samples.append(time.perf_counter() - begin)
    finally:
        os.close(handle)
        os.unlink(name)
    return samples


class DiskFloor:
    """A file beside the books that grows as their WAL does, to compare commits with bare synced writes."""

    def __init__(self, folder: Path) -> None:
        """Open the file."""
        self._handle, self._name = tempfile.mkstemp(dir=folder)

    def write(self, size_bytes: int) -> float:
        """Append so many bytes, wait for the disk, and return the seconds."""
        data = os.urandom(size_bytes)
        begin = time.perf_counter()
        os.write(self._handle, data)
        os.fdatasync(self._handle)
        return time.perf_counter() - begin

    def close(self) -> None:
        """Remove the file."""
        os.close(self._handle)
        with suppress(FileNotFoundError):
            os.unlink(self._name)


def _echo(endpoint: str) -> None:
    context = zmq.Context()
    socket = context.socket(zmq.ROUTER)
    socket.bind(endpoint)
    while True:
        frames = socket.recv_multipart()
        if frames[-1] == b"end":
            break
        socket.send_multipart(frames)
    context.destroy(linger=0)


def round_trip_floor(count: int = 1000, size_bytes: int = 300) -> list[float]:
    """Return the seconds of bare ZeroMQ round trips over ipc to another process that only echoes."""
    with tempfile.TemporaryDirectory() as folder:
        endpoint = f"ipc://{folder}/echo"
        process = get_context("spawn").Process(target=_echo, args=(endpoint,), daemon=True)
        process.start()
        context = zmq.Context()
        socket = context.socket(zmq.DEALER)
        socket.connect(endpoint)
        samples = []
        body = b"x" * size_bytes
        for number in range(count + 50):
            begin = time.perf_counter()
            socket.send_multipart([b"tag", body])
            socket.recv_multipart()
            if number >= 50:
                samples.append(time.perf_counter() - begin)
        socket.send_multipart([b"tag", b"end"])
        process.join(timeout=5)
        context.destroy(linger=0)
        return samples


def resident_mb(pid: int) -> float:
    """Return the resident memory of a process in megabytes (10^6 bytes)."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return round(int(line.split()[1]) * 1024 / 1e6, 1)
    raise ProcessLookupError(pid)


def run_delay_s(pids: Iterable[int]) -> float:
    """Return how long all threads of the processes have waited for a processor: the noise of the machine."""
    total = 0
    for pid in pids:
        for task in Path(f"/proc/{pid}/task").glob("*/schedstat"):
            with suppress(FileNotFoundError):
                total += int(task.read_text().split()[1])
    return total / 1e9


@contextmanager
def machine() -> Iterator[dict[str, Any]]:
    """Note what this machine is, and how busy others keep it during the block."""
    figures: dict[str, Any] = {
        "processors": os.cpu_count(),
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "precedence": bool(os.environ.get("BENCHMARK_PRECEDENCE")),
        "load_before": round(os.getloadavg()[0], 2),
    }
    before = _processor_times()
    yield figures
    after = _processor_times()
    spent = [late - early for early, late in zip(before, after, strict=True)]
    whole = sum(spent) or 1
    figures["load_after"] = round(os.getloadavg()[0], 2)
    figures["processors_idle_percent"] = round(100 * (spent[3] + spent[4]) / whole, 1)
    figures["stolen_percent"] = round(100 * spent[7] / whole, 2)


def _processor_times() -> list[int]:
    return [int(word) for word in Path("/proc/stat").read_text().splitlines()[0].split()[1:9]]


def finish(figures: dict[str, Any]) -> None:
    """Print all figures as one JSON object: the last line of every benchmark."""
    print(json.dumps(figures, ensure_ascii=False))
