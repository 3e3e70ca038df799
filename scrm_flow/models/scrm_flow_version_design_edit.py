import json

from odoo import api, models
from odoo.exceptions import UserError

#: What is drawn by mouse cannot be more at once; keeps a request within bounds.
MOST_OPERATIONS = 1000

_NUMBER = (int, float)
#: What each operation must say, and of which kind it is.
NEEDS = {
    "add_node": {"key": str, "type": str, "name": str, "x": _NUMBER, "y": _NUMBER},
    "add_transition": {"key": str, "source": str, "target": str},
    "move": {"places": dict},
    "rename": {"key": str, "name": str},
    "remove": {"nodes": list, "transitions": list},
}


class ScrmFlowVersion(models.Model):
    """Takes over what was drawn in the flow designer.

    An operation is a dict: ``op`` says what is done, the rest to what. Nodes and
    transitions are named by their keys. The same words are understood by
    ``static/src/designer/graph.js``, which tries them first.
    """

    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.flow.version"

    def design_apply(self, revision: int, operations: list[dict]) -> dict:
        """Do all these operations on the draft, or none of them.

        :param revision: of the drawing on which they were made
        :param operations: in their order; see the methods ``_design_*`` below
        :return: the new ``revision``, ``faults``, ``ids`` of what was added by key,
            and ``removed``: what is needed to bring back what was removed
        :raise StaleDrawing: somebody else has changed the drawing meanwhile
        :raise UserError: an operation is not possible; names the node
        """
        self.ensure_one()
        self.check_access("write")
        self._check_is_draft()
        self._check_revision(revision)
        if len(operations) > MOST_OPERATIONS:
            raise UserError(self.env._("These are too many changes at once."))
        removed = {"nodes": {}, "transitions": {}}
        added = {"nodes": [], "transitions": []}
        for operation in operations:
            if not _is_understood(operation):
                raise UserError(
                    self.env._(
                        "The designer sent something unknown: %s",
                        json.dumps(operation, default=str),
                    )
                )
            do = getattr(self, f"_design_{operation['op']}")
            do(operation, removed, added)
        nodes = self.node_ids.filtered(lambda node: node.key in added["nodes"])
        ways = self.transition_ids.filtered(lambda way: way.key in added["transitions"])
        return {
            "revision": self.revision,
            "faults": self._design_faults(),
            "ids": {
                "nodes": {node.key: node.id for node in nodes},
                "transitions": {way.key: way.id for way in ways},
            },
            "removed": removed,
        }

    def _design_add_node(self, operation, removed, added):
        """``key, type, name, x, y``; ``copy_of``: {version_id, key} of the node whose
        settings it takes; ``restore``: what was removed under this key comes back."""
        key = operation["key"]
        if self.node_ids.filtered(lambda node: node.key == key):
            raise UserError(self.env._("There is already a node “%s”.", key))
        values = {
            "version_id": self.id,
            "key": key,
            "type": operation["type"],
            "name": operation["name"],
            "pos_x": float(operation["x"]),
            "pos_y": float(operation["y"]),
        }
        self.env["scrm.flow.node.type"]._kind(values["type"])
        if values["type"] == "start" and self.node_ids.filtered(
            lambda node: node.type == "start"
        ):
            raise UserError(self.env._("A flow has one start, and it has it already."))
        if operation.get("restore"):
            before = removed["nodes"].pop(key, None) or operation.get("removed")
            self._design_restore("scrm.flow.node", before, values)
        elif copy_of := operation.get("copy_of"):
            own = {"block_key": False, "block_node_key": False, "block_copy": 0}
            self._design_copied("node_ids", copy_of).copy({**values, **own})
        else:
            values["rank"] = max([0, *self.node_ids.mapped("rank")]) + 10
            self.env["scrm.flow.node"].create(values)
        added["nodes"].append(key)

    def _design_add_transition(self, operation, removed, added):
        """``key, source, target``, perhaps ``name``; ``copy_of``, ``restore`` as of a
        node."""
        key = operation["key"]
        if self.transition_ids.filtered(lambda way: way.key == key):
            raise UserError(self.env._("There is already a transition “%s”.", key))
        source = self._design_node(operation["source"])
        target = self._design_node(operation["target"])
        if not operation.get("restore"):
            self._design_check_way(source, target)
        values = {
            "version_id": self.id,
            "key": key,
            "source_id": source.id,
            "target_id": target.id,
        }
        if operation.get("restore"):
            before = removed["transitions"].pop(key, None) or operation.get("removed")
            self._design_restore("scrm.flow.transition", before, values)
        elif copy_of := operation.get("copy_of"):
            self._design_copied("transition_ids", copy_of).copy(values)
        else:
            ranks = self.transition_ids.filtered(
                lambda way: way.source_id == source
            ).mapped("rank")
            values["rank"] = max([0, *ranks]) + 10
            values["name"] = operation.get("name") or False
            self.env["scrm.flow.transition"].create(values)
        added["transitions"].append(key)

    def _design_check_way(self, source, target):
        """Refuse a transition that no flow can have.

        :raise UserError: saying why, with the names of the nodes
        """
        types = self.env["scrm.flow.node.type"]
        if source == target:
            raise UserError(self.env._("“%s” cannot lead to itself.", source.name))
        if types._kind(target.type)._behaviour == "start":
            raise UserError(
                self.env._("Nothing leads into the start “%s”.", target.name)
            )
        if types._kind(source.type)._behaviour == "end":
            raise UserError(self.env._("Nothing leaves the end “%s”.", source.name))
        if self.transition_ids.filtered(
            lambda way: way.source_id == source and way.target_id == target
        ):
            raise UserError(
                self.env._(
                    "“%(before)s” leads to “%(after)s” already.",
                    before=source.name,
                    after=target.name,
                )
            )

    def _design_move(self, operation, removed, added):
        """``places``: {key: [x, y]}, of upper left corners."""
        for key, (x, y) in operation["places"].items():
            self._design_node(key).write({"pos_x": float(x), "pos_y": float(y)})

    def _design_rename(self, operation, removed, added):
        """``key, name`` of a node."""
        self._design_node(operation["key"]).name = operation["name"]

    def _design_remove(self, operation, removed, added):
        """``nodes``, ``transitions``: keys; the transitions of a node go with it."""
        nodes = self.env["scrm.flow.node"].union(
            *map(self._design_node, operation["nodes"])
        )
        way_keys = operation["transitions"]
        ways = self.transition_ids.filtered(
            lambda way: way.key in way_keys or (way.source_id | way.target_id) & nodes
        )
        for name, parts in (("transitions", ways), ("nodes", nodes)):
            for part in parts:
                removed[name][part.key] = part._design_removed()
            parts.unlink()

    def _design_node(self, key):
        """The node with this key.

        :raise UserError: it is gone
        """
        node = self.node_ids.filtered(lambda node: node.key == key)
        if not node:
            raise UserError(self.env._("The node “%s” is not there any more.", key))
        return node

    def _design_copied(self, name, copy_of):
        """The node or transition whose settings are copied.

        :param name: of the field of the version that holds it
        :raise UserError: it is gone
        """
        version = self.browse(copy_of["version_id"]).exists()
        version.check_access("read")
        part = version[name].filtered(lambda part: part.key == copy_of["key"])
        if not part:
            raise UserError(
                self.env._("What was copied is not there any more: %s", copy_of["key"])
            )
        return part

    @api.model
    def _design_restore(self, model, before, values):
        """Bring back what was removed.

        :param before: as :meth:`_design_removed` has given it
        :param values: what is as it is now
        :raise UserError: nothing is known about it
        """
        if not before:
            raise UserError(
                self.env._("What “%s” was is not known any more.", values["key"])
            )
        model = self.env[model]
        kept = {
            name: value
            for name, value in before["values"].items()
            if name in model._fields
        }
        part = model.create({**kept, **values})
        for name, texts in before["translations"].items():
            if name in model._fields and model._fields[name].translate is True:
                part.update_field_translations(name, texts)


