"""`guitai devices`: run a lane's device daemon."""

import asyncio

import click

from device_daemon.daemon import run
from device_daemon.settings import BadDeviceSettings, load_device_settings
from device_daemon.spool import SpoolError
from guitai.logs import log_to
from guitai.places import Places
from protocol.language import N_, _
from protocol.sockets.endpoints import EndpointError
from protocol.sockets.keys import KeyFileError


@click.command(
    help=N_(
        "Run the device daemon of a lane until it is stopped.\n\n"
        "Which devices the lane has is said in HOME/lanes/LANE/rack.toml; without that file all of them are "
        "simulated. docs/install-hardware.md shows one for real hardware."
    )
)
@click.option("--lane", default="1", show_default=True, help=N_("The lane."))
@click.option("--verbose", is_flag=True, help=N_("Log every step."))
@click.pass_obj
def command(places: Places, lane: str, verbose: bool) -> None:
    """Serve the lane's devices."""
    folder = places.lane(lane)
    log_to(folder / "devices.log", verbose)
    try:
        settings = load_device_settings(folder, lane)
        asyncio.run(
            run(settings, lambda: click.echo(_("The devices of lane {lane} are ready.").format(lane=lane)))
        )
    except (BadDeviceSettings, EndpointError, KeyFileError, SpoolError) as error:
        raise click.ClickException(str(error)) from error
