"""`guitai server` says in words why it does not start."""

import subprocess
import sys
from pathlib import Path


def test_a_folder_that_cannot_be_written_is_named_without_a_traceback(tmp_path: Path) -> None:
    store = tmp_path / "store"
    (store / "server.log").mkdir(parents=True)  # root may write everywhere but not into this
    (store / "store.db").touch()
    ended = subprocess.run(
        [sys.executable, "-m", "guitai", "--home", str(tmp_path), "server"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 1
    assert str(store) in ended.stderr
    assert "Traceback" not in ended.stderr
