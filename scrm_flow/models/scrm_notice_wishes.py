from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..engine import notices


class ResUsers(models.Model):
    """When colleagues want to hear of things that are not urgent."""

    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "res.users"

    scrm_notice_pace = fields.Selection(
        [
            ("now", "As the rules say"),
            ("hour", "Collected, once an hour"),
            ("day", "Collected, once a day"),
        ],
        string="Messages of Rules",
        required=True,
        default="now",
        help="What is not urgent and would come at once; urgent messages always do.",
    )
    scrm_notice_hour = fields.Float(string="Collected until", required=True, default=18)
    scrm_is_quiet = fields.Boolean(
        string="My Quiet Hours",
        help="Messages of rules that are not urgent wait until they end.",
    )
    scrm_quiet_from = fields.Float(string="Quiet from", required=True, default=22)
    scrm_quiet_until = fields.Float(string="Quiet until", required=True, default=8)

    @api.constrains("scrm_notice_hour", "scrm_quiet_from", "scrm_quiet_until")
    def _check_scrm_hours(self):
        for user in self:
            for name in ("scrm_notice_hour", "scrm_quiet_from", "scrm_quiet_until"):
                if not 0 <= user[name] <= 24:
                    raise ValidationError(
                        self.env._(
                            "%s: enter an hour of the day, from 0:00 to 24:00.",
                            user._fields[name]._description_string(self.env),
                        )
                    )

    @property
    def SELF_READABLE_FIELDS(self):
        return super().SELF_READABLE_FIELDS + self._scrm_wishes()

    @property
    def SELF_WRITEABLE_FIELDS(self):
        return super().SELF_WRITEABLE_FIELDS + self._scrm_wishes()

    def _scrm_wishes(self) -> list[str]:
        """Fields that everybody sets for himself."""
        return [
            "scrm_notice_pace",
            "scrm_notice_hour",
            "scrm_is_quiet",
            "scrm_quiet_from",
            "scrm_quiet_until",
        ]


class ScrmNoticeEvent(models.Model):
    # whose wishes count when it is told
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.notice.event"

    def _pace(self, rule, user):
        """(how often somebody is told: a timing of rules, hour of a daily digest)."""
        if rule.timing == "now" and user and not user.share:
            return user.scrm_notice_pace, user.scrm_notice_hour
        return rule.timing, rule.digest_hour

    def _after_quiet(self, rule, partner, user, moment):
        """The moment itself, or when the quiet hours of rule and recipient are over."""
        zone = partner.tz or self.env.company.partner_id.tz or "UTC"
        hours = []
        if rule.holds_at_night:
            hours.append((rule.quiet_from, rule.quiet_until))
        if user.scrm_is_quiet and not user.share:
            hours.append((user.scrm_quiet_from, user.scrm_quiet_until))
        for start, end in hours * 2:  # the end of one may lie in the other
            moment = notices.after_quiet(moment, zone, start, end)
        return moment
