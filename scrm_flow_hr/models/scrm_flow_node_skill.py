from odoo import fields, models


class ScrmFlowNodeSkill(models.Model):
    """A skill that the work at a node needs."""

    _name = "scrm.flow.node.skill"
    _inherit = "scrm.flow.node.part.mixin"
    _description = "Skill for a Node"
    _order = "node_id, id"

    skill_id = fields.Many2one("hr.skill", required=True, ondelete="restrict")
    level = fields.Integer(
        string="At Least (%)", help="Level of the skill, from 0 to 100; 0: any level."
    )

    _skill_unique = models.UniqueIndex(
        "(node_id, skill_id)", "A node names each skill once."
    )
    _level_range = models.Constraint(
        "CHECK (level BETWEEN 0 AND 100)", "The level of a skill is from 0 to 100."
    )
