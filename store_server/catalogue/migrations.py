"""The tables of this room."""

from sqlite_utils.migrations import Migrations

migrations = Migrations("catalogue")
