"""Who is there: greetings and heartbeats, the same for the store server and the device daemon."""

from pydantic import StrictBool, StrictInt

from protocol.messages.base import Answer, Fact, Query


class Alive(Answer):
    """The server is there."""


class Ping(Query):
    """Sent by every client twice a second; who is silent for 1.5 s is gone."""

    answer = Alive
    open_to_all = True


class Greeting(Answer):
    """Who answers, and what it speaks."""

    program: str
    """`store_server` or `device_daemon`."""
    program_version: str
    protocol_major: StrictInt
    protocol_minor: StrictInt
    publisher: str
    """The present run's name, as in the header of its facts."""
    sequence: StrictInt
    """The number of the last fact published before this answer."""
    store_code: str = ""
    store_name: str = ""
    currency: str = ""
    """ISO 4217 code; empty from a device daemon."""
    time_zone: str = ""
    """The store's time zone, `Asia/Shanghai`, for showing times; empty from a device daemon."""
    confirm_member_card: StrictBool = False
    """True: this shop's cashiers are asked before a card or a member code puts its member beside the sale."""
    lane: str = ""
    """The lane of a device daemon; empty from a store server."""


class Hello(Query):
    """The first request of a connection: who are you, and which fact was your last?"""

    answer = Greeting
    open_to_all = True


class Heartbeat(Fact):
    """Published twice a second with the number of the last fact, so that a lost last fact is noticed too."""
