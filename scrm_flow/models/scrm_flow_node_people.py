from odoo import api, fields, models
from odoo.exceptions import ValidationError


class Part:
    """The settings of one rule of a node: of its dispatchers, or of its fallback.

    Rules read the fields ``handler_...`` of the node they are given. Through this a
    rule reads ``dispatcher_user_ids`` for ``handler_user_ids``, and so on, and the
    node's own where there is no field of its own: the head of the department whose
    members the node names.
    """

    def __init__(self, node, prefix):
        self._node = node
        self._prefix = prefix

    def __getattr__(self, name):
        head, _separator, rest = name.partition("_")
        own = f"{self._prefix}_{rest}"
        if head == "handler" and own in self._node._fields:
            return self._node[own]
        return getattr(self._node, name)


class ScrmFlowNode(models.Model):
    """Who comes into question at a node, who of them gets the work, and when."""

    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.flow.node"

    handler_field = fields.Char(
        string="Field",
        help="Technical path on the record to its handlers: user_id, "
        "partner_id.user_id, team_id.member_ids",
    )
    handler_node_key = fields.Char(
        string="Earlier Node", help="Key of the node whose handler gets this one too."
    )
    handler_table_id = fields.Many2one(
        "scrm.decision.table",
        string="Decision Table",
        ondelete="restrict",
        help="Its rules lead to users or roles.",
    )
    handler_choice = fields.Selection(
        selection=lambda self: self.env["scrm.flow.choice"]._selection(),
        string="Who of Them",
        compute="_compute_handler_choice",
        store=True,
        readonly=False,
        help="All share it: anybody completes it or claims it. In turn: whose last "
        "turn is the longest ago. Least open steps: of all flows. Dispatcher "
        "decides: it waits until a dispatcher hands it to one of them.",
    )
    handler_availability = fields.Selection(
        selection=lambda self: self.env["scrm.flow.availability"]._selection(),
        string="Who Is Available",
        required=True,
        default="ignore",
        help="By the working hours and leaves of people's resources or employees, "
        "public holidays included. People without working hours are always there.",
    )
    load_limit = fields.Integer(
        string="At Most Each",
        help="Open steps of this node that one person has in hand; 0: any number. "
        "The limit of the user, over all flows, counts as well.",
    )
    dispatcher_rule = fields.Selection(
        selection=lambda self: self._part_rules(), string="Handed Out by"
    )
    dispatcher_user_ids = fields.Many2many(
        "res.users",
        "scrm_flow_node_dispatcher_rel",
        "node_id",
        "user_id",
        string="Dispatchers",
    )
    dispatcher_group_id = fields.Many2one(
        "res.groups", string="Dispatchers' Role", ondelete="restrict"
    )
    dispatcher_field = fields.Char(string="Dispatchers' Field")
    fallback_rule = fields.Selection(
        selection=lambda self: self._part_rules(),
        string="When Nobody Can",
        help="Who shares the step when nobody of the people above is available. After "
        "them comes the fallback of the flow; then the record is stuck.",
    )
    fallback_user_ids = fields.Many2many(
        "res.users",
        "scrm_flow_node_fallback_rel",
        "node_id",
        "user_id",
        string="Fallback People",
    )
    fallback_group_id = fields.Many2one(
        "res.groups", string="Fallback Role", ondelete="restrict"
    )
    fallback_field = fields.Char()

    _load_limit_positive = models.Constraint(
        "CHECK (load_limit >= 0)", "The number of open steps cannot be negative."
    )

    @api.depends("handler_rule")
    def _compute_handler_choice(self):
        for node in self:
            # while an upgrade loads addons one by one, the rule's may still be to come
            name = f"scrm.flow.handler.{node.handler_rule}"
            known = name in self.env.registry
            node.handler_choice = known and self.env[name]._default_choice

    @api.constrains("dispatcher_rule", "fallback_rule")
    def _check_part_rules(self):
        rules = dict(self._part_rules())
        for node in self:
            for rule in filter(None, (node.dispatcher_rule, node.fallback_rule)):
                if rule not in rules:
                    raise ValidationError(
                        self.env._(
                            "“%(node)s”: the rule “%(rule)s” cannot be used there.",
                            node=node.name,
                            rule=rule,
                        )
                    )

    @api.model
    def _part_rules(self) -> list[tuple[str, str]]:
        """Rules that can name dispatchers and the people of a fallback."""
        return [
            (rule._kind_key(), self.env._(rule._label))
            for rule in self.env["scrm.flow.handler"]._kinds()
            if rule._is_part
        ]

    def _people_problems(self) -> list[str]:
        """What must be repaired about handlers before publishing, as sentences."""
        self.ensure_one()
        if not self.handler_rule:
            return [self.env._("nobody is named to handle it")]
        rules = self.env["scrm.flow.handler"]
        rule = rules._kind(self.handler_rule)
        choice = self.env["scrm.flow.choice"]._kind(
            self.handler_choice or rule._default_choice
        )
        problems = rule._check(self)
        if rule._chooses:
            problems += choice._check(self)
        if self.dispatcher_rule:
            for problem in rules._kind(self.dispatcher_rule)._check(
                Part(self, "dispatcher")
            ):
                problems.append(self.env._("who hands out: %s", problem))
        if self.fallback_rule:
            for problem in rules._kind(self.fallback_rule)._check(
                Part(self, "fallback")
            ):
                problems.append(self.env._("when nobody can: %s", problem))
        return problems

    def _compile_people(self) -> dict:
        """All that assigning needs to know, as plain values; {} without a rule."""
        self.ensure_one()
        if not self.handler_rule:
            return {}
        rules = self.env["scrm.flow.handler"]
        rule = rules._kind(self.handler_rule)
        choice = self.handler_choice or rule._default_choice
        # somebody inactive today is left out with a reason, and may come back
        node = self.with_context(active_test=False)
        values = {
            "handler_rule": self.handler_rule,
            "handler": rule._compile(node),
            "choice": choice,
            "choice_data": self.env["scrm.flow.choice"]._kind(choice)._compile(node),
            "availability": self.handler_availability,
            "load_limit": self.load_limit,
        }
        for prefix in ("dispatcher", "fallback"):
            key = self[f"{prefix}_rule"]
            if key:
                data = rules._kind(key)._compile(Part(node, prefix))
                values[prefix] = {"rule": key, "data": data}
        return values
