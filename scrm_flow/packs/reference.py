"""The reference of the pack format in Markdown, made from its JSON Schema."""

_HEAD = """\
# Pack format: reference

Made by `odoo scrm_pack reference` from the sections, verbs and expectations of the
addons; do not edit. How to write a pack: [README.md](README.md).

In the tables *key of …* is a reference: the key of a record of that kind in this pack
or in a pack imported earlier, or an Odoo XML id with a dot (`base.group_user`).
**Bold** names must be given.
"""

_WORDS = {
    "string": "text",
    "boolean": "true or false",
    "integer": "whole number",
    "number": "number",
    "object": "object",
    "array": "list",
    "null": "null",
}


def to_markdown(schema):
    """The reference of a composed schema.

    :param schema: what :func:`schema.compose` returns
    :return: the text of ``data/REFERENCE.md``
    """
    lines = [_HEAD, "## Top of the file", ""]
    properties = schema["properties"]
    head = {k: v for k, v in properties.items() if "x-scrm-addon" not in v}
    lines += _table(head, schema["required"])
    for key, section in sorted(properties.items()):
        if "x-scrm-addon" in section and key != "scenarios":
            lines += _section(key, section)
    lines += _scenarios(properties["scenarios"])
    return "\n".join(lines).rstrip() + "\n"


def _section(key, section):
    lines = [
        f"## `{key}`",
        "",
        f"{section['description']} (`{section['x-scrm-addon']}`)",
    ]
    return [*lines, "", *_objects(section, key)]


def _objects(schema, path):
    """A table for an object, or for the objects of a list, then those inside it."""
    while schema.get("type") == "array":
        schema, path = schema["items"], f"{path}[]"
    properties = schema.get("properties")
    if not properties:
        return []
    lines = [*_table(properties, schema.get("required", ()))]
    for key, value in properties.items():
        inner = value["items"] if value.get("type") == "array" else value
        if isinstance(inner, dict) and inner.get("properties"):
            lines += [f"`{path}.{key}`", "", *_objects(value, f"{path}.{key}")]
    return lines


def _table(properties, required):
    lines = ["| key | value | |", "|---|---|---|"]
    for key, value in properties.items():
        name = f"**`{key}`**" if key in required else f"`{key}`"
        note = value.get("description", "")
        addon = value.get("x-scrm-addon")
        if addon and addon != "scrm_flow" and not note:
            note = f"with `{addon}`"
        lines.append(f"| {name} | {_type(value)} | {note} |")
    return [*lines, ""]


def _type(schema):
    if "x-scrm-ref" in schema:
        return f"key of {_article(schema['x-scrm-ref'])}"
    if "const" in schema:
        return f"`{schema['const']}`"
    if "enum" in schema:
        return " or ".join(f"`{word}`" for word in schema["enum"]).replace("|", "\\|")
    if "oneOf" in schema:
        return "text, or one text per language"
    kind = schema.get("type")
    if isinstance(kind, list):
        return " or ".join(_WORDS[one] for one in kind)
    if kind == "array":
        if "items" not in schema:
            return "list"
        inner = schema["items"]
        if inner.get("properties"):
            return "list of objects, see below"
        return f"list of: {_type(inner)}"
    if kind == "object" and schema.get("properties"):
        return "object, see below"
    pattern = schema.get("pattern", "")
    for start, words in (
        ("^-?[0-9]+(", 'decimal, as text: `"80.00"`'),
        ("^[a-z][a-z0-9_]*$", "key"),
        ("^[a-z][a-z0-9_]*(", "key, inside of a call `call.node`"),
        ("^[0-9]{4}-[0-9]{2}-[0-9]{2}$", "day: `2026-03-02`"),
        ("^[0-9]{4}-[0-9]{2}-[0-9]{2} ", "moment in UTC: `2026-03-02 02:00:00`"),
        ("^[0-9]{4}-[0-9]{2}$", "month: `2026-03`"),
    ):
        if pattern.startswith(start):
            return words
    return _WORDS.get(kind, "any value")


def _article(kind):
    words = kind.replace("_", " ")
    return f"{'an' if words[0] in 'aeio' else 'a'} {words}"


def _scenarios(section):
    item = section["items"]
    step = item["properties"]["steps"]["items"]
    expectation = step["properties"]["expect"]["items"]
    lines = ["## `scenarios`", "", section["description"], ""]
    lines += _table(item["properties"], item["required"])
    lines += [
        "`scenarios[].steps[]`",
        "",
        *_table(step["properties"], step["required"]),
    ]
    lines += ["## Verbs", ""]
    for case in step["allOf"]:
        words = case["if"]["properties"]
        name = f"`{words['door']['const']}` `{words['do']['const']}`"
        lines += _word(name, case, case["then"]["properties"]["with"])
    lines += ["## Expectations", ""]
    for case in expectation["allOf"]:
        name = f"`{case['if']['properties']['that']['const']}`"
        lines += _word(name, case, case["then"])
    return lines


def _word(name, case, schema):
    properties = {k: v for k, v in schema["properties"].items() if k != "that"}
    lines = [f"### {name}", "", f"{case['description']} (`{case['x-scrm-addon']}`)", ""]
    return (
        [*lines, *_table(properties, schema.get("required", ()))]
        if properties
        else lines
    )
