from odoo import api, fields, models

from ..engine import decision_analysis as analysis


class ScrmDecisionTable(models.Model):
    """Says what a table leaves open and where its rules contradict each other."""

    _inherit = "scrm.decision.table"

    analysis_text = fields.Text(
        compute="_compute_analysis_text", string="Gaps and Overlaps"
    )

    @api.depends(
        "hit_policy",
        "rule_ids.rank",
        "rule_ids.is_default",
        "rule_ids.condition_ids.dimension",
        "rule_ids.condition_ids.operator",
        "rule_ids.condition_ids.value",
    )
    @api.depends_context("lang")
    def _compute_analysis_text(self):
        for table in self:
            saved = table._origin
            table.analysis_text = "\n".join(saved._analysis_lines()) if saved else False

    def _analyse(self) -> analysis.Analysis:
        self.ensure_one()
        rules, keys, _model = self._compiled()
        known = self.env["scrm.dimension"]._definitions(self.model)
        dimensions = {}
        for key in keys:
            dimension = known.get(key)
            choices = dimension and dimension.choices and dimension.choices()
            dimensions[key] = analysis.Dimension(
                dimension.type if dimension else "text",
                None if choices is None else tuple(value for value, _label in choices),
            )
        return analysis.analyse(rules, dimensions)

    def _analysis_lines(self) -> list[str]:
        """Gaps, overlaps and rules that never answer, as sentences."""
        _ = self.env._
        found = self._analyse()
        if not found.is_complete:
            return [
                _(
                    "The rules ask for more combinations than can be looked at: gaps "
                    "and overlaps are not known."
                )
            ]
        names = {rule.id: rule.name for rule in self.rule_ids}
        lines = [_("No rule answers: %s.", self._box_words(box)) for box in found.gaps]
        collects = self.hit_policy == "collect"
        if not collects:
            lines += [
                _(
                    "Rule “%s” never answers: an earlier one always does.",
                    names[rule.ref],
                )
                for rule in found.hidden
            ]
        for one, other, box in found.overlaps:
            words = {
                "one": names[one.ref],
                "other": names[other.ref],
                "where": self._box_words(box),
            }
            lines.append(
                _("Both “%(one)s” and “%(other)s” answer: %(where)s.", **words)
                if collects
                else _(
                    "“%(one)s” answers before “%(other)s”, which matches too: "
                    "%(where)s.",
                    **words,
                )
            )
        more = len(lines) - analysis.SHOWN
        if more > 0:
            lines[analysis.SHOWN :] = [_("And %s more.", more)]
        return lines

    def _box_words(self, box) -> str:
        """Where something happens, in words."""
        _ = self.env._
        known = self.env["scrm.dimension"]._definitions(self.model)
        parts = []
        for key, cells in box.items():
            dimension = known.get(key)
            labels = {}
            if dimension and dimension.choices:
                labels = dict(dimension.choices())
            parts.append(
                _(
                    "%(dimension)s %(values)s",
                    dimension=dimension.label if dimension else key,
                    values=_(" or ").join(
                        self._cell_words(cell, labels) for cell in cells
                    ),
                )
            )
        return _(" and ").join(parts) or _("whatever the values are")

    def _cell_words(self, cell, labels) -> str:
        _ = self.env._
        if cell.kind == analysis.NONE:
            return _("not given")
        if cell.kind == analysis.OTHER:
            return _("anything else")
        if cell.kind == analysis.TEXT:
            return _("with the words %s", ", ".join(cell.low))
        if cell.kind == analysis.VALUE:
            yes_no = {"true": _("yes"), "false": _("no")}
            return labels.get(cell.low) or yes_no.get(cell.low) or cell.low
        if cell.low is not None and cell.low == cell.high:
            return _("exactly %s", cell.low)
        low = high = ""
        if cell.low is not None:
            low = _("from %s", cell.low) if cell.with_low else _("above %s", cell.low)
        if cell.high is not None:
            high = (
                _("up to %s", cell.high) if cell.with_high else _("below %s", cell.high)
            )
        return " ".join(part for part in (low, high) if part) or _("any number")
