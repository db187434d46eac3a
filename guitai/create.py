"""`guitai create`: make a new, empty store with its first manager."""

import click
from pydantic import ValidationError

from guitai.new_store import FirstOperator, create_store
from guitai.places import Places
from protocol.language import LANGUAGES, N_, _, current_language
from store_server.operators.rules import pin_problem
from store_server.settings import StoreSettings


@click.command(
    help=N_(
        "Make a new, empty store and its first manager. What is not given is asked for.\n\n"
        "Everything but the currency and the code can be changed later in the console."
    )
)
@click.option(
    "--name", prompt=N_("Name of the store"), help=N_("Name of the store, at the head of receipts.")
)
@click.option("--code", default="S1", prompt=N_("Short code"), help=N_("Short code, in receipt numbers."))
@click.option(
    "--currency", default="CNY", prompt=N_("Currency"), help=N_("Three letters, such as CNY or GBP.")
)
@click.option(
    "--time-zone", default="Asia/Shanghai", prompt=N_("Time zone"), help=N_("Such as Asia/Shanghai.")
)
@click.option(
    "--receipt-language",
    type=click.Choice(sorted(LANGUAGES)),
    default=None,
    help=N_("Language of receipts; the present one if not given."),
)
@click.option("--manager", prompt=N_("Name of the manager"), help=N_("Name of the first manager."))
@click.option(
    "--operator",
    default="9",
    prompt=N_("Code with which the manager signs on"),
    help=N_("What the manager types to sign on."),
)
@click.option(
    "--pin",
    prompt=N_("PIN of the manager"),
    hide_input=True,
    confirmation_prompt=True,
    help=N_("The manager's PIN: digits, at least four."),
)
@click.pass_obj
def command(
    places: Places,
    name: str,
    code: str,
    currency: str,
    time_zone: str,
    receipt_language: str | None,
    manager: str,
    operator: str,
    pin: str,
) -> None:
    """Create."""
    try:
        settings = StoreSettings(
            store_name=name,
            store_code=code,
            currency=currency,
            time_zone=time_zone,
            language=receipt_language or current_language(),
        )
    except ValidationError as error:
        first = error.errors()[0]
        setting = str(first["loc"][0])
        text = _("{value} will not do for {setting}. {explanation}").format(
            value=first["input"],
            setting=setting,
            explanation=_(StoreSettings.model_fields[setting].description or ""),
        )
        raise click.ClickException(text) from error
    if pin_problem(pin, settings.pin_length):
        raise click.ClickException(
            _("The PIN needs at least four digits, and not one that everybody tries first.")
        )
    try:
        create_store(places.books, settings, (FirstOperator(operator, manager, "manager", pin),))
    except FileExistsError as error:
        raise click.ClickException(
            _("There is a store at {path} already.").format(path=places.books)
        ) from error
    click.echo(_("The store is at {path}. Start it with: guitai server").format(path=places.books))
