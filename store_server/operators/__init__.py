"""Operators: roles, permissions, PINs, sessions, and approval of one action by a second person."""
