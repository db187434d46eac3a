"""The version of the protocol, apart from the version of the programs.

MAJOR changes when an old client could misunderstand; a different major is refused with words.
MINOR changes when messages or fields are added; both sides ignore what they do not know.
"""

PROTOCOL_MAJOR = 1
PROTOCOL_MINOR = 0
PROTOCOL_VERSION = f"{PROTOCOL_MAJOR}.{PROTOCOL_MINOR}"

WIRE_TAG = f"guitai/{PROTOCOL_MAJOR}".encode()
"""The first frame of every message (after the topic on PUB/SUB)."""
