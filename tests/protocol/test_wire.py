"""The wire: what goes out comes back, and whatever else comes in is a value that says what is wrong."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.identifiers import CommandId, TerminalName
from protocol.messages.base import FactHeader, Header, Refused
from protocol.messages.operators import SignOn
from protocol.messages.presence import Alive, Heartbeat, Hello, Ping
from protocol.wire import (
    MAX_MESSAGE_BYTES,
    Answered,
    Asked,
    Malformed,
    Told,
    TooLarge,
    Unacceptable,
    UnreadableAnswer,
    UnreadableFact,
    WrongVersion,
    other_version,
    pack,
    pack_fact,
    unpack_answer,
    unpack_fact,
    unpack_request,
)

HEADER = Header(id=CommandId("id-1"), name="presence.Ping", sender=TerminalName("lane-1"))


def request_frames(name: str, body: object, **header: object) -> list[bytes]:
    return [
        b"guitai/1",
        json.dumps({"id": "id-1", "name": name, **header}).encode(),
        json.dumps(body).encode(),
    ]


def refusal_of(frames: list[bytes]) -> Refused:
    got = unpack_request(frames)
    assert isinstance(got, Unacceptable)
    return got.refusal


def test_a_request_comes_back_as_it_was() -> None:
    assert unpack_request(pack(HEADER, Ping())) == Asked(HEADER, Ping())


def test_an_answer_comes_back_as_it_was() -> None:
    header = Header(id=CommandId("id-1"), name="Refused")
    refused = Refused(code="unknown_barcode", explanation="没有这个条码")
    assert unpack_answer(pack(header, refused)) == Answered(header, refused)


def test_a_fact_comes_back_as_it_was() -> None:
    header = FactHeader(name="presence.Heartbeat", publisher="run", sequence=7)
    assert unpack_fact(pack_fact(header, Heartbeat())) == Told(header, Heartbeat())


def test_fields_that_are_not_known_here_are_ignored() -> None:
    assert isinstance(unpack_request(request_frames("presence.Ping", {"colour": "red"}, mood="good")), Asked)


def test_a_request_that_is_not_known_is_refused_by_its_name() -> None:
    refused = refusal_of(request_frames("sales.Haggle", {}))
    assert refused.code == "unknown_message"
    assert "sales.Haggle" in refused.explanation


def test_an_answer_or_a_fact_is_no_request() -> None:
    assert refusal_of(request_frames("presence.Alive", {})).code == "unknown_message"
    assert refusal_of(request_frames("presence.Heartbeat", {})).code == "unknown_message"


def test_a_missing_field_is_named() -> None:
    refused = refusal_of(request_frames("operators.SignOn", {"code": "7"}))
    assert (refused.code, refused.field) == ("bad_request", "pin")
    assert refused.explanation == "The field “pin” is wrong: it is missing."


def test_a_number_in_quotes_is_refused_with_what_is_expected() -> None:
    body = {"sale_id": "s", "line": "1", "quantity_thousandths": 1000}
    refused = refusal_of(request_frames("sales.ChangeQuantity", body))
    assert refused.field == "line"
    assert "whole number" in refused.explanation


def test_words_about_a_bad_request_are_in_the_language_of_the_one_who_asks() -> None:
    refused = refusal_of(request_frames("operators.SignOn", {}, language="zh_CN"))
    assert refused.explanation == "字段“pin”有误：缺少这一项。"


def test_a_secret_never_appears_in_the_words_about_it() -> None:
    refused = refusal_of(request_frames("operators.SignOn", {"pin": ["sesame-4711"]}))
    assert "4711" not in refused.model_dump_json()
    assert refused.field == "pin"
    assert SignOn.secret_fields


def test_another_major_version_is_recognised_with_the_id_to_answer_to() -> None:
    assert unpack_request([b"guitai/2", b'{"id":"a-7","future":[1]}', b"?"]) == WrongVersion(
        2, CommandId("a-7")
    )
    assert unpack_request([b"guitai/0", b"\xff", b""]) == WrongVersion(0, None)
    assert "1.0" in other_version(2).explanation


def test_a_message_over_the_limit_is_not_even_parsed() -> None:
    assert isinstance(unpack_request([b"guitai/1", b"{}", b" " * MAX_MESSAGE_BYTES]), Malformed)


def test_a_message_over_the_limit_does_not_leave() -> None:
    header = Header(id=CommandId("id-1"), name="Refused")
    with pytest.raises(TooLarge, match=str(MAX_MESSAGE_BYTES)):
        pack(header, Refused(code="x", explanation="y" * MAX_MESSAGE_BYTES))


def test_a_fact_that_is_not_known_here_still_counts() -> None:
    header = {"name": "sales.Celebrated", "publisher": "run", "sequence": 3}
    got = unpack_fact([b"sales.Celebrated", b"guitai/1", json.dumps(header).encode(), b"{}"])
    assert isinstance(got, Told)
    assert (got.fact, got.header.sequence) == (None, 3)


def test_a_fact_with_a_broken_body_says_which_number_was_lost() -> None:
    header = {"name": "operators.SignOnFailed", "publisher": "run", "sequence": 3}
    got = unpack_fact([b"operators.SignOnFailed", b"guitai/1", json.dumps(header).encode(), b"{}"])
    assert isinstance(got, UnreadableFact)
    assert got.header.sequence == 3


def test_an_answer_that_is_not_known_here_keeps_its_id() -> None:
    got = unpack_answer(request_frames("sales.Haggled", {}))
    assert isinstance(got, UnreadableAnswer)
    assert got.header.id == "id-1"


def test_deep_nesting_is_only_malformed() -> None:
    deep = b"[" * 400_000
    assert isinstance(unpack_request([b"guitai/1", deep, b"{}"]), Malformed)
    assert isinstance(unpack_request([b"guitai/9", b'{"id":' + deep, b"{}"]), WrongVersion)
    assert refusal_of([b"guitai/1", b'{"id":"1","name":"presence.Hello"}', deep]).code == "bad_request"


FRAMES = st.lists(
    st.one_of(
        st.binary(max_size=40),
        st.sampled_from(
            [
                b"guitai/1",
                b"guitai/2",
                b"guitai/",
                b"presence.Ping",
                b"presence.Heartbeat",
                b"{}",
                b"null",
                b"[]",
            ]
        ),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.text(max_size=8),
            lambda inner: st.dictionaries(
                st.sampled_from(["id", "name", "sequence", "publisher", "code", "pin"]), inner, max_size=4
            ),
            max_leaves=6,
        ).map(lambda value: json.dumps(value).encode()),
        st.sampled_from([Hello(), Alive()]).map(lambda m: m.model_dump_json().encode()),
        st.just(HEADER.model_dump_json().encode()),
    ),
    max_size=6,
)


@given(FRAMES)
def test_no_frames_whatever_raise(frames: list[bytes]) -> None:
    unpack_request(frames)
    unpack_answer(frames)
    unpack_fact(frames)


@pytest.mark.parametrize(
    ("name", "field", "value"),
    [
        ("sales.GetSale", "sale_id", "a/b"),
        ("sales.GetSale", "sale_id", "x" * 65),
        ("sales.GetOpenBasket", "lane", "1" * 41),
        ("catalogue.GetProduct", "product_id", 10**30),
    ],
)
def test_an_id_that_no_store_could_keep_is_refused_by_its_field(name: str, field: str, value: object) -> None:
    head = json.dumps({"id": "1", "name": name}).encode()
    read = unpack_request([b"guitai/1", head, json.dumps({field: value}).encode()])
    assert isinstance(read, Unacceptable)
    assert (read.refusal.code, read.refusal.field) == ("bad_request", field)


@pytest.mark.parametrize("field", ["id", "sender"])
def test_no_control_character_gets_into_the_log_or_the_journals_hash(field: str) -> None:
    head = {"id": "1", "name": "presence.Ping", "sender": "lane-1"} | {field: "lane-1\x1f2\nERROR"}
    assert isinstance(unpack_request([b"guitai/1", json.dumps(head).encode(), b"{}"]), Malformed)
