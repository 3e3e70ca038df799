from dataclasses import dataclass
from typing import Any

from odoo import api, fields, models
from odoo.tools import format_list
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)

#: Why somebody is told, by the key of the reason.
REASONS = {
    "handler": _lt("handles the step"),
    "previous": _lt("handled it before"),
    "originator": _lt("created the record"),
    "customer": _lt("is the customer"),
    "owner": _lt("is the process owner"),
    "named": _lt("is named by the rule"),
    "role": _lt("has the role “%s”"),
    "roster": _lt("is on duty on “%s”"),
    "field": _lt("named by the field “%s” of the record"),
    "channel": _lt("the channel of the rule"),
    "nobody_yet": _lt("nobody is concerned yet"),
    "tester": _lt("tries the rule"),
}
#: Where the name in a reason is read, in the language of whoever reads it.
NAMED = {"role": "res.groups", "roster": "scrm.flow.roster"}


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody who is told, and why: see ``scrm.notice.people._reason_words``."""

    partner: Any
    user: Any
    reasons: list
    is_customer: bool = False


class ScrmNoticePeople(models.AbstractModel):
    """Finds who a rule tells. Addons extend :meth:`_groups` with more."""

    _name = "scrm.notice.people"
    _description = "Recipients of Notifications"

    @api.model
    def _of(self, rule, record, step, run, actor) -> list[Recipient]:
        """Everybody a rule tells, each once, with all reasons.

        A reason is a list: its key, and the ID of what it names or the path of a field.

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
                reasons = list(old.reasons) if old else []
                if reason not in reasons:
                    reasons.append(reason)
                found[partner.id] = Recipient(
                    partner,
                    user,
                    reasons,
                    is_customer if old is None else old.is_customer and is_customer,
                )
        return list(found.values())

    @api.model
    def _nobody(self) -> Recipient:
        """Stands for the channel itself, where it is no way to single people."""
        none = self.env["res.users"]
        return Recipient(none.partner_id, none, [["channel"]])

    @api.model
    def _nobody_yet(self) -> Recipient:
        """Stands for who will be concerned when the message is due."""
        none = self.env["res.users"]
        return Recipient(none.partner_id, none, [["nobody_yet"]])

    @api.model
    def _myself(self) -> Recipient:
        """Who tries a rule gets its message himself."""
        user = self.env.user
        return Recipient(user.partner_id, user, [["tester"]])

    @api.model
    def _groups(self, rule, record, step, run):
        """Yield (people, reason, whether they are customers) of a rule."""
        if rule.to_handlers:
            steps = step or run.step_ids.filtered(lambda s: s.state == "open")
            people = steps.done_by_id
            people |= steps.filtered(lambda s: s.state == "open")._handlers()
            yield people, ["handler"], False
        if rule.to_previous:
            done = run.step_ids.filtered(lambda s: s.state == "done" and s != step)
            yield done.done_by_id, ["previous"], False
        if rule.to_originator:
            yield record.create_uid, ["originator"], False
        if rule.to_customer:
            partners = record._mail_get_partners()[record.id]
            yield partners[:1], ["customer"], True
        if rule.to_owner:
            yield run.flow_id.owner_id, ["owner"], False
        if rule.user_ids:
            yield rule.user_ids, ["named"], False
        for group in rule.group_ids:
            people = group.all_user_ids.filtered("active")
            yield people, ["role", group.id], False
        for roster in rule.roster_ids:
            on_duty = roster.on_duty().get(roster.id)
            people = on_duty or self.env["res.users"]
            yield people, ["roster", roster.id], False
        if rule.field_path:
            yield (
                self._at_path(rule, record),
                ["field", rule.field_path],
                False,
            )

    @api.model
    def _reason_words(self, reasons, model_name) -> str:
        """Why somebody is told, in the language of whoever reads it.

        :param reasons: as :meth:`_of` says; a text alone is from before they were kept
            apart from their words
        :param model_name: of the business record
        """
        words = []
        for reason in reasons or ():
            if isinstance(reason, str):
                words.append(reason)
                continue
            key, *about = reason
            if key in NAMED:
                # sudo: the name of a role or a roster, for who may read the message
                named = self.env[NAMED[key]].sudo().browse(about).exists()
                about = [named.name or "?"]
            elif key == "field":
                about = [self._path_words(model_name, about[0])]
            text = self.env._(self._reason_texts()[key])
            words.append(text % tuple(about))
        return format_list(self.env, words)

    @api.model
    def _reason_texts(self) -> dict:
        """Text of each reason; addons that tell others add theirs."""
        return REASONS

    @api.model
    def _path_words(self, model_name, path) -> str:
        """The labels of the fields along a path; the path itself once they are gone."""
        words, model = [], self.env.get(model_name)
        for name in path.split("."):
            field = model._fields.get(name) if model is not None else None
            if field is None:
                return path
            words.append(field.get_description(self.env, ["string"])["string"])
            model = self.env[field.comodel_name] if field.relational else None
        return " › ".join(words)

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
