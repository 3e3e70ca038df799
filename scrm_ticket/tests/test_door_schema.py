import doctest
import json

import jsonschema
from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.exceptions import ValidationError
from odoo.tests import BaseCase, tagged

from odoo.addons.scrm_flow.tests.property_settings import SLOW_MACHINE

from ..doors import schema, signature, texts
from ..forms.rules import FieldRule, check
from .test_door_table import DoorsCase

RULES = [
    FieldRule("text", "text", required=True, max_length=20),
    FieldRule("long_text", "long_text"),
    FieldRule("number", "number", required=True, minimum=1.0, maximum=9.5),
    FieldRule("money", "money"),
    FieldRule("date", "date"),
    FieldRule("datetime", "datetime"),
    FieldRule("time", "time"),
    FieldRule("yes_no", "yes_no"),
    FieldRule("choice", "choice", options=("one", "two")),
    FieldRule("tags", "tags", options=("one", "two"), required=True),
    FieldRule("record", "record"),
    FieldRule("serial", "serial"),
    FieldRule("file", "file"),
    FieldRule("gone", "text", right="hidden"),
    FieldRule("fixed", "number", right="read"),
]
TEXT = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=12)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda children: st.lists(children, max_size=3)
    | st.dictionaries(st.text(max_size=6), children, max_size=3),
    max_leaves=6,
)
#: Values near what the types want.
NEAR = st.one_of(
    TEXT,
    st.sampled_from(["one", "two", "2026-03-31", "2026-03-31T08:00:00Z", "09:30"]),
    st.integers(-5, 2**33),
    st.floats(allow_nan=False),
    st.lists(st.sampled_from(["one", "two", "three"]), max_size=3),
    st.just([{"name": "a.txt", "data": "YQ=="}]),
    JSON,
)
#: What fits, by key.
FITS = {
    "number": st.floats(1, 9.5),
    "date": st.dates().map(str),
    "time": st.sampled_from(["00:00", "23:59"]),
    "yes_no": st.booleans(),
    "choice": st.sampled_from(["one", "two"]),
    "tags": st.lists(st.sampled_from(["one", "two"]), min_size=1, unique=True),
    "record": st.integers(1, 2**31),
    "file": st.just([{"name": "a.txt", "data": "YQ=="}]),
}


def near(key):
    fits = FITS.get(key, TEXT)
    return fits if key not in ("text", "number", "money") else fits | NEAR


class TestSchema(BaseCase):
    """The schema says what the evaluator does."""

    def test_examples(self):
        for module in (schema, signature, texts):
            result = doctest.testmod(module)
            self.assertGreater(result.attempted, 1 if module is not texts else 0)
            self.assertFalse(result.failed, module)

    def test_is_a_schema(self):
        made = schema.submission_schema("x", RULES, {"text": "A text"}, {"text"})
        jsonschema.Draft202012Validator.check_schema(made)
        self.assertEqual(made["properties"]["values"]["required"], ["number", "tags"])
        self.assertNotIn("gone", made["properties"]["values"]["properties"])
        self.assertNotIn("fixed", made["properties"]["values"]["properties"])

    def test_what_the_schema_accepts_is_read(self):
        """Values that fit the schema are never refused by the evaluator."""
        made = schema.values_schema(RULES, {})
        validator = jsonschema.Draft202012Validator(
            made, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER
        )
        keys = list(made["properties"])
        accepted = []
        good = {"text": "abc", "number": 2, "tags": ["one"]}

        @settings(SLOW_MACHINE, max_examples=400)
        @given(st.fixed_dictionaries({}, optional={key: near(key) for key in keys}))
        def try_values(values):
            values = {**good, **values}
            if validator.is_valid(values):
                accepted.append(values)
                if not isinstance(values.get("datetime"), str):  # no checker for it
                    self.assertFalse(check(RULES, values).faults, values)

        try_values()
        self.assertGreater(len(accepted), 50)
        self.assertFalse(validator.is_valid({}))
        for wrong in ({"gone": "x"}, {"fixed": 1}, {"number": 10}, {"text": " "}):
            self.assertFalse(validator.is_valid({**good, **wrong}), wrong)
            self.assertTrue(check(RULES, {**good, **wrong}).faults, wrong)


@tagged("post_install", "-at_install")
class TestFuzz(DoorsCase):
    """Whatever is sent: a clear answer, and a ticket or nothing."""

    def test_documented(self):
        """The API tells the schema of each template to who may use it."""
        tickets = self.env["helpdesk.ticket"]
        made = tickets.with_user(self.desk).scrm_submit_schema("test_types")
        jsonschema.Draft202012Validator.check_schema(json.loads(json.dumps(made)))
        self.assertEqual(
            made["properties"]["values"]["properties"]["t_text"]["title"], "The text"
        )
        self.form.portal_published = False
        with self.assertRaisesRegex(ValidationError, "no ticket template"):
            tickets.with_user(self.pia).scrm_submit_schema("test_types")

    def test_fuzz(self):
        """Random JSON at the API and the webhook: 200 makes one ticket, 422 none,
        nothing else happens."""
        keys = [f"t_{kind}" for kind in self.types]
        words = st.fixed_dictionaries(
            {},
            optional={
                "subject": JSON,
                "description": JSON,
                "store": JSON,
                "partner": JSON,
            },
        )
        values = st.dictionaries(
            st.sampled_from(keys) | st.text(max_size=5), NEAR, max_size=3
        )
        seen = []

        @settings(SLOW_MACHINE, max_examples=120)
        @given(values | JSON, words, st.booleans())
        def send(sent, more, by_hook):
            before = self.count()
            door = self.webhook if by_hook else self.json2
            try:
                json.dumps([sent, more], allow_nan=False)
            except ValueError:
                return  # no JSON
            status, text = door(sent, **more)
            self.assertIn(status, (200, 422), (sent, more, text))
            self.assertEqual(self.count() - before, int(status == 200))
            self.assertTrue(text or status == 200)
            seen.append(status)

        send()
        self.assertTrue({200, 422} <= set(seen))
