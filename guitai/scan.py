"""`guitai scan`: scan a code on a lane's simulated scanner."""

import asyncio

import click

from guitai.asking import ask, connected, device_target
from guitai.places import Places
from protocol.language import N_
from protocol.messages.devices import SimulateScan


@click.command(
    help=N_(
        "Scan CODE on the simulated scanner of a lane, as if somebody had held the goods before it.\n\n"
        "Example: guitai scan 6921168509256"
    )
)
@click.argument("code")
@click.option("--lane", default="1", show_default=True, help=N_("The lane."))
@click.pass_obj
def command(places: Places, code: str, lane: str) -> None:
    """Scan."""

    async def scan() -> None:
        async with connected(device_target(places, lane), "scan") as client:
            await ask(client, SimulateScan(code=code))

    asyncio.run(scan())
