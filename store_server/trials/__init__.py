"""Trials: what an offer would have done to past sales; reads only, and remembers in memory alone."""
