"""How long the terminal takes from its start to the sign-on screen, and how much memory it holds."""

import argparse
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import shop as shop_module
from goods import books_from
from measuring import aim, figures_ms, finish, line_of, machine, percentile, progress, ratio, resident_mb
from shop import PtyTerminal, Shop, sign_on_at

WORDS = "Operator code"


def bare_start_s(code: str, count: int) -> list[float]:
    """Return the seconds that a bare interpreter takes for `code`: what no Python program goes below."""
    samples = []
    for _ in range(count):
        begin = time.perf_counter()
        subprocess.run([sys.executable, "-c", code], check=True, env=shop_module.environment())
        samples.append(time.perf_counter() - begin)
    return samples


def one_start(shop: Shop) -> tuple[float, float]:
    """Start, wait for the sign-on screen, and return the seconds and the resident megabytes."""
    terminal = PtyTerminal(shop, "terminal", "--lane", "1")
    at = terminal.until_shown(WORDS)
    terminal.drain(0.5)
    memory = resident_mb(terminal.process.pid)
    terminal.close()
    return at - terminal.started, memory


def signed_on_mb(shop: Shop) -> float:
    """Return the resident megabytes of a terminal that shows the checkout."""
    shop.open_shifts(["1"])
    terminal = PtyTerminal(shop, "terminal", "--lane", "1")
    sign_on_at(terminal)
    terminal.drain(1.0)
    memory = resident_mb(terminal.process.pid)
    terminal.close()
    return memory


def main() -> None:
    """Measure and print."""
    wanted = arguments()
    books, _goods = books_from(None, 100)
    with machine() as about, Shop(books, wanted.folder) as shop:
        shop.start_server()
        shop.start_devices("1")
        cold = []
        for _ in progress(range(wanted.cold), "first starts"):
            # Nothing compiled yet, as right after an installation.
            folder = tempfile.mkdtemp()
            shop_module.EXTRA_ENVIRONMENT["PYTHONPYCACHEPREFIX"] = folder
            cold.append(one_start(shop)[0])
            del shop_module.EXTRA_ENVIRONMENT["PYTHONPYCACHEPREFIX"]
            shutil.rmtree(folder)
        one_start(shop)
        starts = [one_start(shop) for _ in progress(range(wanted.starts), "starts")]
        memory_signed_on = signed_on_mb(shop)
        bare = bare_start_s("pass", 10)
        textual = bare_start_s("import textual.app", 5)
    warm = [seconds for seconds, _memory in starts]
    memory = round(percentile([each for _seconds, each in starts], 0.5), 1)
    print(line_of("to the sign-on screen", figures_ms(warm)))
    if cold:
        print(line_of("  the first time (not compiled)", figures_ms(cold)))
    print(line_of("floor: bare interpreter", figures_ms(bare)))
    print(line_of("floor: and Textual imported", figures_ms(textual)))
    print(f"resident memory: {memory} MB at the sign-on, {memory_signed_on} MB at the checkout")
    met = {
        "start_under_1.5_s": aim("start, median", figures_ms(warm)["median_ms"], 1500.0),
        "memory_under_90_mb": aim("resident memory at the checkout", memory_signed_on, 90.0, "MB"),
    }
    finish(
        {
            "benchmark": "terminal_start",
            "start": figures_ms(warm),
            "first_start": figures_ms(cold),
            "floor_interpreter": figures_ms(bare),
            "floor_textual": figures_ms(textual),
            "ratio_start_to_interpreter": ratio(percentile(warm, 0.5), percentile(bare, 0.5)),
            "ratio_start_to_textual": ratio(percentile(warm, 0.5), percentile(textual, 0.5)),
            "memory_sign_on_mb": memory,
            "memory_checkout_mb": memory_signed_on,
            "met": met,
            "machine": about,
        }
    )


def arguments() -> argparse.Namespace:
    """Return what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--starts", type=int, default=10)
    parser.add_argument("--cold", type=int, default=2, help="starts with nothing compiled")
    parser.add_argument(
        "--folder", type=Path, help="a folder on the disk to measure; default: the user's cache"
    )
    return parser.parse_args()


if __name__ == "__main__":
    main()
