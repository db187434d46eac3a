"""Only the sockets know ZeroMQ, and they need no threads."""

import re

import pytest

from protocol import schemas

PROGRAMS = ("protocol", "store_server", "device_daemon", "terminal_app", "head_office", "guitai")


@pytest.mark.parametrize("program", PROGRAMS)
def test_only_the_sockets_import_zmq(program: str) -> None:
    importing = re.compile(r"^\s*(import|from) zmq\b", re.MULTILINE)
    sockets = schemas.ROOT / "protocol" / "sockets"
    found = [
        path
        for path in (schemas.ROOT / program).rglob("*.py")
        if path.parent != sockets and importing.search(path.read_text(encoding="utf-8"))
    ]
    assert found == []


def test_the_command_that_checks_the_files_says_what_is_out_of_date(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert schemas.main(["--check"]) == (1 if schemas.out_of_date() else 0)
    with pytest.raises(SystemExit):
        schemas.main([])
    assert "--write" in capsys.readouterr().err
