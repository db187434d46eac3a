"""What the cashier's terminal and the console share: sign-on, language, colours, keys, lock, errors."""

import asyncio
import logging
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar, TypeVar, cast

from textual import events
from textual.app import App
from textual.screen import Screen

from protocol.identifiers import SessionToken
from protocol.language import LANGUAGES, N_, _, current_language, set_process_language
from protocol.messages.base import Answer, Command, Done, Fact, Query, Refused, Request
from protocol.messages.operators import SignedOn, SignOff
from protocol.permissions import Permission
from terminal_app.connections import utc_now
from terminal_app.keymap import Keymap, read_keymap
from terminal_app.place import Place
from terminal_app.screens.sign_on import SignOnScreen
from terminal_app.settings import TerminalSettings
from terminal_app.theme import THEMES
from terminal_app.wedge import FASTEST_TYPING_S, Burst, Verdict
from terminal_app.widgets.notice import Tone
from terminal_app.world import World

log = logging.getLogger(__name__)

A = TypeVar("A", bound=Answer)

_READ_S = 1.0
"""Longest wait for the one who has the focus to read the earlier key."""
_DOOR_S = 5.0
"""Longest wait for the sign-on to take keys; a busy machine may need a while."""
_ERRORS_IN_A_MINUTE = 30
"""More than this is a program that runs in circles: it ends with a sentence instead."""


