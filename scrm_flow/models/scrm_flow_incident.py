from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL


class ScrmFlowIncident(models.Model):
    """Everything that is stuck now: steps that cannot go on, timers that failed.

    Also runs that are stuck without a step of theirs being so. Only a view of those
    rows; it is empty when nothing is stuck.
    """

    _name = "scrm.flow.incident"
    _inherit = "scrm.flow.trace.mixin"
    _description = "Flow Incident"
    _order = "since, id"
    _rec_name = "reason"
    _auto = False
    _depends = {
        "scrm.flow.step": [
            "run_id",
            "flow_id",
            "node_id",
            "node_key",
            "res_model",
            "res_id",
            "state",
            "opened_at",
            "incident_code",
            "incident_reason",
        ],
        "scrm.flow.run": [
            "flow_id",
            "res_model",
            "res_id",
            "state",
            "incident_reason",
            "started_at",
        ],
        "scrm.flow.timer": ["step_id", "state", "due_at", "error"],
        "scrm.flow.log": ["run_id", "step_id", "event", "at"],
    }

    run_id = fields.Many2one("scrm.flow.run", readonly=True)
    step_id = fields.Many2one("scrm.flow.step", readonly=True)
    timer_id = fields.Many2one("scrm.flow.timer", readonly=True)
    flow_id = fields.Many2one("scrm.flow", readonly=True)
    node_id = fields.Many2one("scrm.flow.node", readonly=True)
    code = fields.Selection("_selection_codes", string="Kind", readonly=True)
    reason = fields.Text(readonly=True)
    since = fields.Datetime(readonly=True, help="Since when it has been stuck.")
    told_names = fields.Char(
        compute="_compute_told_names",
        string="Told",
        help="Who is told when something of this flow gets stuck.",
    )
    can_assign = fields.Boolean(compute="_compute_repairs")
    can_route = fields.Boolean(compute="_compute_repairs")

    @api.model
    def _selection_codes(self):
        labels = {
            "no_handler": self.env._("Nobody to handle it"),
            "no_transition": self.env._("No way to go on"),
            "condition_failed": self.env._("Condition cannot be asked"),
            "action_failed": self.env._("Service failed"),
            "loop": self.env._("Endless loop"),
            "no_time": self.env._("Time cannot be told"),
            "timer": self.env._("Timer failed"),
            "other": self.env._("Other"),
        }
        return list(labels.items())

    @property
    def _table_query(self):
        known = [code for code, _label in self._selection_codes()]
        return SQL(
            """
            SELECT step.id * 3 AS id,
                   step.run_id, step.id AS step_id, NULL::integer AS timer_id,
                   step.flow_id, step.node_id, step.res_model, step.res_id,
                   CASE WHEN step.incident_code = ANY(%(known)s)
                        THEN step.incident_code ELSE 'other' END AS code,
                   step.incident_reason AS reason,
                   COALESCE(
                       (SELECT MAX(log.at)
                          FROM scrm_flow_log log
                         WHERE log.run_id = step.run_id
                           AND log.step_id = step.id
                           AND log.event = 'incident'),
                       step.opened_at
                   ) AS since
              FROM scrm_flow_step step
             WHERE step.state = 'incident'
            UNION ALL
            SELECT timer.id * 3 + 1,
                   timer.run_id, timer.step_id, timer.id,
                   step.flow_id, step.node_id, step.res_model, step.res_id,
                   'timer', timer.error, timer.due_at
              FROM scrm_flow_timer timer
              JOIN scrm_flow_step step ON step.id = timer.step_id
             WHERE timer.state = 'error'
            UNION ALL
            SELECT run.id * 3 + 2,
                   run.id, NULL, NULL,
                   run.flow_id, NULL, run.res_model, run.res_id,
                   'other', run.incident_reason, run.started_at
              FROM scrm_flow_run run
             WHERE run.state = 'incident'
               AND NOT EXISTS (
                   SELECT FROM scrm_flow_step step
                    WHERE step.run_id = run.id AND step.state = 'incident'
               )
            """,
            known=known,
        )

    @api.depends("flow_id")
    def _compute_told_names(self):
        for incident in self:
            # sudo: names of colleagues, on a record the user may read
            people = incident.flow_id.sudo().incident_user_ids
            incident.told_names = ", ".join(people.mapped("name")) or False

    @api.depends("code")
    def _compute_repairs(self):
        for incident in self:
            incident.can_assign = incident.code == "no_handler"
            incident.can_route = incident.code in ("no_transition", "condition_failed")

    def action_retry(self):
        """Let all of these try again, each for itself.

        :return: a notification that says how many go on
        :raise AccessError: the caller is no flow manager, or may not read a record
        """
        if not self.env.user.has_group("scrm_flow.group_manager"):
            raise AccessError(
                self.env._("Only a flow manager may retry what got stuck.")
            )
        self.check_access("read")
        refused = []
        timers = self.timer_id  # asked now: what goes on is no row of ours any more
        runs = self.filtered(lambda incident: not incident.timer_id).run_id
        for run in runs:
            try:
                with self.env.cr.savepoint():
                    run.action_retry()
            except UserError as error:
                refused.append(str(error))
        timers.action_retry()
        stuck = runs.filtered(lambda run: run.state == "incident")
        message = self.env._(
            "%(on)s go on, %(stuck)s are still stuck.",
            on=len(runs) - len(stuck) + len(timers),
            stuck=len(stuck),
        )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "message": "\n".join([message, *refused]),
                "type": "warning" if stuck else "success",
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def action_repair(self):
        """Open the dialog in which a flow manager decides by hand."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Decide by Hand"),
            "res_model": "scrm.flow.repair",
            "view_mode": "form",
            "target": "new",
            "context": {"default_step_id": self.step_id.id},
        }


class ScrmFlow(models.Model):
    """Flows know whom to tell, and how much of theirs is stuck."""

    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.flow"

    incident_user_ids = fields.Many2many(
        "res.users",
        "scrm_flow_incident_user_rel",
        string="Told of Incidents",
        help="Who gets a message when something of this flow gets stuck.",
    )
    incident_count = fields.Integer(
        compute="_compute_incident_count", string="Incidents"
    )

    @api.depends_context("uid")
    def _compute_incident_count(self):
        counts = {}
        if self.env.user.has_group("scrm_flow.group_user"):
            groups = self.env["scrm.flow.incident"]._read_group(
                [("flow_id", "in", self.ids)], ["flow_id"], ["__count"]
            )
            counts = {flow.id: count for flow, count in groups}
        for flow in self:
            flow.incident_count = counts.get(flow.id, 0)

    def action_open_incidents(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Incidents"),
            "res_model": "scrm.flow.incident",
            "view_mode": "list",
            "domain": [("flow_id", "=", self.id)],
        }


class ScrmFlowStep(models.Model):
    """Somebody hears of what is stuck."""

    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.flow.step"

    _incident_idx = models.Index("(id) WHERE state = 'incident'")

    def _tell_incident(self, reason):
        """Tell whom the flow names, in their language, that this step is stuck."""
        self.ensure_one()
        record = self._record()
        # sudo: the people named by the flow, whoever moves the run
        for user in self.flow_id.sudo().incident_user_ids.filtered("active"):
            step = self.with_context(lang=user.lang or "en_US")
            labels = step.run_id.version_id._labels()["nodes"]
            subject = step.env._(
                "%(record)s is stuck at “%(node)s”",
                record=record.display_name,
                node=labels.get(step.node_key, step.node_key),
            )
            step._notify(user, subject, reason)


class ScrmFlowEngine(models.AbstractModel):
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.flow.engine"

    @api.model
    def _settle(self, moves):
        result = super()._settle(moves)
        for move in moves:
            if any(entry["event"] == "retry" for entry in move.entries):
                continue  # who retries sees it
            for step in move.steps:
                if step.state == "incident":
                    step._tell_incident(step.incident_reason)
        return result


class ScrmFlowTimer(models.Model):
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.flow.timer"

    def _fire_alone(self):
        result = super()._fire_alone()
        if self.state == "error" and self._record():
            self.step_id._tell_incident(self.error)
        return result
