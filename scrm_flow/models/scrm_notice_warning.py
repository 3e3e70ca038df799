from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools.misc import formatLang

#: Rules count over a year at most: older events warn of nothing any more.
LONGEST = timedelta(days=366)


class ScrmNoticeEvent(models.Model):
    # of what a rule has counted too much
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.notice.event"

    group_model = fields.Char(readonly=True)
    group_id = fields.Many2oneReference(model_field="group_model", readonly=True)

    _group_idx = models.Index("(group_model, group_id) WHERE group_id IS NOT NULL")


class ScrmNoticeRule(models.Model):
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.notice.rule"

    def _count_event(self, now, value, newest, figures):
        event = super()._count_event(now, value, newest, figures)
        is_record = isinstance(value, models.BaseModel)
        event["group_model"] = value._name if is_record else False
        event["group_id"] = value.id if is_record else False
        return event


class ScrmNoticeWarnedMixin(models.AbstractModel):
    """What tickets are counted by: marked red while a rule has found too much of it."""

    _name = "scrm.notice.warned.mixin"
    _description = "Warned of by Notification Rules"

    scrm_warning = fields.Char(
        string="Warning",
        compute="_compute_scrm_warning",
        compute_sudo=True,  # names of rules and figures
    )
    scrm_is_warned = fields.Boolean(
        string="Warned of",
        compute="_compute_scrm_warning",
        compute_sudo=True,
        search="_search_scrm_is_warned",
    )

    @api.depends_context("lang")
    def _compute_scrm_warning(self):
        found = self._scrm_warnings(Domain("group_id", "in", self.ids))
        for record in self:
            texts = [
                self.env._(
                    "%(rule)s: %(count)s of %(of)s",
                    rule=event.rule_id.name,
                    count=event.figures["count"],
                    of=formatLang(self.env, event.figures["of"], 0),
                )
                for event in found.get(record.id, ())
            ]
            record.scrm_warning = ", ".join(texts)
            record.scrm_is_warned = bool(texts)

    @api.model
    def _search_scrm_is_warned(self, operator, value):
        if operator != "in":
            return NotImplemented
        warned = Domain("id", "in", list(self._scrm_warnings(Domain.TRUE)))
        if set(value) == {True, False}:
            return Domain.TRUE
        return warned if True in value else ~warned

    @api.model
    def _scrm_warnings(self, domain) -> dict:
        """ID of the record -> the latest event of each rule that still warns of it."""
        now = self.env["scrm.clock"].now()
        # sudo: rules and what they have counted, shown as a sentence only
        events = self.env["scrm.notice.event"].sudo()
        domain &= Domain("group_model", "=", self._name)
        domain &= Domain("at", ">", now - LONGEST) & Domain("rule_id", "!=", False)
        found = {}
        for event in events.search(domain, order="at desc, id desc"):
            lasts = timedelta(hours=event.rule_id.count_hours)
            if event.rule_id.active and event.at + lasts > now:
                latest = found.setdefault(event.group_id, {})
                latest.setdefault(event.rule_id, event)
        return {group: list(rules.values()) for group, rules in found.items()}
