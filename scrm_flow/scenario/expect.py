"""What can be looked at, whatever the business."""

from .registry import Seen, register_expectation

_STRING = {"type": "string"}
_ID = {"type": ["string", "integer"]}
_TEXTS = {"type": "array", "items": _STRING}


@register_expectation(
    "refused",
    {
        "status": {"type": "array", "items": {"type": "integer"}},
        "text": {"type": ["string", "array"], "items": _STRING},
    },
)
def refused(play, wanted, step):
    """The step itself is refused: one of these HTTP statuses, with these texts."""
    raise NotImplementedError("the player compares refusals itself")


@register_expectation(
    "record",
    {
        "model": _STRING,
        "id": _ID,
        "domain": {"type": "array"},
        "as": {**_STRING, "x-scrm-ref": "user"},
        "count": {"type": "integer"},
        "fields": {"type": "object"},
    },
    ["model"],
)
def record(play, wanted, step):
    """Records as a user sees them: how many there are, and their fields."""
    door = play.json2(wanted["as"]) if "as" in wanted else play.admin
    domain = wanted.get("domain", [])
    if "id" in wanted:
        domain = [("id", "=", int(wanted["id"])), *domain]
    fields = wanted.get("fields", {})
    rows = door.search_read(wanted["model"], domain, list(fields) or ["id"])
    if "count" in wanted or not rows:
        yield Seen(f"{wanted['model']} found", wanted.get("count", 1), len(rows))
    for row in rows:
        for name, value in fields.items():
            yield Seen(f"{wanted['model']} {name}", value, _plain(row[name], value))


def _plain(value, like):
    """A many2one as the pack writes it: by its name, or by its id."""
    if isinstance(value, list) and len(value) == 2 and not isinstance(like, list):
        return value[0] if isinstance(like, int) else value[1]
    return value


@register_expectation(
    "node",
    {
        "model": _STRING,
        "id": _ID,
        "node": {"type": ["string", "null"]},
        "state": _STRING,
    },
    ["model", "id"],
)
def node(play, wanted, step):
    """The node a record's flow stands on (null: on none), and the run's state."""
    seen = play.admin.read(
        wanted["model"], [int(wanted["id"])], ["scrm_node_key", "scrm_run_id"]
    )[0]
    if "node" in wanted:
        yield Seen("node", wanted["node"], seen["scrm_node_key"] or None)
    if "state" in wanted:
        run = play.admin.read("scrm.flow.run", seen["scrm_run_id"][:1], ["state"])[0]
        yield Seen("flow", wanted["state"], run["state"])


@register_expectation(
    "handlers",
    {
        "model": _STRING,
        "id": _ID,
        "users": {"type": "array", "items": {**_STRING, "x-scrm-ref": "user"}},
        "count": {"type": "integer"},
        "save": _STRING,
    },
    ["model", "id"],
)
def handlers(play, wanted, step):
    """Who has the open steps of a record."""
    row = play.admin.read(wanted["model"], [int(wanted["id"])], ["scrm_handler_ids"])[0]
    keys = sorted(play.key_of_user(user_id) for user_id in row["scrm_handler_ids"])
    if "users" in wanted:
        yield Seen("handlers", sorted(wanted["users"]), keys)
    if "count" in wanted:
        yield Seen("number of handlers", wanted["count"], len(keys))


@register_expectation(
    "messages",
    {
        "model": _STRING,
        "id": _ID,
        "count": {"type": "integer"},
        "contains": _STRING,
    },
    ["model", "id"],
)
def messages(play, wanted, step):
    """Messages on a record, all or those with a text."""
    domain = [("model", "=", wanted["model"]), ("res_id", "=", int(wanted["id"]))]
    if "contains" in wanted:
        domain.append(("body", "ilike", wanted["contains"]))
    count = play.admin.count("mail.message", domain)
    what = f"messages “{wanted['contains']}”" if "contains" in wanted else "messages"
    if "count" in wanted:
        yield Seen(what, wanted["count"], count)
    else:
        yield Seen(what, "some", count, ok=count > 0)


@register_expectation(
    "page",
    {
        "path": {**_STRING, "description": "the page one is on if left out"},
        "as": {**_STRING, "x-scrm-ref": "user"},
        "shows": _TEXTS,
        "lacks": _TEXTS,
    },
)
def page(play, wanted, step):
    """Texts that a portal page shows to a user, and texts it does not show."""
    door = play.portal(wanted.get("as", step.get("as")))
    if "path" in wanted:
        door.get(wanted["path"])
    text = door.text()
    for words in wanted.get("shows", []):
        yield Seen("page shows", words, words if words in text else text)
    for words in wanted.get("lacks", []):
        found = words in text
        yield Seen("page lacks", words, "shown" if found else words)


@register_expectation(
    "saved",
    {
        "name": _STRING,
        "is": {},
        "not": {},
        "holds": {
            "type": "array",
            "description": "parts of a text, or of one of several texts",
        },
        "lacks": {"type": "array", "description": "parts that are nowhere in it"},
    },
    ["name"],
)
def saved(play, wanted, step):
    """What a step saved is, or is not, a certain value; what its texts hold."""
    value = play.saved.get(wanted["name"])
    if "is" in wanted:
        yield Seen(wanted["name"], wanted["is"], value)
    if "not" in wanted:
        yield Seen(
            wanted["name"], f"not {wanted['not']}", value, ok=value != wanted["not"]
        )
    texts = value if isinstance(value, list) else [value]
    for part in wanted.get("holds", ()):
        ok = any(str(part) in str(text) for text in texts)
        yield Seen(f"{wanted['name']} holds", part, part if ok else value, ok=ok)
    for part in wanted.get("lacks", ()):
        ok = not any(str(part) in str(text) for text in texts)
        yield Seen(f"{wanted['name']} lacks", part, "lacks" if ok else value, ok=ok)
