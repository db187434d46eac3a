"""What a cashier does with what is known of a member: see it whole, change it, give tags."""

from typing import TYPE_CHECKING

from protocol.language import N_, _
from protocol.messages.base import Answer, Refused
from protocol.messages.catalogue import ExtraFields, ExtraFieldView
from protocol.messages.members import (
    ChangeMember,
    ListMemberFields,
    ListTags,
    LookAtProfile,
    MemberFound,
    TagMember,
    Tags,
)
from protocol.permissions import Permission
from terminal_app.members.member_screen_flows import OneMember
from terminal_app.screens.form import Asked, Values, Wrong

if TYPE_CHECKING:
    from terminal_app.console.form_fields import Value

_TAG_MAX = 30
_SUGGESTED = 8


class EditFlows(OneMember):
    """The group “The member” of the registry."""

    def show_about(self) -> None:
        """Show who it is."""
        raise NotImplementedError

    # --- seeing -----------------------------------------------------------------------------------

    async def do_profile(self) -> None:
        """See everything, or hide it again. Each look is in the journal."""
        if self.full is not None:
            self.full = None
            self.redraw()
            self.say(_("The personal data are hidden again."))
            return
        answer = await self._look()
        if answer is not None:
            self.full = answer.member
            self.show_about()
            self.say(_("All that is known is shown; that you looked is recorded."), "warning")

    async def _look(self) -> MemberFound | None:
        """Look at once with the permission; without it, say why and have it approved."""
        allowed = self.shell.signed_on.permissions if self.shell.signed_on is not None else ()
        if Permission.SEE_FULL_PROFILE in allowed:
            return await self.order(LookAtProfile(member_id=self.member_id), MemberFound)

        async def save(values: Values) -> MemberFound | Refused:
            request = LookAtProfile(member_id=self.member_id, reason=values[0])
            return await self.once.order(request, MemberFound)

        def check(values: Values) -> Wrong | None:
            return None if values[0] else Wrong(0, _("Write why, for the books."))

        asked = (Asked(N_("Reason"), max_length=200),)
        return await self.fill_in(N_("Full profile"), asked, save, ("reason",), check)

    # --- changing ---------------------------------------------------------------------------------

    async def do_edit(self) -> None:
        """Change what is known. What was not looked at is not shown here either."""
        from terminal_app.members import edit_form  # noqa: PLC0415  # rarely needed

        if not await self.known() or self.panel is None:
            return
        member = self.full or self.panel.member
        extras = await self._extra_fields() if self.full is not None else ()
        if extras is None:
            return

        async def save(values: "dict[str, Value]") -> Answer:
            request = edit_form.change(self.member_id, member, extras, values)
            answer = await self.once.order(request, MemberFound)
            if isinstance(answer, MemberFound):
                self._changed(request, answer)
            return answer

        note = ""
        if member.hidden:
            note = _("An empty phone or birthday stays as it is. The rest can be changed after a look at the "
                     "full profile.")  # fmt: skip
        title = _("Change what is known of {name}").format(name=self.called)
        form = edit_form.MemberForm(
            title, edit_form.fields(member, extras), edit_form.start_values(member), save, note=note
        )
        if await self.app.push_screen_wait(form) is not None:
            self.say(_("Saved."), "good")
        else:
            await self.look_again()  # somebody else may have changed it: then the next form is of that

    async def _extra_fields(self) -> tuple[ExtraFieldView, ...] | None:
        answer = await self.shell.store.ask(ListMemberFields(), ExtraFields)
        if isinstance(answer, Refused):
            self.say(answer.explanation, "error", bell=True)
            return None
        return answer.fields

    def _changed(self, request: ChangeMember, answer: MemberFound) -> None:
        """Show what was saved; what was seen whole is kept up with it, without another look."""
        if self.panel is not None:
            self.panel = self.panel.model_copy(update={"member": answer.member})
        if self.full is not None:
            given = request.model_dump(exclude={"member_id", "version", "extras"}, exclude_none=True)
            extras = self.full.extras if request.extras is None else request.extras
            update = {**given, "extras": extras, "version": answer.member.version}
            self.full = self.full.model_copy(update=update)
        self.redraw()

    # --- tags -------------------------------------------------------------------------------------

    async def do_tags(self) -> None:
        """Give tags by hand, or take them off."""
        if not await self.known() or self.panel is None:
            return
        had = self.panel.member.tags
        known = await self.shell.store.ask(ListTags(), Tags)
        common = [] if isinstance(known, Refused) else [tag.tag for tag in known.tags[:_SUGGESTED]]

        async def save(values: Values) -> MemberFound | Refused:
            wanted = _tags(values[0])
            request = TagMember(
                member_id=self.member_id,
                add=tuple(tag for tag in wanted if tag not in had),
                remove=tuple(tag for tag in had if tag not in wanted),
            )
            return await self.once.order(request, MemberFound)

        def check(values: Values) -> Wrong | None:
            long = next((tag for tag in _tags(values[0]) if len(tag) > _TAG_MAX), None)
            text = _("“{tag}” is too long for a tag; {most} characters fit.")
            return Wrong(0, text.format(tag=long, most=_TAG_MAX)) if long else None

        def hint() -> str:
            words = _("Tags with commas between them.")
            if common:
                words += " " + _("Often given: {tags}").format(tags=", ".join(common))
            return words

        asked = (Asked(N_("Tags"), ", ".join(had), max_length=600),)
        answer = await self.fill_in(N_("Tags"), asked, save, ("tags",), check, hint)
        if answer is not None:
            self.panel = self.panel.model_copy(update={"member": answer.member})
            if self.full is not None:
                update = {"tags": answer.member.tags, "version": answer.member.version}
                self.full = self.full.model_copy(update=update)
            self.redraw()
            self.say(_("Saved."), "good")


def _tags(text: str) -> tuple[str, ...]:
    """Return the tags of a line, each once, in the order in which they stand there."""
    parts = (part.strip() for part in text.replace("，", ",").replace("、", ",").split(","))
    return tuple(dict.fromkeys(part for part in parts if part))
