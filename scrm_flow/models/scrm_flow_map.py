from datetime import date, timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

#: Colours in the order in which people look at them.
COLOURS = ("red", "yellow", "green")
#: Days of the longest period.
LONGEST = 3660


class ScrmFlow(models.Model):
    """The service map: the newest drawing of a flow, and what is going on on it.

    Everything is counted with the reader's own rights: only steps of records that
    one may read. Steps of all versions are shown on the newest drawing, by the key
    of their node; what stands on a node that is gone is told beside it.
    """

    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _name = "scrm.flow"
    _inherit = ["scrm.flow", "bus.listener.mixin"]

    def action_open_map(self):
        self.ensure_one()
        return {
            "type": "ir.actions.client",
            "tag": "scrm_flow_map",
            "name": self.env._("Service Map"),
            "params": {"flow_id": self.id},
        }

    def action_open_progress(self):
        """The board of this flow: a column a node, a card a record."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "scrm_flow.scrm_flow_run_report_action_progress"
        )
        action["display_name"] = self.name
        action["context"] = {"searchpanel_default_flow_id": self.id}
        return action

    # Asked by the map --------------------------------------------------------

    @api.model
    def map_flows(self) -> list[dict]:
        """The flows that have a map, for the reader to choose from.

        :return: [{"id", "name"}], in the order of names
        """
        flows = self.search([("published_version_id", "!=", False)])
        return [{"id": flow.id, "name": flow.name} for flow in flows]

    def map_read(self, filters=None, period=None) -> dict:
        """The drawing and the live counts of a flow.

        :param filters: {field of :meth:`_map_dimensions`: value}
        :param period: {"days"} or {"from", "to"} as "YYYY-MM-DD", in which what
            counts as done was done; today when left out
        :return: {"flow", "version", "drawing", "filters", "mine", "only_mine"} and
            all of :meth:`map_counts`; "version" is False before the first is
            published, "only_mine": the reader is told of the own nodes only
        :raise AccessError: the flow is not the reader's to see
        :raise UserError: a filter or the period makes no sense
        """
        self.ensure_one()
        self.check_access("read")
        version = self.published_version_id
        if not version:
            return {"flow": self._map_name(), "version": False}
        return {
            "flow": self._map_name(),
            "version": version.number,
            "drawing": version._drawing(),
            "filters": self._map_filters(),
            "mine": self._map_mine(),
            "only_mine": self.id in self._segmented_ids(),
            **self.map_counts(filters, period),
        }

    def map_counts(self, filters=None, period=None) -> dict:
        """What waits, is overdue or was done, by node.

        :return: {"nodes": {key: counts}, "elsewhere": [{"key", "name"} and counts],
            "total": counts, "worst": {"key", "name"} and counts, or False}; counts
            are {"red", "yellow", "green", "stuck"}, "stuck" being part of "red"
        """
        self.ensure_one()
        self.check_access("read")
        bounds = self._map_bounds(period)
        found = {}
        for row in self._map_step_rows(filters, bounds):
            node, key, on_drawing, colour, state, count = row
            if on_drawing:  # inside of a call, it counts where that is drawn
                node = node._outermost()
                key = node.key
            counts = found.setdefault(key, {"key": key, **self._map_nothing()})
            # of several versions the newest tells the name
            counts |= {"name": node.display_name, "on_drawing": on_drawing}
            counts["green" if state == "done" else colour] += count
            counts["stuck"] += count if state == "incident" else 0
        for key, count in self._map_end_rows(filters, bounds):
            name = self._map_end_name(key)
            if name:
                nothing = {"key": key, "name": name, **self._map_nothing()}
                found.setdefault(key, {**nothing, "on_drawing": True})
                found[key]["green"] += count
        worst = max(found.values(), key=lambda one: one["red"], default=None)
        total = self._map_nothing()
        for counts in found.values():
            for name in total:
                total[name] += counts[name]
        on_drawing = {key: one for key, one in found.items() if one.pop("on_drawing")}
        return {
            "nodes": on_drawing,
            "elsewhere": [one for key, one in found.items() if key not in on_drawing],
            "total": total,
            "worst": worst if worst and worst["red"] else False,
        }

    def map_records(self, node_key, colour=None, filters=None, period=None) -> dict:
        """The action that lists the records behind a number of the map.

        :param node_key: key of a node, False for all of them
        :param colour: ``red``, ``yellow`` or ``green``; all that is open without it
        """
        self.ensure_one()
        self.check_access("read")
        step = Domain("flow_id", "=", self.id) & self._post_step_domain()
        if node_key:
            step &= self._map_node_domain(str(node_key))
        red = Domain("state", "=", "incident") | Domain("is_overdue", "=", True)
        live = Domain("ended_at", "=", False)
        first, after = self._map_bounds(period)
        done = (
            Domain("state", "=", "done")
            & Domain("ended_at", ">=", fields.Datetime.to_string(first))
            & Domain("ended_at", "<", fields.Datetime.to_string(after))
        )
        wanted = {"red": live & red, "yellow": live & ~red, "green": done}
        step &= wanted.get(colour, live)
        domain = Domain("scrm_step_ids", "any", step)
        if self.id in self._segmented_ids():
            pass  # an end is nobody's post
        elif node_key in self._map_end_keys() and colour == "green":
            domain = Domain(
                "scrm_flow_run_ids",
                "any",
                Domain("flow_id", "=", self.id)
                & Domain("end_key", "=", node_key)
                & done,
            )
        domain &= self._map_filter_domain(filters)
        labels = self.published_version_id._labels()["nodes"]
        words = dict(
            self.env["scrm.flow.report.mixin"]
            ._fields["colour"]
            ._description_selection(self.env)
        )
        title = [labels.get(node_key) or node_key or self.name, words.get(colour)]
        return {
            "type": "ir.actions.act_window",
            "name": ": ".join(filter(None, title)),
            "res_model": self.model,
            "views": [[False, "list"], [False, "kanban"], [False, "form"]],
            "domain": list(domain),
            "context": {"create": False, "active_test": False},
        }

    # The drawing -------------------------------------------------------------

    def _map_node_domain(self, key):
        """Steps at a node that is drawn, those inside of a call with it."""
        inside = key.replace("_", r"\_") + ".%"
        return Domain("node_key", "=", key) | Domain("node_key", "=like", inside)

    def _map_name(self):
        return {"id": self.id, "name": self.name, "model": self.model}

    def _map_end_keys(self):
        graph = self.published_version_id._frozen_graph()
        return [node.key for node in graph.nodes.values() if node.behaviour == "end"]

    def _map_end_name(self, key):
        if key not in self._map_end_keys():
            return False
        return self.published_version_id._labels()["nodes"][key]

    def _map_mine(self) -> list[str]:
        """Keys of the nodes whose work is the reader's own.

        Those that name the reader or a role of the reader, and those at which the
        reader has something in hand, whatever rule gave it.
        """
        user = self.env.user
        # sudo: only whether the reader is one of them
        version = self.sudo().published_version_id
        nodes = version._running_nodes()
        in_hand = self.env["scrm.flow.step"]._read_group(
            [
                ("flow_id", "=", self.id),
                ("ended_at", "=", False),
                "|",
                ("user_id", "=", user.id),
                ("candidate_ids", "in", user.ids),
            ],
            ["node_key"],
        )
        keys = self._post_keys() | {key for (key,) in in_hand}
        drawn = [node._outermost().key for node in nodes if node.key in keys]
        return [node.key for node in version.node_ids if node.key in drawn]

    # Counting ----------------------------------------------------------------

    @api.model
    def _map_nothing(self):
        return dict.fromkeys((*COLOURS, "stuck"), 0)

    def _map_step_rows(self, filters, bounds):
        """Steps by node and colour: those that wait, and those done in time."""
        first, after = bounds
        done = (
            Domain("state", "=", "done")
            & Domain("ended_at", ">=", first)
            & Domain("ended_at", "<", after)
        )
        return self.env["scrm.flow.step.report"]._read_group(
            Domain("flow_id", "=", self.id)
            & (Domain("ended_at", "=", False) | done)
            & self._map_filter_domain(filters),
            ["node_id", "node_key", "is_on_drawing", "colour", "state"],
            ["__count"],
        )

    def _map_end_rows(self, filters, bounds):
        """Runs that reached an end in time, by its key."""
        first, after = bounds
        return self.env["scrm.flow.run.report"]._read_group(
            Domain("flow_id", "=", self.id)
            & Domain("state", "=", "done")
            & Domain("ended_at", ">=", first)
            & Domain("ended_at", "<", after)
            & self._map_filter_domain(filters),
            ["end_key"],
            ["__count"],
        )

    # What the reader asks for ------------------------------------------------

    def _map_filters(self) -> list[dict]:
        """What the map is filtered and split by: [{"name", "label", "options"}]."""
        report = self.env["scrm.flow.step.report"]
        return [
            {
                "name": name,
                "label": report._fields[name]._description_string(self.env),
                "options": report._map_options(self, name),
            }
            for name in report._map_dimensions(self.model)
        ]

    def _map_filter_domain(self, filters) -> Domain:
        """A domain for reports and records alike.

        :raise UserError: there is no such filter, or no such value
        """
        names = self.env["scrm.flow.step.report"]._map_dimensions(self.model)
        domain = Domain.TRUE
        for name, value in (filters or {}).items():
            if name not in names or not isinstance(value, str | int):
                raise UserError(
                    self.env._(
                        "The map of “%(flow)s” cannot be filtered by %(filter)s.",
                        flow=self.name,
                        filter=f"{name} = {value}",
                    )
                )
            domain &= Domain(name, "=", value)
        return domain

    def _map_bounds(self, period):
        """Beginning and end of the period in naive UTC, by the reader's days.

        :param period: {"days"}: so many up to today; or {"from", "to"}
        :raise UserError: a day cannot be read, or they are the wrong way round
        """
        report = self.env["scrm.flow.step.report"]
        count = (period or {}).get("days")
        if count:
            if not isinstance(count, int) or not 0 < count <= LONGEST:
                raise UserError(self.env._("A period has from 1 to %s days.", LONGEST))
            last = report._today()
            return report._day_bounds(last - timedelta(days=count - 1), last)
        days = []
        for side in ("from", "to"):
            value = (period or {}).get(side)
            try:
                days.append(date.fromisoformat(value) if value else None)
            except (TypeError, ValueError) as error:
                raise UserError(
                    self.env._(
                        "A day of the period must be like 2026-03-31, not %s.", value
                    )
                ) from error
        first, last = days
        last = last or report._today()
        first = first or last
        if first > last:
            raise UserError(
                self.env._("The period begins after its end: choose other days.")
            )
        return report._day_bounds(first, last)


class ScrmFlowVersion(models.Model):
    # what a drawing shows
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.flow.version"

    def _drawing(self) -> dict:
        """This version as a picture.

        :return: {"nodes": [{"key", "name", "type", "x", "y", "private"}],
            "edges": [{"key", "name", "source", "target"}], "placed"}; places in
            pixels, all of them 0 when "placed" is False
        """
        self.ensure_one()
        # sudo: names and places, shown to who may read the flow or its record
        version = self.sudo()
        labels = version._labels()["nodes"]
        nodes = [
            {
                "key": node.key,
                "name": labels[node.key],
                "type": node.type,
                "x": node.pos_x,
                "y": node.pos_y,
                "private": node.is_private,
            }
            for node in version.node_ids
        ]
        edges = [
            {
                "key": edge.key,
                "name": edge.name or "",
                "source": edge.source_id.key,
                "target": edge.target_id.key,
            }
            for edge in version.transition_ids
        ]
        placed = any(node["x"] or node["y"] for node in nodes)
        return {"nodes": nodes, "edges": edges, "placed": placed}
