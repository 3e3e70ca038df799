import json

from odoo import api, fields, models


class ScrmFlowScriptLine(models.AbstractModel):
    """One thing to do, or to look at, while a flow is tried out.

    The same as one JSON action of ``scrm.flow.sandbox.play``, as a row that people
    can fill in. What it refers to are keys, so it outlives versions.
    """

    _name = "scrm.flow.script.line"
    _description = "Line of a Flow Script"
    _order = "sequence, id"

    sequence = fields.Integer(default=10)
    action = fields.Selection(
        [
            ("set", "Set a Value"),
            ("complete", "Complete"),
            ("claim", "Claim"),
            ("accept", "Accept"),
            ("approve", "Approve"),
            ("deny", "Reject"),
            ("reject", "Send Back"),
            ("transfer", "Hand Over"),
            ("add_handler", "Add a Handler"),
            ("recall", "Take Back"),
            ("freeze", "Freeze"),
            ("release", "Release"),
            ("cancel", "Cancel"),
            ("retry", "Retry What Is Stuck"),
            ("wait", "Let Hours Pass"),
            ("wait_next", "Wait for the Next Timer"),
            ("expect_value", "Expect a Value"),
            ("expect_handler", "Expect a Handler"),
            ("expect_message", "Expect a Message"),
        ],
        required=True,
        default="complete",
    )
    node_key = fields.Char(help="Key of the node; empty: the only open step.")
    target_key = fields.Char(help="Key of the node to which work is sent back.")
    transition_key = fields.Char(help="Key of the transition; empty: the only way.")
    user_id = fields.Many2one(
        "res.users",
        string="Who",
        ondelete="cascade",
        help="Who acts, by default the handler; or who gets the work or the message.",
    )
    group_id = fields.Many2one("res.groups", string="Role", ondelete="cascade")
    field_name = fields.Char(
        string="Field",
        help="Technical name; name.property for one of its custom fields.",
    )
    value = fields.Char(
        string="Value or Text",
        help="What the field holds; or the reason; or what the message contains.",
    )
    hours = fields.Float()

    script_version_id = fields.Many2one(
        "scrm.flow.version", compute="_compute_script_version_id"
    )
    node_id = fields.Many2one(
        "scrm.flow.node",
        compute="_compute_places",
        inverse="_inverse_node_id",
        domain="[('version_id', '=', script_version_id)]",
    )
    target_id = fields.Many2one(
        "scrm.flow.node",
        string="Back to",
        compute="_compute_places",
        inverse="_inverse_target_id",
        domain="[('version_id', '=', script_version_id)]",
    )
    transition_id = fields.Many2one(
        "scrm.flow.transition",
        string="Way",
        compute="_compute_places",
        inverse="_inverse_transition_id",
        domain="[('version_id', '=', script_version_id)]",
    )

    def _compute_script_version_id(self):
        """The version whose nodes are offered; concrete models know it."""
        self.script_version_id = False

    @api.depends("node_key", "target_key", "transition_key", "script_version_id")
    def _compute_places(self):
        for line in self:
            version = line.script_version_id
            nodes = {node.key: node for node in version._running_nodes()}
            edges = version.transition_ids | version.inner_transition_ids
            edges = {edge.key: edge for edge in edges}
            line.node_id = nodes.get(line.node_key)
            line.target_id = nodes.get(line.target_key)
            line.transition_id = edges.get(line.transition_key)

    def _inverse_node_id(self):
        for line in self:
            line.node_key = line.node_id.key

    def _inverse_target_id(self):
        for line in self:
            line.target_key = line.target_id.key

    def _inverse_transition_id(self):
        for line in self:
            line.transition_key = line.transition_id.key

    # Lines and JSON ----------------------------------------------------------

    def _as_call(self) -> tuple[dict, list[dict]]:
        """These lines as ``values`` and ``script`` of ``scrm.flow.sandbox.play``.

        Values set before anything else belong to the record from the start.
        """
        values, script = {}, []
        for line in self.sorted(lambda line: (line.sequence, line.id or 0)):
            if line.action == "set" and not script:
                values[line.field_name or ""] = line._plain_value()
            else:
                script.append(line._as_action())
        return values, script

    def _as_action(self) -> dict:
        self.ensure_one()
        verb = self.action
        node, who = self.node_key, self.user_id.id
        text = self.value
        by_verb = {
            "set": {"values": {self.field_name or "": self._plain_value()}},
            "complete": {"node": node, "as": who, "transition": self.transition_key},
            "approve": {"node": node, "as": who, "reason": text},
            "deny": {"node": node, "as": who, "reason": text},
            "reject": {"node": node, "as": who, "to": self.target_key, "reason": text},
            "transfer": {"node": node, "user": who, "reason": text},
            "add_handler": {"node": node, "user": who, "reason": text},
            "freeze": {"as": who, "reason": text},
            "release": {"as": who, "reason": text},
            "cancel": {"as": who, "reason": text},
            "retry": {},
            "wait": {"hours": self.hours},
            "wait_next": {"do": "wait"},
            "expect_value": {
                "do": "expect",
                "values": {self.field_name or "": self._plain_value()},
            },
            "expect_handler": {
                "do": "expect",
                "node": node,
                "as": who,
                "role": self.group_id.scrm_key,
            },
            "expect_message": {"do": "expect", "as": who, "message": text},
        }
        action = by_verb.get(verb, {"node": node, "as": who})
        filled = {key: value for key, value in action.items() if value}
        return {"do": verb, **filled}

    def _plain_value(self):
        """The value as JSON: custom fields have types that only JSON tells."""
        if "." not in (self.field_name or ""):
            return self.value or False
        try:
            return json.loads(self.value or "false")
        except ValueError:
            return self.value

    @api.model
    def _vals_of_call(self, values: dict, script: list[dict]) -> list[dict]:
        """The other way round: values of lines, without sequence and parent."""
        rows = [
            {
                "action": "set",
                "field_name": name,
                "value": self._value_text(name, value),
            }
            for name, value in (values or {}).items()
        ]
        for action in script:
            rows += self._vals_of_action(action)
        return rows

    @api.model
    def _vals_of_action(self, action) -> list[dict]:
        verb = action["do"]
        who = self._person_id(action.get("user") or action.get("as"))
        row = {
            "action": verb,
            "node_key": action.get("node"),
            "target_key": action.get("to"),
            "transition_key": action.get("transition"),
            "user_id": who,
            "value": action.get("reason"),
        }
        if verb == "wait":
            hours = action.get("hours", 0)
            verb = "wait" if hours else "wait_next"
            return [{"action": verb, "hours": hours}]
        if verb in ("set", "expect"):
            verb = "set" if verb == "set" else "expect_value"
            rows = [
                {
                    "action": verb,
                    "field_name": name,
                    "value": self._value_text(name, value),
                }
                for name, value in (action.get("values") or {}).items()
            ]
            if action.get("node"):
                role = self._role_id(action.get("role"))
                place = {"node_key": action["node"], "user_id": who, "group_id": role}
                rows.append({"action": "expect_handler", **place})
            if action.get("message"):
                text = action["message"]
                rows.append({"action": "expect_message", "user_id": who, "value": text})
            return rows
        return [row]

    @api.model
    def _person_id(self, who):
        if not isinstance(who, str):
            return who or False
        # sudo: a login becomes an id; the user is shown as others show it
        return self.env["res.users"].sudo().search([("login", "=", who)], limit=1).id

    @api.model
    def _role_id(self, role):
        if not isinstance(role, str):
            return role or False
        # sudo: roles are named by flows, whoever may see groups
        groups = self.env["res.groups"].sudo()
        return groups.search([("scrm_key", "=", role)], limit=1).id

    @api.model
    def _value_text(self, name, value):
        """A value as people write it in a line."""
        if "." in name:
            return json.dumps(value, ensure_ascii=False)
        return False if value in (None, False) else str(value)
