from ast import literal_eval

from odoo import api, fields, models, tools
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..engine import blocks as flow_blocks
from ..engine import graph as flow_graph


class FaultLine(str):
    """What is wrong with a node, as a sentence that knows which node it is about."""

    __slots__ = ("node_key", "problem")

    def __new__(cls, line, node_key, problem):
        self = super().__new__(cls, line)
        self.node_key = node_key
        self.problem = problem
        return self


class ScrmFlowVersion(models.Model):
    """One edition of a flow. Once published it never changes again.

    ``draft``: being written, nothing runs on it;
    ``published``: new records start on it;
    ``retired``: replaced by a later one, running records finish on it.
    """

    _name = "scrm.flow.version"
    _description = "Flow Version"
    _order = "flow_id, number desc"
    _rec_name = "number"

    flow_id = fields.Many2one(
        "scrm.flow", required=True, index=True, ondelete="cascade"
    )
    model = fields.Char(related="flow_id.model", string="Model Name")
    number = fields.Integer(readonly=True, copy=False)
    state = fields.Selection(
        [("draft", "Draft"), ("published", "Published"), ("retired", "Retired")],
        required=True,
        default="draft",
        readonly=True,
        copy=False,
        index=True,
    )
    # what is drawn; what its calls contain stands beside it, see ``*_version_call``
    node_ids = fields.One2many(
        "scrm.flow.node", "version_id", domain=[("call_node_id", "=", False)]
    )
    transition_ids = fields.One2many(
        "scrm.flow.transition", "version_id", domain=[("call_node_id", "=", False)]
    )
    published_at = fields.Datetime(readonly=True, copy=False)
    published_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    fault_text = fields.Text(
        compute="_compute_fault_text",
        string="To Repair before Publishing",
    )

    _number_unique = models.UniqueIndex(
        "(flow_id, number)", "The number of a version is unique in its flow."
    )
    _one_published = models.UniqueIndex(
        "(flow_id) WHERE state = 'published'",
        "Only one version of a flow can be published.",
    )

    @api.depends("flow_id.name", "number")
    def _compute_display_name(self):
        for version in self:
            version.display_name = self.env._(
                "%(flow)s, version %(number)s",
                flow=version.flow_id.name or "",
                number=version.number,
            )

    @api.depends("state", "node_ids", "transition_ids")
    def _compute_fault_text(self):
        for version in self:
            version.fault_text = (
                "\n".join(version._fault_lines())
                if version.state == "draft" and version._origin.id
                else False
            )

    # Guards ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        last = {}
        for vals in vals_list:
            if vals.get("state", "draft") != "draft":
                raise UserError(self.env._("A new version starts as a draft."))
            flow_id = vals.get("flow_id")
            if flow_id not in last:
                newest = self.search([("flow_id", "=", flow_id)], limit=1)
                last[flow_id] = newest.number or 0
            last[flow_id] += 1
            vals["number"] = last[flow_id]
        return super().create(vals_list)

    def write(self, vals):
        self._check_is_draft()
        managed = {"state", "number", "published_at", "published_by_id", "flow_id"}
        if managed & set(vals):
            raise UserError(
                self.env._("A version is published with its Publish button.")
            )
        return super().write(vals)

    def update_field_translations(self, field_name, translations, source_lang=""):
        self._check_is_draft()
        return super().update_field_translations(field_name, translations, source_lang)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_frozen(self):
        self._check_is_draft()

    def _check_is_draft(self):
        """Refuse to change what was published, whoever asks.

        :raise UserError: one of the versions is no draft
        """
        for version in self:
            if version.state != "draft":
                raise UserError(
                    self.env._(
                        "“%(version)s” was published and never changes. Make a new "
                        "draft of it instead.",
                        version=version.display_name,
                    )
                )

    # Publishing --------------------------------------------------------------

    def action_publish(self):
        """Freeze this draft and let new records start on it.

        :raise UserError: listing every fault with its node
        """
        self.ensure_one()
        self.check_access("write")
        self._check_is_draft()
        self._check_can_be_published()
        self._complete_draft()
        flow = self.flow_id
        flow.lock_for_update(allow_referencing=True)
        previous = flow.published_version_id
        if previous:
            super(ScrmFlowVersion, previous).write({"state": "retired"})
            previous.flush_recordset(["state"])
        super().write(
            {
                "state": "published",
                "published_at": self.env["scrm.clock"].now(),
                "published_by_id": self.env.uid,
            }
        )
        flow.published_version_id = self
        self.env.registry.clear_cache()  # see _auto_ids
        return True

    def _check_can_be_published(self):
        """Refuse to publish what is not sound; nothing has been changed yet.

        :raise UserError: listing every fault with its node
        """
        lines = self._fault_lines()
        if lines:
            raise UserError(
                self.env._(
                    "“%(version)s” cannot be published:\n%(faults)s",
                    version=self.display_name,
                    faults="\n".join(f"- {line}" for line in lines),
                )
            )

    def _complete_draft(self):
        """Add what a version only has once it is published; addons extend it."""

    def action_new_draft(self):
        """Copy this version, with its nodes and transitions, as a new draft.

        :return: the action that opens the draft
        """
        self.ensure_one()
        draft = self._copy_as_draft()
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": draft.id,
            "view_mode": "form",
        }

    def copy(self, default=None):  # pylint: disable=method-required-super
        """Duplicates are new drafts of the same flow, with all that is drawn."""
        drafts = self.browse().concat(*(version._copy_as_draft() for version in self))
        if default:
            drafts.write(default)
        return drafts

    def _copy_as_draft(self, flow=None):
        """A new draft with the nodes and transitions of this version.

        :param flow: ``scrm.flow`` that gets it, by default that of the version
        """
        self.ensure_one()
        draft = self.create({"flow_id": (flow or self.flow_id).id})
        nodes = {
            node: node.copy({"version_id": draft.id, "key": node.key})
            for node in self.node_ids
        }
        for transition in self.transition_ids:
            transition.copy(
                {
                    "version_id": draft.id,
                    "key": transition.key,
                    "source_id": nodes[transition.source_id].id,
                    "target_id": nodes[transition.target_id].id,
                }
            )
        return draft

    # What must be repaired ---------------------------------------------------

    def _fault_lines(self) -> list[str]:
        """Everything that keeps this draft from being published, as sentences."""
        self.ensure_one()
        lines = []
        for transition in self.transition_ids:
            for problem in transition._condition_problems():
                lines.append(self._name_fault(transition.source_id, problem))
        for node in self.node_ids:
            for problem in self._domain_problems(node.auto_condition):
                lines.append(self._name_fault(node, problem))
        if lines:  # without conditions that can be read there is no graph to ask
            return lines
        messages = self._soundness_messages()
        for fault in self._faults(self._drawn_graph(), self.model):
            node = self.node_ids.filtered(lambda n, key=fault.node: n.key == key)
            lines.append(self._name_fault(node, messages[fault.code]))
        for node in self.node_ids:
            node_type = self.env["scrm.flow.node.type"]._kind(node.type)
            for problem in node_type._check(node):
                lines.append(self._name_fault(node, problem))
        return lines

    def _domain_problems(self, text) -> list[str]:
        """Why a condition cannot be asked by the current user; [] when it can."""
        self.ensure_one()
        return self.env["scrm.flow.domain"]._problems(self.model, text)

    def _name_fault(self, node, problem) -> str:
        if not node:
            return problem
        line = self.env._(
            "%(node)s (%(key)s): %(problem)s",
            node=node.name,
            key=node.key,
            problem=problem,
        )
        return FaultLine(line, node.key, problem)

    def _soundness_messages(self) -> dict[str, str]:
        """The codes of ``engine/soundness.py`` for people."""
        _ = self.env._
        return {
            "no_start": _("the flow has no start node"),
            "many_starts": _("the flow has more than one start node"),
            "no_end": _("the flow has no end node"),
            "unknown_node": _("a transition leads to a node that does not exist"),
            "start_incoming": _("a transition leads into the start node"),
            "end_outgoing": _("a transition leaves an end node"),
            "unreachable": _("the node cannot be reached from the start"),
            "no_outgoing": _("no transition leaves the node"),
            "no_way_to_end": _("no path leads from the node to an end"),
            "many_outgoing": _(
                "more than one transition leaves a node that cannot choose"
            ),
            "condition_ignored": _("a transition that is always taken has a condition"),
            "gateway_no_default": _(
                "the gateway has neither a default nor conditions of which one "
                "always holds, so work could get stuck: mark one of its ways as the "
                "default"
            ),
            "gateway_many_defaults": _("the gateway has more than one default"),
            "gateway_never_taken": _(
                "one of its ways is never taken, because a way before it has no "
                "condition: write a condition on each way but one, and mark that one "
                "as the default"
            ),
            "join_without_split": _("work reaches the join without having been split"),
            "join_other_ways": _(
                "ways lead into the join that do not come from its split"
            ),
            "join_count": _(
                "the join waits for fewer than one branch or more than there are"
            ),
            "branch_ends": _("a branch of the split reaches an end instead of a join"),
            "branches_apart": _("the branches of the split lead to different joins"),
            "branches_meet": _("branches of the split meet before they reach the join"),
            "branch_many_ways": _(
                "more than one way leads from the same branch into the join; let them "
                "meet in an exclusive gateway first"
            ),
            "split_in_itself": _("a branch leads back into its own split"),
        }

    # The compiled form -------------------------------------------------------

    def _graph(self) -> flow_graph.Graph:
        """The compiled flow; built once for a version that cannot change."""
        self.ensure_one()
        return self._compile() if self.state == "draft" else self._frozen_graph()

    @tools.ormcache("self.id")
    def _frozen_graph(self) -> flow_graph.Graph:
        return self._compile()

    @tools.ormcache("self.id")
    def _frozen_blocks(self) -> flow_blocks.Blocks:
        """The splits with their joins, of a version that cannot change."""
        return flow_blocks.blocks(self._frozen_graph())

    @api.model
    @tools.ormcache("model_name")
    def _auto_ids(self, model_name) -> frozenset[int]:
        """Versions whose runs have to be asked whenever their record is written."""
        return self._with_condition(model_name, "auto_condition")

    @api.model
    def _with_condition(self, model_name, name) -> frozenset[int]:
        """IDs of frozen versions of which a node has a condition.

        :param name: the node's field with the condition
        """
        # sudo: which versions, to go on with their runs, whoever writes the record
        nodes = (
            self.env["scrm.flow.node"]
            .sudo()
            .search(
                [
                    ("version_id.state", "!=", "draft"),
                    ("version_id.flow_id.model_id.model", "=", model_name),
                    (name, "not in", (False, "", "[]")),
                ]
            )
        )
        return frozenset(nodes.version_id.ids)

    def _compile(self) -> flow_graph.Graph:
        """The flow as it runs."""
        return self._drawn_graph()

    def _drawn_graph(self) -> flow_graph.Graph:
        """The flow as people draw it, and as publishing checks it."""
        # sudo: the graph is what the engine runs on, whoever acts; the caller
        # shows people only what they may see of it
        version = self.sudo()
        return flow_graph.compile_graph(
            [version._compile_node(node) for node in version.node_ids],
            [version._compile_way(way) for way in version.transition_ids],
            version.number,
        )

    @api.model
    def _compile_node(self, node) -> dict:
        node_type = self.env["scrm.flow.node.type"]._kind(node.type)
        waits = node_type._behaviour == "wait"
        return {
            "id": node.id,
            "key": node.key,
            "type": node.type,
            "behaviour": node_type._behaviour,
            "rank": node.rank,
            "is_private": node.is_private,
            "in_bar": node_type._in_bar,
            "condition": node._auto_domain() if waits else None,
            "data": {**node._compile(), **node_type._compile(node)},
        }

    @api.model
    def _compile_way(self, way) -> dict:
        return {
            "id": way.id,
            "key": way.key,
            "source": way.source_id.key,
            "target": way.target_id.key,
            "rank": way.rank,
            "is_default": way.is_default,
            "condition": way._domain(),
        }

    def _labels(self) -> dict[str, dict]:
        """Names of nodes and transitions in the current language, by key."""
        return self._labels_in(self.env.lang or "en_US")

    @tools.ormcache("self.id", "lang")
    def _labels_in(self, lang: str) -> dict[str, dict]:
        return self._compile_labels(lang)

    def _compile_labels(self, lang: str) -> dict[str, dict]:
        # sudo: labels are shown to whoever may see the record's progress
        version = self.sudo().with_context(lang=lang)
        return {
            "nodes": {node.key: node.name for node in version.node_ids},
            "customer": {
                node.key: node.customer_name or node.name for node in version.node_ids
            },
            "transitions": {
                transition.key: transition.name or transition._default_name()
                for transition in version.transition_ids
            },
        }


def read_domain(text: str) -> Domain:
    """Read a domain as it is written in a condition field.

    :raise ValueError: it is no domain made of plain values
    """
    try:
        value = literal_eval((text or "[]").strip() or "[]")
    except (SyntaxError, ValueError, TypeError) as error:
        raise ValueError(text) from error
    if not isinstance(value, list | tuple):
        raise ValueError(text)
    return Domain(list(value))
