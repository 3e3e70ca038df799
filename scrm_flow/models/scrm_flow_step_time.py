from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_datetime

from ..engine.inside import is_marked


class ScrmFlowStep(models.Model):
    """What happens to a step by time: set when it opens, gone when it ends."""

    _inherit = "scrm.flow.step"

    deadline_at = fields.Datetime(string="Deadline", readonly=True)
    is_overdue = fields.Boolean(
        string="Overdue", compute="_compute_is_overdue", search="_search_is_overdue"
    )

    _deadline_idx = models.Index(
        "(deadline_at) WHERE state = 'open' AND deadline_at IS NOT NULL"
    )

    @api.depends("state", "deadline_at")
    def _compute_is_overdue(self):
        now = self.env["scrm.clock"].now()
        for step in self:
            deadline = step.state == "open" and step.deadline_at
            step.is_overdue = bool(deadline) and deadline <= now

    def _search_is_overdue(self, operator, value):
        if operator != "in":
            return NotImplemented
        now = self.env["scrm.clock"].now()
        overdue = Domain("state", "=", "open") & Domain("deadline_at", "<=", now)
        if set(value) == {True, False}:
            return Domain.TRUE
        return overdue if True in value else ~overdue

    @api.model_create_multi
    def create(self, vals_list):
        steps = super().create(vals_list)
        steps.filtered(lambda step: step.state == "open")._start_times()
        return steps

    def write(self, vals):
        opening = self.browse()
        if is_marked(self.env.context, "scrm_flow_times_kept"):
            return super().write(vals)  # see scrm_flow_step_migration.py
        if vals.get("state") == "open":
            opening = self.filtered(lambda step: step.state != "open")
        result = super().write(vals)
        if opening:
            opening._start_times()
        elif vals.get("state", "open") != "open":
            self.env["scrm.flow.timer"]._cancel_of(self)
        return result

    def _start_times(self):
        """Set the timers of steps that have just opened.

        A step whose times cannot be told is stuck, with the reason.
        """
        kinds = self.env["scrm.flow.timer.kind"]._kinds()
        rows = []
        for step in self:
            node = step._compiled_node()
            try:
                if deadline_at := step._planned_deadline(node):
                    step.deadline_at = deadline_at
                rows += [
                    {
                        "run_id": step.run_id.id,
                        "step_id": step.id,
                        "res_model": step.res_model,
                        "res_id": step.res_id,
                        "kind": kind._kind_key(),
                        "number": number,
                        "due_at": due_at,
                    }
                    for kind in kinds
                    for number, due_at in kind._plan(step, node)
                ]
            except UserError as error:
                step.write(
                    {
                        "state": "incident",
                        "incident_code": "no_time",
                        "incident_reason": self.env._(
                            "“%(node)s”: %(reason)s",
                            node=step.run_id.version_id._labels()["nodes"][node.key],
                            reason=error,
                        ),
                    }
                )
        self.env["scrm.flow.timer"]._schedule(rows)

    def _planned_deadline(self, node):
        """When the step is due by its node, None where it has no deadline."""
        hours = node.data["deadline"]
        if not hours:
            return None
        return self._shift(self.opened_at, self._record()._scrm_deadline_hours(hours))

    def _compiled_node(self):
        """The node as the published version compiled it."""
        node = self.run_id.version_id._frozen_graph().nodes.get(self.node_key)
        if node is None:  # done before the run came to its present version
            version = self.node_id.version_id
            node = version._frozen_graph().nodes[self.node_key]
        return node

    def _company(self):
        """The company whose hours count for this step."""
        record = self._record()
        company = record.company_id if "company_id" in record._fields else None
        return company or self.flow_id.company_id or self.env.company

    def _shift(self, moment, hours):
        """The moment so many hours later or earlier, as the step's node counts."""
        times = self.env["scrm.working.time"]
        return times._shift(moment, hours, *self._working_hours())

    def _working_hours(self):
        """Whose hours count for this step; without a calendar all hours do.

        :return: (``resource.calendar`` or None, ``resource.resource`` or None)
        """
        count = self._compiled_node().data["count"]
        if count["kind"] != "working":
            return None, None
        user = self.user_id if count["calendar"] == "handler" else None
        return self.env["scrm.working.time"]._calendar_of(self._company(), user)

    # Telling people ----------------------------------------------------------

    def _note(self, event, detail=None):
        """Write a line about this step into the log."""
        self.env["scrm.flow.log"]._append(
            [
                {
                    "run": self.run_id,
                    "event": event,
                    "user_id": self.env.uid,
                    "at": self.env["scrm.clock"].now(),
                    "step_id": self.id,
                    "node_key": self.node_key,
                    "version_number": self.run_id.version_id.number,
                    "detail": detail or False,
                }
            ]
        )

    def _tell(self, users, activity=False, words="_due_text"):
        """Tell people, in their language and timezone, when this step is due.

        :param users: ``res.users``
        :param activity: as something to do on the record, where it has activities
        :param words: name of the method that says what
        """
        record = self._record()
        for user in users:
            step = self.with_context(lang=user.lang or "en_US", tz=user.tz or "UTC")
            subject = getattr(step, words)()
            if activity and hasattr(record, "activity_schedule"):
                record.activity_schedule(
                    "mail.mail_activity_data_todo", user_id=user.id, summary=subject
                )
                continue
            step._notify(user, subject, subject)

    def _notify(self, user, subject, text):
        """Send a user a message about the record of this step."""
        record = self._record()
        thread = record
        if not hasattr(record, "message_notify"):
            thread = self.env["mail.thread"]
        thread.message_notify(
            partner_ids=user.partner_id.ids,
            subject=subject,
            body=Markup("<p>%s</p>") % text,
            model=record._name,
            res_id=record.id,
        )

    def _due_text(self):
        """One sentence on where this step stands in time."""
        node = self.run_id.version_id._labels()["nodes"][self.node_key]
        words = {"node": node, "record": self._record().display_name}
        if not self.deadline_at:
            return self.env._("%(record)s: “%(node)s” is still open.", **words)
        zone = self.env.context.get("tz")  # of who is told, see _tell
        words["at"] = format_datetime(
            self.env, self.deadline_at, tz=zone, dt_format="short"
        )
        if self.is_overdue:
            return self.env._(
                "%(record)s: “%(node)s” is overdue, it was due on %(at)s.", **words
            )
        return self.env._("%(record)s: “%(node)s” is due on %(at)s.", **words)


