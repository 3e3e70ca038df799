from odoo import models


class ScrmFlowVersion(models.Model):
    """Says how two versions of a flow differ."""

    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.flow.version"

    def design_compare(self, other_id: int) -> dict:
        """What is different here from another version, for the drawing.

        :param other_id: the version that was before
        :return: ``nodes`` and ``transitions``: key -> ``state`` (added, removed,
            changed) and ``texts`` (the settings that changed, in words);
            ``removed_nodes``, ``removed_transitions``: as in the other drawing
        """
        self.ensure_one()
        other = self.browse(other_id).exists()
        (self | other).check_access("read")
        removed_nodes = _only(other.node_ids, self.node_ids)
        removed_ways = _only(other.transition_ids, self.transition_ids)
        return {
            "nodes": _differences(other.node_ids, self.node_ids),
            "transitions": _differences(other.transition_ids, self.transition_ids),
            "removed_nodes": [node._design_values() for node in removed_nodes],
            "removed_transitions": [way._design_values() for way in removed_ways],
        }


def _only(parts, others):
    keys = set(others.mapped("key"))
    return parts.filtered(lambda part: part.key not in keys)


def _differences(before, now) -> dict:
    found = {part.key: {"state": "removed", "texts": []} for part in _only(before, now)}
    was = {part.key: part for part in before}
    for part in now:
        if part.key not in was:
            found[part.key] = {"state": "added", "texts": []}
        elif names := part._design_changes(was[part.key]):
            labels = part.fields_get(names, ["string"])
            texts = [labels[name]["string"] for name in names if name in labels]
            found[part.key] = {"state": "changed", "texts": texts}
    return found


class ScrmFlowNode(models.Model):
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.flow.node"

    def _design_changes(self, before) -> list[str]:
        """Names of the settings that are not as they were; places do not count."""
        return self._different(before)


class ScrmFlowTransition(models.Model):
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.flow.transition"

    def _design_changes(self, before) -> list[str]:
        """Names of the settings that are not as they were."""
        (mine,) = self.copy_data()
        (theirs,) = before.copy_data()
        names = {
            name
            for name in set(mine) | set(theirs)
            if name not in ("version_id", "source_id", "target_id", "rank")
            and mine.get(name) != theirs.get(name)
        }
        for name in ("source_id", "target_id"):
            if self[name].key != before[name].key:
                names.add(name)
        return sorted(names)
