"""Health checks of single devices."""
