"""Roles: what each may do, a sentence per permission."""

from collections.abc import Mapping

from textual.widget import Widget

from protocol.language import N_, _, ngettext
from protocol.messages.base import Answer, Done
from protocol.messages.operators import ListRoles, Roles, RoleView, SaveRole
from protocol.permissions import PERMISSION_SENTENCES, Permission
from terminal_app.console.form_fields import Field, Kind, Value
from terminal_app.console.form_screen import FormScreen
from terminal_app.console.form_view import Heading
from terminal_app.console.list_screen import ListScreen
from terminal_app.console.role_words import role_words
from terminal_app.console.table import Column, TableRow


class RolesScreen(ListScreen):
    """All roles."""

    TITLE_WORDS = N_("Operators › Roles")
    HERE = "operators"
    COLUMNS = (Column(N_("Role"), 20), Column(N_("May do"), least=20))

    def __init__(self) -> None:
        """Begin empty."""
        super().__init__()
        self._roles: dict[str, RoleView] = {}

    async def load(self) -> None:
        """Ask for all."""
        answer = await self.fetch(ListRoles(), Roles)
        if answer is not None:
            self._roles = {r.role: r for r in answer.roles}
            self.table.show([TableRow(r.role, (role_words(r.role), self._summary(r))) for r in answer.roles])

    @staticmethod
    def _summary(role: RoleView) -> str:
        if len(role.permissions) == len(Permission):
            return _("everything")
        count = len(role.permissions)
        return ngettext("{count} thing of {all}", "{count} things of {all}", count).format(
            count=count, all=len(Permission)
        )

    def edit(self, row: TableRow | None) -> None:
        """Open the role."""
        role = self._roles[row.key] if row else None
        self.then_reload(RoleScreen(role), lambda answer: _("Saved."))


class RoleScreen(FormScreen):
    """One role; its sentences answered with yes or no."""

    TITLE_WORDS = N_("Operators › Roles › Role")
    HERE = "operators"
    DEFAULT_CSS = "RoleScreen FieldRow .label { width: 1fr; } RoleScreen YesNoField { width: 20; }"

    def __init__(self, role: RoleView | None) -> None:
        """Change a role, or make a new one."""
        super().__init__()
        self._role = role

    def title_words(self) -> str:
        """Return the role's name."""
        if self._role is None:
            return _("Operators › Roles › New role")
        return _("Operators › Roles › {role}").format(role=role_words(self._role.role))

    def parts(self) -> list[Field | Heading | Widget]:
        """A name for a new one, then the sentences."""
        fields: list[Field | Heading | Widget] = []
        if self._role is None:
            fields.append(Field("role", N_("Name of the role"), required=True, most=50))
        fields += [Field(p.value, PERMISSION_SENTENCES[p], Kind.YES_NO) for p in Permission]
        return fields

    def start_values(self) -> Mapping[str, Value]:
        """What the role may do now."""
        return {p.value: p in self._role.permissions for p in Permission} if self._role else {}

    async def save(self, values: dict[str, Value]) -> Answer:
        """Have it stored."""
        name = self._role.role if self._role else str(values["role"])
        request = SaveRole(role=name, permissions=tuple(p for p in Permission if values[p.value]))
        return await self.ask(request, Done)
