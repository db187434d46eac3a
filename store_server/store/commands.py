"""The store's settings, and terminals whose key is taken away."""

from pydantic import ValidationError

from protocol.language import _
from protocol.messages.base import Answer, Done, Refused
from protocol.messages.store import (
    ChangeSetting,
    ListSettings,
    RevokeTerminal,
    SettingChanged,
    Settings,
    SettingView,
    TerminalRevoked,
)
from store_server.database.unit_of_work import Work
from store_server.settings import StoreSettings, load_settings
from store_server.store import tables

_FIXED_AFTER_FIRST_SALE = ("currency", "store_code")


def _views(settings: StoreSettings) -> Settings:
    return Settings(
        settings=tuple(
            SettingView(
                setting=name,
                value=str(getattr(settings, name)),
                default=str(field.default),
                explanation=_(field.description or name),
            )
            for name, field in StoreSettings.model_fields.items()
        )
    )


def list_settings(work: Work, query: ListSettings) -> Answer:
    """All settings with their sentences."""
    return _views(load_settings(work.db))


def change_setting(work: Work, command: ChangeSetting) -> Answer:
    """Set one setting, when its new value fits."""
    field = StoreSettings.model_fields.get(command.setting)
    if field is None:
        text = _("There is no setting {setting}.").format(setting=command.setting)
        return Refused(code="no_such_setting", field="setting", explanation=text)
    before = load_settings(work.db)
    value = command.value.strip()
    try:
        after = StoreSettings.model_validate({**before.model_dump(), command.setting: value})
    except ValidationError:
        text = _("{value} will not do for {setting}. {explanation}")
        words = text.format(value=value, setting=command.setting, explanation=_(field.description or ""))
        return Refused(code="bad_value", field="value", explanation=words)
    old, new = str(getattr(before, command.setting)), str(getattr(after, command.setting))
    if old != new and command.setting in _FIXED_AFTER_FIRST_SALE and _has_sold(work):
        text = _("{setting} cannot change any more: there are sales in the books.")
        return Refused(code="fixed", field="setting", explanation=text.format(setting=command.setting))
    tables.set_setting(work.db, command.setting, new)
    work.settings_changed = True
    work.record(SettingChanged(setting=command.setting, old=old, new=new))
    return _views(after)


def _has_sold(work: Work) -> bool:
    return work.db.execute("SELECT 1 FROM ledger_entries LIMIT 1").fetchone() is not None


def revoke_terminal(work: Work, command: RevokeTerminal) -> Answer:
    """Take a terminal's key away; the server puts it out on the fact."""
    if not tables.revoke_terminal(work.db, command.terminal):
        text = _("No terminal {terminal} is paired.").format(terminal=command.terminal)
        return Refused(code="no_such_terminal", field="terminal", explanation=text)
    work.record(TerminalRevoked(terminal=command.terminal))
    return Done()


HANDLERS = {
    ListSettings: list_settings,
    ChangeSetting: change_setting,
    RevokeTerminal: revoke_terminal,
}
