"""The back-room console: the program around its pages."""

from collections.abc import Callable
from datetime import UTC, tzinfo
from pathlib import Path
from typing import Any, ClassVar, TypeVar

from textual.screen import Screen

from protocol.language import N_, _
from protocol.messages.base import Answer, Fact, Refused, Request
from protocol.messages.operators import SignedOn
from protocol.messages.presence import Greeting, Hello
from protocol.messages.profiles import MemberFilter
from protocol.permissions import Permission
from terminal_app.connections import Connections
from terminal_app.console.frame import Framed, Page, SubPage
from terminal_app.console.progress_dialog import ProgressDialog
from terminal_app.console.question import Question
from terminal_app.console.role_words import role_words
from terminal_app.screens.approval import ApprovalDialog
from terminal_app.settings import TerminalSettings
from terminal_app.shell import ShellApp
from terminal_app.widgets.links import store_words

A = TypeVar("A", bound=Answer)


class ConsoleApp(ShellApp):
    """Sign-on, then pages; each page asks the store server for what it shows."""

    CSS_PATH: ClassVar[Any] = [ShellApp.CSS_PATH, Path(__file__).with_name("console.tcss")]
    TITLE = "Guitai"
    ALWAYS = (
        (N_("Esc"), N_("Back; asks first when something typed would be lost.")),
        (N_("↑ ↓"), N_("Choose a line; PgUp and PgDn by the page, Enter opens it.")),
        (N_("Tab"), N_("To the next field; with Shift to the one before.")),
    )
    LOCKED_WORDS = N_("{name} works here; what is open stays as it is. Give the PIN to go on.")
    currency = "CNY"
    store_name = ""
    zone: tzinfo = UTC
    """The store's time zone, in which all times are shown."""
    last_search = ""
    """What was last searched for among the products; kept while one looks at other pages."""
    last_member_filter = MemberFilter()
    """Which members were last listed; kept in the same way."""

    # --- what the shell asks for ------------------------------------------------------------------

    def first_place(self) -> Screen[Any]:
        """Return the first page that the operator may use."""
        may = set(self.signed_on.permissions) if self.signed_on else set()
        if Permission.EDIT_PRODUCTS not in may and Permission.SEE_SALES in may:
            return self._page("day")
        return self._page("products")

    async def welcome(self, signed_on: SignedOn) -> None:
        """Learn the store's name, currency and time zone, then begin."""
        self.zone = self.clock().astimezone().tzinfo or UTC
        greeting = await self.store.ask(Hello(), Greeting)
        if isinstance(greeting, Greeting):
            self.currency = greeting.currency or self.currency
            self.store_name = greeting.store_name or greeting.store_code
            self.store.learn(greeting)
            self.zone = self.store.zone or self.zone
        await super().welcome(signed_on)

    def store_fact(self, fact: Fact) -> None:
        """Hand the news to the screens."""
        for screen in self.screen_stack:
            if isinstance(screen, (Framed, ProgressDialog)):
                screen.store_fact(fact)

    def store_gap(self) -> None:
        """Facts were missed: ask for the state."""
        for screen in self.screen_stack:
            if isinstance(screen, Page):
                screen.do_reload()

    def links_changed(self) -> None:
        """Show the link as it is now."""
        super().links_changed()
        for screen in self.screen_stack:
            if isinstance(screen, Framed):
                screen.link_changed()

    # --- what the pages ask for -------------------------------------------------------------------

    @property
    def moved_keys(self) -> dict[str, str]:
        """Keys that this shop has moved, by action."""
        return self.keys.keys

    def may(self, permission: Permission) -> bool:
        """Return whether the operator has the permission. Only to choose what to show: the server decides."""
        return self.signed_on is not None and permission in self.signed_on.permissions

    def top_words(self) -> tuple[str, str]:
        """Return both ends of the bar on top."""
        name = self.signed_on.operator.name if self.signed_on else ""
        role = role_words(self.signed_on.operator.role) if self.signed_on else ""
        left = _("Guitai back room")
        if self.store_name:
            left += f" · {self.store_name}"
        return left, f"{name} ({role})  {store_words(self.store)}"

    def go_to(self, page: str) -> None:
        """Show another page."""
        if isinstance(self.screen, Page) and page != self.screen.HERE:
            self.switch_screen(self._page(page))

    def leave_for(self, page: str) -> None:
        """Leave the screens of a page for another page, after a question when something would be lost."""
        open_here = [screen for screen in self.screen_stack if isinstance(screen, SubPage)]

        def leave(yes: bool | None) -> None:
            if yes:
                self.run_worker(self._leave_for(page, open_here), exit_on_error=True)

        if any(screen.changed for screen in open_here):
            words = _("Leave without saving? What you changed here would be lost.")
            self.question(words, leave, yes=_("Leave"))
        else:
            leave(True)

    async def _leave_for(self, page: str, open_here: list[SubPage[Any]]) -> None:
        for screen in reversed(open_here):
            await screen.before_leaving()
            await self.pop_screen()
        self.go_to(page)

    def question(self, words: str, then: Callable[[bool | None], None], yes: str) -> None:
        """Ask yes or no; `then` gets True, or None for no."""
        self.push_screen(Question(words, yes), then)

    async def ask(self, request: Request, expected: type[A], timeout_s: float = 5.0) -> A | Refused:
        """Ask the server; where a permission is missing, have a second person approve and ask again."""
        answer = await self.store.ask(request, expected, timeout_s=timeout_s)
        if not isinstance(answer, Refused) or answer.code != "approval_needed" or not answer.permission:
            return answer
        dialog = ApprovalDialog(Permission(answer.permission), answer.explanation)
        approval = await self.push_screen_wait(dialog)
        if approval is None:
            return Refused(code="not_approved", explanation=_("Not approved; nothing was changed."))
        return await self.store.ask(request, expected, approval=approval, timeout_s=timeout_s)

    @staticmethod
    def _page(name: str) -> Page:
        """Return a new page; each is imported when it is first shown, so that the sign-on comes quickly."""
        match name:
            case "transfer":
                from terminal_app.console.transfer_page import TransferPage  # noqa: PLC0415

                return TransferPage()
            case "members":
                from terminal_app.console.members.members_page import MembersPage  # noqa: PLC0415

                return MembersPage()
            case "prices":
                from terminal_app.console.prices.prices_menu import PricesPage  # noqa: PLC0415

                return PricesPage()
            case "operators":
                from terminal_app.console.operators_page import OperatorsPage  # noqa: PLC0415

                return OperatorsPage()
            case "day":
                from terminal_app.console.day_page import DayPage  # noqa: PLC0415

                return DayPage()
            case "devices":
                from terminal_app.console.devices_page import DevicesPage  # noqa: PLC0415

                return DevicesPage()
            case "settings":
                from terminal_app.console.settings_page import SettingsPage  # noqa: PLC0415

                return SettingsPage()
            case _:
                from terminal_app.console.products_page import ProductsPage  # noqa: PLC0415

                return ProductsPage()


def run_console(settings: TerminalSettings) -> None:
    """Run the console until the person leaves it."""
    settings = settings.model_copy(update={"device_endpoint": "", "device_facts_endpoint": ""})
    ending = ConsoleApp(settings, Connections(settings)).run(mouse=True)
    if ending:
        raise SystemExit(ending)
