from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_datetime


class ScrmFlowSandboxWizard(models.TransientModel):
    """A version of a flow being tried out: the script, and what came of it."""

    _name = "scrm.flow.sandbox.wizard"
    _description = "Flow Being Tried Out"
    _rec_name = "version_id"

    version_id = fields.Many2one(
        "scrm.flow.version", required=True, ondelete="cascade", readonly=True
    )
    model_id = fields.Many2one(related="version_id.flow_id.model_id")
    model = fields.Char(related="version_id.flow_id.model", string="Model Name")
    record_ref = fields.Reference(
        selection="_selection_models",
        string="Try It with",
        help="A record as it is now; empty: one that is made up.",
    )
    start_at = fields.Datetime(
        string="Starts at", help="The time the flow believes in; empty: now."
    )
    line_ids = fields.One2many(
        "scrm.flow.sandbox.wizard.line", "wizard_id", string="Script"
    )
    choice_ids = fields.One2many(
        "scrm.flow.sandbox.wizard.choice", "wizard_id", readonly=True
    )
    course = fields.Json(readonly=True)
    course_html = fields.Html(
        compute="_compute_course_html", sanitize=False, string="What Happens"
    )

    @api.model
    def _selection_models(self):
        names = self.env["scrm.flow"]._flow_models()
        return [(name, self.env[name]._description) for name in names]

    @api.depends("course")
    @api.depends_context("lang", "tz")
    def _compute_course_html(self):
        for wizard in self:
            shown = {
                "course": wizard.course,
                "moment": self._moment,
                "words": self._words(),
            }
            wizard.course_html = wizard.course and self.env["ir.qweb"]._render(
                "scrm_flow.sandbox_course", shown
            )

    def _moment(self, text):
        if not text:
            return ""
        moment = fields.Datetime.to_datetime(text)
        return format_datetime(self.env, moment, dt_format="short")

    def _words(self):
        """Names of states, in the user's language."""
        steps = self.env["scrm.flow.step"]._fields["state"]
        runs = self.env["scrm.flow.run"]._fields["state"]
        services = dict(self.env["scrm.flow.service"]._selection())
        lines = self.line_ids._fields["action"]
        votes = self.env["scrm.flow.vote"]._fields["state"]
        return {
            "step": dict(steps._description_selection(self.env)),
            "run": dict(runs._description_selection(self.env)),
            "service": services,
            "vote": dict(votes._description_selection(self.env)),
            "do": {
                **dict(lines._description_selection(self.env)),
                "expect": self.env._("Expect"),
            },
        }

    def _call(self):
        values, script = self.line_ids._as_call()
        return {
            "script": script,
            "values": values,
            "record_id": self.record_ref.id if self.record_ref else None,
            "at": self.start_at or None,
        }

    def action_play(self):
        """Play the script from the start, and show what happens."""
        self.ensure_one()
        call = self._call()
        if call["at"]:
            call["at"] = fields.Datetime.to_string(call["at"])
        course = self.env["scrm.flow.sandbox"].play(self.version_id.id, **call)
        self.course = course
        self.choice_ids.unlink()
        self.env["scrm.flow.sandbox.wizard.choice"].create(
            [
                {
                    "wizard_id": self.id,
                    "node_key": choice["node"],
                    "node_name": choice["name"],
                    **vals,
                }
                for choice in course["choices"]
                for vals in self._choice_vals(choice)
            ]
        )
        return True

    def _choice_vals(self, choice):
        """What can be done with an open step: take a way, or vote."""
        actions = dict(self.line_ids._fields["action"]._description_selection(self.env))
        ways = [
            {
                "handlers": ", ".join(choice["handlers"]),
                "transition_key": way["key"],
                "name": way["name"],
            }
            for way in choice["ways"]
        ]
        votes = [
            {
                "action": action,
                "user_id": vote["user_id"],
                "handlers": vote["name"],
                "name": actions[action],
            }
            for vote in choice["votes"]
            if vote["state"] == "asked"
            for action in ("approve", "deny")
        ]
        return ways + votes

    def action_back(self):
        """Take the last line of the script back, and play what is left."""
        self.ensure_one()
        self.line_ids.sorted(lambda line: (line.sequence, line.id))[-1:].unlink()
        return self.action_play()

    def action_next_timer(self):
        """Let time pass up to the next timer."""
        return self._add({"action": "wait_next"})

    def _add(self, vals):
        self.ensure_one()
        last = max(self.line_ids.mapped("sequence"), default=0)
        self.env["scrm.flow.sandbox.wizard.line"].create(
            {"wizard_id": self.id, "sequence": last + 10, **vals}
        )
        return self.action_play()

    def action_save_test(self):
        """Keep this course as a test of the flow.

        :return: the action that opens the test
        :raise UserError: it was tried with a real record
        """
        self.ensure_one()
        if self.record_ref:
            raise UserError(
                self.env._(
                    "A test makes its record up: set its values in the script and "
                    "leave “Try It with” empty."
                )
            )
        self.action_play()
        call = self._call()
        cases = self.env["scrm.flow.test.case"]
        flow = self.version_id.flow_id
        taken = set(flow.with_context(active_test=False).test_ids.mapped("key"))
        number = next(n for n in range(1, 10**6) if f"test_{n}" not in taken)
        case = cases.create(
            {
                "key": f"test_{number}",
                "name": self.env._("Test %s", number),
                "start_at": self.start_at,
                **cases._vals_of_course(
                    self.course, self.version_id, call["values"], call["script"]
                ),
            }
        )
        return {
            "type": "ir.actions.act_window",
            "res_model": case._name,
            "res_id": case.id,
            "view_mode": "form",
        }


class ScrmFlowSandboxWizardLine(models.TransientModel):
    """One line of the script being tried."""

    _name = "scrm.flow.sandbox.wizard.line"
    _inherit = "scrm.flow.script.line"
    _description = "Line of a Script Being Tried"

    wizard_id = fields.Many2one(
        "scrm.flow.sandbox.wizard", required=True, index=True, ondelete="cascade"
    )

    @api.depends("wizard_id.version_id")
    def _compute_script_version_id(self):
        for line in self:
            line.script_version_id = line.wizard_id.version_id


class ScrmFlowSandboxWizardChoice(models.TransientModel):
    """A way that somebody could take now."""

    _name = "scrm.flow.sandbox.wizard.choice"
    _description = "Open Way of a Flow Being Tried"

    wizard_id = fields.Many2one(
        "scrm.flow.sandbox.wizard", required=True, index=True, ondelete="cascade"
    )
    node_key = fields.Char()
    node_name = fields.Char(string="Node")
    handlers = fields.Char()
    transition_key = fields.Char()
    action = fields.Char(required=True, default="complete")
    user_id = fields.Many2one("res.users", string="Approver", ondelete="cascade")
    name = fields.Char(string="Way")

    def action_take(self):
        """Complete the step this way, or vote, and play on."""
        self.ensure_one()
        reason = self.env._("A reason, as an example")
        return self.wizard_id._add(
            {
                "action": self.action,
                "node_key": self.node_key,
                "transition_key": self.transition_key,
                "user_id": self.user_id.id,
                "value": reason if self.action == "deny" else False,
            }
        )


class ScrmFlowVersion(models.Model):
    """Versions can be tried out."""

    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.flow.version"

    def action_try_out(self):
        """Open a sandbox for this version."""
        self.ensure_one()
        wizard = self.env["scrm.flow.sandbox.wizard"].create({"version_id": self.id})
        wizard.action_play()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Try Out"),
            "res_model": wizard._name,
            "res_id": wizard.id,
            "view_mode": "form",
        }
