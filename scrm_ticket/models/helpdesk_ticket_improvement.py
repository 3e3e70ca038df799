from dateutil.relativedelta import relativedelta

from odoo import SUPERUSER_ID, api, fields, models, tools
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import html2plaintext

from ..engine import likeness
from .helpdesk_ticket_posts import RECORDED

#: Months of feedback that come along.
MONTHS = 3
#: Tickets that are looked through at most, the newest ones.
LOOK_AT = 5000
#: Longest text that is kept of each, in characters.
TEXT_LIMIT = 500


class ScrmTicketTemplate(models.Model):
    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.ticket.template"

    is_improvement = fields.Boolean(
        string="For Improvements",
        help="Raised from the ticket of a customer, it opens with the recording and "
        "all similar feedback of the last three months.",
    )
    improvement_group_ids = fields.Many2many(
        comodel_name="res.groups",
        relation="scrm_template_improvement_group_rel",
        column1="template_id",
        column2="group_id",
        string="Raised by",
        help="Roles that may raise it. None: everybody who opens tickets.",
    )

    @api.model
    @tools.ormcache()
    def _scrm_improving(self):
        """Templates of improvements: ((id, company id, ids of roles), ...)."""
        # sudo: which there are, for whoever asks; not shown
        found = self.sudo().search([("is_improvement", "=", True)])
        return tuple(
            (one.id, one.company_id.id, frozenset(one.improvement_group_ids.ids))
            for one in found
        )

    @api.model
    def _scrm_improvements(self, company):
        """Templates of improvements that the user may raise in a company."""
        own = set(self.env.user._get_group_ids())
        return self.browse(
            template_id
            for template_id, company_id, roles in self._scrm_improving()
            if company_id in (False, company.id) and (not roles or roles & own)
        )


