from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ScrmNoticeChannel(models.Model):
    """A way to reach people: a kind, and for gateways outside where they are.

    Addresses and secrets are the system administrator's; who makes rules picks
    channels by their names.
    """

    _name = "scrm.notice.channel"
    _inherit = "scrm.key.mixin"
    _description = "Notification Channel"
    _order = "sequence, name, id"

    key = fields.Char(required=True, copy=False)
    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    kind = fields.Selection(
        selection=lambda self: self.env["scrm.notice.channel.kind"]._selection(),
        required=True,
    )
    is_outside = fields.Boolean(compute="_compute_is_outside", store=True)
    can_mention_all = fields.Boolean(compute="_compute_can_mention_all")
    url = fields.Char(
        string="Address",
        groups="base.group_system",
        copy=False,
        help="Where the gateway is. It may contain the key of a robot: only system "
        "administrators see it.",
    )
    secret = fields.Char(
        groups="base.group_system",
        copy=False,
        help="Signs what is sent, so that the gateway knows it comes from here.",
    )
    timeout = fields.Integer(
        string="Timeout (Seconds)",
        default=10,
        help="How long an answer of the gateway is waited for.",
    )
    mentions_all = fields.Boolean(
        string="Mention Everybody",
        help="The robot calls everybody in the group, so that phones of those who do "
        "not follow it ring too.",
    )
    cap_per_hour = fields.Integer(
        string="Messages per Person and Hour",
        help="More than that come later, urgent ones excepted; 0: no limit.",
    )
    rests_until = fields.Datetime(
        string="Rests until",
        readonly=True,
        copy=False,
        help="The gateway did not answer; meanwhile it is left alone.",
    )
    problem = fields.Json(readonly=True, copy=False, help="The last failure, by key.")
    failure = fields.Char(string="Last Failure", compute="_compute_failure")
    failures = fields.Integer(string="Failures in a Row", readonly=True, copy=False)

    _key_unique = models.UniqueIndex("(key)", "Another channel has this key.")
    _not_negative = models.Constraint(
        "CHECK(timeout > 0 AND cap_per_hour >= 0)",
        "A timeout is at least a second, and no limit is below 0.",
    )

    @api.depends("problem")
    @api.depends_context("lang")
    def _compute_failure(self):
        problems = self.env["scrm.notice.problem"]
        for channel in self:
            channel.failure = problems._words(channel.problem)

    @api.depends("kind")
    def _compute_is_outside(self):
        for channel in self:
            channel.is_outside = bool(channel.kind) and channel._kind()._is_outside

    @api.depends("kind")
    def _compute_can_mention_all(self):
        for channel in self:
            has_kind = bool(channel.kind)
            channel.can_mention_all = has_kind and channel._kind()._can_mention_all

    @api.onchange("kind")
    def _onchange_kind(self):
        if not self.can_mention_all:
            self.mentions_all = False

    @api.constrains("kind", "mentions_all")
    def _check_mentions(self):
        for channel in self:
            if channel.mentions_all and not channel.can_mention_all:
                raise ValidationError(
                    self.env._(
                        "%s: only robots of groups can mention everybody.", channel.name
                    )
                )

    @api.constrains("kind", "url", "secret")
    def _check_kind(self):
        # sudo: the address is looked at, not shown
        for channel in self.sudo():
            problem = channel.url and channel._kind()._problem(channel)
            if problem:
                # names and a sentence, both in words already
                # pylint: disable-next=translation-required
                raise ValidationError(f"{channel.name}: {problem}")

    def _kind(self):
        """The registered kind, which knows how to send."""
        return self.env["scrm.notice.channel.kind"]._kind(self.kind)
