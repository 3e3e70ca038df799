from collections import defaultdict

from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.scrm_flow.engine.inside import is_marked


class HelpdeskTicket(models.Model):
    """What a ticket's flow changes is kept in the flow's log, not as tracking.

    Tracking values in the chatter cost three quarters of a stage write. The log
    keeps the same: old stage, new stage, when and by whom. From there the time in
    each stage is counted; the mails of stages are sent, and handlers are told and
    made followers, as helpdesk_mgmt does it.

    Where somebody writes on a ticket in the same transaction, Odoo tracks the ticket
    already, and goes on to: a change is kept in one place, never in two.
    """

    # One model, a file per concern.
    # pylint: disable=consider-merging-classes-inherited
    _inherit = "helpdesk.ticket"

    _scrm_tells_handlers = True

    def write(self, vals):
        if not self._scrm_is_moving():
            return super().write(vals)
        if vals.get("stage_id"):
            self.env["helpdesk.ticket.stage"].browse(vals["stage_id"])._scrm_recall()
        tracked = self.filtered(lambda ticket: ticket._scrm_is_tracked())
        if tracked:
            super(HelpdeskTicket, tracked).write(dict(vals))
        others = (self - tracked).with_context(mail_notrack=True)
        if others:
            # who has a team keeps it, whoever handles the ticket: helpdesk_mgmt need
            # not look, ticket by ticket, whether team and stage still fit, nor Odoo
            # whether the team's properties do
            names = ("team_id", "stage_id", "properties")
            fields_kept = [self._fields[name] for name in names]
            with self.env.protecting(fields_kept, others.filtered("team_id")):
                super(HelpdeskTicket, others).write(dict(vals))
            if vals.get("stage_id"):
                others._scrm_send_stage_mail(vals["stage_id"])
        return True

    @api.model
    def _scrm_moved_fields(self):
        return [
            *super()._scrm_moved_fields(),
            *("stage_id", "team_id", "template_id", "user_id"),
            # what rules of access ask
            *("partner_id", "commercial_partner_id", "store_id"),
        ]

    def _scrm_is_moving(self):
        """Whether the engine writes."""
        return is_marked(self.env.context, "scrm_flow_moving")

    def _scrm_is_tracked(self):
        """Whether Odoo tracks this ticket in this transaction anyhow."""
        values = self.env.cr.precommit.data.get(f"mail.tracking.{self._name}", {})
        return bool(values.get(self.id))

    def _scrm_position_notes(self, vals):
        notes = super()._scrm_position_notes(vals)
        if vals.get("stage_id") and not self._scrm_is_tracked():
            detail = {"stage": {"from": self.stage_id.id, "to": vals["stage_id"]}}
            notes.append(("stage", detail))
        return notes

    def _scrm_send_stage_mail(self, stage_id):
        """Let the stage's mail go out when the transaction ends, once per ticket.

        As when Odoo tracks: what counts is the stage in which the ticket is then.
        """
        if self.env.context.get("tracking_disable"):
            return
        stage = self.env["helpdesk.ticket.stage"].browse(stage_id)
        if not stage.mail_template_id:
            return
        precommit = self.env.cr.precommit
        for ticket in self.with_context(scrm_flow_moving=False, mail_notrack=False):
            key = f"mail.tracking.create.{self._name}.{ticket.id}"
            changes = precommit.data.setdefault(key, [])
            if "stage_id" not in changes:
                changes.append("stage_id")
                precommit.add(ticket._track_post_template_finalize)

    def _creation_subtype(self):
        """As in helpdesk_mgmt, without a query for each ticket."""
        xmlids = self.env["ir.model.data"]
        subtype_id = xmlids._xmlid_to_res_id("helpdesk_mgmt.hlp_tck_created")
        return self.env["mail.message.subtype"].browse(subtype_id)

    # Handlers

    def _message_auto_subscribe(self, updated_values, followers_existing_policy="skip"):
        if self._scrm_is_moving():
            return True  # done when the handler is told
        return super()._message_auto_subscribe(
            updated_values, followers_existing_policy
        )

    def _scrm_tell_handler(self, step):
        result = super()._scrm_tell_handler(step)
        self._message_auto_subscribe({"user_id": step.user_id.id})
        return result

    # Time in each stage

    def _compute_duration_tracking(self):
        tickets = self.with_context(scrm_stage_changes=self._scrm_stage_changes())
        return super(HelpdeskTicket, tickets)._compute_duration_tracking()

    def _get_duration_from_tracking(self, trackings):
        changes = self.env.context.get("scrm_stage_changes", {})
        merged = [*trackings, *changes.get(self._origin.id, ())]
        merged.sort(key=lambda change: change["create_date"])
        return super()._get_duration_from_tracking(merged)

    def _scrm_stage_changes(self):
        """The changes of stage by flows, in the form of tracking values.

        :return: {ticket id: [{"create_date", "old_value_integer"}]}
        """
        changes = defaultdict(list)
        if not self.ids:
            return changes
        rows = self.env.execute_query(
            SQL(
                """
                SELECT res_id, at, (detail -> 'stage' -> 'from')::int
                  FROM scrm_flow_log
                 WHERE res_model = %s
                   AND res_id = ANY(%s)
                   AND event = 'stage'
                 ORDER BY id
                """,
                self._name,
                self.ids,
            )
        )
        for ticket_id, at, stage_id in rows:
            changes[ticket_id].append(
                {"create_date": at, "old_value_integer": stage_id}
            )
        return changes


class ScrmFlowLog(models.Model):
    _inherit = "scrm.flow.log"

    event = fields.Selection(
        selection_add=[
            ("stage", "Stage changed"),
            ("parts_back", "Parts given back"),
        ],
        ondelete={"stage": "cascade", "parts_back": "cascade"},
    )

    def _describe(self):
        if parts := (self.detail or {}).get("parts"):
            return ", ".join(
                f"{part['quantity']:g} {part['product']}" for part in parts
            )
        change = (self.detail or {}).get("stage")
        if not change:
            return super()._describe()
        # sudo: names of stages, on a ticket the reader may see
        stages = self.env["helpdesk.ticket.stage"].sudo()
        names = [
            stages.browse(change[side]).exists().name or "?" for side in ("from", "to")
        ]
        return " → ".join(names)
