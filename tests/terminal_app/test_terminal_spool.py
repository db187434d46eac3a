"""The terminal's spool: a payment is on the disk before it is sent, and survives torn writes."""

from pathlib import Path

from protocol.messages.sales import AddTender, FinishSale
from terminal_app.spool import Spool


def _tender(amount: int) -> AddTender:
    return AddTender.model_validate(
        {"sale_id": "s", "tender_id": f"t{amount}", "tender": "cash", "amount_minor": amount}
    )


def test_what_was_sent_and_not_settled_is_there_after_a_power_cut(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "lane-1.spool")
    spool.put("a", _tender(100), training=False)
    spool.put("b", FinishSale.model_validate({"sale_id": "s", "lane": "1"}), training=True)
    spool.done("a")
    spool.close()
    again = Spool(tmp_path / "lane-1.spool")
    assert [(s.id, type(s.command).__name__, s.training) for s in again.waiting()] == [
        ("b", "FinishSale", True)
    ]
    again.close()


def test_a_settled_spool_is_an_empty_file(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "lane-1.spool")
    spool.put("a", _tender(100), training=False)
    spool.done("a")
    spool.done("a")
    assert (tmp_path / "lane-1.spool").stat().st_size == 0
    spool.close()


def test_a_torn_last_line_costs_nothing_but_itself(tmp_path: Path) -> None:
    path = tmp_path / "lane-1.spool"
    spool = Spool(path)
    spool.put("a", _tender(100), training=False)
    spool.close()
    path.write_bytes(path.read_bytes() + b'{"send": "b", "na')
    again = Spool(path)
    assert again.unreadable == 1
    again.put("c", _tender(300), training=False)
    again.close()
    third = Spool(path)
    assert [s.id for s in third.waiting()] == ["a", "c"]
    third.close()


def test_the_same_command_is_written_once(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "lane-1.spool")
    spool.put("a", _tender(100), training=False)
    size = (tmp_path / "lane-1.spool").stat().st_size
    spool.put("a", _tender(100), training=False)
    assert (tmp_path / "lane-1.spool").stat().st_size == size
    spool.close()
