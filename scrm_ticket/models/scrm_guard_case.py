from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

RISK = "scrm_ticket.group_risk_control"
#: What nobody writes by hand.
RECORDED = {
    "user_id",
    "at",
    "state",
    "copy_id",
    "records",
    "limit_records",
    "limit_minutes",
    "decided_by_id",
    "decided_at",
}


class ScrmGuardCase(models.Model):
    """Somebody took more customer data than the limits allow.

    His or her rights are frozen from that moment, until a colleague of risk control
    releases them; for good, once that colleague confirms the case.
    """

    _name = "scrm.guard.case"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _description = "Abnormal Reading"
    _order = "id desc"
    _rec_name = "user_id"

    user_id = fields.Many2one(
        "res.users", string="Who", required=True, readonly=True, ondelete="restrict"
    )
    at = fields.Datetime(string="When", required=True, readonly=True)
    state = fields.Selection(
        [
            ("frozen", "Frozen"),
            ("last", "Refused: last administrator"),
            ("confirmed", "Confirmed"),
            ("released", "Rights Given Back"),
        ],
        required=True,
        readonly=True,
        tracking=True,
        index=True,
    )
    copy_id = fields.Many2one(
        "scrm.guard.copy", string="What Was Tried", readonly=True, ondelete="restrict"
    )
    way = fields.Selection(related="copy_id.way")
    model_name = fields.Char(related="copy_id.model_name")
    count = fields.Integer(related="copy_id.count", string="Records Asked For")
    domain = fields.Text(related="copy_id.domain")
    field_names = fields.Text(related="copy_id.field_names")
    path = fields.Char(related="copy_id.path")
    source = fields.Char(related="copy_id.source")
    records = fields.Integer(
        string="Records in the Span",
        readonly=True,
        help="With those that were asked for last and not given.",
    )
    limit_records = fields.Integer(string="Records at Most", readonly=True)
    limit_minutes = fields.Integer(string="Within Minutes", readonly=True)
    remark = fields.Text(help="Why it is released or confirmed.")
    decided_by_id = fields.Many2one(
        "res.users", string="Decided by", readonly=True, ondelete="restrict"
    )
    decided_at = fields.Datetime(readonly=True)
    is_own = fields.Boolean(compute="_compute_is_own")

    @api.depends_context("uid")
    @api.depends("user_id")
    def _compute_is_own(self):
        for case in self:
            case.is_own = case.user_id == self.env.user

    def write(self, vals):
        if vals.keys() & RECORDED and not self.env.su:
            raise AccessError(self.env._("A case changes by its buttons, not by hand."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_never(self):
        raise UserError(self.env._("Cases are kept."))

    def action_release(self):
        """Give the person his or her rights back."""
        for case in self._scrm_to_decide(("frozen", "last", "confirmed")):
            others = case.search_count(
                [
                    ("user_id", "=", case.user_id.id),
                    ("state", "in", ("frozen", "confirmed")),
                    ("id", "!=", case.id),
                ]
            )
            case._scrm_decide("released")
            if not others:
                case.user_id.scrm_frozen_at = False
                self.env["scrm.guard.use"].sudo()._forget(case.user_id)  # sudo: checked
        return True

    def action_confirm(self):
        """It was what it looked like: the rights stay frozen."""
        for case in self._scrm_to_decide(("frozen", "last")):
            case._scrm_decide("confirmed")
        return True

    def _scrm_to_decide(self, states):
        """These cases, with the rights to decide them.

        :raise AccessError: somebody else's task, or one's own case
        :raise UserError: it is decided already
        """
        if not self.env.user.has_group(RISK):
            raise AccessError(self.env._("Only risk control decides such cases."))
        self.check_access("write")
        if self.env.user in self.user_id:
            raise AccessError(self.env._("Nobody decides a case of his or her own."))
        self.lock_for_update()
        if any(case.state not in states for case in self):
            raise UserError(self.env._("This case has been decided already."))
        return self.sudo()  # sudo: who may was checked here

    def _scrm_decide(self, state):
        self.write(
            {
                "state": state,
                "decided_by_id": self.env.uid,
                "decided_at": self.env["scrm.clock"].now(),
            }
        )
        self.activity_ids.action_feedback(feedback=self.remark or False)

    def _scrm_tell(self):
        """Tell risk control: each of them a task, and a message as he or she wants
        those."""
        self.ensure_one()
        officers = self.env.ref(RISK).all_user_ids
        officers = officers.filtered(
            lambda user: user.active
            and user._is_internal()
            and user != self.user_id
            and not user.scrm_frozen_at
        )
        deadline = self.env["scrm.clock"].now().date()
        for officer in officers:
            # the message below is enough of a mail
            case = self.with_context(lang=officer.lang, mail_activity_quick_update=True)
            case.activity_schedule(
                "mail.mail_activity_data_todo",
                deadline,
                summary=case.env._("Abnormal reading of customer data"),
                note=case._scrm_said(),
                user_id=officer.id,
            )
            case.message_notify(
                partner_ids=officer.partner_id.ids,
                subject=case.env._("%s took too much customer data", self.user_id.name),
                body=case._scrm_said(),
            )

    def _scrm_said(self):
        """What happened, in a sentence in the language of the context."""
        said = self.env._(
            "%(who)s asked for %(records)s records of customers within %(minutes)s "
            "minutes; %(limit)s are allowed. It was not given.",
            who=self.user_id.name,
            records=self.records,
            minutes=self.limit_minutes,
            limit=self.limit_records,
        )
        if self.state == "last":
            done = self.env._(
                "The rights were left, as nobody else can administer the system."
            )
        else:
            done = self.env._(
                "All rights are frozen: sessions, passwords and API keys are refused "
                "until the case is released."
            )
        return f"{said} {done}"
