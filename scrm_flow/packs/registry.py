"""Sections of a scenario pack: what an addon adds so that packs can carry its data.

A new section, in ``<addon>/packs/stores.py`` (``<addon>/packs/__init__.py`` imports
it, the addon's ``__init__.py`` imports ``packs``)::

    from odoo.addons.scrm_flow.packs import fragments as f
    from odoo.addons.scrm_flow.packs.registry import Kind, Section, register_section


    @register_section
    class StoreSection(Section):
        key = "stores"                                # JSON key in the pack
        addon = "scrm_ticket"
        after = ("partners", "stock", "users")        # loaded before this one
        kinds = {"store": Kind("scrm.store", key_field="key")}
        schema = f.listing(
            "store",
            {"name": f.TEXT, "partner": f.ref("partner"), "users": f.refs("user")},
            required=["name"],
        )

        def load_item(self, pack, item):
            pack.upsert("store", item["key"], "scrm.store", {
                "name": pack.text(item["name"]),
                "partner_id": pack.ref("partner", item.get("partner")).id,
                "user_ids": pack.refs("user", item.get("users", [])).ids,
            })

        def dump_item(self, pack, record):
            return {
                "name": pack.dump_text(record, "name"),
                "partner": pack.key_of("partner", record.partner_id),
                "users": pack.keys_of("user", record.user_ids),
            }

``load_item`` and ``dump_item`` are for lists made by :func:`fragments.listing` of
one kind. A section of another shape overrides ``load(pack, value)`` and
``dump(pack)``. Empty values (None, False, "", [], {}) are left out of a dump: let
False be the default of what your section reads.

More keys inside a section of another addon::

    @register_extension
    class NodeStage(Extension):
        section = "flows"
        addon = "scrm_ticket"
        kind = "node"                                  # what the extended section calls
        pointer = ("items", "properties", "nodes", "items")
        properties = {"stage": f.ref("stage")}
        kinds = {"stage": Kind("helpdesk.ticket.stage")}

        def vals(self, pack, item):                    # added to the record's values
            return {"ticket_stage_id": pack.ref("stage", item.get("stage")).id}

        def dump(self, pack, record):                  # added to the record's JSON
            return {"stage": pack.key_of("stage", record.ticket_stage_id)}

A section that may be extended asks for the extensions of its kinds: values by
``self.extra_vals(pack, "node", item)``, then, when the record is written,
``self.extra_load(pack, "node", item, record)``. ``dump`` itself asks for those of
the section's own kind; for rows below it call ``self.extra_dump(pack, "node", row)``.

Verbs and expectations of scenarios: see ``scrm_flow/scenario/registry.py``.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Kind:
    """What a key refers to.

    :param model: Odoo model of the record
    :param key_field: the model's own key field; without one the key is kept in
        ``ir.model.data`` as ``__scrm_pack__.<kind>__<key>``
    """

    model: str
    key_field: str | None = None


class Section:
    """One top-level JSON key of a pack. See the module's docstring."""

    key = None
    addon = None
    after = ()
    kinds = {}
    schema = {}
    #: shown in the published schema
    description = ""

    def check(self, pack, value, report):
        """Say what the schema cannot; the value already fits it. Nothing is written.

        :param value: the section's JSON value
        :param report: call ``report(path, message)`` once per fault, path being the
            whole JSON path; ``pack.user_env._`` translates the message
        """

    def load(self, pack, value):
        """Write the section into the database; ``value`` is valid and checked."""
        for number, item in enumerate(value):
            with pack.at(f"[{number}]"):
                self.load_item(pack, item)

    def load_item(self, pack, item):
        """Write one item of the section."""
        raise NotImplementedError

    def finish(self, pack, value):
        """Check, when all sections are loaded, what could not be checked before."""

    def dump(self, pack):
        """The section's JSON value from the database; empty when there is none."""
        kind = self.schema["x-scrm-defines"]
        return [
            {
                "key": key,
                **self.dump_item(pack, record),
                **self.extra_dump(pack, kind, record),
            }
            for key, record in pack.records(kind)
        ]

    def dump_item(self, pack, record):
        """The JSON of one record, without its key."""
        raise NotImplementedError

    def extra_vals(self, pack, kind, item):
        """Values that other addons' keys of this item add to its record."""
        vals = {}
        for extension in extensions(self.key, kind):
            if pack.is_installed(extension.addon):
                vals.update(extension.vals(pack, item))
        return vals

    def extra_load(self, pack, kind, item, record):
        """Let other addons write what hangs on this item's record."""
        for extension in extensions(self.key, kind):
            if pack.is_installed(extension.addon):
                extension.load(pack, item, record)

    def extra_dump(self, pack, kind, record):
        """Keys that other addons add to this record's JSON."""
        keys = {}
        for extension in extensions(self.key, kind):
            if pack.is_installed(extension.addon):
                for key, value in extension.dump(pack, record).items():
                    if isinstance(value, dict) and isinstance(keys.get(key), dict):
                        value = {**keys[key], **value}
                    keys[key] = value
        return keys


class Extension:
    """More keys inside another addon's section. See the module's docstring."""

    section = None
    addon = None
    kind = None
    #: sections that must be loaded before the extended one
    after = ()
    #: where in the section's schema the keys go
    pointer = ("items",)
    properties = {}
    kinds = {}

    def vals(self, pack, item):
        """Values to write with the item's record."""
        return {}

    def load(self, pack, item, record):
        """Write what hangs on the item's record, once that is written."""

    def dump(self, pack, record):
        """Keys to add to the record's JSON."""
        return {}


_sections = {}
_extensions = []


def register_section(cls):
    """Class decorator: make a section known under its JSON key."""
    _sections[cls.key] = cls()
    return cls


def register_extension(cls):
    """Class decorator: make an extension known."""
    known = [type(extension).__qualname__ for extension in _extensions]
    if cls.__qualname__ not in known:
        _extensions.append(cls())
    return cls


def sections():
    """All sections of the imported addons, each after those it needs."""
    ordered, seen = [], set()

    def place(key):
        if key in seen or key not in _sections:
            return
        seen.add(key)
        for part in (_sections[key], *extensions(key)):
            for needed in part.after:
                place(needed)
        ordered.append(_sections[key])

    for key in _sections:
        place(key)
    return ordered


def extensions(section=None, kind=None):
    """Extensions, of one section and kind when given."""
    return [
        extension
        for extension in _extensions
        if (section is None or extension.section == section)
        and (kind is None or extension.kind == kind)
    ]


def kinds():
    """Every kind of record a pack can refer to: name -> Kind."""
    found = {}
    for section in sections():
        found.update(section.kinds)
    for extension in extensions():
        found.update(extension.kinds)
    return found
