"""One simulated device per interface: shipped, and reached through the drivers where bytes matter."""
