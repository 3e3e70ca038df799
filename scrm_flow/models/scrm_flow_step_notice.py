import logging

from odoo import api, fields, models
from odoo.tools import SQL

from .scrm_flow_work import INTERRUPTIONS

_logger = logging.getLogger(__name__)

#: Notices given and committed together.
CHUNK = 10


class ScrmFlowStep(models.Model):
    """Telling a step's handler that it is theirs, after the move.

    Mails and followers cost several times what a move costs, so a move only marks
    its steps, in the same rows; a cron tells the handlers within a minute. Nobody
    is told who handed the step to themselves, nor of a step that ended meanwhile.
    """

    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.flow.step"

    is_notice_due = fields.Boolean(
        readonly=True, help="The handler still has to be told about this step."
    )

    _notice_idx = models.Index("(id) WHERE is_notice_due")

    @api.model_create_multi
    def create(self, vals_list):
        self.browse().check_access("create")  # before what is sent is looked at
        return super().create(
            [
                {
                    **vals,
                    "is_notice_due": vals.get("state", "open") == "open"
                    and self._wants_notice(vals["res_model"], vals.get("user_id")),
                }
                for vals in vals_list
            ]
        )

    def write(self, vals):
        if "user_id" in vals:
            due = any(
                self._wants_notice(step.res_model, vals["user_id"]) for step in self
            )
            vals = {**vals, "is_notice_due": due}
        elif vals.get("state", "open") != "open":
            vals = {**vals, "is_notice_due": False}
        return super().write(vals)

    @api.model
    def _wants_notice(self, res_model, user_id) -> bool:
        return (
            bool(user_id)
            and user_id != self.env.uid
            and self.env[res_model]._scrm_tells_handlers
        )

    @api.model
    def _cron_notify(self):
        """Tell all handlers who still have to be told; commits after each chunk."""

        def work(_total):
            steps = self._claim_notices()
            for step in steps:
                step._notify_handler()
            return len(steps)

        self.env["scrm.flow.work"]._in_chunks(work, CHUNK)

    @api.model
    def _claim_notices(self):
        """Steps whose handlers have to be told, that nobody else is busy with."""
        self.flush_model(["is_notice_due"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT id
                  FROM scrm_flow_step
                 WHERE is_notice_due
                 ORDER BY id
                 LIMIT %s
                   FOR NO KEY UPDATE SKIP LOCKED
                """,
                CHUNK,
            )
        )
        return self.browse(step_id for (step_id,) in rows)

    def _notify_handler(self):
        """Tell the handler, in the name of who handed the step over."""
        self.ensure_one()
        sender = self.write_uid
        self.write({"is_notice_due": False})
        if self.state != "open" or not self._record():
            return
        try:
            with self.env.cr.savepoint():
                # sudo: who moves a record need not be able to write on it
                record = self._record().with_user(sender).sudo()
                record._scrm_tell_handler(self)
        except INTERRUPTIONS:
            raise  # not this step's fault: the whole chunk is repeated
        except Exception as error:
            # the savepoint undid what was done; the log keeps the reason
            _logger.exception("the handler of step %s was not told", self.id)
            reason = f"{self.user_id.name}: {type(error).__name__}: {error}"
            self._note("unnotified", {"reason": reason})


class ScrmFlowLog(models.Model):
    # the events of this file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.flow.log"

    event = fields.Selection(
        selection_add=[("unnotified", "Handler could not be told")],
        ondelete={"unnotified": "cascade"},
    )


class ScrmFlowMixin(models.AbstractModel):
    # what the mixin asks of business models so that handlers are told
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.flow.mixin"

    #: Whether handlers are told of their steps by :meth:`_scrm_tell_handler`.
    _scrm_tells_handlers = False

    def _scrm_tell_handler(self, step):
        """Tell who handles a step that it is theirs; called after the move.

        :param step: an open ``scrm.flow.step`` with a handler
        """