class ScrmFlowLog(models.Model):
    # the events of this file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.flow.log"

    event = fields.Selection(
        selection_add=[
            ("deadline", "Deadline passed"),
            ("reminder", "Reminded"),
            ("escalate", "Escalated"),
        ],
        ondelete={
            "deadline": "cascade",
            "reminder": "cascade",
            "escalate": "cascade",
        },
    )


class ScrmFlowMixin(models.AbstractModel):
    # what time does to records, beside what it does to steps
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.flow.mixin"

    def _scrm_step_overdue(self, step):
        """The deadline of a step has passed."""

    def scrm_flow_release(self, reason):
        result = super().scrm_flow_release(reason)
        # what came due while the run was frozen
        self.env["scrm.flow.timer"]._wake([self.env["scrm.clock"].now()])
        return result

    def _scrm_progress_item(self, step, state):
        item = super()._scrm_progress_item(step, state)
        if state == "now" and step.deadline_at:
            item["deadline"] = fields.Datetime.to_string(step.deadline_at)
            item["overdue"] = step.is_overdue
        return item

    def _scrm_mask_progress(self, items):
        for item in items:
            # customers are told when it is expected, not that it is late, and nothing
            # of what happens inside
            deadline, is_overdue = item.pop("deadline", None), item.pop("overdue", None)
            if deadline and not is_overdue and not item["private"]:
                item["expected"] = deadline
        return super()._scrm_mask_progress(items)
