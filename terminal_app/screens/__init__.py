"""Screens and dialogs that the terminal and the console share."""
