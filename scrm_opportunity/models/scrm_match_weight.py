from odoo import api, fields, models, tools
from odoo.exceptions import AccessError

from ..matching import learning
from ..matching.signals import SIGNALS

#: Answers that are learned from, the newest first.
ANSWER_LIMIT = 5_000


class ScrmMatchWeight(models.Model):
    """What each signal counts, as people's answers have taught it.

    Every accepted and rejected match is an answer. Signals that spoke for accepted
    ones gain, those that spoke for rejected ones lose; few answers move little.
    """

    _name = "scrm.match.weight"
    _description = "Weight of a Matching Signal"
    _order = "start desc, key"
    _rec_name = "key"

    key = fields.Char(required=True, readonly=True)
    label = fields.Char(compute="_compute_label", string="Signal")
    layer = fields.Selection(
        [
            ("profile", "Profile"),
            ("interaction", "Interaction"),
            ("stage", "Stage"),
        ],
        required=True,
        readonly=True,
    )
    start = fields.Float(
        string="Given", required=True, readonly=True, help="Points it started with."
    )
    points = fields.Float(
        string="Learned", required=True, readonly=True, help="Points it counts now."
    )
    moved = fields.Float(
        compute="_compute_moved", help="How far the answers have moved it, in points."
    )
    accepted_count = fields.Integer(
        string="Accepted", readonly=True, help="Accepted matches for which it spoke."
    )
    rejected_count = fields.Integer(
        string="Rejected", readonly=True, help="Rejected matches for which it spoke."
    )
    learned_at = fields.Datetime(readonly=True)

    _key_unique = models.UniqueIndex("(key)", "Each signal has one weight.")

    @api.depends("key")
    @api.depends_context("lang")
    def _compute_label(self):
        labels = self.env["scrm.match"]._signal_labels()
        for weight in self:
            weight.label = labels.get(weight.key, weight.key)

    @api.depends("points", "start")
    def _compute_moved(self):
        for weight in self:
            weight.moved = weight.points - weight.start

    @api.model
    @tools.ormcache()
    def _weights(self) -> dict[str, float]:
        """Signal key -> points, of all signals that have learned."""
        # sudo: figures of the rule everybody is matched by
        return {weight.key: weight.points for weight in self.sudo().search([])}

    @api.model
    def _answers(self):
        """What people said lately: list of (points at that time, Answer)."""
        # sudo: all answers count, whoever gave them; only sums are shown
        matches = (
            self.env["scrm.match"]
            .sudo()
            .search(
                [
                    ("decided_by_id", "!=", False),
                    ("state", "in", ("linked", "rejected")),
                    ("signals", "!=", False),
                ],
                order="decided_at desc, id desc",
                limit=ANSWER_LIMIT,
            )
        )
        return [
            (
                match.score,
                learning.Answer(
                    {
                        hit["key"]: (hit.get("facts") or {}).get("strength", 1.0)
                        for hit in match.signals
                    },
                    match.state == "linked",
                ),
            )
            for match in matches
        ]

    @api.model
    @api.private
    def learn(self):
        """Bring all weights in line with the answers given so far.

        :return: number of answers that were learned from
        """
        answers = [answer for _points, answer in self._answers()]
        start = {key: float(known.weight) for key, known in SIGNALS.items()}
        learned = learning.learn(start, answers)
        known = {weight.key: weight for weight in self.search([])}
        now = self.env["scrm.clock"].now()
        for key, points in learned.items():
            spoke = [answer.accepted for answer in answers if key in answer.strengths]
            vals = {
                "layer": SIGNALS[key].layer,
                "start": start[key],
                "points": points,
                "accepted_count": sum(spoke),
                "rejected_count": len(spoke) - sum(spoke),
                "learned_at": now,
            }
            if key in known:
                known.pop(key).write(vals)
            else:
                self.create({"key": key, **vals})
        for gone in known.values():  # of an addon that is no longer there
            gone.unlink()
        self.env.registry.clear_cache()
        return len(answers)

    @api.model
    def _cron_learn(self):
        self.learn()

    def action_learn(self):
        """Learn from the answers now, and say how good the links are.

        :raise AccessError: the user does not manage matches
        """
        if not self.env.user.has_group("scrm_opportunity.group_manager"):
            raise AccessError(self.env._("Only a manager of matches may do this."))
        # sudo: a manager; weights are written by learning only
        count = self.sudo().learn()
        found = learning.quality(
            (points, answer.accepted) for points, answer in self._answers()
        )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self._learned_words(count, found),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    @api.model
    def _learned_words(self, count, found):
        """What learning has brought, for whoever asked for it.

        :param count: answers learned from
        :param found: `learning.Quality`
        """
        if not count:
            return self.env._("There are no answers to learn from yet.")
        lines = [self.env._("Answers learned from: %(count)s.", count=count)]
        if found.precision is not None:
            lines.append(
                self.env._(
                    "Right among the automatic links answered: %(share)s.",
                    share=f"{found.precision:.0%}",
                )
            )
        if found.recall is not None:
            lines.append(
                self.env._(
                    "Linked by themselves among the right ones: %(share)s.",
                    share=f"{found.recall:.0%}",
                )
            )
        return " ".join(lines)
