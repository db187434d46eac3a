"""The back-room console: goods, imports, operators, the day, devices and settings, by keyboard alone."""
