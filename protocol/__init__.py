"""What all programs of Guitai share: value types, messages, the wire and the sockets. No rules."""
