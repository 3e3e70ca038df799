from odoo import api, fields, models
from odoo.tools import SQL

from ..doors import words as spoken
from ..engine import likeness

#: Points of a reply: all of what is asked is said, a keyword falls, it is meant for the
#: customer, for the form, for the way by which the ticket came.
SAID, KEYWORD, CUSTOMER, TEMPLATE, CHANNEL = 60, 15, 10, 10, 5
#: Points that use adds or takes at most.
LEARNED = 15
#: Uses before what was learned counts half.
PATIENCE = 4


class ScrmReply(models.Model):
    """An answer that was good before: for which customers, forms and channels, and how
    often it was taken or put aside when it was proposed."""

    _name = "scrm.reply"
    _inherit = ["scrm.key.mixin", "scrm.words.mixin"]
    _description = "Reply"
    _order = "name, id"

    key = fields.Char(required=True, copy=False, help="Stable name used by packs.")
    name = fields.Char(
        string="Question", required=True, translate=True, help="What it answers."
    )
    text = fields.Text(string="Answer", required=True, translate=True)
    keywords = fields.Char(
        translate=True, help="Other words for the matter, parted by commas."
    )
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", help="Leave empty to use the reply in all companies."
    )
    level_ids = fields.Many2many(
        comodel_name="res.partner.category",
        relation="scrm_reply_level_rel",
        column1="reply_id",
        column2="level_id",
        string="Customer Tags",
        help="Only for customers with one of these tags, or whose company has one. "
        "None: for everybody.",
    )
    template_ids = fields.Many2many(
        comodel_name="scrm.ticket.template",
        relation="scrm_reply_template_rel",
        column1="reply_id",
        column2="template_id",
        string="Templates",
        help="Only on tickets of these templates. None: on all tickets.",
    )
    channel_ids = fields.Many2many(
        comodel_name="helpdesk.ticket.channel",
        relation="scrm_reply_channel_rel",
        column1="reply_id",
        column2="channel_id",
        string="Channels",
        help="Only on tickets that came this way. None: on all tickets.",
    )
    chosen_count = fields.Integer(string="Taken", readonly=True, copy=False)
    declined_count = fields.Integer(string="Put Aside", readonly=True, copy=False)

    _key_unique = models.Constraint("UNIQUE(key)", "Another reply has this key.")

    @api.model_create_multi
    def create(self, vals_list):
        replies = super().create(vals_list)
        replies._index_words()
        return replies

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & {"name", "text", "keywords"}:
            self._index_words()
        return result

    def _update_field_translations(self, field_name, *args, **kwargs):
        result = super()._update_field_translations(field_name, *args, **kwargs)
        self._index_words()
        return result

    def _index_words(self):
        """Keep the words of all languages: who asks need not write the editor's."""
        languages = [code for code, _name in self.env["res.lang"].get_installed()]
        for reply in self:
            told = [
                part
                for code in languages
                for part in (
                    reply.with_context(lang=code).name,
                    reply.with_context(lang=code).text,
                    reply.with_context(lang=code).keywords,
                )
            ]
            found = likeness.words("\n".join(filter(None, told)))
            # sudo: the column is nobody's to write
            reply.sudo().write({"words": " ".join(sorted(found))})

    # Which fits

    @api.model
    def _fitting(self, ticket, text):
        """Replies that fit a ticket and what its customer asks, the best first.

        :return: [(reply, points, words in common, keyword or "")]
        """
        near = {
            id_: (share, common)
            for id_, share, common in self._near(
                likeness.words(text), SQL("one.active")
            )
        }
        domain = [
            ("company_id", "in", [False, ticket.company_id.id]),
            ("template_ids", "in", [False, *ticket.template_id.ids]),
            ("channel_ids", "in", [False, *ticket.channel_id.ids]),
            ("level_ids", "in", [False, *self._levels(ticket).ids]),
        ]
        found = []
        for reply in self.search([*domain, ("id", "in", list(near))]):
            share, common = near[reply.id]
            keyword = reply._spoken(text)
            found.append((reply, reply._points(share, keyword), common, keyword))
        return sorted(found, key=lambda one: (-one[1], one[0].id))

    @api.model
    def _levels(self, ticket):
        # sudo: tags of the ticket's customer, only compared
        partner = ticket.sudo().partner_id
        return partner.category_id | partner.commercial_partner_id.category_id

    def _spoken(self, text):
        """The keyword that falls in a text, in any language; else an empty one."""
        languages = [code for code, _name in self.env["res.lang"].get_installed()]
        for code in languages:
            for word in spoken.read(self.with_context(lang=code).keywords):
                if spoken.score([word], text):
                    return word
        return ""

    def _points(self, share, keyword):
        return round(
            SAID * share
            + KEYWORD * bool(keyword)
            + CUSTOMER * bool(self.level_ids)
            + TEMPLATE * bool(self.template_ids)
            + CHANNEL * bool(self.channel_ids)
            + self._learned()
        )

    def _learned(self):
        """Points for having been taken rather than put aside."""
        taken, aside = self.chosen_count, self.declined_count
        return LEARNED * (taken - aside) / (taken + aside + PATIENCE)

    def _count_use(self, name):
        """Count that the reply was taken or put aside; at the same time as others."""
        self.ensure_one()
        self.flush_recordset([name])
        self.env.cr.execute(
            SQL(
                "UPDATE scrm_reply SET %(name)s = COALESCE(%(name)s, 0) + 1 "
                "WHERE id = %(id)s",
                name=SQL.identifier(name),
                id=self.id,
            )
        )
        self.invalidate_recordset([name], flush=False)
