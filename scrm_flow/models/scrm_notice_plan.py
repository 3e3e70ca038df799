from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from .scrm_dimension import Dimension
from .scrm_flow_version import read_domain
from .scrm_notice_count import COUNTED

#: Open records that are told of together.
PAGE = 500


class ScrmNoticeRule(models.Model):
    """One alert carries out a plan: people join in, other rules tell of every record.

    Everything happens once for each event, in the transaction that looks at it.
    """

    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.notice.rule"

    event = fields.Selection(
        selection_add=[("called", "Another rule calls it")],
        ondelete={"called": "cascade"},
    )
    backup_pool_ids = fields.Many2many(
        "scrm.flow.backup.pool",
        string="Backup Pools",
        help="Are switched on, for as long as they say.",
    )
    next_rule_ids = fields.Many2many(
        "scrm.notice.rule",
        "scrm_notice_rule_next_rel",
        "rule_id",
        "next_id",
        string="Rules",
        domain=[("event", "=", "called")],
        help="Each tells of every open record that fits its condition.",
    )

    @api.constrains("next_rule_ids", "event")
    def _check_next_rules(self):
        for rule in self:
            if rule.next_rule_ids.filtered(lambda one: one.event != "called"):
                raise ValidationError(
                    self.env._("“%s” calls a rule that waits for no call.", rule.name)
                )
            if rule.event == "called" and rule.next_rule_ids:
                raise ValidationError(
                    self.env._("“%s” is called and cannot call others.", rule.name)
                )

    @api.constrains("backup_pool_ids")
    def _check_backup_pools(self):
        for rule in self:
            # constraints run with sudo, but what the author may do counts here
            pools = rule.backup_pool_ids.with_user(self.env.user)
            if pools and not pools.has_access("write"):
                raise ValidationError(
                    self.env._("“%s”: you may not switch these pools.", rule.name)
                )

    def _carry_out(self, event):
        """Do what belongs to the rule beside telling people.

        :param event: ``scrm.notice.event`` that it waited for
        """
        self.ensure_one()
        for pool in self.backup_pool_ids.filtered("active"):
            pool._switch_on()
        for rule in self.next_rule_ids.filtered("active"):
            rule._call(event)

    def _call(self, event):
        """Make an event of every open record that fits the condition of this rule."""
        self.ensure_one()
        domain = Domain("scrm_run_id.state", "in", ("running", "incident"))
        domain &= read_domain(self.condition)
        if self.flow_id:
            domain &= Domain("scrm_run_id.flow_id", "=", self.flow_id.id)
        events, after = self.env["scrm.notice.event"], 0
        while True:
            page = self.env[self.model].search(
                domain & Domain("id", ">", after), order="id", limit=PAGE
            )
            events._insert(
                [
                    {
                        "key": f"called:{event.id}:{self.id}:{record.id}",
                        "name": "called",
                        "rule_id": self.id,
                        "res_model": record._name,
                        "res_id": record.id,
                        "run_id": record.scrm_run_id.id,
                        "node_key": record.scrm_node_key,
                        "at": event.at,
                        "figures": event.figures,
                    }
                    for record in page
                ]
            )
            if len(page) < PAGE:
                return
            after = page[-1].id


class ScrmNoticeEvent(models.Model):
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.notice.event"

    def _deliveries(self, rule, record):
        rows = super()._deliveries(rule, record)
        # a preview has no event that is stored
        if self.id and (rule.backup_pool_ids or rule.next_rule_ids):
            if rule._holds(record):
                rule._carry_out(self)
        return rows


class ScrmDimension(models.AbstractModel):
    # what flows and tables may ask while something surges
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.dimension"

    @api.model
    def _definitions(self, model_name):
        return {
            **super()._definitions(model_name),
            "alerts": Dimension(
                "alerts",
                self.env._("Alerts that last"),
                "text",
                lambda record: self._lasting_alerts(),
            ),
        }

    @api.model
    def _lasting_alerts(self):
        """Keys of rules that have counted too much, as long as they count; or None."""
        now = self.env["scrm.clock"].now()
        # sudo: keys of rules; asked by the flow
        rules = self.env["scrm.notice.rule"].sudo()
        keys = []
        for rule in rules.search([("event", "in", COUNTED)]):
            since = now - timedelta(hours=rule.count_hours)
            domain = [("rule_id", "=", rule.id), ("name", "=", rule.event)]
            if rule.env["scrm.notice.event"].search_count(
                [*domain, ("at", ">", since)], limit=1
            ):
                keys.append(rule.key)
        return ", ".join(sorted(keys)) or None
