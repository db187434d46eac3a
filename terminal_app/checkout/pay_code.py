"""Recognises the pay code that a customer shows (付款码): 18 digits, the first two say whose it is."""

from dataclasses import dataclass

_LENGTH = 18
_WALLETS = ((range(10, 16), "WeChat"), (range(25, 31), "Alipay"))


@dataclass(frozen=True, slots=True)
class PayCode:
    """A recognised code. The whole of it is never stored: who has it can take money for a minute."""

    wallet: str
    tail: str
    """The last four digits."""

    @property
    def reference(self) -> str:
        """What is written on the payment: `WeChat 1234`."""
        return f"{self.wallet} {self.tail}"


def recognise(code: str) -> PayCode | None:
    """Return the pay code, or None for anything else."""
    if len(code) != _LENGTH or not (code.isascii() and code.isdigit()):
        return None
    for prefixes, wallet in _WALLETS:
        if int(code[:2]) in prefixes:
            return PayCode(wallet, code[-4:])
    return None
