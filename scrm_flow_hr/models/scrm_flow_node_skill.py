from odoo import api, fields, models


class ScrmFlowNodeSkill(models.Model):
    """A skill that the work at a node needs."""

    _name = "scrm.flow.node.skill"
    _description = "Skill for a Node"
    _order = "node_id, id"

    node_id = fields.Many2one(
        "scrm.flow.node", required=True, index=True, ondelete="cascade"
    )
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

    @api.model_create_multi
    def create(self, vals_list):
        skills = super().create(vals_list)
        skills.node_id.version_id._check_is_draft()
        return skills

    def write(self, vals):
        self.node_id.version_id._check_is_draft()
        result = super().write(vals)
        self.node_id.version_id._check_is_draft()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_frozen(self):
        self.node_id.version_id._check_is_draft()
