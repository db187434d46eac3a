"""Quotations: prices for many units, approved by a second person, sold once."""
