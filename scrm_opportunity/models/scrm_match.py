from odoo import api, fields, models
from odoo.exceptions import AccessError

from odoo.addons.scrm_ticket.forms import masks

from ..matching.signals import LAYERS

#: Facts that are personal data, and the kind of their mask.
PERSONAL = {"phone": "phone", "email": "email", "street": "address"}


class ScrmMatch(models.Model):
    """A ticket and an opportunity that may belong together.

    Who may read both records may read their match, nobody else: a match never tells
    of an opportunity (or ticket) that its reader could not open, neither by its
    score nor by being counted.
    """

    _name = "scrm.match"
    _inherit = "scrm.follow.mixin"
    _description = "Match of Ticket and Opportunity"
    _order = "ticket_id desc, state_rank, score desc, id desc"
    _rec_name = "lead_id"
    _followed = ("lead_id", "ticket_id")

    ticket_id = fields.Many2one(
        "helpdesk.ticket", required=True, index=True, ondelete="cascade"
    )
    lead_id = fields.Many2one(
        "crm.lead",
        string="Opportunity",
        required=True,
        index=True,
        ondelete="cascade",
        domain="[('type', '=', 'opportunity')]",
    )
    state = fields.Selection(
        [("suggested", "Suggested"), ("linked", "Linked"), ("rejected", "Rejected")],
        required=True,
        default="suggested",
        index=True,
    )
    state_rank = fields.Integer(compute="_compute_state_rank", store=True)
    score = fields.Integer(help="Points out of 100 that speak for this match.")
    profile_score = fields.Integer(
        string="Profile Points", help="Points for who the customer is."
    )
    interaction_score = fields.Integer(
        string="Interaction Points", help="Points for what was said and quoted."
    )
    stage_score = fields.Integer(
        string="Stage Points", help="Points for how far the opportunity is."
    )
    found_as = fields.Selection(
        [
            ("linked", "Linked by Itself"),
            ("suggested", "Suggested"),
            ("chosen", "Chosen by a Person"),
        ],
        required=True,
        default="chosen",
        readonly=True,
        help="What the system made of it before anybody answered.",
    )
    signals = fields.Json(
        groups=fields.NO_ACCESS,  # it has phone numbers; the reason is shown
        help="What spoke for the match: key, layer, points, facts.",
    )
    reason = fields.Text(
        compute="_compute_reason",
        help="What the score rests on, in words: a line for each layer with its "
        "points.",
    )
    decided_by_id = fields.Many2one(
        "res.users",
        string="Decided by",
        help="Who accepted or rejected. Empty while only the system has decided.",
    )
    decided_at = fields.Datetime()
    partner_id = fields.Many2one(
        related="lead_id.partner_id", string="Customer", help="Of the opportunity."
    )
    salesperson_id = fields.Many2one(related="lead_id.user_id", string="Salesperson")
    lead_stage_id = fields.Many2one(related="lead_id.stage_id", string="Stage")
    ticket_stage_id = fields.Many2one(
        related="ticket_id.stage_id", string="Ticket stage"
    )

    _pair = models.UniqueIndex(
        "(ticket_id, lead_id)",
        "This opportunity is already on the list of the ticket.",
    )

    @api.depends("state")
    def _compute_state_rank(self):
        order = {"linked": 0, "suggested": 1, "rejected": 2}
        for match in self:
            match.state_rank = order.get(match.state, 1)

    @api.depends("signals", "decided_by_id")
    @api.depends_context("lang", "uid")
    def _compute_reason(self):
        for match in self:
            # sudo: the signals of a match that the user reads, in words
            hits = match.sudo().signals or []
            lines = [match._layer_words(layer, hits) for layer in LAYERS]
            if not hits and match.decided_by_id:
                # sudo: only the name of the colleague who chose the opportunity
                name = match.decided_by_id.sudo().name
                lines = [self.env._("chosen by %(name)s", name=name)]
            match.reason = "\n".join(line for line in lines if line)

    def _layer_words(self, layer, hits):
        """One line on a layer: its name, its points, its signals in words.

        :return: None when the layer is silent
        """
        own = [hit for hit in hits if hit["layer"] == layer]
        if not own:
            return None
        return self.env._(
            "%(layer)s %(points)s: %(signals)s",
            layer=self._layer_label(layer),
            points=sum(hit["points"] for hit in own),
            signals="; ".join(self._signal_words(hit) for hit in own),
        )

    @api.model
    def _layer_label(self, layer):
        labels = {
            "profile": self.env._("Profile"),
            "interaction": self.env._("Interaction"),
            "stage": self.env._("Stage"),
        }
        return labels.get(layer, layer)

    def _signal_words(self, hit):
        """One signal as words in the reader's language.

        An addon that adds a signal extends this and calls super for the others.

        :param hit: dict with key, layer, points and facts
        """
        facts = hit.get("facts") or {}
        if self.lead_id._scrm_masked():
            facts = {
                name: masks.masked(PERSONAL.get(name), fact)
                for name, fact in facts.items()
            }
        words = {
            "same_entity": lambda: self.env._("same customer"),
            "same_contact": lambda: self.env._("same contact person"),
            "same_phone": lambda: self.env._("same phone %(phone)s", **facts),
            "same_email": lambda: self.env._("same e-mail %(email)s", **facts),
            "same_domain": lambda: self.env._("same mail domain %(domain)s", **facts),
            "similar_company": lambda: self.env._(
                "company name like “%(name)s”", name=facts["name"]
            ),
            "other_customer": lambda: self.env._("another customer"),
            "same_address": lambda: self.env._("same address %(street)s", **facts),
            "same_place": lambda: self.env._("same town %(place)s", **facts),
            "other_place": lambda: self.env._("in another town, %(place)s", **facts),
            "similar_person": lambda: self.env._(
                "contact name like “%(name)s”", name=facts["name"]
            ),
            "names_quotation": lambda: self.env._(
                "names the quotation %(quotations)s", **facts
            ),
            "names_product": lambda: self.env._(
                "names %(products)s, which was quoted", **facts
            ),
            "same_product": lambda: (
                self.env._("one of its parts was quoted")
                if facts["count"] == 1
                else self.env._("%(count)s of its parts were quoted", **facts)
            ),
            "similar_text": lambda: self.env._("speaks of the same thing"),
            "same_topic": lambda: self.env._("both speak of %(words)s", **facts),
            "recent": lambda: self._moved_words(facts["days"]),
            "quoted": lambda: self.env._("already quoted"),
            "likely": lambda: self.env._("%(percent)s %% likely to be won", **facts),
            "ordered": lambda: self.env._("customer has bought before"),
            "closed": lambda: self.env._("closed already"),
        }
        said = words[hit["key"]]() if hit["key"] in words else hit["key"]
        return self.env._("%(words)s (%(points)s)", words=said, points=hit["points"])

    @api.model
    def _moved_words(self, days):
        if days > 1:
            return self.env._("moved %(days)s days ago", days=days)
        return self.env._("moved yesterday") if days else self.env._("moved today")

    @api.model_create_multi
    def create(self, vals_list):
        """Link by hand: users give a ticket and an opportunity, nothing else."""
        if self.env.su:
            return super().create(vals_list)
        rows = []
        for vals in vals_list:
            forged = set(vals) - {"ticket_id", "lead_id", "state"}
            if forged or vals.get("state", "linked") != "linked":
                raise AccessError(
                    self.env._(
                        "A match is made from a ticket and an opportunity;"
                        " %(fields)s cannot be given.",
                        fields=", ".join(sorted(forged or {"state"})),
                    )
                )
            rows.append({**vals, **self._decision("linked")})
        matches = super().create(rows)
        matches._check_may_decide()
        return matches

    # Answers of people

    def action_accept(self):
        """Link the opportunities; needs write access to the ticket or opportunity."""
        return self._answer("linked")

    def action_reject(self):
        """Say that they do not belong together; the match is not made again."""
        return self._answer("rejected")

    def _answer(self, state):
        self.check_access("read")
        self._check_may_decide()
        # sudo: users may read a match and answer it, never write its figures
        self.sudo().write(self._decision(state))
        return True

    @api.model
    def _signal_labels(self):
        """Signal key -> what it looks at, for people."""
        return {
            "same_entity": self.env._("Same customer"),
            "same_contact": self.env._("Same contact person"),
            "same_phone": self.env._("Same phone"),
            "same_email": self.env._("Same e-mail"),
            "same_domain": self.env._("Same mail domain"),
            "similar_company": self.env._("Similar company name"),
            "other_customer": self.env._("Another customer"),
            "same_address": self.env._("Same address"),
            "same_place": self.env._("Same town"),
            "other_place": self.env._("Another town"),
            "similar_person": self.env._("Similar contact name"),
            "names_quotation": self.env._("Quotation named in the text"),
            "names_product": self.env._("Quoted product named in the text"),
            "same_product": self.env._("Parts that were quoted"),
            "similar_text": self.env._("Similar text"),
            "same_topic": self.env._("Same keyword"),
            "recent": self.env._("Moved lately"),
            "quoted": self.env._("Already quoted"),
            "likely": self.env._("Likely to be won"),
            "ordered": self.env._("Customer has bought before"),
            "closed": self.env._("Won or lost already"),
        }

    def _decision(self, state):
        return {
            "state": state,
            "decided_by_id": self.env.uid,
            "decided_at": self.env["scrm.clock"].now(),
        }

    def _check_may_decide(self):
        for match in self:
            if not (
                match.ticket_id.has_access("write") or match.lead_id.has_access("write")
            ):
                raise AccessError(
                    self.env._(
                        "To decide on “%(lead)s” you need the right to edit it or"
                        " the ticket %(ticket)s.",
                        lead=match.lead_id.name,
                        ticket=match.ticket_id.number,
                    )
                )
