import logging

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from .scrm_flow_work import INTERRUPTIONS
from .scrm_key_mixin import PATH_PATTERN

_logger = logging.getLogger(__name__)


class ScrmFlowTestCase(models.Model):
    """An example that every version of a flow has to handle as expected.

    A made-up record is run through the version in a sandbox; publishing refuses a
    draft on which one of the flow's tests fails.
    """

    _name = "scrm.flow.test.case"
    _inherit = "scrm.key.mixin"
    _description = "Flow Test"
    _order = "flow_id, sequence, id"

    flow_id = fields.Many2one(
        "scrm.flow", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer(default=10)
    key = fields.Char(
        required=True,
        copy=False,
        help="Stable name by which packs refer to this test.",
    )
    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(
        default=True, help="An inactive test is kept, but not asked when publishing."
    )
    start_at = fields.Datetime(
        string="Starts at",
        help="The time the flow believes in; empty: when the test is run.",
    )
    line_ids = fields.One2many(
        "scrm.flow.test.line", "case_id", string="Script", copy=True
    )
    expected_path = fields.Text(
        help="Keys of all nodes in the order in which they are reached, gateways and "
        "services too; empty: not compared.",
    )
    expected_state = fields.Selection(
        [("running", "Running"), ("done", "Done"), ("incident", "Stuck")],
        help="How it stands after the script; empty: not compared.",
    )
    expected_end = fields.Char(help="Key of the end node; empty: not compared.")
    last_result = fields.Selection(
        [("passed", "Passed"), ("failed", "Failed")], readonly=True, copy=False
    )
    last_run_at = fields.Datetime(string="Last Run", readonly=True, copy=False)
    last_version_id = fields.Many2one(
        "scrm.flow.version", string="On", readonly=True, copy=False, ondelete="set null"
    )
    last_message = fields.Text(string="Expected and Seen", readonly=True, copy=False)

    _key_unique = models.UniqueIndex(
        "(flow_id, key)", "The key of a test is unique in its flow."
    )

    def copy_data(self, default=None):
        values_list = super().copy_data(default)
        for case, values in zip(self, values_list, strict=True):
            if "name" not in (default or {}):
                values["name"] = self.env._("%s (copy)", case.name)
        return values_list

    def action_run(self):
        """Run these tests on the newest draft, else on the published version.

        :raise AccessError: the caller is no flow manager
        """
        if not self.env.user.has_group("scrm_flow.group_manager"):
            raise AccessError(self.env._("Only a flow manager may try a flow out."))
        for case in self:
            version = case.flow_id._version_to_try()
            if not version:
                raise UserError(
                    self.env._("The flow “%s” has no version.", case.flow_id.name)
                )
            case._note_result(version, case._failures(version))
        return True

    def _note_result(self, version, failures):
        self.ensure_one()
        self.write(
            {
                "last_result": "failed" if failures else "passed",
                "last_run_at": self.env["scrm.clock"].now(),
                "last_version_id": version.id,
                "last_message": "\n".join(failures) or False,
            }
        )

    def _failures(self, version) -> list[str]:
        """Where a version does something else than expected, as sentences.

        A test that cannot be run at all fails with the reason. Nothing changes.
        """
        self.ensure_one()
        values, script = self.line_ids._as_call()
        try:
            course = self.env["scrm.flow.sandbox"]._play(
                version, script, values=values, at=self.start_at
            )
        except INTERRUPTIONS:
            raise  # somebody else is at work: the whole request is repeated
        except (UserError, AccessError) as error:
            return [self.env._("it cannot be run: %s", error)]
        except Exception as error:
            _logger.exception("flow test %s cannot be run", self.key)
            reason = f"{type(error).__name__}: {error}"
            return [self.env._("it cannot be run: %s", reason)]
        return [
            *self._script_failures(course, len(values)),
            *self._outcome_failures(course),
        ]

    def _script_failures(self, course, offset):
        labels = dict(self.line_ids._fields["action"]._description_selection(self.env))
        lines = self.line_ids.sorted(lambda line: (line.sequence, line.id))[offset:]
        failures = []
        for number, (line, outcome) in enumerate(
            zip(lines, course["outcomes"], strict=True), start=offset + 1
        ):
            if not outcome["ok"]:
                failures.append(
                    self.env._(
                        "line %(number)s, %(action)s: %(problem)s",
                        number=number,
                        action=" ".join(
                            filter(None, (labels[line.action], line.node_key))
                        ),
                        problem=outcome["message"],
                    )
                )
        return failures

    def _outcome_failures(self, course):
        _ = self.env._
        failures = []

        def compare(what, expected, seen):
            if expected and expected != seen:
                failures.append(
                    _(
                        "%(what)s: expected “%(wanted)s”, saw “%(seen)s”.",
                        what=what,
                        wanted=expected,
                        seen=seen or "",
                    )
                )

        path = " → ".join(self._path_keys())
        seen = " → ".join(node["key"] for node in course["path"])
        compare(_("path"), path, seen)
        states = dict(self._fields["expected_state"]._description_selection(self.env))
        compare(
            _("state"),
            states.get(self.expected_state),
            states.get(course["state"], course["state"]),
        )
        compare(_("end"), self.expected_end, course["end"])
        if failures:
            failures += [
                _("stuck at “%(node)s”: %(why)s", node=item["name"], why=item["why"])
                for item in course["stuck"]
            ]
        return failures

    def _path_keys(self) -> list[str]:
        found = PATH_PATTERN.finditer(self.expected_path or "")
        return [match.group() for match in found]

    @api.model
    def _vals_of_course(self, course, version, values, script) -> dict:
        """Values of a test that expects what was seen, handlers included.

        :param course: the answer of ``scrm.flow.sandbox.play``
        """
        rules = {node.key: node for node in version._running_nodes()}
        opened = {}
        for step in course["steps"]:
            opened.setdefault(step["node"], step)
        rows = self.env["scrm.flow.test.line"]._vals_of_call(values, [])
        for action, outcome in zip(script, course["outcomes"], strict=True):
            node = rules.get(outcome.get("node"))
            if action["do"] == "complete" and node and outcome["ok"]:
                rows += self._handler_vals(node, opened.pop(node.key, None))
            rows += self.env["scrm.flow.test.line"]._vals_of_action(action)
        return {
            "flow_id": version.flow_id.id,
            "expected_path": " → ".join(node["key"] for node in course["path"]),
            "expected_state": course["state"]
            if course["state"] in dict(self._fields["expected_state"].selection)
            else False,
            "expected_end": course["end"],
            "line_ids": [
                (0, 0, {**row, "sequence": 10 * number})
                for number, row in enumerate(rows, start=1)
            ],
        }

    def _handler_vals(self, node, step):
        """Expect the role where a role handles the node: turns change."""
        if not step:
            return []
        row = {"action": "expect_handler", "node_key": node.key}
        if node.handler_rule == "role" and node.handler_group_id.scrm_key:
            return [{**row, "group_id": node.handler_group_id.id}]
        if node.handler_rule == "people" and step["logins"]:
            # sudo: the handler of a step that the flow manager has just seen
            users = self.env["res.users"].sudo()
            user = users.search([("login", "=", step["logins"][0])], limit=1)
            return [{**row, "user_id": user.id}]
        return []


class ScrmFlowTestLine(models.Model):
    """One line of a test's script."""

    _name = "scrm.flow.test.line"
    _inherit = "scrm.flow.script.line"
    _description = "Line of a Flow Test"

    case_id = fields.Many2one(
        "scrm.flow.test.case", required=True, index=True, ondelete="cascade"
    )

    @api.depends("case_id.flow_id")
    def _compute_script_version_id(self):
        for line in self:
            line.script_version_id = line.case_id.flow_id._version_to_try()


class ScrmFlow(models.Model):
    """Flows have tests."""

    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.flow"

    test_ids = fields.One2many(
        "scrm.flow.test.case",
        "flow_id",
        string="Tests",
        groups="scrm_flow.group_manager",
    )
    test_count = fields.Integer(
        compute="_compute_test_count",
        string="Flow Tests",
        groups="scrm_flow.group_manager",
    )

    @api.depends("test_ids")
    def _compute_test_count(self):
        for flow in self:
            flow.test_count = len(flow.test_ids)

    def _version_to_try(self):
        """The version people are working on: the newest draft, else what runs."""
        drafts = self.version_ids.filtered(lambda version: version.state == "draft")
        return drafts.sorted("number")[-1:] or self.published_version_id

    def action_open_tests(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Flow Tests"),
            "res_model": "scrm.flow.test.case",
            "view_mode": "list,form",
            "domain": [("flow_id", "=", self.id)],
            "context": {"default_flow_id": self.id},
        }


class ScrmFlowVersion(models.Model):
    """Publishing asks the flow's tests."""

    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.flow.version"

    def _check_can_be_published(self):
        result = super()._check_can_be_published()
        lines = [
            self.env._("%(test)s: %(failure)s", test=case.name, failure=failure)
            # sudo: only which tests there are; they are run as who publishes
            for case in self.flow_id.sudo().test_ids.sudo(False)
            if case.active
            for failure in case._failures(self)
        ]
        if lines:
            raise UserError(
                self.env._(
                    "“%(version)s” cannot be published, its tests fail:\n%(faults)s",
                    version=self.display_name,
                    faults="\n".join(f"- {line}" for line in lines),
                )
            )
        return result
