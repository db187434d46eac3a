"""Where a program's log goes: a file that turns over by size, and the terminal for what is serious."""

import logging
import logging.handlers
import sys
from pathlib import Path

LOG_BYTES = 2_000_000
LOG_FILES = 5
FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"


def log_to(path: Path, verbose: bool = False, *, to_terminal: bool = True) -> None:
    """Log to the file (2 MB, five of them), and warnings to standard error.

    A disk that is full must not stop the program: what cannot be logged is dropped in silence.
    """
    logging.raiseExceptions = False
    root = logging.getLogger()
    root.setLevel(logging.DEBUG if verbose else logging.INFO)
    path.parent.mkdir(parents=True, exist_ok=True)
    file = logging.handlers.RotatingFileHandler(
        path, maxBytes=LOG_BYTES, backupCount=LOG_FILES, encoding="utf-8"
    )
    file.setFormatter(logging.Formatter(FORMAT))
    root.addHandler(file)
    if to_terminal:
        stream = logging.StreamHandler(sys.stderr)
        stream.setLevel(logging.DEBUG if verbose else logging.WARNING)
        stream.setFormatter(logging.Formatter(FORMAT))
        root.addHandler(stream)
