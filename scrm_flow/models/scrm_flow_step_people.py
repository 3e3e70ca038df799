from odoo import api, fields, models
from odoo.tools import SQL

#: First keys of the advisory locks that hold turns and numbers of open steps.
TURN_LOCK = "scrm_flow.turn"
LOAD_LOCK = "scrm_flow.load"
#: Where a transaction remembers that it has opened steps.
OPENED = "scrm_flow.opened"


class ScrmFlowStep(models.Model):
    """What steps tell about people: whose turn it is, and who has how much in hand.

    What is counted is held until the transaction ends: whoever else wants to count
    the same waits that long. Then it has to be read through a connection of its own,
    because PostgreSQL shows a transaction only what was there at its beginning. So
    no two transactions give the same turn or the same last free place away, and none
    of them has to be repeated.
    """

    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.flow.step"

    is_dispatch = fields.Boolean(
        string="To Be Handed Out",
        readonly=True,
        help="Its handler is a dispatcher, who gives it to one of the people.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        self.env.cr.precommit.data[OPENED] = True
        return super().create(vals_list)

    @api.model
    def _last_turns(self, place, user_ids) -> dict[int, int]:
        """When each user last got a node: the higher the number, the later.

        One index probe per user, whatever the length of the history.

        :param place: (id of the flow, key of the node)
        """
        if not user_ids:
            return {}
        self.flush_model(["flow_id", "node_key", "user_id"])
        flow_id, node_key = place
        query = SQL(
            """
            SELECT person.id, turn.id
              FROM unnest(%s) AS person(id)
             CROSS JOIN LATERAL (
                   SELECT step.id
                     FROM scrm_flow_step step
                    WHERE step.flow_id = %s
                      AND step.node_key = %s
                      AND step.user_id = person.id
                    ORDER BY step.id DESC
                    LIMIT 1
                   ) turn
            """,
            list(user_ids),
            flow_id,
            node_key,
        )
        # the lock and what this transaction sees, in one query
        rows = self.env.execute_query(
            SQL(
                """
                SELECT others.none, own.*
                  FROM (%s) AS held(count)
                 CROSS JOIN LATERAL (%s) AS others(none)
                  LEFT JOIN LATERAL (%s) AS own(user_id, turn) ON true
                """,
                self._hold_query(TURN_LOCK, [f"{flow_id}/{node_key}"]),
                self._alone_query(),
                query,
            )
        )
        turns = {user_id: turn for _none, user_id, turn in rows if user_id}
        if not rows[0][0]:
            for user_id, turn in self._read_committed(query):
                turns[user_id] = max(turn, turns.get(user_id, 0))
        return turns

    @api.model
    def _alone_query(self) -> SQL:
        """Whether surely no other transaction has opened a step that we do not see.

        Nobody was writing when our view of the data began, and the last number that
        the sequence has given out since, to whomever, is that of a step we see. The
        sequence is asked when the lock is held, therefore the mention of ``held``.
        """
        if self._in_sandbox() or self.env.cr.precommit.data.get(OPENED):
            return SQL("SELECT false")
        return SQL(
            """
            SELECT NOT EXISTS (SELECT pg_snapshot_xip(pg_current_snapshot()))
                   AND given.last_value = (SELECT max(id) FROM scrm_flow_step)
              FROM scrm_flow_step_id_seq AS given
             WHERE held.count > 0
            """
        )

    @api.model
    def _loads(self, user_ids) -> dict[int, dict[int, tuple[int, str]]]:
        """The open steps that each user has in hand, all flows together.

        A step that several share counts for nobody until one claims it.

        :return: {user id: {step id: (flow id, node key)}}
        """
        self.flush_model(["user_id", "state", "is_dispatch", "accepted_by_id"])
        self.env.execute_query(self._hold_query(LOAD_LOCK, user_ids))
        query = SQL(
            """
            SELECT step.id, step.user_id, step.flow_id, step.node_key
              FROM scrm_flow_step step
             WHERE step.user_id = ANY(%s)
               AND step.state = 'open'
               AND step.is_dispatch IS NOT TRUE
               AND (step.accepted_by_id = step.user_id
                    OR NOT EXISTS (
                       SELECT FROM scrm_flow_step_candidate_rel shared
                        WHERE shared.step_id = step.id
                       ))
            """,
            list(user_ids),
        )
        held = {user_id: {} for user_id in user_ids}
        own = self.env.execute_query(query)
        newer = set(self._read_committed(query)) - set(own)
        if newer:
            # steps this transaction sees, but in other hands: it moved them itself
            seen = self.env.execute_query(
                SQL(
                    "SELECT id FROM scrm_flow_step WHERE id = ANY(%s)",
                    [row[0] for row in newer],
                )
            )
            newer = {row for row in newer if (row[0],) not in seen}
        for step_id, user_id, flow_id, node_key in [*own, *newer]:
            held[user_id][step_id] = (flow_id, node_key)
        return held

    @api.model
    def _hold_query(self, lock, keys) -> SQL:
        """Let nobody else count these until the transaction ends.

        In the order of the keys, so that two transactions do not wait for each other.
        A sandbox gives nothing away: nobody has to wait for it.
        """
        if self._in_sandbox():
            keys = ()
        return SQL(
            """
            SELECT count(pg_advisory_xact_lock(hashtext(%s), key.hash))
              FROM (SELECT DISTINCT hashtext(unnest(%s::text[])) AS hash ORDER BY 1) key
            """,
            lock,
            [str(key) for key in keys],
        )

    @api.model
    def _read_committed(self, query) -> list[tuple]:
        """The answer to a query as of now, not of the beginning of the transaction."""
        if self._in_sandbox():
            return []
        with self.env.registry.cursor() as cr:
            cr.execute(query)
            return cr.fetchall()

    @api.model
    def _in_sandbox(self) -> bool:
        return bool(getattr(self.env.cr, "sandbox", None))
