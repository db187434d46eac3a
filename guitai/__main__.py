"""The `guitai` command: finds the subcommand's module and imports only that one."""

import importlib
import locale
import os
import sys
from pathlib import Path

import click

from guitai.click_words import teach_click
from guitai.places import Places, default_home
from protocol.language import LANGUAGES, N_, _, set_process_language

SUBCOMMANDS: dict[str, tuple[str, str]] = {
    "demo": ("guitai.demo", N_("Try it: a sample shop with simulated devices, in this window.")),
    "create": ("guitai.create", N_("Make a new, empty store with its first manager.")),
    "server": ("guitai.server", N_("Run the store server: one per store, it keeps the books.")),
    "devices": (
        "guitai.devices",
        N_("Run a lane's device daemon: it owns scanner, printer, drawer, display."),
    ),
    "terminal": ("guitai.terminal", N_("Run the cashier's terminal of a lane.")),
    "console": ("guitai.console", N_("Run the back-room console: goods, lists, operators, the day.")),
    "import": ("guitai.importing", N_("Import a list from a CSV or Excel file: all rows or none.")),
    "export": ("guitai.exporting", N_("Export a list to a CSV or Excel file.")),
    "call": ("guitai.call", N_("Send any message as JSON and print the answer, for scripts and support.")),
    "scan": ("guitai.scan", N_("Scan a code on a lane's simulated scanner.")),
    "backup": ("guitai.backup", N_("Copy the books while the shop is open, and check the copy.")),
    "restore": ("guitai.restore", N_("Put a backup in the place of the books; the server must be stopped.")),
    "verify": ("guitai.verify", N_("Prove that chain, postings, balances and sales are right.")),
    "pair": ("guitai.pair", N_("Make this machine's key known to a store server, by a one-time code.")),
    "doctor": ("guitai.doctor", N_("Say in words what is wrong with this installation.")),
}
"""Name to (module, one line of help). The module has a click command named `command`."""


class LazyGroup(click.Group):
    """Imports a subcommand when it is run; the list of help needs none of them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the subcommands in the order in which one meets them."""
        return list(SUBCOMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """Import and return the subcommand."""
        if name not in SUBCOMMANDS:
            return None
        found = importlib.import_module(SUBCOMMANDS[name][0]).command
        assert isinstance(found, click.Command)
        _translate(found)
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of subcommands without importing them."""
        with formatter.section(_("Commands")):
            formatter.write_dl([(name, _(line)) for name, (_module, line) in SUBCOMMANDS.items()])


def _translate(command: click.Command) -> None:
    """Put the words of a command, which are written at import, into the language that was chosen."""
    command.help = _(command.help or "")
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            parameter.help = _(parameter.help) if parameter.help else None
            if isinstance(parameter.prompt, str):
                parameter.prompt = _(parameter.prompt)


def choose_language() -> None:
    """Speak the language of GUITAI_LANGUAGE, else of the locale: Chinese for zh, English for all others."""
    named = os.environ.get("GUITAI_LANGUAGE", "")
    if named in LANGUAGES:
        set_process_language(named)
        return
    spoken = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    set_process_language("zh_CN" if spoken.startswith("zh") else "en")


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    help=N_(
        "Guitai (柜台): the shop counter, in a terminal.\n\n"
        "First time here? `guitai demo` opens a sample shop in this window; nothing else is needed.\n\n"
        "A real shop: `guitai create` once, then `guitai server` on the store's machine, and on each lane "
        "`guitai devices` and `guitai terminal`. `guitai doctor` tells what is missing.\n\n"
        "Everything lives in one folder: --home, or GUITAI_HOME, or /var/lib/guitai, or "
        "~/.local/share/guitai. "
        "GUITAI_LANGUAGE=zh_CN or en chooses the language."
    ),
)
@click.version_option(package_name="guitai", prog_name="guitai")
@click.option(
    "--home",
    type=click.Path(path_type=Path, file_okay=False),
    default=None,
    help=N_("The folder of this installation."),
)
@click.pass_context
def guitai(ctx: click.Context, home: Path | None) -> None:
    """Keep the chosen places for the subcommand."""
    ctx.obj = Places((home or default_home()).absolute())


def main() -> None:
    """Run the command."""
    locale.setlocale(locale.LC_CTYPE, "")
    choose_language()
    teach_click()
    _translate(guitai)
    try:
        guitai.main(prog_name="guitai", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        click.echo(_("Stopped."), err=True)
        sys.exit(130)


if __name__ == "__main__":
    main()
