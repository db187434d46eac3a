"""The sockets of the protocol; the only place that knows ZeroMQ."""
