from odoo import api, models
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)

#: The reason code is this, followed by the names of the skills.
LACKS = "skill:"


class ScrmFlowHandlerSkill(models.AbstractModel):
    """Who has the skills that the work needs, each at the level it needs.

    Of the members of the role, where one is chosen; else of all who have any of the
    skills. Who has not all of them is left out, with the names of those missing.
    """

    _name = "scrm.flow.handler.skill"
    _inherit = "scrm.flow.handler"
    _description = "Handler Rule Skill"

    _label = _lt("Skill")
    _kind_rank = 50
    _default_choice = "skill"

    @api.model
    def _compile(self, node):
        return {"group_id": node.handler_group_id.id}

    @api.model
    def _check(self, node):
        problem = node._skill_problem()
        return [problem] if problem else []

    @api.model
    def _is_post(self, node, user):
        return node.handler_group_id in user.all_group_ids

    @api.model
    def _people(self, case, data):
        skills = self.env["scrm.flow.skill"]
        wanted = skills._wanted(case)
        case.because["skills"] = [
            f"{skill.name} {level} %" if level else skill.name
            for skill, level in wanted.items()
        ]
        if not wanted:
            return self.env["res.users"]
        if data["group_id"]:
            # sudo: a role of the flow, whoever moves the record
            group = self.env["res.groups"].sudo().browse(data["group_id"])
            people = case.members(group)
        else:
            people = self._skilled(wanted)
        levels = skills._levels(people.ids, wanted)
        for user_id in people.ids:
            missing = skills._missing(levels.get(user_id, {}), wanted)
            if missing:
                case.left_out[user_id] = LACKS + ", ".join(missing)
        return people

    @api.model
    def _skilled(self, wanted):
        """Everybody who has any of the skills, in a fixed order."""
        # sudo: what colleagues can do decides over the step, whoever moves it
        having = self.env["hr.employee.skill"].sudo()
        found = having.search(
            [
                ("skill_id", "in", [skill.id for skill in wanted]),
                ("employee_id.active", "=", True),
                ("employee_id.user_id", "!=", False),
            ]
        )
        return found.employee_id.user_id.sorted("id")

    @api.model
    def _words(self, because):
        if "problem" in because:
            return because["problem"]
        if not because["skills"]:
            return self.env._("no skill is named for this record")
        return self.env._("skills needed: %s", ", ".join(because["skills"]))


class ScrmFlowAssignment(models.AbstractModel):
    _inherit = "scrm.flow.assignment"

    @api.model
    def _left_out(self, code):
        if code.startswith(LACKS):
            return self.env._("lacks the skill %s", code.removeprefix(LACKS))
        return super()._left_out(code)
