"""The shop's offers: kept version by version, compiled for the counter, counted where they are limited."""
