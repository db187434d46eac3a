"""Carrying lists to and from the store: cancelled at any moment, nothing is left behind."""

import os
from pathlib import Path
from typing import TypeVar

import pytest
from console_store import ConsoleStore

from protocol.identifiers import ImportId
from protocol.messages.base import Answer, Refused, Request
from protocol.messages.imports import (
    AddImportRows,
    ApplyImport,
    CancelImport,
    CheckImport,
    ImportAnswer,
    ImportState,
)
from terminal_app.console.list_transfer import (
    Progress,
    Stage,
    Stopped,
    WasCancelled,
    apply_import,
    run_export,
    run_import,
)
from terminal_app.console.spreadsheets import Unreadable, open_spreadsheet

A = TypeVar("A", bound=Answer)


class Asking:
    """Asks the store in memory; `before` may change what happens at a request."""

    def __init__(self) -> None:
        self.store = ConsoleStore()
        self.too_late = False
        self.applying_for = 0

    async def ask(self, request: Request, expected: type[A], /) -> A | Refused:
        if isinstance(request, CancelImport) and self.too_late:
            return Refused(code="too_late", explanation="All rows are applied.")
        answer = await self.store.ask(request)
        if isinstance(answer, ImportAnswer) and self.applying_for:
            self.applying_for -= 1
            answer = ImportAnswer(view=answer.view.model_copy(update={"state": ImportState.APPLYING}))
        assert isinstance(answer, (expected, Refused))
        return answer

    def asked(self, kind: type[Request]) -> int:
        return sum(isinstance(request, kind) for request in self.store.asked)


def goods(path: Path, rows: int) -> Path:
    path.write_text("code,name,price\n" + "".join(f"N{i},Tea,1.00\n" for i in range(rows)), encoding="utf-8")
    return path


async def test_a_long_file_goes_in_pieces_with_progress_to_the_end(tmp_path: Path) -> None:
    asking, seen = Asking(), list[Progress]()
    view = await run_import(asking, goods(tmp_path / "a.csv", 2500), "products", seen.append, lambda: False)
    assert (view.state, view.rows) == (ImportState.READY, 2500)
    sizes = [len(r.rows) for r in asking.store.asked if isinstance(r, AddImportRows)]
    assert sizes == [1000, 1000, 500]
    assert [p.rows for p in seen if p.stage is Stage.SENDING] == [1000, 2000, 2500]
    assert seen[-1].fraction_ppm == 1_000_000
    assert asking.asked(CancelImport) == 0


async def test_cancelling_while_the_file_is_read_has_the_store_forget_it(tmp_path: Path) -> None:
    asking, seen = Asking(), list[Progress]()
    with pytest.raises(WasCancelled):
        await run_import(
            asking, goods(tmp_path / "a.csv", 2500), "products", seen.append, lambda: len(seen) == 1
        )
    assert asking.asked(AddImportRows) == 1
    assert asking.asked(CheckImport) == 0
    assert asking.asked(CancelImport) == 1


async def test_a_file_that_breaks_in_the_middle_leaves_nothing_behind(tmp_path: Path) -> None:
    path = goods(tmp_path / "a.csv", 1500)
    path.write_text(path.read_text(encoding="utf-8") + 'N9,"no end\n', encoding="utf-8")
    asking = Asking()
    with pytest.raises(Unreadable, match="quotation mark"):
        await run_import(asking, path, "products", lambda progress: None, lambda: False)
    assert asking.asked(CheckImport) == 0
    assert asking.asked(CancelImport) == 1


async def test_headings_only_is_refused_before_anything_is_checked(tmp_path: Path) -> None:
    asking = Asking()
    with pytest.raises(Stopped, match="headings and no rows"):
        await run_import(
            asking, goods(tmp_path / "a.csv", 0), "products", lambda progress: None, lambda: False
        )
    assert asking.asked(CheckImport) == 0


async def test_cancelling_while_it_is_applied_takes_it_back(tmp_path: Path) -> None:
    asking = Asking()
    view = await run_import(asking, goods(tmp_path / "a.csv", 3), "products", lambda p: None, lambda: False)
    asking.applying_for = 2
    with pytest.raises(WasCancelled):
        await apply_import(asking, ImportId(view.import_id), lambda progress: None, lambda: True)
    assert asking.store.import_state is ImportState.CANCELLED


async def test_cancelling_too_late_tells_what_really_happened(tmp_path: Path) -> None:
    asking = Asking()
    view = await run_import(asking, goods(tmp_path / "a.csv", 3), "products", lambda p: None, lambda: False)
    asking.applying_for, asking.too_late = 2, True
    done = await apply_import(asking, ImportId(view.import_id), lambda progress: None, lambda: True)
    assert done.state is ImportState.APPLIED
    assert asking.asked(ApplyImport) == 1


async def test_an_export_in_pieces_is_whole_and_a_cancelled_one_is_not_there(tmp_path: Path) -> None:
    asking, path = Asking(), tmp_path / "out.csv"
    with pytest.raises(WasCancelled):
        await run_export(asking, path, "products", lambda progress: None, lambda: True)
    assert os.listdir(tmp_path) == []
    assert await run_export(asking, path, "products", lambda progress: None, lambda: False) == 4
    with open_spreadsheet(path) as sheet:
        assert sheet.headings[0] == "code"
        assert [cells[0] for _number, cells in sheet.rows()] == ["1001", "1002", "1003", "1004"]
