"""The store's settings: what a shop may choose, each with the sentence that the console shows.

They are rows in the database (`settings`), so that they travel with a backup; this model gives their
types, defaults and explanations.
"""

import sqlite3
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, Field, field_validator

from protocol.language import LANGUAGES, N_
from protocol.money import MINOR_DIGITS


class StoreSettings(BaseModel):
    """Every setting of a store."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    store_code: Annotated[
        str,
        Field(
            pattern="^[A-Z0-9]{1,6}$",
            description=N_(
                "Short code of this store, printed in receipt numbers: 1 to 6 capital letters or digits."
            ),
        ),
    ] = "S1"
    store_name: Annotated[
        str,
        Field(
            min_length=1, max_length=60, description=N_("Name of the store, at the head of every receipt.")
        ),
    ] = "Guitai"
    store_address: Annotated[
        str,
        Field(
            max_length=120,
            description=N_("Address and telephone, below the name on receipts; empty: not printed."),
        ),
    ] = ""
    receipt_footer: Annotated[
        str, Field(max_length=200, description=N_("The last line of a receipt: thanks, opening hours."))
    ] = "谢谢惠顾，欢迎再次光临！"
    currency: Annotated[
        str,
        Field(
            pattern="^[A-Z]{3}$",
            description=N_(
                "Currency as three letters (ISO 4217): CNY, GBP. Cannot change after the first sale."
            ),
        ),
    ] = "CNY"
    time_zone: Annotated[
        str,
        Field(description=N_("Time zone of the store, such as Asia/Shanghai; receipts and reports use it.")),
    ] = "Asia/Shanghai"
    language: Annotated[str, Field(description=N_("Language of receipts and slips: en or zh_CN."))] = "zh_CN"
    day_rollover: Annotated[
        str,
        Field(
            pattern="^([01][0-9]|2[0-3]):[0-5][0-9]$",
            description=N_("When a new business day may begin: a shift opened earlier belongs to yesterday."),
        ),
    ] = "04:00"
    park_warning_minutes: Annotated[
        int,
        Field(
            ge=1,
            le=100_000,
            description=N_("A sale parked for longer than this many minutes is shown as old."),
        ),
    ] = 120
    difference_limit_minor: Annotated[
        int,
        Field(
            ge=0,
            le=100_000_000,
            description=N_("A cash difference above this amount asks for a reason."),
        ),
    ] = 500
    quantity_limit_thousandths: Annotated[
        int,
        Field(
            ge=1000,
            le=9_999_999,
            description=N_("The largest quantity of one line."),
        ),
    ] = 999_000
    line_limit: Annotated[
        int, Field(ge=1, le=1000, description=N_("The most lines that one sale can have."))
    ] = 500
    member_number_first: Annotated[
        int,
        Field(
            ge=1,
            le=10**15,
            description=N_("The first member number of this store's own block; stores never share a block."),
        ),
    ] = 10_000_001
    member_number_last: Annotated[
        int,
        Field(
            ge=1,
            le=10**15,
            description=N_("The last member number of this store's own block; numbers have as many digits."),
        ),
    ] = 19_999_999
    member_price: Annotated[
        str,
        Field(
            pattern="^(promotion|lower)$",
            description=N_(
                "What a member pays for goods on promotion: promotion (the promotional price) or lower (the "
                "lower one of it and the tier's price)."
            ),
        ),
    ] = "promotion"
    confirm_member_card: Annotated[
        str,
        Field(
            pattern="^(yes|no)$",
            description=N_(
                "Whether the cashier is asked before a card or member code attaches its member: yes or no."
            ),
        ),
    ] = "no"
    cash_rounding: Annotated[
        str,
        Field(
            pattern="^(none|5|10|50|100)$",
            description=N_(
                "To what cash is rounded (none, 5, 10, 50 or 100 of the smallest unit of money; 10 is 0.10). "
                "Only what cash pays is rounded, and receipts show by how much."
            ),
        ),
    ] = "none"
    cash_rounding_mode: Annotated[
        str,
        Field(
            pattern="^(half_up|half_down|half_even|down|up)$",
            description=N_(
                "How cash is rounded: half_up, half_down or half_even (to the nearest, the middle up, down "
                "or to the even one), down (always in the customer's favour) or up."
            ),
        ),
    ] = "down"
    refund_in_cash: Annotated[
        str,
        Field(
            pattern="^(no|yes)$",
            description=N_(
                "May money that came by card or pay app go back in cash: no (only the way it came) or yes. "
                "Points always go back as points."
            ),
        ),
    ] = "no"
    refund_second_person_minor: Annotated[
        int,
        Field(
            ge=0,
            le=10**11,
            description=N_(
                "A refund above this amount needs a second person who "
                "approves it, even when the first one may give refunds."
            ),
        ),
    ] = 50_000
    quotation_second_person: Annotated[
        str,
        Field(
            pattern="^(yes|no)$",
            description=N_(
                "Whether somebody else than its author has to approve a quotation before it can be sold: "
                "yes or no."
            ),
        ),
    ] = "yes"
    wrong_pin_limit: Annotated[
        int, Field(ge=3, le=20, description=N_("After so many wrong PINs an operator is locked for a while."))
    ] = 5
    pin_lock_minutes: Annotated[
        int,
        Field(
            ge=1,
            le=1440,
            description=N_("For how many minutes an operator is locked after too many wrong PINs."),
        ),
    ] = 5
    pin_length: Annotated[int, Field(ge=4, le=12, description=N_("The fewest digits of a PIN."))] = 4
    points_expiry: Annotated[
        str,
        Field(
            pattern="^(days|next_year|never)$",
            description=N_(
                "When points end: days (after a number of days), next_year (at the end of the next calendar "
                "year) or never. Points that are there keep their day."
            ),
        ),
    ] = "next_year"
    points_expiry_days: Annotated[
        int, Field(ge=1, le=36_500, description=N_("After how many days points end, where days is chosen."))
    ] = 365
    points_grace_days: Annotated[
        int,
        Field(
            ge=0,
            le=366,
            description=N_("For how many days points can be used that a refund gives back after their end."),
        ),
    ] = 30
    points_refund_shortfall: Annotated[
        str,
        Field(
            pattern="^(below_zero|deduct)$",
            description=N_(
                "When goods come back whose points are already spent: below_zero (the balance falls below "
                "zero and is won back) or deduct (their value is kept of the refund)."
            ),
        ),
    ] = "below_zero"

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError("no such time zone") from None
        return value

    @field_validator("language")
    @classmethod
    def _known_language(cls, value: str) -> str:
        if value not in LANGUAGES:
            raise ValueError("no such language")
        return value

    @field_validator("currency")
    @classmethod
    def _known_currency(cls, value: str) -> str:
        if value not in MINOR_DIGITS:
            raise ValueError("no such currency")
        return value

    @property
    def zone(self) -> ZoneInfo:
        """The store's time zone."""
        return ZoneInfo(self.time_zone)


def load_settings(db: sqlite3.Connection) -> StoreSettings:
    """Return the settings as the database has them, defaults for the rest."""
    return StoreSettings.model_validate(
        {row[0]: row[1] for row in db.execute("SELECT setting, value FROM settings")}
    )
