from odoo import api, fields, models
from odoo.tools.translate import LazyTranslate

from odoo.addons.scrm_flow.engine import notices
from odoo.addons.scrm_flow.engine.inside import INSIDE, is_marked

_lt = LazyTranslate(__name__)

#: Why somebody gets no coupon, by key.
PROBLEMS = {
    "coupon_customers": _lt("Coupons are for customers."),
    "coupon_over": _lt("The campaign “%(campaign)s” is over."),
}
#: The word in a rule's text that stands for the code.
COUPON = "coupon"
#: What stands there where no code is drawn: in a preview.
HIDDEN = "••••••••"


class ScrmNoticeRule(models.Model):
    """A rule may give each customer a coupon, with a code in the text."""

    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.notice.rule"

    coupon_campaign_id = fields.Many2one(
        "scrm.coupon.campaign",
        string="Coupons",
        ondelete="restrict",
        help="Each customer gets one code and one message. Write {{ coupon }} where "
        "the code stands in the text.",
    )

    @api.constrains("coupon_campaign_id", "subject", "body", "to_customer")
    def _check_coupon(self):
        self._check_rule()

    def _problems(self):
        found = super()._problems()
        words = notices.placeholders(f"{self.subject or ''} {self.body or ''}")
        if self.coupon_campaign_id and COUPON not in words:
            found.append(self.env._("the text has no {{ coupon }}"))
        elif COUPON in words and not self.coupon_campaign_id:
            found.append(self.env._("choose the coupons whose code the text gives"))
        return found


class ScrmNoticeProblem(models.AbstractModel):
    # why nobody gets a coupon
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.notice.problem"

    @api.model
    def _texts(self):
        return {**super()._texts(), **PROBLEMS}


class ScrmNoticeText(models.AbstractModel):
    # the code is one more word
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.notice.text"

    @api.model
    def _words(self):
        return {**super()._words(), COUPON: self.env._("code of the coupon")}

    @api.model
    def _value(self, name, rule, event, record, recipient):
        if name != COUPON:
            return super()._value(name, rule, event, record, recipient)
        if not is_marked(self.env.context, "scrm_gives_coupon"):
            return HIDDEN
        return rule.coupon_campaign_id._give(recipient.partner, record).code


class ScrmNoticeEvent(models.Model):
    # a code is drawn for a message that goes out, and for no other
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.notice.event"

    def _delivery(self, rule, record, recipient, channel, urgent):
        campaign = rule.coupon_campaign_id
        if not campaign:
            return super()._delivery(rule, record, recipient, channel, urgent)
        problem = campaign._problem()
        if not recipient.partner or not recipient.is_customer:
            problem = ["coupon_customers", {}]
        problem = problem or self._obstacle(recipient, channel._kind())
        # a preview, and who tries the rule, draw none
        gives = not problem and isinstance(self.id, int) and self.name != "test"
        event = self.with_context(scrm_gives_coupon=gives and INSIDE)
        row = super(ScrmNoticeEvent, event)._delivery(
            rule, record, recipient, channel, urgent
        )
        if problem:
            row |= {"state": "skipped", "problem": problem, "is_once": False}
        else:
            row["is_once"] = gives
        return row
