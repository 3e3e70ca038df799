from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

#: How many values a split shows; the rest is told as a number.
SPLIT_LIMIT = 12


class ScrmFlow(models.Model):
    """The bottleneck: where the time of a flow goes, node by node."""

    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.flow"

    def map_times(self, filters=None, period=None, split=None) -> dict:
        """Time per node of the steps that ended in a period.

        The time of a step is working time where its node counts that, else all
        time; while its clock was stopped is left out. Joins do not work, they wait
        for others: they are left out.

        :param filters: {field of :meth:`_map_dimensions`: value}
        :param period: as for :meth:`map_read`; today when left out
        :param split: one of these fields, to see its values side by side
        :return: {"nodes": [row], "worst": row or False, "hours": total,
            "split": [{"label", "count", "hours", "worst": row or False}]}; a row is
            {"key", "name", "on_drawing", "count", "median", "p90", "hours",
            "share"} in hours, the share as a part of 1, most time first
        :raise UserError: a filter, the split or the period makes no sense
        """
        self.ensure_one()
        self.check_access("read")
        rows = self._map_time_rows(filters, period)
        answer = {**self._map_time_summary(rows), "split": []}
        if split:
            answer["split"] = self._map_time_split(filters, period, split)
        return answer

    def map_time_records(self, node_key, filters=None, period=None) -> dict:
        """The action that lists the steps behind the time of a node."""
        self.ensure_one()
        self.check_access("read")
        domain = self._map_time_domain(filters, period)
        labels = self.published_version_id._labels()["nodes"]
        return {
            "type": "ir.actions.act_window",
            "name": self.env._(
                "Time at “%s”", labels.get(node_key) or node_key or self.name
            ),
            "res_model": "scrm.flow.step.report",
            "views": [[False, "list"], [False, "pivot"], [False, "graph"]],
            "domain": list(domain & Domain("node_key", "=", str(node_key))),
            "context": {"search_default_group_user": 1},
        }

    def _map_time_split(self, filters, period, split):
        if split not in self.env["scrm.flow.step.report"]._map_dimensions(self.model):
            raise UserError(
                self.env._(
                    "The map of “%(flow)s” cannot be filtered by %(filter)s.",
                    flow=self.name,
                    filter=split,
                )
            )
        by_value = {}
        for row in self._map_time_rows(filters, period, split):
            by_value.setdefault(row.pop("value"), []).append(row)
        labels = self._map_split_labels(split, list(by_value))
        parts = [
            {"value": value or False, "label": labels[value], **summary}
            for value, rows in by_value.items()
            for summary in [self._map_time_summary(rows)]
        ]
        parts.sort(key=lambda part: -part["hours"])
        return parts[:SPLIT_LIMIT]

    @api.model
    def _map_split_labels(self, split, values):
        field = self.env["scrm.flow.step.report"]._fields[split]
        nothing = {None: self.env._("None"), False: self.env._("None")}
        if field.type == "selection":
            return {**nothing, **dict(field._description_selection(self.env))}
        # sudo: names of what readable records point to, as on their own lists
        found = self.env[field.comodel_name].sudo().browse(v for v in values if v)
        return {**nothing, **{record.id: record.display_name for record in found}}

    @api.model
    def _map_time_summary(self, rows):
        hours = sum(row["hours"] for row in rows)
        for row in rows:
            row["share"] = row["hours"] / hours if hours else 0.0
        rows.sort(key=lambda row: -row["hours"])
        return {
            "nodes": rows,
            "worst": rows[0] if hours else False,
            "hours": hours,
            "count": sum(row["count"] for row in rows),
        }

    def _map_time_domain(self, filters, period) -> Domain:
        first, after = self._map_bounds(period)
        return (
            Domain("flow_id", "=", self.id)
            & Domain("state", "in", ("done", "rejected"))
            & Domain("ended_at", ">=", fields.Datetime.to_string(first))
            & Domain("ended_at", "<", fields.Datetime.to_string(after))
            & Domain("node_type", "!=", "parallel_gateway")
            & self._map_filter_domain(filters)
        )

    def _map_time_rows(self, filters, period, split=None) -> list[dict]:
        """One grouped query over the steps that the reader may see."""
        report = self.env["scrm.flow.step.report"]
        query = report._search(self._map_time_domain(filters, period))
        if query.is_empty():
            return []
        table = query.table
        hours, node, key, on_drawing = (
            report._field_to_sql(table, name, query)
            for name in ("hours", "node_id", "node_key", "is_on_drawing")
        )
        value = report._field_to_sql(table, split, query) if split else SQL("NULL")
        query.order = None
        query.groupby = SQL(", ").join([key, on_drawing, *([value] if split else [])])
        rows = self.env.execute_query_dict(
            query.select(
                SQL("%s AS key", key),
                SQL("%s AS on_drawing", on_drawing),
                SQL("%s AS value", value),
                SQL("max(%s) AS node", node),
                SQL("count(*) AS count"),
                SQL(
                    "percentile_cont(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY %s) "
                    "AS percentiles",
                    hours,
                ),
                SQL("sum(%s)::float AS hours", hours),
            )
        )
        nodes = self.env["scrm.flow.node"].browse({row["node"] for row in rows})
        names = {node.id: node.display_name for node in nodes}
        for row in rows:
            row["name"] = names[row.pop("node")]
            row["median"], row["p90"] = row.pop("percentiles")
            if not split:
                row.pop("value")
        return rows
