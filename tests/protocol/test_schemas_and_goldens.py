"""Files about the protocol say what the code does, and old bytes are read for ever."""

import json
import re
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from protocol import schemas
from protocol.messages.base import Answer, Fact, FactHeader, Header
from protocol.reference import models_of
from protocol.registry import MESSAGES, requests
from protocol.wire import Answered, Asked, Told, pack, pack_fact, unpack_answer, unpack_fact, unpack_request

GOLDEN = schemas.ROOT / "tests/protocol/golden"
OLD_AND_NEW = sorted(GOLDEN.glob("*/*.json"))
PRESENT = sorted((schemas.ROOT / schemas.GOLDEN).glob("*.json"))


def frames_in(path: Path) -> list[bytes]:
    return [frame.encode() for frame in json.loads(path.read_text(encoding="utf-8"))["frames"]]


def read(name: str, frames: list[bytes]) -> tuple[Header | FactHeader, object]:
    kind = MESSAGES[name]
    if issubclass(kind, Fact):
        told = unpack_fact(frames)
        assert isinstance(told, Told), told
        return told.header, told.fact
    got = unpack_answer(frames) if issubclass(kind, Answer) else unpack_request(frames)
    assert isinstance(got, Answered | Asked), got
    return got.header, got.answer if isinstance(got, Answered) else got.request


def name_of(path: Path) -> str:
    return path.stem


def test_the_generated_files_are_as_the_code_says() -> None:
    wrong = schemas.out_of_date()
    assert not wrong, "\n".join([*wrong, f"Run: {schemas.COMMAND}"])


@pytest.mark.parametrize("path", OLD_AND_NEW, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_every_golden_file_of_every_version_is_still_read(path: Path) -> None:
    frames = frames_in(path)
    header, message = read(name_of(path), frames)
    assert header.name == name_of(path)
    assert type(message) is MESSAGES[name_of(path)]
    written = json.loads(frames[-1])
    now = json.loads(message.model_dump_json())
    assert {key: now[key] for key in written} == written


@pytest.mark.parametrize("path", PRESENT, ids=name_of)
def test_the_golden_files_of_this_version_are_written_with_the_same_bytes(path: Path) -> None:
    frames = frames_in(path)
    header, message = read(name_of(path), frames)
    assert (pack_fact if isinstance(header, FactHeader) else pack)(header, message) == frames  # type: ignore[operator]


@pytest.mark.parametrize("name", sorted(MESSAGES))
def test_the_schema_of_each_message_is_valid_and_accepts_its_example(name: str) -> None:
    schema = json.loads((schemas.ROOT / schemas.SCHEMAS / f"{name}.json").read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    body = json.loads(frames_in(schemas.ROOT / schemas.GOLDEN / f"{name}.json")[-1])
    Draft202012Validator(schema).validate(body)


def test_a_schema_refuses_what_the_code_refuses() -> None:
    schema = schemas.message_schema(MESSAGES["sales.ChangeQuantity"])
    validator = Draft202012Validator(schema)
    good = {"sale_id": "s", "line": 1, "quantity_thousandths": 1000}
    assert validator.is_valid(good)
    for bad in ({"line": "1"}, {"line": 0}, {"quantity_thousandths": 1.5}):
        assert not validator.is_valid(good | bad)
    assert not validator.is_valid({"sale_id": "s"})


def test_every_reference_in_the_asyncapi_document_leads_somewhere() -> None:
    document = json.loads((schemas.ROOT / schemas.SCHEMAS / "asyncapi.json").read_text(encoding="utf-8"))
    references = set(re.findall(r'"\$ref": "#/([^"]+)"', json.dumps(document)))
    assert len(references) > len(MESSAGES)
    for reference in references:
        place = document
        for part in reference.split("/"):
            place = place[part]
    assert document["asyncapi"] == "3.0.0"
    assert set(document["components"]["messages"]) == set(MESSAGES)
    for name, request in requests().items():
        operations = [key for key in document["operations"] if key.partition(".")[2] == name]
        assert operations, name
        reply = document["operations"][operations[0]]["reply"]["messages"]
        assert {ref["$ref"].rpartition("/")[2] for ref in reply} >= {
            "Refused",
            schemas.WIRE_NAMES[request.answer],
        }


def test_every_message_has_a_docstring_of_its_own() -> None:
    inherited = {base.__doc__ for kind in MESSAGES.values() for base in kind.__mro__[1:]}
    assert [name for name, kind in MESSAGES.items() if not kind.__doc__ or kind.__doc__ in inherited] == []


def test_the_document_names_every_message_and_every_field() -> None:
    document = (schemas.ROOT / schemas.DOCUMENT).read_text(encoding="utf-8")
    chapters = {
        part.partition("\n")[0].strip(): part for part in re.split(r"^#### ", document, flags=re.MULTILINE)
    }
    for name, message in MESSAGES.items():
        assert name in chapters, f"{name} is missing. Run: {schemas.COMMAND}"
        for model, heading in [(message, name), *((part, part.__name__) for part in models_of(message))]:
            heading = schemas.WIRE_NAMES.get(model, heading)  # type: ignore[call-overload]
            for field in model.model_fields:
                assert f"| `{field}` |" in chapters[heading], f"{heading}.{field}. Run: {schemas.COMMAND}"


def test_writing_again_changes_nothing_and_never_an_old_golden_file(tmp_path: Path) -> None:
    (tmp_path / schemas.DOCUMENT).parent.mkdir(parents=True)
    (tmp_path / schemas.DOCUMENT).write_text(f"before\n{schemas.BEGIN}\n{schemas.END}\nafter\n")
    golden = tmp_path / schemas.GOLDEN / "presence.Ping.json"
    golden.parent.mkdir(parents=True)
    golden.write_text("an old one")
    stale = tmp_path / schemas.SCHEMAS / "sales.Haggle.json"
    stale.parent.mkdir(parents=True)
    stale.write_text("{}")
    schemas.write(tmp_path)
    assert golden.read_text() == "an old one"
    assert not stale.exists()
    assert schemas.out_of_date(tmp_path) == [f"differs: {schemas.GOLDEN}/presence.Ping.json"]
    schemas.write(tmp_path, replace_goldens=True)
    assert schemas.out_of_date(tmp_path) == []
    document = (tmp_path / schemas.DOCUMENT).read_text()
    assert document.startswith("before\n")
    assert document.endswith("\nafter\n")


def test_the_command_that_checks_the_files_says_what_is_out_of_date(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert schemas.main(["--check"]) == (1 if schemas.out_of_date() else 0)
    with pytest.raises(SystemExit):
        schemas.main([])
    assert "--write" in capsys.readouterr().err