class ShellApp(App[str]):
    """Handed its settings and its world; ends with a sentence for the shell, or None."""

    CSS_PATH: ClassVar[Any] = Path(__file__).with_suffix(".tcss")
    ENABLE_COMMAND_PALETTE = False
    BINDINGS = []
    ALWAYS: ClassVar[tuple[tuple[str, str], ...]] = ()
    """Keys that mean the same everywhere in this program, with their words, for its help."""
    LOCKED_WORDS: ClassVar[str] = N_("{name} works here. Give the PIN to go on.")
    """What the locked screen says."""

    def __init__(
        self, settings: TerminalSettings, world: World, clock: Callable[[], datetime] = utc_now
    ) -> None:
        """Prepare; nothing is connected before the program runs."""
        super().__init__()
        self.settings = settings
        self.world = world
        self.store = world.store
        self.devices = world.devices
        self.clock = clock
        self.signed_on: SignedOn | None = None
        self.keys: Keymap = Keymap()
        self.survives_errors = True
        self._burst = Burst()
        self._held: list[events.Key] = []
        self.last_used_s = time.monotonic()
        self._errors: deque[float] = deque(maxlen=_ERRORS_IN_A_MINUTE)

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Return the theme's own colours, which style sheets name before a theme is chosen."""
        return dict(THEMES["dark"].variables)

    # --- what a program fills in ------------------------------------------------------------------

    def first_place(self) -> Screen[Any]:
        """Return the screen that follows the sign-on."""
        raise NotImplementedError

    def sign_on_place(self) -> Screen[Any]:
        """Return the screen that asks who is there."""
        return SignOnScreen()

    async def on_signed_on(self) -> None:
        """Ask for what the program needs, now that somebody is signed on."""

    def store_fact(self, fact: Fact) -> None:
        """Something happened in the store."""

    def store_gap(self) -> None:
        """Ask for the state again."""

    def device_fact(self, fact: Fact) -> None:
        """Something happened at the devices."""

    def device_gap(self, restarted: bool) -> None:
        """Ask the daemon for the state again."""

    # --- start and end ----------------------------------------------------------------------------

    async def on_mount(self) -> None:
        """Set language, colours and keys, connect, and ask who is there."""
        for theme in THEMES.values():
            self.register_theme(theme)
        self.theme = THEMES[self.settings.theme].name
        self.switch_language(self.settings.language)
        self.keys = read_keymap(self.settings.keymap_path)
        self.set_keymap(self.keys.keys)
        self.store.link.listeners.append(self.links_changed)
        if self.devices is not None:
            self.devices.link.listeners.append(self.links_changed)
        self.set_interval(5, lambda: self.lock_when_idle(time.monotonic()))
        await self.push_screen(self.sign_on_place())
        await self._door_is_open()
        await self.world.start(self)
        for mistake in self.keys.mistakes:
            self.tell(mistake, "warning")

    async def _door_is_open(self) -> None:
        """Wait until the sign-on has its focus: keys typed before it wait in order and are then its own."""
        ready = asyncio.Event()
        self.screen.call_after_refresh(ready.set)
        with suppress(TimeoutError):
            async with asyncio.timeout(_DOOR_S):
                await ready.wait()

    def on_unmount(self) -> None:
        """Close what is open."""
        self.world.close()

    def links_changed(self) -> None:
        """Show the links as they are now."""
        for screen in self.screen_stack:
            for widget in screen.query(".links"):
                getattr(widget, "redraw", widget.refresh)()

    # --- asking and talking -----------------------------------------------------------------------

    @property
    def place(self) -> Place[Any]:
        """The screen on top."""
        return cast("Place[Any]", self.screen)

    def tell(self, text: str, tone: Tone = "info", *, bell: bool = False) -> None:
        """Show a sentence where the person is looking."""
        if isinstance(self.screen, Place):
            self.screen.say(text, tone, bell=bell)

    async def order(self, request: Request, expected: type[A]) -> A | Refused:
        """Ask the store; where a permission is missing, ask for a second person's approval and ask again.

        To be awaited in a flow, because the approval is a dialog.
        """
        answer = await self.store.ask(request, expected)
        if not isinstance(answer, Refused) or answer.code != "approval_needed" or not answer.permission:
            return answer
        from terminal_app.screens.approval import ApprovalDialog  # noqa: PLC0415  # rarely needed

        approval = await self.push_screen_wait(
            ApprovalDialog(Permission(answer.permission), answer.explanation)
        )
        if approval is None:
            return Refused(code="not_approved", explanation=_("Not approved; nothing was changed."))
        return await self.store.ask(request, expected, approval=approval)

    async def carry_out(self, request: Command | Query, expected: type[A]) -> A | None:
        """Order something; a refusal is shown with a bell and becomes None."""
        answer = await self.order(request, expected)
        if isinstance(answer, Refused):
            self.tell(answer.explanation, "error", bell=True)
            return None
        return answer

    # --- who is here ------------------------------------------------------------------------------

    async def welcome(self, signed_on: SignedOn) -> None:
        """Begin the session of an operator."""
        self.signed_on = signed_on
        self.store.sign_in(signed_on.session)
        if signed_on.operator.language in LANGUAGES and signed_on.operator.language is not None:
            self.switch_language(signed_on.operator.language)
        await self.switch_screen(self.first_place())
        await self.on_signed_on()
        if signed_on.must_change_pin and hasattr(self.screen, "do_change_pin"):
            self.place.perform("checkout.change_pin")

    async def do_sign_off(self) -> None:
        """End the session and ask who is next."""
        await self.store.ask(SignOff(), Done, timeout_s=2)
        self.signed_on = None
        self.store.sign_in(None)
        # Not awaited: this is a flow of the screen that goes, and it goes when its flows have ended.
        self.call_later(self._to_the_door)

    async def _to_the_door(self) -> None:
        """Leave every screen for the sign-on. A payment that has no answer yet is in the spool."""
        while len(self.screen_stack) > 2:
            await self.pop_screen()
        await self.switch_screen(self.sign_on_place())

    def session(self) -> SessionToken | None:
        """Return the present session."""
        return self.signed_on.session if self.signed_on else None

    def do_lock(self) -> None:
        """Lock: only the PIN of the same operator opens again."""
        from terminal_app.screens.lock import LockScreen  # noqa: PLC0415  # not before it is needed

        if self.signed_on is not None and not isinstance(self.screen, LockScreen):
            self.push_screen(LockScreen(self.signed_on.operator))

    def lock_when_idle(self, now_s: float) -> None:
        """Lock when the last key or scan is too long ago."""
        minutes = self.settings.idle_lock_minutes
        if minutes and now_s - self.last_used_s > minutes * 60:
            self.do_lock()

    def touched(self) -> None:
        """Note that somebody is here."""
        self.last_used_s = time.monotonic()

    # --- actions of the place `shell` -------------------------------------------------------------

    def do_help(self) -> None:
        """Show what each key does."""
        from terminal_app.screens.help import HelpScreen  # noqa: PLC0415  # not before it is needed

        self.push_screen(HelpScreen(self.place.PLACES))

    async def do_commands(self) -> None:
        """Let the person choose from all commands."""
        from terminal_app.screens.commands import CommandList  # noqa: PLC0415  # not before it is needed

        place = self.place
        name = await self.push_screen_wait(CommandList(place.PLACES))
        if name is not None:
            self.call_later(place.perform, name)

    def do_language(self) -> None:
        """Switch to the next language."""
        codes = list(LANGUAGES)
        self.switch_language(codes[(codes.index(current_language()) + 1) % len(codes)])

    def do_theme(self) -> None:
        """Switch between light and dark."""
        names = [theme.name for theme in THEMES.values()]
        self.theme = names[(names.index(self.theme) + 1) % len(names)]

    def do_quit(self) -> None:
        """Leave the program; the basket stays in the store."""
        self.exit()

    def switch_language(self, language: str) -> None:
        """Draw everything again in another language."""
        set_process_language(language)
        self.store.speak(language)
        if self.devices is not None:
            self.devices.speak(language)
        for screen in self.screen_stack:
            if isinstance(screen, Place):
                screen.language_changed()
            for widget in screen.walk_children():
                redraw = getattr(widget, "redraw", None)
                if redraw is not None:
                    redraw()
                widget.refresh(layout=True)

    # --- keys -------------------------------------------------------------------------------------

    async def on_event(self, event: events.Event) -> None:
        """See every key before anybody else: a wedge scanner types into whatever has the focus."""
        if isinstance(event, events.Key) and not event.is_forwarded:
            if event.key == "ctrl+j":  # Enter, typed before the program had taken over the terminal
                event = events.Key("enter", "\r")
            await self._in_order()
            match self._burst.judge(event.character, event.key == "enter", time.monotonic()):
                case Verdict.PASS:
                    await super().on_event(event)
                case Verdict.HOLD:
                    self._held.append(event)
                    self.set_timer(FASTEST_TYPING_S * 1.5, self._release_in_time)
                case Verdict.RELEASE:
                    await self._release()
                    await super().on_event(event)
                case Verdict.SCAN:
                    self._held.clear()
                    await super().on_event(events.Key("backspace", None))
                    self.scanned(self._burst.code)
            return
        await super().on_event(event)

    async def _in_order(self) -> None:
        """Wait until the one who has the focus has read the earlier key, when this one follows fast.

        A binding runs in the program, a character in the widget: pasted or sent by a program, an Enter would
        overtake the characters before it.
        """
        now = time.monotonic()
        fast, self.last_used_s = now - self.last_used_s < _READ_S, now
        if not fast:
            return
        read = asyncio.Event()
        (self.focused or self.screen).call_later(read.set)
        try:
            async with asyncio.timeout(_READ_S):
                await read.wait()
        except TimeoutError:
            log.info("a key was not read in time")

    def scanned(self, code: str) -> None:
        """Take a scan: the screen on top uses it or it is refused in words."""
        if not self.place.take_scan(code):
            self.tell(_("“{code}” was scanned and not used here.").format(code=code), "warning", bell=True)

    async def _release_in_time(self) -> None:
        if self._held and self._burst.silent_for(time.monotonic()):
            self._burst.time_out()
            await self._release()

    async def _release(self) -> None:
        held, self._held = self._held, []
        for key in held:
            await super().on_event(key)

    # --- errors -----------------------------------------------------------------------------------

    def broke(self, error: Exception) -> None:
        """Take an error of something that ran in the background."""
        self._handle_exception(error)

    def _handle_exception(self, error: Exception) -> None:
        """Log an error of the program and say so; the basket is in the store and loses nothing."""
        if not self.survives_errors or self.screen_stack == []:
            super()._handle_exception(error)
            return
        log.error("unexpected error", exc_info=error)
        now = time.monotonic()
        self._errors.append(now)
        circles = len(self._errors) == _ERRORS_IN_A_MINUTE and now - self._errors[0] < 60
        if circles or not self.screen.is_mounted:  # a screen that failed to appear answers no key any more
            self.exit(
                _("The program met an error and ended; the basket is safe in the store. See {path}.").format(
                    path=self.settings.log_path
                )
            )
            return
        self.tell(
            _("Something went wrong in this program; nothing in the books is affected. See {path}.").format(
                path=self.settings.log_path
            ),
            "error",
            bell=True,
        )
