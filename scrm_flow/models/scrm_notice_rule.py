from uuid import uuid4

from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError

from ..engine import notices
from .scrm_flow_version import read_domain

#: What a rule can wait for -> the events of the log that mean it.
LOGGED = {
    "reached": ("open", "service"),
    "assigned": ("open", "claim", "dispatch", "transfer", "add_handler"),
    "accepted": ("accept",),
    "completed": ("complete", "auto"),
    "rejected": ("reject",),
    "deadline": ("deadline",),
    "reminder": ("reminder",),
    "escalated": ("escalate",),
    "stuck": ("incident",),
    "frozen": ("freeze",),
    "released": ("release",),
    "started": ("start",),
    "ended": ("end",),
    "cancelled": ("cancel",),
    "reopened": ("reopen",),
}


class ScrmNoticeRule(models.Model):
    """Who is told what, when and how, after something happened to a record.

    Rules are live: a changed rule counts for what happens from then on.
    """

    _name = "scrm.notice.rule"
    _inherit = "scrm.key.mixin"
    _description = "Notification Rule"
    _order = "sequence, name, id"

    key = fields.Char(
        required=True,
        copy=False,
        default=lambda self: f"rule_{uuid4().hex[:8]}",
        help="Names the rule in packs.",
    )
    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    # What happened
    model_id = fields.Many2one(
        "ir.model",
        string="Records",
        required=True,
        ondelete="cascade",
        domain=lambda self: [("model", "in", self.env["scrm.flow"]._flow_models())],
    )
    model = fields.Char(related="model_id.model", string="Model Name")
    flow_id = fields.Many2one(
        "scrm.flow",
        ondelete="cascade",
        domain="[('model_id', '=', model_id)]",
        help="Only records that run through this flow; empty: all of them.",
    )
    event = fields.Selection(
        [
            ("reached", "A node is reached"),
            ("assigned", "Somebody gets a step"),
            ("accepted", "A step is accepted"),
            ("completed", "A step is completed"),
            ("rejected", "A step is sent back"),
            ("deadline", "A deadline passes"),
            ("reminder", "A reminder of the node is due"),
            ("escalated", "A rung of the escalation is reached"),
            ("stuck", "The record gets stuck"),
            ("frozen", "The record is frozen"),
            ("released", "The record is released"),
            ("started", "The flow starts"),
            ("ended", "The flow ends"),
            ("cancelled", "The flow is cancelled"),
            ("reopened", "The record is reopened"),
            ("field", "A field changes"),
            ("date", "A date comes"),
        ],
        required=True,
        default="reached",
    )
    node_keys = fields.Char(
        string="Keys of Nodes", help="Separated by commas; empty: all nodes."
    )
    node_ids = fields.Many2many(
        "scrm.flow.node",
        compute="_compute_node_ids",
        inverse="_inverse_node_ids",
        string="At",
        help="Nodes of the published version; none: at all nodes.",
    )
    version_id = fields.Many2one(related="flow_id.published_version_id")
    field_id = fields.Many2one(
        "ir.model.fields",
        string="Field",
        ondelete="cascade",
        domain="[('model_id', '=', model_id), ('store', '=', True)]",
    )
    date_hours = fields.Float(
        string="Hours after the Date",
        help="Negative: before it. A day begins at midnight of the company.",
    )
    condition = fields.Char(
        default="[]", help="Only records for which this holds when they are looked at."
    )
    # To whom
    to_handlers = fields.Boolean(string="Handlers of the step")
    to_previous = fields.Boolean(string="Who handled it before")
    to_originator = fields.Boolean(string="Who created the record")
    to_customer = fields.Boolean(string="Customer")
    to_owner = fields.Boolean(string="Process owner")
    user_ids = fields.Many2many(
        "res.users", string="People", domain=[("share", "=", False)]
    )
    group_ids = fields.Many2many("res.groups", string="Roles")
    roster_ids = fields.Many2many("scrm.flow.roster", string="On Duty on")
    field_path = fields.Char(
        string="Field of the Record",
        help="Leads to people: user_id, store_id.manager_id, partner_id.",
    )
    skip_actor = fields.Boolean(
        string="Not to whoever did it",
        default=True,
        help="Nobody is told what they did themselves; customers are.",
    )
    # How
    channel_ids = fields.Many2many("scrm.notice.channel", string="Channels")
    level_ids = fields.One2many(
        "scrm.notice.level", "rule_id", string="Severities", copy=True
    )
    subject = fields.Char(translate=True)
    body = fields.Text(string="Text", translate=True)
    mail_template_id = fields.Many2one(
        "mail.template",
        string="E-Mail Template",
        domain="[('model_id', '=', model_id)]",
        ondelete="restrict",
        help="Makes subject and text of e-mails instead of those here.",
    )
    sms_template_id = fields.Many2one(
        "sms.template",
        string="SMS Template",
        domain="[('model_id', '=', model_id)]",
        ondelete="restrict",
        help="Makes the text of SMS instead of the one here.",
    )
    sentence_ids = fields.One2many(
        "scrm.notice.sentence", "rule_id", string="Texts of Nodes", copy=True
    )
    # When
    timing = fields.Selection(
        [
            ("now", "At once"),
            ("delay", "Some time later"),
            ("repeat", "Again and again while it lasts"),
            ("hour", "In an hourly digest"),
            ("day", "In a daily digest"),
        ],
        required=True,
        default="now",
    )
    delay_hours = fields.Float(string="After (Hours)")
    repeat_hours = fields.Float(string="Every (Hours)", default=2)
    only_lasting = fields.Boolean(
        string="Only if it still lasts",
        default=True,
        help="Not sent when the step was completed meanwhile, or the condition does "
        "not hold any more.",
    )
    digest_hour = fields.Float(
        string="Digest at", default=18, help="In the timezone of who gets it."
    )
    is_urgent = fields.Boolean(
        string="Urgent", help="Goes out at night too, and beyond limits per hour."
    )
    urgent_condition = fields.Char(
        string="Urgent if", help="Records for which this holds are urgent."
    )
    holds_at_night = fields.Boolean(
        string="Quiet hours",
        help="In the timezone of who gets it: held back until they end.",
    )
    quiet_from = fields.Float(default=22)
    quiet_until = fields.Float(default=8)

    _key_unique = models.UniqueIndex("(key)", "Another rule has this key.")
    _hours = models.Constraint(
        "CHECK(delay_hours >= 0 AND digest_hour >= 0 AND digest_hour < 24 "
        "AND quiet_from >= 0 AND quiet_from <= 24 "
        "AND quiet_until >= 0 AND quiet_until <= 24)",
        "Hours of the day are between 0 and 24, and no delay is negative.",
    )
    _repeats = models.Constraint(
        "CHECK(timing <> 'repeat' OR repeat_hours >= 0.25)",
        "Repeat at most every quarter of an hour (0.25 hours).",
    )

    @api.depends("node_keys", "flow_id.published_version_id")
    def _compute_node_ids(self):
        for rule in self:
            keys = rule._keys()
            rule.node_ids = rule.version_id._running_nodes().filtered(
                lambda node, keys=keys: node.key in keys
            )

    def _inverse_node_ids(self):
        for rule in self:
            rule.node_keys = ", ".join(rule.node_ids.mapped("key")) or False

    @api.onchange("flow_id")
    def _onchange_flow_id(self):
        if self.flow_id:
            self.model_id = self.flow_id.model_id

    @api.onchange("model_id")
    def _onchange_model_id(self):
        if self.flow_id and self.flow_id.model_id != self.model_id:
            self.flow_id = False
        if self.field_id and self.field_id.model_id != self.model_id:
            self.field_id = False

    # Checks ------------------------------------------------------------------

    @api.constrains(
        "model_id",
        "flow_id",
        "event",
        "field_id",
        "field_path",
        "condition",
        "urgent_condition",
        "subject",
        "body",
        "node_keys",
        "mail_template_id",
        "sms_template_id",
    )
    def _check_rule(self):
        for rule in self:
            # constraints run with sudo, but what the author may see counts here
            problems = rule.with_user(self.env.user)._problems()
            if problems:
                # names and a sentence, both in words already
                # pylint: disable-next=translation-required
                raise ValidationError(f"{rule.name}: {problems[0]}")

    def update_field_translations(self, field_name, translations, source_lang=""):
        result = super().update_field_translations(
            field_name, translations, source_lang
        )
        for lang in translations:
            self.with_context(lang=lang)._check_rule()
        return result

    def _problems(self) -> list[str]:
        """What the current user has to repair, as sentences."""
        self.ensure_one()
        if self.model not in self.env:
            return []
        found = []
        if self.flow_id and self.flow_id.model_id != self.model_id:
            found.append(self.env._("the flow is for other records"))
        for template in (self.mail_template_id, self.sms_template_id):
            # rendered by the engine: of other records it could tell anybody anything
            # sudo: only for which records it is
            if template and template.sudo().model_id != self.model_id:
                found.append(self.env._("the template is for other records"))
        if self.event in ("field", "date"):
            found += self._field_problems()
        for text in (self.condition, self.urgent_condition):
            found += self._condition_problems(text)
        if self.field_path:
            found += self._path_problems(self.field_path)
        for text in (self.subject, self.body):
            found += self._text_problems(text)
        known = set(self.version_id._running_nodes().mapped("key"))
        for key in self._keys():
            if self.flow_id and known and key not in known:
                found.append(self.env._("the flow has no node “%s”", key))
        return found

    def _field_problems(self):
        field = self.env[self.model]._fields.get(self.field_id.name)
        if field is None:
            return [self.env._("choose the field")]
        if self.event == "date" and field.type not in ("date", "datetime"):
            return [self.env._("“%s” is no date", self.field_id.field_description)]
        return []

    def _condition_problems(self, text):
        return self.env["scrm.flow.domain"]._problems(self.model, text)

    def _path_problems(self, path, leads_to_people=True):
        """Why a path of fields cannot be followed by the current user."""
        model = self.env[self.model]
        names = path.split(".")
        for position, name in enumerate(names):
            field = model._fields.get(name)
            may = field and model.has_access("read")
            if not may or not model._has_field_access(field, "read"):
                return [
                    self.env._(
                        "%(path)s: %(model)s has no field “%(field)s” or you may not "
                        "see it",
                        path=path,
                        model=model._description,
                        field=name,
                    )
                ]
            is_last = position == len(names) - 1
            if not field.relational:
                if is_last and not leads_to_people:
                    return []
                return [
                    self.env._(
                        "%(path)s: “%(field)s” leads to nothing", path=path, field=name
                    )
                ]
            model = self.env[field.comodel_name]
        if leads_to_people and not self._people_field(model):
            return [
                self.env._(
                    "%(path)s: %(model)s does not say who it is",
                    path=path,
                    model=model._description,
                )
            ]
        return []

    @api.model
    def _people_field(self, model):
        """The field by which records of a model name people; "id": they are people."""
        if model._name in ("res.users", "res.partner"):
            return "id"
        for name in ("user_id", "user_ids", "partner_id"):
            field = model._fields.get(name)
            if field and field.relational:
                return name
        return None

    def _text_problems(self, text):
        bad = notices.bad_placeholders(text)
        if bad:
            return [
                self.env._("“%s” is no field: write {{ record }} or a path", bad[0])
            ]
        words = self.env["scrm.notice.text"]._words()
        for name in sorted(notices.placeholders(text) - set(words)):
            problems = self._path_problems(name, leads_to_people=False)
            if problems:
                return problems
        return []

    # Which rules concern an event --------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        rules = super().create(vals_list)
        self.env.registry.clear_cache()
        return rules

    def write(self, vals):
        result = super().write(vals)
        self.env.registry.clear_cache()
        return result

    def unlink(self):
        self.env.registry.clear_cache()
        return super().unlink()

    @api.model
    @tools.ormcache("model_name")
    def _concerning(self, model_name) -> dict[str, dict]:
        """What rules wait for, of the records of a model.

        :return: event of the log or ``field:<name>`` -> ID of the flow or False ->
            [(ID of the rule, keys of its nodes)]
        """
        found = {}
        # sudo: whether something is told, whoever moves the record
        for rule in self.sudo().search([("model_id.model", "=", model_name)]):
            names = LOGGED.get(rule.event, ())
            if rule.event == "field":
                names = (f"field:{rule.field_id.name}",)
            for name in names:
                per_flow = found.setdefault(name, {})
                rows = per_flow.setdefault(rule.flow_id.id, [])
                rows.append((rule.id, frozenset(rule._keys())))
        return found

    @api.model
    def _of(self, model_name, name, flow_id, node_key) -> list[int]:
        """IDs of the rules that wait for something; costs no query."""
        per_flow = self._concerning(model_name).get(name)
        if not per_flow:
            return []
        rows = list(per_flow.get(False, ()))
        if flow_id:
            rows += per_flow.get(flow_id, ())
        return [rule_id for rule_id, keys in rows if not keys or node_key in keys]

    def _keys(self) -> list[str]:
        keys = (key.strip() for key in (self.node_keys or "").split(","))
        return [key for key in keys if key]

    def _holds(self, record, text=None) -> bool:
        """Whether the condition of the rule, or another one, holds for a record."""
        domain = read_domain(self.condition if text is None else text)
        return domain.is_true() or bool(record.filtered_domain(domain))
