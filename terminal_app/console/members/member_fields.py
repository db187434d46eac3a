"""The shop's own fields of members: shoe size, allergies, what the shop wants to know."""

from collections.abc import Sequence

from protocol.language import N_
from protocol.messages.base import Answer
from protocol.messages.catalogue import ExtraFields, ExtraFieldView
from protocol.messages.members import ListMemberFields, SaveMemberField
from terminal_app.console.extra_fields import ExtraFieldsScreen
from terminal_app.console.table import Column


class MemberFieldsScreen(ExtraFieldsScreen):
    """All extra fields of members."""

    TITLE_WORDS = N_("Members › Rules › Extra fields")
    HERE = "members"
    COLUMNS: Sequence[Column] = (
        Column(N_("Field"), least=12),
        Column(N_("Type"), least=14, share=2),
        Column(N_("Needed"), 7),
    )
    EMPTY = N_("There are no extra fields. Add one, for example “Shoe size” or “Allergies”.")
    BY_CATEGORY = False

    async def ask_fields(self) -> ExtraFields | None:
        """Ask for the fields."""
        return await self.fetch(ListMemberFields(), ExtraFields)

    async def store(self, extra: ExtraFieldView) -> Answer:
        """Have a field stored."""
        return await self.ask(SaveMemberField(extra=extra), ExtraFields)
