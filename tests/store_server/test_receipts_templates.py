"""Templates: the markup, what the shop may change, and what a broken one says."""

from collections.abc import Iterator
from typing import Any

import pytest
from coupon_counter import batch
from hypothesis import given
from hypothesis import strategies as st
from refund_counter import back, give_back, tax
from shop_counter import Shop, open_shop, paper

from protocol.identifiers import CouponBatchId, LaneCode, SaleId
from protocol.language import LANGUAGES, speaking
from protocol.messages.members import MemberFound, RegisterMember
from protocol.messages.offers import SaveOffer
from protocol.messages.points import AdjustPoints, PrintPointsStatement
from protocol.messages.sales import DiscountLine, NoteLine, OverridePrice, VoidLine
from protocol.messages.shifts import CashDirection, CloseDay, MoveCash, PrintXSlip
from protocol.messages.store import GetTemplate, SaveTemplate, TemplateText
from protocol.offer import OfferView, Threshold, ThresholdStep
from protocol.receipt import Align, Barcode, Document, Feed, QrCode, Row, Rule, Symbology, TextLine
from store_server.coupons.selling import issued_by
from store_server.points import slip as points_slip
from store_server.receipts import templates
from store_server.receipts.markup import MAX_ELEMENTS, MarkupError, as_value, check_source, parse
from store_server.receipts.samples import sample
from store_server.receipts.tables import Form
from store_server.receipts.templates import TEMPLATES, TemplateWrong, default_text, fill, make_document
from store_server.refunds import slip as refund_slip
from store_server.sales.receipt import coupon_values, member_values, sale_values
from store_server.sales.tables import read_basket
from store_server.shifts import slips


@pytest.fixture
def shop() -> Iterator[Shop]:
    shop = open_shop()
    shop.open_shift()
    yield shop
    shop.db.close()


def test_each_line_of_the_markup_is_one_element() -> None:
    text = "[centre big] Shop\nplain\nTea | 4.50\n---\n[feed 2]\n\n[barcode] S1-1\n"
    text += "[qr] https://shop\n[barcode ean13] 6901234567892"
    assert parse(text) == (
        TextLine(text="Shop", align=Align.CENTRE, bold=True, width=2, height=2),
        TextLine(text="plain"),
        Row.model_validate({"cells": ({"text": "Tea", "share": 1}, {"text": "4.50", "align": Align.RIGHT})}),
        Rule(character="-"),
        Feed(lines=2),
        Barcode(symbology=Symbology.CODE128, data="S1-1"),
        QrCode(data="https://shop"),
        Barcode(symbology=Symbology.EAN13, data="6901234567892"),
    )


def test_columns_can_be_given_shares_of_the_width() -> None:
    row = parse("[bold columns 3 1 2] a | b | c")[0]
    assert isinstance(row, Row)
    assert row.bold
    assert [(cell.text, cell.share, cell.align) for cell in row.cells] == [
        ("a", 3, Align.LEFT),
        ("b", 1, Align.RIGHT),
        ("c", 2, Align.RIGHT),
    ]


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("ok\n[centred] x", 2, "[centred] is not known here"),
        ("[feed 99]", 1, "[99] is not known here"),
        ("[barcode] 条码", 1, "cannot be printed as this barcode"),
        ("[barcode ean13] 12", 1, "cannot be printed as this barcode"),
        ("[qr]", 1, "1 to 700 characters"),
        pytest.param("x\n" * (MAX_ELEMENTS + 1), MAX_ELEMENTS + 1, "too long", id="paper without an end"),
    ],
)
def test_a_wrong_line_is_named_with_its_reason(text: str, line: int, words: str) -> None:
    with pytest.raises(MarkupError) as error:
        parse(text)
    assert error.value.line == line
    assert words in error.value.reason


def test_a_templates_own_lines_are_counted_before_it_is_filled() -> None:
    source = "{% for line in lines %}\n{{ line }}\n{% endfor %}\n[wrong] x"
    with pytest.raises(MarkupError) as error:
        check_source(source)
    assert error.value.line == 4


@given(st.text(max_size=60))
def test_a_name_never_becomes_a_command(name: str) -> None:
    elements = parse(f"x{as_value(name)}")
    assert len(elements) == 1
    assert isinstance(elements[0], TextLine)