class HelpdeskTicket(models.Model):
    """What customers say becomes a ticket for those who make the product better."""

    # One model, a file per concern.
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "helpdesk.ticket"

    scrm_improves_id = fields.Many2one(
        comodel_name="helpdesk.ticket",
        string="Raised from",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )
    scrm_improvement_ids = fields.One2many(
        comodel_name="helpdesk.ticket",
        inverse_name="scrm_improves_id",
        string="Improvements",
    )
    scrm_feedback_ids = fields.One2many(
        comodel_name="scrm.ticket.feedback",
        inverse_name="ticket_id",
        string="Similar Feedback",
    )
    scrm_can_improve = fields.Boolean(compute="_compute_scrm_can_improve")

    @api.depends("company_id", "template_id")
    @api.depends_context("uid")
    def _compute_scrm_can_improve(self):
        templates = self.env["scrm.ticket.template"]
        may = templates.has_access("read") and self.browse().has_access("create")
        for ticket in self:
            company = ticket.company_id or self.env.company
            # most have no such template: theirs need not be read
            ticket.scrm_can_improve = bool(
                may
                and templates._scrm_improvements(company)
                and not ticket.template_id.is_improvement
            )

    def action_scrm_improvement(self):
        """Open the question what is to be improved."""
        self.ensure_one()
        company = self.company_id or self.env.company
        templates = self.env["scrm.ticket.template"]._scrm_improvements(company)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Raise an Improvement"),
            "res_model": "scrm.improvement.raise",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_ticket_id": self.id,
                "default_template_id": templates[:1].id,
                "default_name": self.name,
            },
        }

    def scrm_raise_improvement(self, template_id, name=None, text=None):
        """Open a product-improvement ticket: with the customer's recording and all
        similar feedback of the last three months.

        :param template_id: id of a template for improvements
        :param name: its subject, default the ticket's
        :param text: why, plain
        :return: the new ``helpdesk.ticket``
        :raise AccessError: the user may not raise it
        :raise UserError: it is no template for improvements
        """
        self.ensure_one()
        self.check_access("read")
        if not self.env.user._is_internal():
            raise AccessError(self.env._("Only colleagues raise improvements."))
        company = self.company_id or self.env.company
        templates = self.env["scrm.ticket.template"]
        template = templates.browse(template_id)
        if template not in templates._scrm_improvements(company):
            raise UserError(
                self.env._("You have no template for improvements to raise it with.")
            )
        return self._scrm_open_improvement(template, self._scrm_alike(), name, text)

    def _scrm_open_improvement(self, template, alike, name=None, text=None, user=None):
        """Open a ticket for improvements, with the recording and similar feedback.

        :param template: ``scrm.ticket.template``
        :param alike: what :meth:`_scrm_alike` found
        :param name: its subject, default the ticket's
        :param text: why, plain
        :param user: by whose rights recordings come along, default the user
        :return: the new ``helpdesk.ticket``
        """
        ticket = self.create(
            {
                "template_id": template.id,
                "name": name or self.name,
                "description": text or self.env._("From ticket %s.", self.number),
                "company_id": self.company_id.id,
                "scrm_improves_id": self.id,
            }
        )
        # sudo: rows are the product's; all of it was looked for with a reader's rights
        self.env["scrm.ticket.feedback"].sudo().create(
            [
                {"ticket_id": ticket.id, **other._scrm_feedback_vals(score)}
                for other, score in [(self, 100), *alike]
            ]
        )
        self._scrm_share_recordings(ticket, user)
        # sudo: a note of what was done, on a ticket one may read
        self.sudo().message_post(
            body=self.env._("Improvement %s was raised.", ticket.number),
            subtype_xmlid="mail.mt_note",
        )
        return ticket

    # Similar feedback

    def _scrm_alike(self):
        """[(ticket, points)] of the last months that speak of the same matter, as far
        as the user may read them."""
        self.ensure_one()
        since = self.env["scrm.clock"].now() - relativedelta(months=MONTHS)
        domain = Domain("create_date", ">=", since) & Domain("id", "!=", self.id)
        domain &= Domain("company_id", "in", [False, self.company_id.id])
        domain &= Domain("scrm_improves_id", "=", False)
        others = self.search(domain, order="id desc", limit=LOOK_AT)
        said = likeness.words(self._scrm_said())
        device, category = self._scrm_device_model(), self.category_id
        found = []
        for other in others:
            score = likeness.points(
                likeness.likeness(said, likeness.words(other._scrm_said())),
                bool(device) and other._scrm_device_model() == device,
                bool(category) and other.category_id == category,
            )
            if likeness.is_alike(score):
                found.append((other, score))
        return found

    def _scrm_feedback_vals(self, score):
        self.ensure_one()
        text = html2plaintext(self.description or "").strip()
        return {
            "source_id": self.id,
            "number": self.number,
            "at": self.create_date,
            "subject": self.name,
            "text": text[:TEXT_LIMIT],
            "product_id": self._scrm_device_model().id,
            "points": score,
        }

    # Recordings

    def _scrm_share_recordings(self, ticket, user=None):
        """Give the recordings of this ticket to an improvement.

        Those that are kept from who raises it come along only where they stay so.

        :param ticket: the improvement
        :param user: who raises it, default the user
        """
        is_kept = bool(self._scrm_closed("recording", user))
        if is_kept and not ticket._scrm_closed("recording", user):
            return
        # sudo: see above; the machine is their author, as whose own file is open to one
        files = self.env["ir.attachment"].with_user(SUPERUSER_ID)
        recordings = files.search(
            [
                ("res_model", "=", self._name),
                ("res_id", "=", self.id),
                *Domain.OR(
                    Domain("mimetype", "=like", f"{kind}%") for kind in RECORDED
                ),
            ]
        )
        for file in recordings:
            file.copy({"res_model": self._name, "res_id": ticket.id})
        own = self.sudo()  # sudo: as above
        if own.scrm_recording_url:
            ticket.sudo().write(
                {
                    "scrm_recording_url": own.scrm_recording_url,
                    "scrm_call_seconds": own.scrm_call_seconds,
                }
            )

    def _scrm_open_action(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
        }
