"""Widgets that several screens use. They draw what they are given and never ask."""
