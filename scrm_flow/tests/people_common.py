"""Publishing the test flow with other people at its node “visit”, and asking why."""

from datetime import datetime
from unittest.mock import patch

from odoo.fields import Command

from odoo.addons.scrm_flow.models.scrm_dimension import Dimension

from .common import FlowCase

#: A Monday, 10:00 in UTC and in Brussels 11:00.
MONDAY = datetime(2026, 3, 2, 10)


class PeopleCase(FlowCase):
    def setUp(self):
        super().setUp()
        self.at(MONDAY)
        registry = type(self.env["scrm.dimension"])
        original = registry._definitions

        def definitions(dimension, model_name):
            found = original(dimension, model_name)
            if model_name == "scrm.test.order":
                for key, kind in (
                    ("area", "number"),
                    ("kind", "choice"),
                    ("note", "text"),
                    ("priority", "choice"),
                ):
                    found[key] = Dimension(
                        key, key, kind, lambda order, key=key: order[key] or None
                    )
            return found

        self.enterContext(patch.object(registry, "_definitions", definitions))

    def at(self, moment):
        """Let the clock stand at this moment (naive UTC)."""
        clock = type(self.env["scrm.clock"])
        self.enterContext(patch.object(clock, "now", lambda _self: moment))

    def use(self, **values):
        """Publish the flow with other values on the visit."""
        draft = self.flow.published_version_id._copy_as_draft()
        draft.node_ids.filtered(lambda n: n.key == "visit").write(values)
        draft.action_publish()

    def people(self, *users):
        return {
            "handler_rule": "people",
            "handler_user_ids": [Command.set([user.id for user in users])],
        }

    def order(self, **values):
        return self.start(area=values.pop("area", 40), **values)

    def visit(self, order=None, handler=None, **values):
        """Let Ann pass an order on to the visit; the step that opens there."""
        order = order or self.order(**values)
        # who completed and what it moved is the caller's matter, not the cache's
        args = {"handler_id": handler.id} if handler else {}
        order.with_user(self.ann).scrm_step_complete("accept", **args)
        return order.scrm_step_ids.filtered(
            lambda step: step.node_key == "visit" and step.state != "done"
        )[-1:]

    def table(self, *lines, key="who"):
        """A decision table: (name, result, (dimension, operator, value), ...)."""
        return self.env["scrm.decision.table"].create(
            {
                "name": "Who",
                "key": key,
                "model_id": self.model.id,
                "rule_ids": [
                    Command.create(
                        {
                            "rank": rank,
                            "name": name,
                            "result_model": result._name,
                            "result_id": result.id,
                            "condition_ids": [
                                Command.create(
                                    dict(
                                        zip(
                                            ("dimension", "operator", "value"),
                                            condition,
                                            strict=True,
                                        )
                                    )
                                )
                                for condition in conditions
                            ],
                        }
                    )
                    for rank, (name, result, *conditions) in enumerate(lines)
                ],
            }
        )

    def calendar(self, *lines, two_weeks=False, tz="UTC"):
        """A schedule: (day, from, to) or (day, from, to, week)."""
        return self.env["resource.calendar"].create(
            {
                "name": "Schedule",
                "tz": tz,
                "two_weeks_calendar": two_weeks,
                "attendance_ids": [
                    Command.create(
                        {
                            "name": "Work",
                            "dayofweek": str(day),
                            "hour_from": start,
                            "hour_to": end,
                            "week_type": str(week[0]) if week else False,
                        }
                    )
                    for day, start, end, *week in lines
                ],
            }
        )

    def resource(self, user, calendar, tz="UTC", **values):
        return self.env["resource.resource"].create(
            {
                "name": user.name,
                "user_id": user.id,
                "calendar_id": calendar.id,
                "tz": tz,
                **values,
            }
        )

    def leave(self, resource, start, end, **values):
        return self.env["resource.calendar.leaves"].create(
            {
                "name": "Off",
                "resource_id": resource.id if resource else False,
                "calendar_id": resource.calendar_id.id if resource else False,
                "date_from": start,
                "date_to": end,
                **values,
            }
        )