def test_a_name_full_of_signs_is_printed_as_it_is() -> None:
    name = "[big] | --- nails"
    elements = fill("{{ name }}\n{{ name }} | 1.00", {"name": name})
    assert elements[0] == TextLine(text=name)
    assert isinstance(elements[1], Row)
    assert elements[1].cells[0].text == name


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("ok\n{{ nothing }}", 2, "nothing"),
        ("ok\n\n{% if %}", 3, ""),
        ("{{ lines.append(1) }}", 1, ""),
        ("{{ ''.__class__.__mro__ }}", 1, "unsafe"),
        ("{{ 1 // 0 }}", 1, "zero"),
        ("{{ number + 1 }}", 1, ""),
        (
            "{% for i in range(99999) %}{% for j in range(99) %}xxxxxxxxxx{% endfor %}{% endfor %}",
            None,
            "end",
        ),
    ],
)
def test_a_template_that_does_not_work_says_where_and_why(text: str, line: int | None, words: str) -> None:
    with pytest.raises(TemplateWrong) as error:
        fill(text, {"lines": [], "number": "S1-1"})
    assert error.value.line == line
    assert words in error.value.sentence()


@pytest.mark.parametrize("template", TEMPLATES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_shipped_template_prints_its_sample(shop: Shop, template: str, language: str) -> None:
    shop.setting("language", language)
    answer = shop.do(TemplateText, GetTemplate(template=template), "boss")
    assert answer.text == default_text(template)
    assert len(answer.preview.elements) > 5


def shape(value: Any) -> Any:
    """Return the keys of a value, all the way down."""
    if isinstance(value, dict):
        return {key: shape(each) for key, each in value.items()}
    if isinstance(value, list):
        return [shape(value[0])] if value else []
    return type(value).__name__


def test_the_samples_have_the_shape_of_the_real_figures(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: dict[str, Any] = {}
    real = templates.make_document

    def note(template: str, text: str, values: Any, title: str, marks: tuple[str, ...] = ()) -> Document:
        seen[template] = dict(values)
        return real(template, text, values, title, marks)

    monkeypatch.setattr(slips, "make_document", note)
    monkeypatch.setattr(points_slip, "make_document", note)
    monkeypatch.setattr(refund_slip, "make_document", note)
    tax(shop, "vat13", 130_000, default=True)
    member = shop.do(MemberFound, RegisterMember(name="王芳")).member.member_id
    shop.ask_ok(AdjustPoints(member_id=member, points=5, reason="x"), "boss")
    shop.ask_ok(PrintPointsStatement(member_id=member))
    shop.scan("a", "COLA")
    shop.scan("a", "WATER")
    shop.ask_ok(VoidLine(sale_id=SaleId("a"), line=1))
    shop.pay("a", 100, "card", "1", id_="card-1")
    shop.pay("a", 100)
    shop.finish("a")
    give_back(shop, "a", back(2), cards="card-1")
    coupons = batch(shop, "Next time").batch_id or CouponBatchId(0)
    step = ThresholdStep(spend_minor=1, amount_minor=1, coupon_batch_id=coupons)
    offer = OfferView(name="A cent", benefit=Threshold(steps=(step,)))
    shop.ask_ok(SaveOffer(offer=offer), "boss")
    shop.pay("b", shop.scan("b", "WATER").due_minor, "card", "2")
    shop.finish("b")
    cash = MoveCash(lane=LaneCode("1"), direction=CashDirection.IN, amount_minor=1, reason="x")
    shop.ask_ok(cash, "boss")
    shop.ask_ok(PrintXSlip(lane=LaneCode("1")))
    shop.close_shift(20_001)
    shop.ask_ok(CloseDay(), "boss")
    basket = read_basket(shop.db, SaleId("b"))
    assert basket is not None
    form = Form("receipt", "", "en", "Shop", "", "", "CNY", "Asia/Shanghai")
    issued = issued_by(shop.db, basket.sale.sale_id)
    more = {**member_values(shop.db, basket.sale), "coupons": coupon_values(form, issued)}
    seen["receipt"] = sale_values(form, basket, more)
    assert set(seen) == set(TEMPLATES)
    for template, values in seen.items():
        form = Form(template, "", "en", "Shop", "", "", "CNY", "Asia/Shanghai")
        assert shape(sample(form)) == shape(values), template


def test_a_shop_changes_its_receipt_and_gets_the_default_back(shop: Shop) -> None:
    text = "[centre] {{ store.name }} says hello\n{{ number }} | {{ total }}"
    saved = shop.do(TemplateText, SaveTemplate(template="receipt", text=text), "boss")
    assert "Corner Shop says hello" in paper(saved.preview)
    assert paper(shop.sell("a", "COLA").receipt) == ("Corner Shop says hello\nS1-1-20261121-0001 | 3.50")
    assert shop.journal().count("store.TemplateChanged") == 1
    back = shop.do(TemplateText, SaveTemplate(template="receipt", text=" "), "boss")
    assert back.text == default_text("receipt")


def test_a_template_that_does_not_work_is_not_saved(shop: Shop) -> None:
    bad = SaveTemplate(template="receipt", text="fine\n{{ nosuchthing }}")
    refused = shop.refusal(bad, "boss")
    assert refused.code == "bad_template"
    assert refused.explanation.startswith("Line 2 of the template: ")
    only_without_lines = SaveTemplate(template="receipt", text="{{ lines[0].name }}")
    assert shop.refusal(only_without_lines, "boss").code == "bad_template"
    assert shop.do(TemplateText, GetTemplate(template="receipt"), "boss").text == default_text("receipt")
    assert "receipt, x_slip" in shop.refusal(GetTemplate(template="poster"), "boss").explanation


def test_a_sale_never_fails_because_of_its_paper(caplog: pytest.LogCaptureFixture) -> None:
    form = Form("cash_slip", "{{ broken", "en", "Shop", "", "", "CNY", "Asia/Shanghai")
    with speaking("en"):
        document = make_document("cash_slip", form.text, sample(form), "Slip")
    assert "stamps" in paper(document)
    assert "the default is used" in caplog.text


def test_the_receipt_of_the_longest_sale_is_whole_and_a_longer_one_says_that_it_was_cut() -> None:
    form = Form("receipt", default_text("receipt"), "en", "Shop", "", "", "CNY", "Asia/Shanghai")
    with speaking("en"):
        values = sample(form)
        line = values["lines"][0] | {
            "off": "1.00",
            "off_words": "Offer, Discount",
            "price_reason": "damaged",
            "note": "as it is",
        }
        whole = make_document("receipt", form.text, values | {"lines": [line] * 1000}, "Receipt")
        longer = make_document("receipt", form.text, values | {"lines": [line] * 3000}, "Receipt")
    assert paper(whole).count("as it is") == 1000
    assert isinstance(whole.elements[-1], Feed)
    assert longer.elements[-1] == TextLine(text="This would be too long for one piece of paper.", bold=True)


def test_the_receipt_speaks_the_language_of_the_store_not_of_the_cashier(shop: Shop) -> None:
    shop.setting("language", "zh_CN")
    shop.scan("a", "COLA")
    shop.pay("a", 350)
    text = paper(shop.finish("a", language="en").receipt)
    assert "合计" in text
    assert "现金" in text
    assert "Total" not in text


def test_training_receipts_say_so_whatever_the_template() -> None:
    shop = open_shop(training=True)
    shop.open_shift()
    shop.ask_ok(SaveTemplate(template="receipt", text="{{ total }}"), "boss")
    done = shop.sell("a", "COLA")
    assert done.basket.training
    assert paper(done.receipt) == "TRAINING - not a receipt\n3.50\nTRAINING - not a receipt"
    shop.db.close()


def test_a_receipt_has_all_that_was_decided_about_its_lines(shop: Shop) -> None:
    a = SaleId("a")
    shop.scan(a, "COLA", 2000)
    shop.ask_ok(DiscountLine(sale_id=a, line=1, amount_minor=100, reason="dented"), "boss")
    shop.ask_ok(NoteLine(sale_id=a, line=1, note="cold"))
    shop.scan(a, "WATER")
    shop.ask_ok(OverridePrice(sale_id=a, line=2, unit_price_minor=150, reason="last one"), "boss")
    shop.pay(a, 1000)
    text = paper(shop.finish(a).receipt)
    for words in (
        "  2瓶 × 3.50 | 7.00",
        "  Discount dented | -1.00",
        "  Note: cold",
        "  price changed: last one (Normal price 2.00)",
        "Total | ¥7.50",
        "Change | 2.50",
    ):
        assert words in text, text
