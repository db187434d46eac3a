"""The Textual programs: the cashier's terminal and the back-room console. They ask and draw."""
