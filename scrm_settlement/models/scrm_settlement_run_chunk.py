import logging

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import LockError, UserError

_logger = logging.getLogger(__name__)

#: Problems that one part keeps.
KEPT = 100


class ScrmSettlementRunChunk(models.Model):
    """A part of a run: one plan, some payees.

    ``pending``
        nobody has done it yet.
    ``done``
        settled; what could not be settled is in its problems.
    ``failed``
        an error kept the whole part back; continuing the run tries it again.
    """

    _name = "scrm.settlement.run.chunk"
    _description = "Part of a Settlement Run"
    _order = "run_id, id"

    run_id = fields.Many2one(
        "scrm.settlement.run", required=True, ondelete="cascade", index=True
    )
    plan_id = fields.Many2one("scrm.settlement.plan", required=True, ondelete="cascade")
    phase = fields.Selection(
        [("facts", "Facts"), ("periods", "Periods")], required=True
    )
    payees = fields.Json(required=True, help="Ids of the partners; 0: nobody.")
    payee_count = fields.Integer("Number of Payees", compute="_compute_payee_count")
    state = fields.Selection(
        [("pending", "Pending"), ("done", "Done"), ("failed", "Failed")],
        required=True,
        default="pending",
    )
    created_count = fields.Integer("New Records")
    problem_count = fields.Integer("Number of Problems")
    problems = fields.Json()

    _pending_index = models.Index("(id) WHERE state = 'pending'")

    @api.depends("payees")
    def _compute_payee_count(self):
        for chunk in self:
            chunk.payee_count = len(chunk.payees or [])

    @api.depends("plan_id", "phase", "payees")
    def _compute_display_name(self):
        phases = dict(self._fields["phase"]._description_selection(self.env))
        for chunk in self:
            chunk.display_name = (
                f"{chunk.run_id.display_name}, {chunk.plan_id.name}, "
                f"{phases.get(chunk.phase)} {chunk.id}"
            )

    def _work(self):
        """Settle this part, once, whoever asks for it.

        An error nobody foresaw keeps back this part only: it says so and can be tried
        again, the run goes on for the others.

        :return: whether something was done
        """
        self.ensure_one()
        # sudo: started by who may settle; only frozen facts are read
        chunk = self.sudo()
        try:
            chunk.lock_for_update()
        except LockError:
            return False  # somebody is at it
        chunk.invalidate_recordset()
        run = chunk.run_id
        if chunk.state != "pending" or run.state != "running":
            return False
        try:
            with self.env.cr.savepoint():
                created, problems = chunk._settle()
        except (psycopg2.OperationalError, psycopg2.InterfaceError):
            raise  # not this part's fault: it is tried again
        except Exception as error:
            # the savepoint undid what was done; the part keeps the reason
            if isinstance(error, UserError):
                reason = str(error)
            else:
                _logger.exception("%s cannot be settled", chunk.display_name)
                reason = f"{type(error).__name__}: {error}"
            state, created = "failed", 0
            problems = [{"plan": chunk.plan_id.name, "fact": "", "reason": reason}]
        else:
            state = "done"
        chunk.write(
            {
                "state": state,
                "created_count": created,
                "problem_count": len(problems),
                "problems": problems[:KEPT],
            }
        )
        run._part_done()
        return True

    def _settle(self):
        """(number of new records, problems) of this part."""
        if self.phase == "facts":
            outcomes = self.plan_id._settle_all_facts(payees=self.payees)
        else:
            outcomes = self.plan_id._settle_all_periods(
                payees=self.payees, interim=self.run_id.is_interim
            )
        created, problems = 0, []
        for records, faults in outcomes:
            created += len(records)
            problems += faults
        return created, problems
