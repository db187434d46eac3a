"""A lane on another machine is paired with a one-time code, sells over CURVE, and is shut out again."""

import json
import socket

from shop_on_loopback import CASHIER, MANAGER, WATER, Shop, new_folder, open_shift, remove, shop_in, sign_on

MANAGED = ("--operator", MANAGER.code)


def _free_ports(count: int) -> list[int]:
    """Return ports in a row that nobody uses now: facts are at the port after the requests."""
    while True:
        with socket.create_server(("127.0.0.1", 0)) as probe:
            first = probe.getsockname()[1]
        try:
            sockets = [socket.create_server(("127.0.0.1", first + number)) for number in range(count)]
        except OSError:
            continue
        for each in sockets:
            each.close()
        return [first + number for number in range(count)]


async def test_a_terminal_is_paired_and_works_and_is_revoked(shop: Shop) -> None:
    requests, facts, pairing = _free_ports(3)
    (shop.places.store / "store.toml").write_text(
        f'requests = ["{shop.places.store_requests}", "tcp://127.0.0.1:{requests}"]\n'
        f'facts = ["{shop.places.store_facts}", "tcp://127.0.0.1:{facts}"]\n'
        f'pairing = "tcp://127.0.0.1:{pairing}"\n'
    )
    await shop.open()
    server = f"tcp://127.0.0.1:{requests}"
    folder = new_folder()
    try:
        async with shop_in(folder) as lane:
            code, said = lane.run("call", "presence.Hello", "--server", server)
            assert code != 0, "nobody gets in without a key"

            code, said = lane.run("pair", f"tcp://127.0.0.1:{pairing}", "lane-7", "--code", "1-wrong-code")
            assert code != 0
            assert "Not paired" in said

            line = ("call", "store.CreatePairingCode", '{"terminal": "lane-7"}', *MANAGED)
            code, said = shop.run(*line, GUITAI_PIN=MANAGER.pin)
            assert code == 0, said
            offered = json.loads(said)["body"]
            code, said = lane.run("pair", offered["endpoint"], "lane-7", "--code", offered["code"])
            assert code == 0, said
            assert "Paired as lane-7" in said

            code, said = lane.run("call", "presence.Hello", "--server", server)
            assert code == 0, said
            assert json.loads(said)["body"]["store_name"] == "Ming's Corner Shop"

            code, said = lane.run("pair", offered["endpoint"], "lane-8", "--code", offered["code"])
            assert code != 0, "a code pairs one terminal"

            window = lane.window(
                "terminal-7", "terminal", "--lane", "7", "--server", server, "--name", "lane-7"
            )
            window.start()
            await sign_on(window, CASHIER, "7")
            await open_shift(window, "200")
            await window.type(WATER)
            window.press("\r")
            await window.shows("1 piece")

            line = ("call", "store.RevokeTerminal", '{"terminal": "lane-7"}', *MANAGED)
            code, said = shop.run(*line, GUITAI_PIN=MANAGER.pin)
            assert code == 0, said
            await window.type(WATER)
            window.press("\r")
            await window.shows("This terminal may no longer use the store server")

            code, said = lane.run("call", "presence.Hello", "--server", server, "--timeout", "3")
            assert code != 0
            assert "Pair it again" in said or "may no longer" in said or "Nobody answers" in said
    finally:
        remove(folder)
    code, said = shop.run("call", "store.ListTerminals", *MANAGED, GUITAI_PIN=MANAGER.pin)
    assert code == 0, said
    (terminal,) = [each for each in json.loads(said)["body"]["terminals"] if each["terminal"] == "lane-7"]
    assert terminal["revoked"] is True
    assert shop.proven().sales == 0
