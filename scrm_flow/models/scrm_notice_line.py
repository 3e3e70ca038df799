from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ScrmNoticeLevel(models.Model):
    """How severe something is decides how people are told of it."""

    _name = "scrm.notice.level"
    _description = "Severity of a Notification Rule"
    _order = "sequence, id"

    rule_id = fields.Many2one("scrm.notice.rule", required=True, ondelete="cascade")
    model = fields.Char(related="rule_id.model", string="Model Name")
    sequence = fields.Integer(default=10)
    name = fields.Char(required=True, translate=True)
    condition = fields.Char(
        default="[]", help="The first severity whose condition holds counts."
    )
    channel_ids = fields.Many2many("scrm.notice.channel", string="Channels")
    is_urgent = fields.Boolean(
        string="Urgent", help="Goes out at night too, and beyond limits per hour."
    )

    _rule_idx = models.Index("(rule_id)")

    @api.constrains("condition", "rule_id")
    def _check_condition(self):
        for level in self:
            # constraints run with sudo, but what the author may see counts here
            rule = level.rule_id.with_user(self.env.user)
            problems = rule._condition_problems(level.condition)
            if problems:
                # names and a sentence, both in words already
                # pylint: disable-next=translation-required
                raise ValidationError(f"{rule.name}: {level.name}: {problems[0]}")


class ScrmNoticeSentence(models.Model):
    """What a rule says at one node instead of its own text."""

    _name = "scrm.notice.sentence"
    _description = "Text of a Node"
    _order = "sequence, id"

    rule_id = fields.Many2one("scrm.notice.rule", required=True, ondelete="cascade")
    sequence = fields.Integer(default=10)
    node_key = fields.Char(string="Key of the Node", required=True)
    node_id = fields.Many2one(
        "scrm.flow.node",
        compute="_compute_node_id",
        inverse="_inverse_node_id",
        string="At",
    )
    version_id = fields.Many2one(related="rule_id.version_id")
    body = fields.Text(string="Text", required=True, translate=True)

    _node_unique = models.UniqueIndex(
        "(rule_id, node_key)", "This node has a text already."
    )

    @api.depends("node_key", "version_id")
    def _compute_node_id(self):
        for sentence in self:
            sentence.node_id = sentence.version_id._running_nodes().filtered(
                lambda node, key=sentence.node_key: node.key == key
            )

    def _inverse_node_id(self):
        for sentence in self:
            if sentence.node_id:
                sentence.node_key = sentence.node_id.key

    @api.onchange("node_id")
    def _onchange_node_id(self):
        self._inverse_node_id()

    def update_field_translations(self, field_name, translations, source_lang=""):
        result = super().update_field_translations(
            field_name, translations, source_lang
        )
        for lang in translations:
            self.with_context(lang=lang)._check_body()
        return result

    @api.constrains("body", "rule_id")
    def _check_body(self):
        for sentence in self:
            # constraints run with sudo, but what the author may see counts here
            rule = sentence.rule_id.with_user(self.env.user)
            problems = rule._text_problems(sentence.body)
            if problems:
                # names and a sentence, both in words already
                # pylint: disable-next=translation-required
                raise ValidationError(f"{rule.name}: {problems[0]}")
