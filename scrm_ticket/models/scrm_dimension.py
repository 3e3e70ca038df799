from odoo import api, models
from odoo.tools import html2plaintext

from odoo.addons.scrm_flow.models.scrm_dimension import Dimension

from .scrm_condition_mixin import SOURCE

#: Type of a form field -> type of the dimension that asks for it.
FIELD_TYPES = {
    "text": "text",
    "long_text": "text",
    "serial": "text",
    "time": "text",
    "tags": "text",
    "record": "text",
    "stock": "text",
    "choice": "choice",
    "category": "choice",
    "number": "number",
    "money": "number",
    "formula": "number",
    "file": "number",
    "date": "date",
    "datetime": "date",
    "yes_no": "boolean",
}


class ScrmDimension(models.AbstractModel):
    _inherit = "scrm.dimension"

    @api.model
    def _definitions(self, model_name):
        dimensions = super()._definitions(model_name)
        if model_name != "helpdesk.ticket":
            return dimensions
        found = [
            Dimension(
                "template",
                self.env._("Template"),
                "choice",
                lambda ticket: ticket.template_id.key or None,
                self._templates,
            ),
            Dimension(
                "team",
                self.env._("Team"),
                "text",
                lambda ticket: ticket.team_id.with_context(lang=SOURCE).name or None,
            ),
            Dimension(
                "store",
                self.env._("Store"),
                "choice",
                lambda ticket: ticket.store_id.key or None,
            ),
            Dimension(
                "region",
                self.env._("Region"),
                "text",
                lambda ticket: ticket.store_id.region or None,
            ),
            Dimension(
                "store_class",
                self.env._("Store Class"),
                "text",
                lambda ticket: ticket.store_id.store_class or None,
            ),
            Dimension(
                "customer",
                self.env._("Customer"),
                "text",
                lambda ticket: ticket.commercial_partner_id.name or None,
            ),
            Dimension(
                "customer_tags",
                self.env._("Customer Tags"),
                "text",
                self._customer_tags,
            ),
            Dimension(
                "service_plan",
                self.env._("Service Plan"),
                "choice",
                # sudo: compared by rules, whoever moves the ticket
                lambda ticket: ticket.sudo().service_plan_id.key or None,
                self._service_plans,
            ),
            Dimension(
                "priority",
                self.env._("Priority"),
                "choice",
                lambda ticket: ticket.priority or None,
                lambda: self._choices_of("priority"),
            ),
            Dimension(
                "door",
                self.env._("Entry"),
                "choice",
                lambda ticket: ticket.scrm_door or None,
                lambda: self._choices_of("scrm_door"),
            ),
            Dimension(
                "device_model",
                self.env._("Device Model"),
                "text",
                lambda ticket: ticket._scrm_device_model()
                .with_context(lang=SOURCE)
                .name
                or None,
            ),
            Dimension(
                "device_class",
                self.env._("Device Class"),
                "text",
                lambda ticket: ticket._scrm_device_model().scrm_device_class or None,
            ),
            Dimension(
                "parts",
                self.env._("State of Parts"),
                "choice",
                lambda ticket: ticket.scrm_parts_state,
                lambda: self._choices_of("scrm_parts_state"),
            ),
            Dimension(
                "parts_used",
                self.env._("Parts Used"),
                "text",
                lambda ticket: ticket._scrm_parts_used() or None,
            ),
            Dimension(
                "planned_hours",
                self.env._("Planned Hours"),
                "number",
                lambda ticket: ticket.scrm_planned_hours,
            ),
            Dimension(
                "warranty_end",
                self.env._("Warranty until"),
                "date",
                lambda ticket: ticket.scrm_lot_warranty_end
                and ticket.scrm_lot_warranty_end.isoformat()
                or None,
            ),
            Dimension(
                "subject",
                self.env._("Subject"),
                "text",
                lambda ticket: ticket.name or None,
            ),
            Dimension(
                "description",
                self.env._("Description"),
                "text",
                lambda ticket: html2plaintext(ticket.description or "") or None,
            ),
        ]
        found += [
            Dimension(
                f"field.{field.key}",
                field.name,
                FIELD_TYPES[field.type],
                lambda ticket, field=field: self._form_value(ticket, field),
                field._scrm_choices if field.type in ("choice", "category") else None,
            )
            # The catalogue is no secret: labels and types of what forms may ask.
            for field in self.env["scrm.form.field"].sudo().search([])
            if field.type in FIELD_TYPES
        ]
        return {
            **dimensions,
            **{dimension.key: dimension for dimension in found},
        }

    @api.model
    def _customer_tags(self, ticket):
        """Tags of the customer and his company, such as a level: in all languages."""
        partner = ticket.partner_id | ticket.commercial_partner_id
        names = [
            name
            for tag in partner.category_id
            for name in tag._fields["name"]._get_stored_translations(tag).values()
        ]
        return ", ".join(sorted(set(names))) or None

    @api.model
    def _templates(self) -> list[tuple[str, str]]:
        # sudo: keys and names of what a designer may refer to
        templates = self.env["scrm.ticket.template"].sudo()
        found = templates.search([("key", "!=", False)])
        return [(template.key, template.name) for template in found]

    @api.model
    def _service_plans(self) -> list[tuple[str, str]]:
        # sudo: keys and names of what a designer may refer to
        plans = self.env["scrm.service.plan"].sudo()
        return [(plan.key, plan.name) for plan in plans.search([])]

    @api.model
    def _choices_of(self, name) -> list[tuple[str, str]]:
        field = self.env["helpdesk.ticket"]._fields[name]
        return field._description_selection(self.env)

    @api.model
    def _form_value(self, ticket, field):
        """A form field's value as rules compare it; None when there is none."""
        value = ticket._scrm_value(field.key)
        if value is None:
            return None
        if field.type == "tags":
            return ", ".join(value) or None
        if field.type == "file":
            return len(value)
        if field.type == "datetime":
            return value[:10]
        if field.type in ("record", "stock"):
            # one language, whoever asks: conditions are kept in it
            words = ticket.with_context(lang=SOURCE)._scrm_words(field, value)
            return words or None
        return value
