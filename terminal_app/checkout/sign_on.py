"""The sign-on of a lane: as everywhere, with the device bench behind its key."""

from terminal_app.actions import bindings_for
from terminal_app.checkout.terminal_flows import BenchFlow
from terminal_app.screens.sign_on import SignOnScreen


class LaneSignOn(BenchFlow, SignOnScreen):
    """Who is there, at this lane?"""

    PLACES = ("lane", "shell")
    BINDINGS = [*bindings_for("lane")]
