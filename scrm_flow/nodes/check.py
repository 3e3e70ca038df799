from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools.translate import LazyTranslate

from ..engine import limits

_lt = LazyTranslate(__name__)


class ScrmFlowNodeTypeCheck(models.AbstractModel):
    """Work for a person that is completed only when the record keeps its limits.

    A check that blocks says what is missing. A check that freezes lets nothing
    happen to the record any more until somebody allowed releases it, with a reason;
    that releases these values, not other ones.
    """

    _name = "scrm.flow.node.type.check"
    _inherit = "scrm.flow.node.type.user_task"
    _description = "Node Type Check"

    _label = _lt("Check")
    _kind_rank = 24

    @api.model
    def _compile(self, node):
        users = node.alert_user_ids.with_context(active_test=False)
        return {
            **super()._compile(node),
            "checks": [check._compile() for check in node.check_ids],
            "alert": {"user_ids": users.ids, "group_id": node.alert_group_id.id},
        }

    @api.model
    def _check(self, node):
        problems = super()._check(node)
        if not node.check_ids:
            problems.append(self.env._("it checks nothing"))
        for check in node.check_ids:
            problems += [f"{check.message}: {words}" for words in check._problems()]
        freezing = "freeze" in node.check_ids.mapped("severity")
        if freezing and not (node.alert_user_ids or node.alert_group_id):
            problems.append(self.env._("nobody is told when it freezes a record"))
        return problems

    # While it runs -----------------------------------------------------------

    @api.model
    def _lets_pass(self, record, node):
        return not self._failing(record, node)

    @api.model
    def _completing(self, record, step, node, by_time=False):
        failing = self._failing(record, node, step)
        if any(self._freezes(record, check) for check in failing):
            self._freeze(record, step, failing)
            return False
        if failing:
            raise UserError(
                self.env._(
                    "“%(node)s” cannot be completed:\n%(checks)s",
                    node=record._scrm_node_name(step),
                    checks="\n".join(
                        f"- {line}" for line in self._lines(record, failing)
                    ),
                )
            )
        return True

    @api.model
    def _failing(self, record, node, step=None) -> list[dict]:
        """The compiled checks that do not hold and were not released.

        :param record: the business record, with the engine's rights
        """
        released = (step.released_checks if step else None) or {}
        return [
            check
            for check in node.data["checks"]
            if not self._holds(record, check)
            and released.get(check["key"]) != self._values(record, check)
        ]

    @api.model
    def _holds(self, record, check):
        if check["domain"] is not None:
            return bool(record.filtered_domain(check["domain"]))
        value = self._value(record, check["paths"][0])
        return self._is_number(value) and limits.within(
            value, check["lower"], check["upper"]
        )

    @api.model
    def _freezes(self, record, check):
        """Whether a failing check freezes: what was not filled in is only missing."""
        if check["severity"] != "freeze":
            return False
        if check["domain"] is not None:
            return True
        return self._is_number(self._value(record, check["paths"][0]))

    @api.model
    def _is_number(self, value):
        return isinstance(value, int | float) and not isinstance(value, bool)

    @api.model
    def _value(self, record, path):
        """A value of the record; None for a custom field that is not filled in."""
        name, _dot, rest = path.partition(".")
        field = record._fields.get(name)
        if field is None:
            return None
        if field.type == "properties":
            (values,) = record.read([name])
            for one in values[name] or ():
                if one["name"] == rest:
                    return one.get("value")
            return None
        value = record[name]
        if rest:
            return self._value(value, rest) if value else None
        return value.ids if isinstance(value, models.BaseModel) else value

    @api.model
    def _values(self, record, check) -> str:
        """What a check looks at, to know again what was released."""
        return repr([self._value(record, path) for path in check["paths"]])

    @api.model
    def _lines(self, record, failing) -> list[str]:
        """The messages of failing checks, with the numbers, in the user's language."""
        checks = self.env["scrm.flow.node.check"]
        lines = []
        for check in failing:
            # sudo: the message is meant for whoever handles the record
            message = checks.sudo().browse(check["id"]).message
            if check["domain"] is not None:
                lines.append(message)
                continue
            value = self._value(record, check["paths"][0])
            shown = value if self._is_number(value) else self.env._("not filled in")
            bounds = f"{check['lower'] or '…'} – {check['upper'] or '…'}"
            lines.append(
                self.env._(
                    "%(message)s (%(value)s; allowed: %(bounds)s)",
                    message=message,
                    value=shown,
                    bounds=bounds,
                )
            )
        return lines

    @api.model
    def _freeze(self, record, step, failing):
        """Let nothing happen to the record any more, and tell people at once."""
        reason = "; ".join(self._lines(record, failing))
        self.env["scrm.flow.engine"]._freeze(
            step.run_id, step.node_key, reason, step=step
        )
        step._tell(self._alerted(step), activity=True, words="_frozen_text")

    @api.model
    def _alerted(self, step):
        data = step._compiled_node().data["alert"]
        # sudo: the people whom the node names are told, whoever moves the record
        people = self.env["res.users"].sudo().browse(data["user_ids"]).exists()
        role = self.env["res.groups"].sudo().browse(data["group_id"] or ())
        return (people | role.all_user_ids).filtered("active")
