from odoo import fields, models


class ScrmFlowNode(models.Model):
    _inherit = "scrm.flow.node"

    handler_department_id = fields.Many2one(
        "hr.department",
        string="Department",
        ondelete="restrict",
        help="Its members, or its head, get the steps.",
    )
    skill_ids = fields.One2many(
        "scrm.flow.node.skill", "node_id", string="Skills", copy=True
    )
    skill_table_id = fields.Many2one(
        "scrm.decision.table",
        string="Skill by Table",
        ondelete="restrict",
        help="One more skill that the record needs, by its region, product line, "
        "channel or whatever the rules ask for.",
    )
    skill_table_level = fields.Integer(
        string="Its Level at Least (%)", help="From 0 to 100; 0: any level."
    )

    _skill_table_level_range = models.Constraint(
        "CHECK (skill_table_level BETWEEN 0 AND 100)",
        "The level of a skill is from 0 to 100.",
    )

    def _compile(self):
        return {
            **super()._compile(),
            "skills": [[skill.skill_id.id, skill.level] for skill in self.skill_ids],
            "skill_table": [self.skill_table_id.id, self.skill_table_level]
            if self.skill_table_id
            else None,
        }

    def _skill_problem(self) -> str | None:
        """Why the skills of the work cannot be told."""
        self.ensure_one()
        if not self.skill_ids and not self.skill_table_id:
            return self.env._("no skill is named")
        if self.skill_table_id and self.skill_table_id.model != self.model:
            return self.env._(
                "the decision table “%s” asks other records", self.skill_table_id.name
            )
        return None
