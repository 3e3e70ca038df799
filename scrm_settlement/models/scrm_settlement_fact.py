import datetime
import json

from odoo import api, fields, models
from odoo.tools import SQL

from ..engine import trace


class ScrmSettlementFact(models.Model):
    """Something that happened and may have to be paid, with all it was like then.

    The inputs are every dimension of the source as it was when the event happened;
    what changes on the source afterwards changes nothing here.
    """

    _name = "scrm.settlement.fact"
    _description = "Settlement Fact"
    _inherit = ["scrm.settlement.sealed"]
    _order = "basis_date desc, id desc"
    _rec_name = "source_name"

    source_model = fields.Char(required=True, readonly=True)
    source_id = fields.Many2oneReference(
        model_field="source_model", required=True, readonly=True
    )
    source_key = fields.Char(required=True, readonly=True)
    source_name = fields.Char(required=True, readonly=True)
    template_key = fields.Char(readonly=True, index="btree_not_null")
    event = fields.Selection(
        [("ticket_done", "Ticket done")], required=True, readonly=True
    )
    revision = fields.Integer(required=True, readonly=True)
    basis_date = fields.Date(
        required=True,
        readonly=True,
        help="Day of the event in the company's time zone.",
    )
    occurred_at = fields.Datetime(required=True, readonly=True)
    inputs = fields.Json(required=True, readonly=True)
    people = fields.Json(
        required=True,
        readonly=True,
        help="Node key and the partner who completed that node.",
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, ondelete="restrict"
    )
    record_ids = fields.One2many("scrm.settlement.record", "fact_id")
    description = fields.Text(compute="_compute_description")

    _source_unique = models.UniqueIndex("(source_key, event, revision)")
    _scope_index = models.Index("(company_id, event, basis_date)")

    @api.depends("inputs")
    @api.depends_context("lang")
    def _compute_description(self):
        for fact in self:
            labels = self.env["scrm.dimension"]._definitions(fact.source_model)
            fact.description = "\n".join(
                self.env._(
                    "%(dimension)s: %(value)s",
                    dimension=labels[key].label if key in labels else key,
                    value=value,
                )
                for key, value in sorted((fact.inputs or {}).items())
                if value not in (None, False, "")
            )

    def _sealed(self):
        return {
            "source": self.source_key,
            "event": self.event,
            "revision": self.revision,
            "basis_date": self.basis_date.isoformat(),
            "occurred_at": self.occurred_at.isoformat(),
            "inputs": self.inputs,
            "people": self.people,
        }

    @api.model
    def _freeze_ticket(self, ticket, run):
        """Freeze the fact that the ticket was done; once per ticket.

        :param ticket: the helpdesk.ticket
        :param run: its scrm.flow.run that ended
        :return: the fact, also when it was frozen before
        """
        ticket.ensure_one()
        source_key = f"{ticket._name}:{ticket.id}"
        company = ticket.company_id or self.env.company
        occurred_at = run.ended_at or self.env["scrm.clock"].now()
        zone = company.partner_id.tz or company.resource_calendar_id.tz or "UTC"
        basis = fields.Datetime.context_timestamp(
            self.with_context(tz=zone), occurred_at
        ).date()
        dimensions = self.env["scrm.dimension"]
        keys = list(dimensions._definitions(ticket._name))
        inputs = {
            key: self._plain(value)
            for key, value in dimensions.values(ticket, keys).items()
        }
        people = {
            step.node_id.key: step.done_by_id.partner_id.id
            for step in run.step_ids.sorted("id")
            if step.done_by_id and step.state == "done"
        }
        content = {
            "source": source_key,
            "event": "ticket_done",
            "revision": 0,
            "basis_date": basis.isoformat(),
            "occurred_at": occurred_at.isoformat(),
            "inputs": inputs,
            "people": people,
        }
        fact = self._insert(
            [
                {
                    "source_model": ticket._name,
                    "source_id": ticket.id,
                    "source_key": source_key,
                    "source_name": f"{ticket.number} {ticket.name}",
                    "template_key": ticket.template_id.key or None,
                    "event": "ticket_done",
                    "revision": 0,
                    "basis_date": basis,
                    "occurred_at": occurred_at,
                    "inputs": json.dumps(inputs),
                    "people": json.dumps(people),
                    "company_id": company.id,
                    "digest": trace.digest(content),
                }
            ],
            SQL("source_key, event, revision"),
        )
        return fact or self.search(
            [
                ("source_key", "=", source_key),
                ("event", "=", "ticket_done"),
                ("revision", "=", 0),
            ]
        )

    @api.model
    def _plain(self, value):
        """The value of a dimension as JSON keeps it."""
        if isinstance(value, models.BaseModel):
            return value.ids[0] if len(value) == 1 else value.ids or None
        if isinstance(value, datetime.date):  # a datetime is a date, too
            return value.isoformat()
        if isinstance(value, float) and value.is_integer():
            return int(value)  # as jsonb gives it back, however large
        if value is None or isinstance(value, bool | int | float | str):
            return value
        if isinstance(value, list | tuple | set):
            return [self._plain(part) for part in value]
        return str(value)

    def action_open_source(self):
        self.ensure_one()
        return self.env[self.source_model].browse(self.source_id).get_formview_action()
