"""Imports and exports of lists, all or nothing."""
