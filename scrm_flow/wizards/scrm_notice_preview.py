from uuid import uuid4

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import plaintext2html
from odoo.tools.misc import format_datetime, formatLang

from ..models.scrm_notice_count import COUNTED
from ..models.scrm_notice_delivery import TEST

#: Records that a preview shows.
SHOWN = 10
#: Values whose figures are drawn.
DRAWN = 5


class ScrmNoticePreview(models.TransientModel):
    """Which open records a rule concerns now, and what each recipient would get."""

    _name = "scrm.notice.preview"
    _description = "Preview of a Notification Rule"

    rule_id = fields.Many2one("scrm.notice.rule", required=True, ondelete="cascade")
    record_count = fields.Integer(compute="_compute_preview", string="Open Records")
    is_counted = fields.Boolean(compute="_compute_preview")
    preview = fields.Html(compute="_compute_preview", sanitize=False)
    course = fields.Html(compute="_compute_course", sanitize=False)

    @api.depends("rule_id")
    @api.depends_context("lang", "uid")
    def _compute_preview(self):
        for wizard in self:
            cases = wizard._cases()
            wizard.record_count = len(cases)
            wizard.is_counted = wizard.rule_id.event in COUNTED
            wizard.preview = Markup().join(
                wizard._shown(event, record) for event, record in cases[:SHOWN]
            )

    @api.depends("rule_id")
    @api.depends_context("lang", "uid", "tz")
    def _compute_course(self):
        """What is counted now beside the weeks that say what is usual, as bars."""
        for wizard in self:
            rule = wizard.rule_id
            wizard.course = False
            if rule.event in COUNTED:
                now = self.env["scrm.clock"].now()
                # sudo: figures only, of all records as they are counted
                course = rule.sudo()._course(now)[:DRAWN]
                wizard.course = Markup().join(
                    wizard._bars(rule._count_group(value), figures)
                    for value, figures in course
                )

    def _bars(self, title, figures):
        most = max(figure for _begin, figure in figures) or 1
        is_share = self.rule_id.event != "surge"
        rows = []
        for number, (begin, figure) in enumerate(figures, 1):
            color = "bg-primary" if number == len(figures) else "bg-secondary"
            shown = formatLang(self.env, figure, 1 if is_share else 0)
            rows.append(
                Markup(
                    "<tr><td class='text-nowrap'>%s</td><td class='w-75'>"
                    "<div class='progress'><div class='progress-bar %s' "
                    "style='width: %s%%'></div></div></td>"
                    "<td class='text-end'>%s%s</td></tr>"
                )
                % (
                    format_datetime(self.env, begin, dt_format="short"),
                    color,
                    round(figure * 100 / most),
                    shown,
                    "\N{NO-BREAK SPACE}%" if is_share else "",
                )
            )
        head = Markup("<h5>%s</h5>") % title if title else ""
        table = Markup("<table class='table table-sm align-middle'>%s</table>")
        return head + table % Markup().join(rows)

    def _cases(self):
        """[(what stands for the event, record)] of open records the rule concerns."""
        # sudo: the texts of the rule, for who may see it
        rule = self.rule_id.sudo()
        if rule.event in COUNTED:
            return self._counted_cases(rule)
        runs = self.env["scrm.flow.run"]
        domain = [
            ("res_model", "=", rule.model),
            ("state", "in", ("running", "incident")),
        ]
        if rule.flow_id:
            domain.append(("flow_id", "=", rule.flow_id.id))
        cases, keys = [], rule._keys()
        # runs the user may see, as he may see their records
        for run in runs.search(domain, order="id desc"):
            # sudo: what the engine knows of a run the user sees
            run = run.sudo()
            record = run._record()
            if not record or not rule._holds(record):
                continue
            steps = run.step_ids.filtered(lambda step: step.state == "open")
            at_nodes = steps.filtered(lambda step: step.node_key in keys)
            if keys and not at_nodes:
                continue
            step = (at_nodes or steps)[:1]
            cases.append((self._event(rule, run, step), record))
        return cases

    def _counted_cases(self, rule):
        """[(what stands for the event, its newest record)] of what is too much now."""
        now = self.env["scrm.clock"].now()
        numbers = rule._unusual(now)
        # sudo: events that are never stored
        events = self.env["scrm.notice.event"].sudo()
        cases = []
        for found in numbers:
            event = events.new(rule._count_event(now, *found))
            record = self.env[rule.model].browse(event.res_id)
            # figures are of all records; one is shown to who may see it
            if record.has_access("read"):
                cases.append((event, record.sudo()))
        return cases

    def _event(self, rule, run, step):
        # sudo: an event that is never stored
        events = self.env["scrm.notice.event"].sudo()
        return events.new(
            {
                "name": rule.event,
                "rule_id": rule.id,
                "res_model": run.res_model,
                "res_id": run.res_id,
                "run_id": run.id,
                "step_id": step.id,
                "node_key": step.node_key or run.end_key,
                "at": self.env["scrm.clock"].now(),
            }
        )

    def _shown(self, event, record):
        # sudo: as above, and names of recipients
        rule = self.rule_id.sudo()
        partners = self.env["res.partner"].sudo()
        people = self.env["scrm.notice.people"]
        rows = event._deliveries(rule, record)
        lines = []
        for row in rows:
            channel = self.env["scrm.notice.channel"].browse(row["channel_id"])
            partner = partners.browse(row["partner_id"] or [])
            problem = self.env["scrm.notice.problem"]._words(row["problem"])
            lines.append(
                Markup(
                    "<tr><td style='width: 35%%'>%s"
                    "<div class='small text-muted'>%s</div>"
                    "<div class='small'>%s</div></td>"
                    "<td class='text-break'><b>%s</b>%s</td></tr>"
                )
                % (
                    partner.name or channel.name,
                    problem or people._reason_words(row["reasons"], record._name),
                    channel.name,
                    row["subject"] or "",
                    plaintext2html(row["body"] or "")
                    if row["body"] != row["subject"]
                    else "",
                )
            )
        if not lines:
            lines.append(
                Markup("<tr><td>%s</td></tr>") % self.env._("Nobody would be told.")
            )
        return Markup(
            "<h4 class='mt-3'>%s</h4><table class='table table-sm'>%s</table>"
        ) % (record.display_name, Markup().join(lines))

    def action_test(self):
        """Send what the first recipient would get to oneself, by the same channels.

        :raise UserError: no open record is concerned
        """
        self.ensure_one()
        self.env["scrm.notice.delivery"]._check_manager()
        cases = self._cases()
        if not cases:
            raise UserError(self.env._("There is no open record to try the rule with."))
        example, record = cases[0]
        me = self.env.user
        # sudo: a message to oneself, with the words of the rule
        rule = self.rule_id.sudo()
        # sudo: as above
        events = self.env["scrm.notice.event"].sudo()
        event = events.create(
            {
                "key": f"test:{uuid4().hex}",
                "name": TEST,
                "rule_id": rule.id,
                "res_model": record._name,
                "res_id": record.id,
                "run_id": example.run_id.id,
                "step_id": example.step_id.id,
                "node_key": example.node_key,
                "figures": example.figures,
                "user_id": me.id,
                "at": example.at,
                "state": "done",
            }
        )
        channels = (rule.channel_ids | rule.level_ids.channel_ids).filtered(
            lambda channel: channel._kind()._is_personal
        )
        if not channels:
            channels = self.env.ref("scrm_flow.notice_channel_inbox")
        recipient = self.env["scrm.notice.people"]._myself()
        at_once = {"due_at": event.at, "digest_at": False}
        rows = [
            {
                **event._delivery(rule, record, recipient, channel, urgent=True),
                **at_once,
            }
            for channel in channels
        ]
        # sudo: as above
        self.env["scrm.notice.delivery"].sudo()._insert(rows)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("It is sent to you within a minute."),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }


class ScrmNoticeRule(models.Model):
    # what the form of a rule opens
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.notice.rule"

    def action_preview(self):
        """Show what the rule would do now."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Preview"),
            "res_model": "scrm.notice.preview",
            "view_mode": "form",
            "target": "new",
            "context": {"default_rule_id": self.id},
        }
