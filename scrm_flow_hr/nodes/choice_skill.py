from odoo import api, models
from odoo.tools.translate import LazyTranslate

from odoo.addons.scrm_flow.engine import assignment

_lt = LazyTranslate(__name__)


def by_skill(person):
    """Whose levels of the skills add up to the most."""
    return -sum(person.figures.values())


class ScrmFlowChoiceSkill(models.AbstractModel):
    """Who has the skills of the node best; among equals it goes in turn.

    Works with every rule: of the members of a role, say, the one who knows best.
    """

    _name = "scrm.flow.choice.skill"
    _inherit = "scrm.flow.choice"
    _description = "Choice by Skill"

    _label = _lt("Best skilled")
    _kind_rank = 60
    _counts_turns = True

    @api.model
    def _check(self, node):
        problem = node._skill_problem()
        return [problem] if problem else []

    @api.model
    def _figures(self, case, users):
        skills = self.env["scrm.flow.skill"]
        wanted = skills._wanted(case)
        levels = skills._levels(users.ids, wanted)
        return {
            user_id: {
                skill.name: levels.get(user_id, {}).get(skill.id, 0) for skill in wanted
            }
            for user_id in users.ids
        }

    @api.model
    def _choose(self, people, case):
        return assignment.best(people, by_skill, assignment.by_turn)

    @api.model
    def _words(self, trace):
        if not trace["chosen"].get("figures"):
            return self.env._("whose turn it is, as no skill is named")
        return self.env._("who is skilled best")
