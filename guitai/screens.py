"""Settings of a screen program: a TOML file, with what the command line says on top."""

import tomllib
from pathlib import Path
from typing import Any

import click
from pydantic import ValidationError

from guitai.places import Places
from protocol.language import _, current_language
from terminal_app.settings import TerminalSettings


def screen_settings(
    places: Places, lane: str, name: str, server: str | None, facts: str | None, file: Path | None
) -> TerminalSettings:
    """Return the settings of a terminal (or, without a lane, of a console)."""
    folder = places.lane(lane) if lane else places.home / "console"
    folder.mkdir(parents=True, exist_ok=True)
    values: dict[str, Any] = {
        "terminal": name,
        "lane": lane or "-",
        "language": current_language(),
        "data_directory": folder,
        "store_endpoint": places.store_requests,
        "store_facts_endpoint": places.store_facts,
        "device_endpoint": places.device_requests(lane) if lane else "",
        "device_facts_endpoint": places.device_facts(lane) if lane else "",
    }
    path = file or folder / "terminal.toml"
    values |= _read(path) if path.exists() else {}
    if server is not None:
        values["store_endpoint"] = server
        values["store_facts_endpoint"] = facts or _next_port(server)
    if values["store_endpoint"].startswith("tcp:"):
        values.setdefault("key_file", places.home / "keys" / "own.json")
        values.setdefault("server_key_file", places.home / "keys" / "server.json")
    try:
        return TerminalSettings.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        text = _("{path}: the setting {setting} will not do: {reason}")
        setting = ".".join(str(part) for part in first["loc"])
        raise click.ClickException(text.format(path=path, setting=setting, reason=first["msg"])) from error


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        text = _("{path} cannot be read: {reason}").format(path=path, reason=error)
        raise click.ClickException(text) from error


def _next_port(endpoint: str) -> str:
    host, _colon, port = endpoint.rpartition(":")
    if not host or not port.isdigit():
        text = _("{endpoint} is no endpoint such as tcp://192.168.1.5:7441.")
        raise click.ClickException(text.format(endpoint=endpoint))
    return f"{host}:{int(port) + 1}"