class ScrmFlowVersionPartMixin(models.AbstractModel):
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.flow.version.part.mixin"

    def _design_removed(self) -> dict:
        """Everything about a part that is about to be removed, to bring it back."""
        (values,) = self.copy_data()
        translations = {}
        for name, field in self._fields.items():
            if field.translate is True and field.store:
                texts, _context = self.get_field_translations(name)
                translations[name] = {
                    text["lang"]: text["value"] for text in texts if text["value"]
                }
        return {"values": values, "translations": translations}


def _is_understood(operation) -> bool:
    """Does an operation say what it must, whoever has sent it?"""
    if not isinstance(operation, dict):
        return False
    needs = NEEDS.get(operation.get("op"))
    if needs is None or not all(
        isinstance(operation.get(name), kind) for name, kind in needs.items()
    ):
        return False
    copy_of, before = operation.get("copy_of"), operation.get("removed")
    return (
        all(_is_place(place) for place in operation.get("places", {}).values())
        and (
            not copy_of
            or isinstance(copy_of, dict)
            and isinstance(copy_of.get("version_id"), int)
            and isinstance(copy_of.get("key"), str)
        )
        and (
            not before
            or isinstance(before, dict)
            and isinstance(before.get("values"), dict)
            and isinstance(before.get("translations"), dict)
        )
    )


def _is_place(place) -> bool:
    return (
        isinstance(place, list | tuple)
        and len(place) == 2
        and all(isinstance(number, _NUMBER) for number in place)
    )
