from odoo import api, fields, models, tools

#: What of a ticket can be kept for some posts -> the field that names them.
MATTERS = {"message": "message_group_ids", "recording": "recording_group_ids"}


class ScrmTicketTemplate(models.Model):
    """Which posts see what of the tickets: messages, recordings.

    Nobody named means everybody who reads the ticket. Managers, and the manager of
    the ticket's store, see everything.
    """

    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.ticket.template"

    message_group_ids = fields.Many2many(
        comodel_name="res.groups",
        relation="scrm_template_message_group_rel",
        column1="template_id",
        column2="group_id",
        string="Messages Only for",
        help="Of the colleagues only these roles read what is said on the tickets, the "
        "manager of the store and managers of tickets. None: everybody who reads the "
        "ticket.",
    )
    recording_group_ids = fields.Many2many(
        comodel_name="res.groups",
        relation="scrm_template_recording_group_rel",
        column1="template_id",
        column2="group_id",
        string="Recordings Only for",
        help="Of the colleagues only these roles hear recordings of calls and open "
        "files with sound or pictures in motion, the manager of the store and managers "
        "of tickets. None: everybody who reads the ticket.",
    )

    @api.model
    def _scrm_matters(self):
        """What of a ticket can be kept for some posts -> the field that names them."""
        return dict(MATTERS)

    @api.model
    @tools.ormcache("matter")
    def _scrm_posts(self, matter):
        """Who sees a matter, of the templates that keep it for some.

        :param matter: key of :meth:`_scrm_matters`
        :return: {template id: frozenset of ids of roles}
        """
        name = self._scrm_matters()[matter]
        # sudo: it holds for whoever asks, and is not shown
        templates = self.sudo().with_context(active_test=False)
        found = templates.search([(name, "!=", False)])
        return {template.id: frozenset(template[name].ids) for template in found}

    @api.model
    def _scrm_closed_to(self, user, matter):
        """Ids of the templates that keep a matter from somebody.

        :param user: ``res.users``; customers see their own tickets as ever
        :param matter: key of :meth:`_scrm_matters`
        """
        posts = self._scrm_posts(matter)
        if not posts or not user._is_internal():
            return frozenset()
        if user.has_group("scrm_ticket.group_manager"):
            return frozenset()
        own = set(user._get_group_ids())
        return frozenset(key for key, groups in posts.items() if not groups & own)
