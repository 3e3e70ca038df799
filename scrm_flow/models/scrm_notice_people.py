from dataclasses import dataclass
from typing import Any

from odoo import api, fields, models


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody who is told, and why."""

    partner: Any
    user: Any
    reason: str
    is_customer: bool = False


class ScrmNoticePeople(models.AbstractModel):
    """Finds who a rule tells. Addons extend :meth:`_groups` with more."""

    _name = "scrm.notice.people"
    _description = "Recipients of Notifications"

    @api.model
    def _of(self, rule, record, step, run, actor) -> list[Recipient]:
        """Everybody a rule tells, each once, with all reasons.

        :param rule: ``scrm.notice.rule``
        :param record: the business record
        :param step: the step it is about, may be empty
        :param run: its run, may be empty
        :param actor: ``res.users`` who did what happened
        """
        found = {}
        for people, reason, is_customer in self._groups(rule, record, step, run):
            for one in people:
                user = one if one._name == "res.users" else one.user_ids[:1]
                partner = one.partner_id if one._name == "res.users" else one
                if not partner.active or (one._name == "res.users" and not one.active):
                    continue
                if rule.skip_actor and not is_customer and user and user == actor:
                    continue
                old = found.get(partner.id)
                reasons = [old.reason] if old else []
                if reason not in reasons:
                    reasons.append(reason)
                found[partner.id] = Recipient(
                    partner,
                    user,
                    ", ".join(reasons),
                    is_customer if old is None else old.is_customer and is_customer,
                )
        return list(found.values())

    @api.model
    def _nobody(self) -> Recipient:
        """Stands for the channel itself, where it is no way to single people."""
        none = self.env["res.users"]
        return Recipient(none.partner_id, none, self.env._("the channel of the rule"))

    @api.model
    def _nobody_yet(self) -> Recipient:
        """Stands for who will be concerned when the message is due."""
        none = self.env["res.users"]
        return Recipient(none.partner_id, none, self.env._("nobody is concerned yet"))

    @api.model
    def _myself(self) -> Recipient:
        """Who tries a rule gets its message himself."""
        user = self.env.user
        return Recipient(user.partner_id, user, self.env._("tries the rule"))

    @api.model
    def _groups(self, rule, record, step, run):
        """Yield (people, reason, whether they are customers) of a rule."""
        _ = self.env._
        if rule.to_handlers:
            steps = step or run.step_ids.filtered(lambda s: s.state == "open")
            people = steps.done_by_id
            people |= steps.filtered(lambda s: s.state == "open")._handlers()
            yield people, _("handles the step"), False
        if rule.to_previous:
            done = run.step_ids.filtered(lambda s: s.state == "done" and s != step)
            yield done.done_by_id, _("handled it before"), False
        if rule.to_originator:
            yield record.create_uid, _("created the record"), False
        if rule.to_customer:
            partners = record._mail_get_partners()[record.id]
            yield partners[:1], _("is the customer"), True
        if rule.to_owner:
            yield run.flow_id.owner_id, _("is the process owner"), False
        if rule.user_ids:
            yield rule.user_ids, _("is named by the rule"), False
        for group in rule.group_ids:
            people = group.all_user_ids.filtered("active")
            yield people, _("has the role “%s”", group.name), False
        for roster in rule.roster_ids:
            on_duty = roster.on_duty().get(roster.id)
            people = on_duty or self.env["res.users"]
            yield people, _("is on duty on “%s”", roster.name), False
        if rule.field_path:
            yield (
                self._at_path(rule, record),
                _("named by the field %s of the record", rule.field_path),
                False,
            )

    @api.model
    def _at_path(self, rule, record):
        try:
            found = record.mapped(rule.field_path)
        except KeyError:  # saving checked it; the field is gone since
            return self.env["res.partner"]
        name = rule._people_field(found)
        return found if name == "id" else found.mapped(name)


class ResPartner(models.Model):
    """What people want to be told, and how."""

    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "res.partner"

    scrm_notice_channel_id = fields.Many2one(
        "scrm.notice.channel",
        string="Preferred Channel",
        help="Messages of rules to customers go this way instead.",
    )
    scrm_notice_opt_out = fields.Boolean(
        string="No Progress Messages",
        help="Rules send this customer nothing.",
    )
    scrm_wecom_account = fields.Char(
        string="WeCom Account",
        help="The person's name in WeCom's address book (UserID).",
    )
