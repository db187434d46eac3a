"""The requests about all of a member, each with its function."""

from typing import Any

from protocol.messages.profiles import (
    GetMemberPanel,
)
from store_server.profiles import duplicates, ending, export, panel, segments, tag_rules

HANDLERS: dict[type[Any], Any] = {
    GetMemberPanel: panel.get_member_panel,
    **duplicates.HANDLERS,
    **ending.HANDLERS,
    **export.HANDLERS,
    **segments.HANDLERS,
    **tag_rules.HANDLERS,
}
