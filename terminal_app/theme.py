"""The colours: one light and one dark variant, in the same roles."""

from textual.theme import Theme

DARK = Theme(
    name="guitai-dark",
    dark=True,
    primary="#5fb3a1",
    secondary="#8ab4d8",
    accent="#e8b75a",
    foreground="#e4e2dc",
    background="#14181b",
    surface="#1c2125",
    panel="#282f34",
    success="#7fc48a",
    warning="#e8b75a",
    error="#ef7d6d",
    variables={
        "training": "#b48ade",
        "quiet": "#8d9a9e",
        "picked": "#2f4a4c",
        "total": "#f6f2e4",
    },
)

LIGHT = Theme(
    name="guitai-light",
    dark=False,
    primary="#12695a",
    secondary="#2a5d8c",
    accent="#9a5b00",
    foreground="#1d2326",
    background="#f7f5ef",
    surface="#ecebe7",
    panel="#dedacd",
    success="#1d6b2f",
    warning="#9a5b00",
    error="#a8281a",
    variables={
        "training": "#6d3aa8",
        "quiet": "#5f686b",
        "picked": "#b5dbd2",
        "total": "#0d1112",
    },
)

THEMES = {"dark": DARK, "light": LIGHT}
"""By the word in the settings."""
