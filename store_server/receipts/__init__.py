"""Receipts and slips from templates."""
