"""Makes the files beside it from the monthly files of "Online Retail": `make_fixture.py FOLDER`.

FOLDER holds `lines-2010-12.csv.gz` and so on, with the columns invoice, stock_code, quantity, time,
unit_price and customer. Written are the customers of all months, and the lines of known customers of three.
"""

import csv
import gzip
import io
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

HERE = Path(__file__).parent
REPLAYED = ("2010-12", "2011-01", "2011-02")
FIELDS = ("invoice", "time", "customer", "stock_code", "quantity", "unit_price")


def lines(path: Path) -> Iterator[dict[str, str]]:
    """Yield the lines of known customers."""
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        yield from (row for row in csv.DictReader(file) if row["customer"])


def write(path: Path, rows: Iterable[Iterable[str]]) -> None:
    """Write rows, the same bytes each time."""
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows(rows)
    with path.open("wb") as raw, gzip.GzipFile("", "wb", 9, raw, mtime=0) as file:
        file.write(text.getvalue().encode())


def compact(folder: Path) -> Iterator[list[str]]:
    """Yield the lines of the months to replay; invoice, time and customer stand in the first of each."""
    yield list(FIELDS)
    for month in REPLAYED:
        last = ""
        for row in lines(folder / f"lines-{month}.csv.gz"):
            head = [row["invoice"], row["time"].removesuffix(":00"), row["customer"]]
            if row["invoice"] == last:
                head = ["", "", ""]
            last = row["invoice"]
            yield [*head, row["stock_code"], row["quantity"], row["unit_price"]]


def main() -> None:
    """Write both files."""
    folder = Path(sys.argv[1])
    months = sorted(folder.glob("lines-*.csv.gz"))
    customers = sorted({row["customer"] for month in months for row in lines(month)})
    write(HERE / "customers.csv.gz", [["customer"], *([each] for each in customers)])
    write(HERE / "lines.csv.gz", compact(folder))
    sys.stdout.write(f"{len(customers)} customers of {len(months)} months\n")


if __name__ == "__main__":
    main()
