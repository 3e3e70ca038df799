from odoo import api, models
from odoo.exceptions import ValidationError


class ScrmFlowSkill(models.AbstractModel):
    """Which skills a piece of work needs, and how well people have them."""

    _name = "scrm.flow.skill"
    _description = "Skills for Work"

    @api.model
    def _wanted(self, case) -> dict:
        """The skills that the work needs: {``hr.skill``: level, from 0 to 100}.

        :param case: see ``scrm.flow.handler._people``; what a table found is noted
            in its ``because``
        """
        # sudo: what the flow asks for, whoever moves the record
        skills = self.env["hr.skill"].sudo()
        wanted = {
            skills.browse(skill_id): level
            for skill_id, level in case.node.data.get("skills") or ()
        }
        by_table = case.node.data.get("skill_table")
        if by_table:
            table_id, level = by_table
            for skill in self._by_table(case, table_id):
                wanted[skill] = max(level, wanted.get(skill, 0))
        return wanted

    @api.model
    def _by_table(self, case, table_id):
        skills = self.env["hr.skill"].sudo()  # as above
        # sudo: the flow asks its table, whoever moves the record
        table = self.env["scrm.decision.table"].sudo().browse(table_id).exists()
        if not table:
            return skills
        try:
            answers = table.decide_all(case.record)
        except ValidationError as error:
            # a dimension is gone since publishing: the reason is kept
            case.because["problem"] = str(error)
            return skills
        for answer in answers:
            if answer.rule.result_model == "hr.skill":
                skills |= answer.rule._result() or skills
        if skills:
            case.because["line"] = "”, “".join(answer.rule.name for answer in answers)
        return skills

    @api.model
    def _levels(self, user_ids, skills) -> dict[int, dict[int, int]]:
        """How well people have skills today: {user id: {skill id: level}}.

        One query, whatever the number of people; of several levels of a skill, as of
        certificates, the best one counts.
        """
        if not skills or not user_ids:
            return {}
        today = self.env["scrm.clock"].today("UTC")
        # sudo: what colleagues can do decides over the step, whoever moves it
        rows = (
            self.env["hr.employee.skill"]
            .sudo()
            ._read_group(
                [
                    ("employee_id.user_id", "in", list(user_ids)),
                    ("employee_id.active", "=", True),
                    ("skill_id", "in", [skill.id for skill in skills]),
                    "|",
                    ("valid_from", "=", False),
                    ("valid_from", "<=", today),
                    "|",
                    ("valid_to", "=", False),
                    ("valid_to", ">=", today),
                ],
                ["employee_id", "skill_id", "skill_level_id"],
            )
        )
        levels = {}
        for employee, skill, level in rows:
            known = levels.setdefault(employee.user_id.id, {})
            progress = level.level_progress
            known[skill.id] = max(progress, known.get(skill.id, progress))
        return levels

    @api.model
    def _missing(self, known, wanted) -> list[str]:
        """Names of the skills that somebody lacks.

        :param known: {skill id: level} of that person
        :param wanted: as :meth:`_wanted` returns it
        """
        return [
            skill.name
            for skill, level in wanted.items()
            if known.get(skill.id) is None or known[skill.id] < level
        ]
