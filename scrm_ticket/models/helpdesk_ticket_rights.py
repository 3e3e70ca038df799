from odoo import SUPERUSER_ID, api, models
from odoo.exceptions import AccessError
from odoo.orm.utils import parse_field_expr

from ..fields import FreeChar, Guarded, MaskedChar
from ..forms import masks, rights

VALUES = "scrm_values"
#: How an expression begins that speaks of a single one.
_ONE_VALUE = f"{VALUES}."


class HelpdeskTicket(models.Model):
    """Who reads and edits which field of the form at which node.

    What reads and writes of one ticket may see is in :meth:`_scrm_form_rights`, which
    the field's class asks (``fields.py``). Searches, orders and groups speak of many
    tickets at once: they refuse a field that the user may not read everywhere.
    """

    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _name = "helpdesk.ticket"
    _inherit = ["helpdesk.ticket", "scrm.masking.mixin"]

    partner_email = MaskedChar(masking="email")
    name = FreeChar()

    def _scrm_form_rights(self, user=None, node_key=None):
        """What a user may do with the fields of this ticket's form now.

        :param user: ``res.users``, by default the current one
        :param node_key: the node in question, by default those that are open
        :return: field key -> hidden, read or required; what is left out can be edited
        """
        user = user or self.env.user
        versions = self.env["scrm.form.right"]._scrm_versions()
        if not versions or user.id == SUPERUSER_ID:
            return {}
        # sudo: where the ticket stands in its own flow
        ticket = self.sudo()
        run = ticket.scrm_run_id
        if not run:
            return ticket.template_id._scrm_first_rights(user)
        if run.version_id.id not in versions:
            return {}
        handled = set()
        if node_key:
            keys, handled = [node_key], {node_key}
        elif run.state in ("running", "incident"):
            steps = run.step_ids.filtered(
                lambda step: step.state in ("open", "incident")
            )
            keys = steps.mapped("node_key")
            handled = {step.node_key for step in steps if user in step._handlers()}
        else:
            keys = [run.end_key] if run.end_key else []
        person = self.env["scrm.form.right"]._scrm_person(user)
        nodes = run.version_id._frozen_graph().nodes
        levels = rights.rights(
            {key: nodes[key].data.get("form_rights", {}) for key in keys},
            person,
            handled,
        )
        if "hidden" in levels.values() and not node_key:
            if self.with_user(user)._scrm_is_looked_through():
                seen = {"hidden": "read"}
                levels = {key: seen.get(one, one) for key, one in levels.items()}
        return levels

    def _scrm_is_looked_through(self):
        """Whether the user looks through the ticket's customer."""
        if not self.env.user.has_group("scrm_ticket.group_look_through"):
            return False
        looks = self.env["scrm.look.through"]
        # sudo: whose ticket it is
        return bool(looks._scrm_looks_at(self.sudo().commercial_partner_id))

    def _scrm_is_hidden(self, key):
        """Whether the user may not read one field of this ticket's form."""
        return self._scrm_form_rights().get(key) == "hidden"

    def _scrm_withheld(self, name):
        """Those of these tickets that keep one of their own fields from the user.

        The device is what the serial number on the form says: hidden with it. A
        repair plan says what the fault is, or the device.

        :param name: a field of type ``fields.Guarded``
        """
        if not self.env["scrm.form.right"]._scrm_versions():
            return self.browse()
        found = self.browse()
        for ticket in self:
            levels = ticket._scrm_form_rights()
            if "hidden" in levels.values():
                # sudo: the form of a ticket that the user reads
                keys = ticket.sudo()._scrm_guard_keys(name)
                if any(levels.get(key) == "hidden" for key in keys):
                    found += ticket
        return found

    def _scrm_guard_keys(self, name):
        """Keys of the form's fields that one of the ticket's own fields gives away.

        :param name: see :meth:`_scrm_withheld`
        """
        kinds = self._scrm_guard_types(name)
        return [key for kind in kinds for key in self.template_id._scrm_keys(kind)]

    @api.model
    def _scrm_guard_types(self, name):
        return ("serial",)

    def _scrm_masks(self):
        """Fields of the form that the user gets masked: key -> kind of data.

        Customers read what is on their own tickets.
        """
        if not self._scrm_gets_masks():
            return {}
        kinds = self.env["scrm.form.field"]._scrm_masked_keys()
        user = self.env.user
        if not self:
            return kinds
        if user._is_internal():
            return {} if self._scrm_is_looked_through() else kinds
        # sudo: whose ticket it is
        customer = self.sudo().commercial_partner_id
        return {} if customer == user.commercial_partner_id else kinds

    @api.model
    def _scrm_gets_masks(self):
        """Whether there are fields of forms that the user may get masked."""
        fields = self.env["scrm.form.field"]
        return bool(fields._scrm_masked_keys()) and not fields._scrm_is_entitled(
            self.env.user
        )

    def _scrm_masked(self):
        masked = super()._scrm_masked()
        return masked.filtered(lambda ticket: not ticket._scrm_is_looked_through())

    @api.depends_context("uid")
    def _compute_display_name(self):
        result = super()._compute_display_name()
        # sudo off: Odoo's client reads names of chosen records with it
        for ticket in self.sudo(False)._scrm_masked().with_env(self.env):
            ticket.display_name = masks.masked_text(ticket.display_name)
        return result

    def _scrm_known_values(self, name, vals):
        # choosing a customer fills in the address
        found = super()._scrm_known_values(name, vals)
        partner = self.env["res.partner"].browse(vals.get("partner_id"))
        # sudo: only compared with what the user has sent
        return [*found, *(partner | self.partner_id).sudo().mapped("email")]

    # Questions about many tickets

    @api.model
    def _scrm_unreadable(self):
        """Keys of the fields that cannot be searched, sorted or grouped by."""
        if self.env.su:
            return frozenset()
        hidden = self.env["scrm.form.right"]._scrm_unreadable(self.env.user)
        if not self._scrm_gets_masks():
            return hidden
        return hidden | self.env["scrm.form.field"]._scrm_masked_keys().keys()

    @api.model
    def _scrm_is_blind(self, name):
        if isinstance(self._fields.get(name), Guarded):
            hidden = self._scrm_unreadable()
            if hidden:
                fields = self.env["scrm.form.field"]
                return any(
                    hidden & fields._scrm_keys_of_type(kind)
                    for kind in self._scrm_guard_types(name)
                )
            return False
        return super()._scrm_is_blind(name)

    def _scrm_refuse(self):
        raise AccessError(
            self.env._(
                "You may not search, sort or group by this field of the form: it is "
                "hidden from you in a part of the process."
            )
        )

    def _field_to_sql(self, alias, field_expr, query=None):
        # asked for each column that is read: no call before it is needed
        if field_expr[: len(VALUES) + 1] == _ONE_VALUE:
            _name, key = parse_field_expr(field_expr)
            if key in self._scrm_unreadable():
                self._scrm_refuse()
        return super()._field_to_sql(alias, field_expr, query)

    def _order_field_to_sql(self, alias, field_name, direction, nulls, query):
        if field_name == VALUES and self._scrm_unreadable():
            self._scrm_refuse()
        return super()._order_field_to_sql(alias, field_name, direction, nulls, query)

    def _read_group_select(self, aggregate_spec, query):
        if aggregate_spec.partition(":")[0] == VALUES and self._scrm_unreadable():
            self._scrm_refuse()
        return super()._read_group_select(aggregate_spec, query)

    def _read_group_groupby(self, alias, groupby_spec, query):
        if groupby_spec == VALUES and self._scrm_unreadable():
            self._scrm_refuse()
        name = parse_field_expr(groupby_spec.partition(":")[0])[0]
        if isinstance(self._fields.get(name), Guarded) and self._scrm_is_blind(name):
            self._scrm_refuse()
        return super()._read_group_groupby(alias, groupby_spec, query)

    def get_property_definition(self, full_name):
        name, key = parse_field_expr(full_name)
        if name == VALUES and key in self._scrm_unreadable():
            self._scrm_refuse()
        return super().get_property_definition(full_name)
