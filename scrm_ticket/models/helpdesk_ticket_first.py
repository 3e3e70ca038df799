from odoo import api, models

#: Columns that are computed of ratings: a new ticket has none, and nobody need ask.
RATINGS = ("positive_rate_percentage", "rating_last_value")


class HelpdeskTicket(models.Model):
    """What is known of a ticket when it is made, so that nobody asks for it, or writes
    it a moment later.

    What Odoo computes of a new record it computes as ever; what it finds as it should
    be it need not write.
    """

    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "helpdesk.ticket"

    @api.model
    def _create(self, data_list):
        for data in data_list:
            stored = data["stored"]
            for name, value in self._scrm_known_at_first(stored).items():
                stored.setdefault(name, value)
        tickets = super()._create(data_list)
        unrated = tickets.browse(
            data["record"].id
            for data in data_list
            if "rating_ids" not in data["stored"]
        )
        for name in RATINGS:
            self.env.remove_to_compute(self._fields[name], unrated)
        return tickets

    @api.model
    def _scrm_known_at_first(self, stored):
        """Columns that are computed of other columns, as they begin.

        :param stored: the columns of the new ticket
        :return: dict of values
        """
        # sudo: of the customer and of the stage, onto the ticket, whoever makes it
        tickets = self.sudo()
        partner = tickets.partner_id.browse(stored.get("partner_id"))
        stage = tickets.stage_id.browse(stored.get("stage_id"))
        stage._scrm_recall()
        return {
            "commercial_partner_id": partner.commercial_partner_id.id,
            "scrm_is_vip": partner.scrm_is_vip,
            "unattended": stage.unattended,
            "rating_last_value": 0.0,
            "scrm_planned_hours": 0.0,
        }

    def _message_compute_parent_id(self, parent_id):
        known = self._cache
        if not parent_id and "message_ids" in known and not known["message_ids"]:
            return False  # the first message of all
        return super()._message_compute_parent_id(parent_id)

    def _creation_message(self):
        # Odoo reads the name of the model for it
        return self.env._("Ticket created")


class MailFollowers(models.Model):
    _inherit = "mail.followers"

    def _insert_followers(
        self,
        res_model,
        res_ids,
        partner_ids,
        subtypes=None,
        customer_ids=None,
        check_existing=True,
        existing_policy="skip",
    ):
        """Who submits a ticket follows it, and its customer with him or her."""
        is_new = not check_existing and customer_ids is not None and len(res_ids) == 1
        if is_new and res_model == "helpdesk.ticket":
            # sudo: whose ticket was made, whoever made it
            customer = self.env[res_model].sudo().browse(res_ids)._scrm_asking()
            outside = customer.filtered("partner_share")
            partner_ids = [*partner_ids, *customer.ids]
            customer_ids = [*customer_ids, *outside.ids]
        return super()._insert_followers(
            res_model,
            res_ids,
            partner_ids,
            subtypes=subtypes,
            customer_ids=customer_ids,
            check_existing=check_existing,
            existing_policy=existing_policy,
        )
