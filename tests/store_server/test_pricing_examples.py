"""The worked examples of prices: each is a test, and a mistake in a file is a sentence with its line."""

from pathlib import Path

import pytest
from price_examples import FOLDER, Example, differences, read_examples
from price_sentences import ExampleError

from protocol.offer import OfferKind

EXAMPLES = [example for path in sorted(FOLDER.glob("*.txt")) for example in read_examples(path)]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: f"{example.path.stem}: {example.title}")
def test_a_worked_example_comes_out_as_it_says(example: Example) -> None:
    problems = differences(example)
    assert not problems, "\n".join([example.title, *problems])


def test_there_are_examples_of_every_kind_of_offer_in_both_languages() -> None:
    assert len(EXAMPLES) >= 60
    kinds = {view.kind for example in EXAMPLES for view in example.offers}
    assert kinds == set(OfferKind)
    assert {example.language for example in EXAMPLES} == {"en", "zh_CN"}
    assert len({example.title for example in EXAMPLES}) == len(EXAMPLES), "a title names one example"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("offer 1 % off cola", "line 1: the first line must be `example` and a title"),
        ("example a\nsell 1 × cola", "line 2: a line does not begin with 'sell'"),
        ("example a\nscan 1 × cola", "line 2: there are no goods called 'cola'"),
        ("example a\ngoods drinks: cola 3.00\nscan cola", "line 3: goods are scanned as `2 × cola`"),
        ("example a\ngoods drinks: cola 3.00\noffer cheap cola", "line 3: no kind of offer is written like"),
        (
            "example a\ngoods drinks: cola 3.00\noffer 1 % off cola; on Someday",
            "line 3: there is no day 'someday'",
        ),
        ("example a\ngoods drinks: cola 3.00\nscan 1 × cola", "line 1: an example needs"),
        ("example a\nwhen tomorrow", "line 2: a time is written"),
    ],
)
def test_a_mistake_in_a_file_is_said_with_its_line(tmp_path: Path, text: str, sentence: str) -> None:
    path = tmp_path / "mine.txt"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ExampleError, match=r"mine\.txt, line") as caught:
        read_examples(path)
    assert sentence in str(caught.value)


def test_what_comes_out_otherwise_is_said_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "mine.txt"
    path.write_text(
        "example a\ngoods drinks: cola 3.00\noffer Half = second at half price on cola\n"
        "scan 2 × cola\nexpect total 6.00\nstep Half 1.00\nnearly nothing more\n",
        encoding="utf-8",
    )
    problems = differences(read_examples(path)[0])
    assert [problem.partition(": ")[0] for problem in problems] == [
        "mine.txt, line 5",
        "mine.txt, line 7",
        "mine.txt, line 6",
    ]
    assert problems[0] == "mine.txt, line 5: total is 4.50, not 6.00"
