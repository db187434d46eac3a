"""The requests of this room."""

from typing import Any

HANDLERS: dict[Any, Any] = {}
