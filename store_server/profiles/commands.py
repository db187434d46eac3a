"""The requests about all of a member, each with its function."""

from typing import Any

from protocol.messages.profiles import (
    GetMemberPanel,
)
from store_server.profiles import class_counts, duplicates, ending, export, panel, segments, tag_rules

HANDLERS: dict[type[Any], Any] = {
    GetMemberPanel: panel.get_member_panel,
    **class_counts.HANDLERS,
    **duplicates.HANDLERS,
    **ending.HANDLERS,
    **export.HANDLERS,
    **segments.HANDLERS,
    **tag_rules.HANDLERS,
}
