import datetime
import json

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ..engine import stages, trace

#: In place of a node's key: who delivered the device of the ticket.
SUPPLIER = "supplier"
#: Among the inputs: the hours worked for each project.
PROJECT_HOURS = "project_hours"


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
        [
            ("ticket_done", "Ticket done"),
            ("ticket_paid", "Ticket done and paid"),
            ("stage_done", "Stage finished"),
            ("compensation", "Compensation granted"),
        ],
        required=True,
        readonly=True,
    )
    revision = fields.Integer(required=True, readonly=True)
    basis_date = fields.Date(
        required=True,
        readonly=True,
        help="Day of the event in the company's time zone.",
    )
    entry_date = fields.Date(
        readonly=True,
        help="Day that later revisions are settled on; empty: the basis date.",
    )
    cause = fields.Selection(
        [
            ("done", "Done"),
            ("reopened", "Done again"),
            ("corrected", "Corrected"),
            ("void", "Taken back"),
        ],
        required=True,
        readonly=True,
        default="done",
        help="Why there is this revision of the fact.",
    )
    reason = fields.Char(readonly=True)
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
        labels = self.env["scrm.dimension"]._definitions("scrm.settlement.fact")
        words = self.env["scrm.settlement.words"]
        for fact in self:
            fact.description = "\n".join(
                self.env._(
                    "%(dimension)s: %(value)s",
                    dimension=labels[key].label if key in labels else key,
                    value=words._value(labels.get(key), value),
                )
                for key, value in sorted((fact.inputs or {}).items())
                if value not in (None, False, "") and key != PROJECT_HOURS
            )
            if hours := (fact.inputs or {}).get(PROJECT_HOURS):
                fact.description += "\n" + words._project_hours(hours)

    def _sealed(self):
        content = {
            "source": self.source_key,
            "event": self.event,
            "revision": self.revision,
            "basis_date": self.basis_date.isoformat(),
            "occurred_at": self.occurred_at.isoformat(),
            "inputs": self.inputs,
            "people": self.people,
        }
        if self.revision:
            content["entry_date"] = self.entry_date.isoformat()
            content["cause"] = self.cause
            content["reason"] = self.reason or ""
        return content

    @api.model
    def _freeze_ticket(self, ticket, run):
        """Freeze the fact that the ticket was done; once per ticket and run.

        When a ticket was reopened and is done again, the fact gets a revision. It
        belongs to the same day as before, so the same version of a plan settles it,
        and its difference is settled on the day it was done again.

        :param ticket: the helpdesk.ticket
        :param run: its scrm.flow.run that ended
        :return: the fact, also when it was frozen before
        """
        ticket.ensure_one()
        people = self._supplier(ticket) | self._people(run)
        occurred_at = run.ended_at or self.env["scrm.clock"].now()
        return self._freeze_event(
            ticket,
            "ticket_done",
            f"{ticket._name}:{ticket.id}",
            occurred_at,
            people,
            {},
        )

    @api.model
    def _freeze_paid(self, ticket, run):
        """Freeze the fact that a ticket is done and paid; once per ticket and run.

        :param ticket: the helpdesk.ticket, whose invoices are paid
        :param run: its scrm.flow.run that has ended
        :return: the fact, also when it was frozen before
        """
        ticket.ensure_one()
        source_key = f"{ticket._name}:{ticket.id}"
        before = self._latest(source_key, "ticket_paid")
        if before and before.occurred_at >= run.ended_at:
            return before  # paid again after a mistake in the books
        people = self._supplier(ticket) | self._people(run)
        now = self.env["scrm.clock"].now()
        return self._freeze_event(ticket, "ticket_paid", source_key, now, people, {})

    @api.model
    def _freeze_stage(self, ticket, step):
        """Freeze the fact that a stage of a ticket was finished, with its price.

        A stage that is sent back and finished again gets a revision.

        :param ticket: the helpdesk.ticket
        :param step: its scrm.flow.step that a person has completed
        :return: the fact, also when it was frozen before
        """
        ticket.ensure_one()
        stage = step.node_key
        occurred_at = step.ended_at or self.env["scrm.clock"].now()
        # under "stage" stands who finished this one, whichever it is
        people = self._supplier(ticket) | self._people(step.run_id)
        people |= {
            name: step.done_by_id.partner_id.id for name in (stage, stages.STAGE)
        }
        return self._freeze_event(
            ticket,
            "stage_done",
            f"{ticket._name}:{ticket.id}:{stage}",
            occurred_at,
            people,
            {stages.STAGE: stage},
        )

    @api.model
    def _supplier(self, ticket):
        """Who delivered the device and its parts, under the name "supplier"."""
        supplier = ticket.scrm_lot_id.scrm_supplier_id
        return {SUPPLIER: supplier.id} if supplier else {}

    @api.model
    def _people(self, run):
        return {
            step.node_id.key: step.done_by_id.partner_id.id
            for step in run.step_ids.sorted("id")
            if step.done_by_id and step.state == "done"
        }

    @api.model
    def _freeze_event(
        self, ticket, event, source_key, occurred_at, people, inputs, name=None
    ):
        company = ticket.company_id or self.env.company
        dimensions = self.env["scrm.dimension"]
        keys = list(dimensions._definitions(ticket._name))
        hours = self.env["scrm.project.hours"]._of_ticket(ticket)
        values = {
            "source_model": ticket._name,
            "source_id": ticket.id,
            "source_key": source_key,
            "source_name": name or f"{ticket.number} {ticket.name}",
            "template_key": ticket.template_id.key or None,
            "event": event,
            "occurred_at": occurred_at,
            "inputs": {
                **{
                    key: self._plain(value)
                    for key, value in dimensions.values(ticket, keys).items()
                },
                **({PROJECT_HOURS: self._plain(hours)} if hours else {}),
                **inputs,
            },
            "people": people,
            "company_id": company.id,
        }
        before = self._latest(source_key, event)
        if before and before.occurred_at == occurred_at:
            return before
        day = self._company_day(company, occurred_at)
        if not before:
            return self._freeze({**values, "basis_date": day}) or self._latest(
                source_key, event
            )
        # who did a node that is not done again did it for the new result, too
        values["people"] = {**before.people, **values["people"]}
        return self._freeze(
            {
                **values,
                "revision": before.revision + 1,
                "basis_date": before.basis_date,
                "entry_date": day,
                "cause": "reopened",
            }
        )

    @api.model
    def _latest(self, source_key, event):
        return self.search(
            [("source_key", "=", source_key), ("event", "=", event)],
            order="revision desc",
            limit=1,
        )

    @api.model
    def _company_day(self, company, moment):
        zone = company.partner_id.tz or company.resource_calendar_id.tz or "UTC"
        return fields.Datetime.context_timestamp(
            self.with_context(tz=zone), moment
        ).date()

    @api.model
    def _freeze(self, values):
        """Insert one fact with its digest; nothing when there is this revision."""
        row = {
            "revision": 0,
            "entry_date": None,
            "cause": "done",
            "reason": None,
            **values,
        }
        draft = self.new(row)
        row["digest"] = trace.digest(draft._sealed())
        row["inputs"] = json.dumps(row["inputs"])
        row["people"] = json.dumps(row["people"])
        return self._insert([row], SQL("source_key, event, revision"))

    # Corrections

    def correct(self, inputs, reason):
        """Settle this fact again with other inputs, as a difference.

        What is frozen stays; a revision follows it. Its amounts are settled today.

        :param dict inputs: dimension key -> value, only what changes
        :param str reason: why, for those who read the records
        :return: the new revision
        :raise UserError: no reason, an unknown dimension, not the latest revision
        """
        known = self.env["scrm.dimension"]._definitions(self.source_model)
        for key in inputs:
            if key not in known and key not in (*self.inputs, PROJECT_HOURS):
                self.env["scrm.dimension"]._definition(self.source_model, key)
        values = {key: self._plain(value) for key, value in inputs.items()}
        return self._revise("corrected", reason, {**self.inputs, **values})

    def action_void(self, reason=""):
        """Take back everything that was settled for this fact, as a difference.

        :raise UserError: no reason, not the latest revision
        """
        return self._revise("void", reason, self.inputs)

    def _hours_now(self):
        """The hours for projects that the source has today."""
        self.ensure_one()
        # sudo: the accountant need not be allowed to read the ticket, only its hours
        source = self.env[self.source_model].sudo().browse(self.source_id)
        return self.env["scrm.project.hours"]._of_ticket(source)

    def _revise(self, cause, reason, inputs):
        self.ensure_one()
        if not self.env.su and not (
            self.env.user.has_group("scrm_settlement.group_accountant")
        ):
            raise AccessError(
                self.env._("Only settlement accountants correct what is settled.")
            )
        self.check_access("read")
        # sudo: sealed rows are only written by the settlement itself
        fact = self.sudo()
        if not (reason or "").strip():
            raise UserError(fact.env._("Say why this is corrected."))
        latest = fact._latest(fact.source_key, fact.event)
        if latest != fact:
            raise UserError(
                fact.env._("“%(fact)s” was revised meanwhile.", fact=fact.source_name)
            )
        now = fact.env["scrm.clock"].now()
        new = fact._freeze(
            {
                **{
                    name: fact[name]
                    for name in (
                        *("source_model", "source_id", "source_key", "source_name"),
                        *("template_key", "event", "people", "basis_date"),
                    )
                },
                "template_key": fact.template_key or None,
                "company_id": fact.company_id.id,
                "inputs": inputs,
                "revision": fact.revision + 1,
                "occurred_at": now,
                "entry_date": fact._company_day(fact.company_id, now),
                "cause": cause,
                "reason": reason.strip(),
            }
        )
        fact.env["scrm.settlement.plan"]._settle_fact(new)
        return new.with_env(self.env)

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
        if isinstance(value, dict):
            return {key: self._plain(part) for key, part in value.items()}
        return str(value)

    def action_open_source(self):
        self.ensure_one()
        return self.env[self.source_model].browse(self.source_id).get_formview_action()
