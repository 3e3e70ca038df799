import re
import uuid

from odoo import api, models
from odoo.exceptions import AccessError, UserError

from ..engine import bpmn
from ..packs import PackErrors, reader
from ..packs.errors import PackError
from ..packs.flows import FlowSection
from ..packs.pack import Pack
from ..packs.porter import tidy
from ..packs.schema import FORMAT

#: How a file names a user whom no pack and no addon gave a key.
LOGIN = "login:"

_PLACE = re.compile(r"\$\.flows\[0\](?:\.(nodes|transitions)\[(\d+)\])?\.?(.*)")


class ScrmFlowBpmn(models.AbstractModel):
    """Flows as BPMN 2.0 files; what the XML says is in ``engine/bpmn.py``."""

    _name = "scrm.flow.bpmn"
    _description = "Flows as BPMN 2.0"

    # Out ---------------------------------------------------------------------

    @api.model
    def export_bpmn(self, version_id: int) -> str:
        """Write a version of a flow as BPMN 2.0 XML.

        :param version_id: id of a ``scrm.flow.version`` the user may read
        :raise AccessError: the user is no manager of flows
        :raise UserError: something in it has no key that another database knows
        """
        self._check_manager()
        version = self.env["scrm.flow.version"].browse(version_id)
        try:
            return bpmn.write(self._definition(version)).decode()
        except ValueError as error:
            raise UserError(
                self.env._(
                    "“%(version)s” has a text that XML cannot carry: %(error)s",
                    version=version.display_name,
                    error=error,
                )
            ) from error

    @api.model
    @api.private
    def action_download(self, version):
        """Offer the file of a version for download.

        :raise UserError: as :meth:`export_bpmn`
        """
        version.ensure_one()
        self.export_bpmn(version.id)  # what is wrong is said here, not in a download
        return {
            "type": "ir.actions.act_url",
            "url": f"/scrm/flow/{version.id}/bpmn",
            "target": "self",
        }

    @api.model
    def _definition(self, version) -> dict:
        """The version in the form of packs, which files share with them."""
        names = _Names(self.env)
        version = version.with_env(names.env)
        flow, section = version.flow_id, FlowSection()
        nodes = [section._dump_node(names, node) for node in version.node_ids]
        places = [tuple(node["position"]) for node in nodes]
        for node, place in zip(nodes, places, strict=True):
            if places.count(place) > 1:  # nobody has placed them yet
                del node["position"]
        return tidy(
            {
                "key": flow.key,
                "name": names.dump_text(flow, "name"),
                "model": flow.model,
                "description": names.dump_text(flow, "description"),
                "nodes": nodes,
                "transitions": [
                    section._dump_edge(names, edge) for edge in version.transition_ids
                ],
            }
        )

    # In ----------------------------------------------------------------------

    @api.model
    def check_bpmn(self, content, flow_key=None, model=None) -> dict:
        """Look a file through; nothing is imported.

        :param content: the file, as text or bytes
        :param flow_key: key of the flow that it becomes a draft of; None: a new flow
        :param model: the records of a new flow, when the file does not say
        :return: {"faults": [sentence], "todos": [sentence]}
        """
        self._check_manager()
        faults, todos, _names, _definition = self._read(content, flow_key, model)
        return {"faults": faults, "todos": todos}

    @api.model
    def import_bpmn(self, content, flow_key=None, model=None) -> dict:
        """Make a new draft of a file: all of it, or nothing when one thing is wrong.

        :param content: the file, as text or bytes
        :param flow_key: key of the flow that it becomes a draft of; None: a new flow
        :param model: the records of a new flow, when the file does not say
        :return: {"version_id", "todos": what is still to do, as sentences}
        :raise UserError: listing every fault with its line
        """
        self._check_manager()
        faults, todos, names, definition = self._read(content, flow_key, model)
        if faults:
            raise UserError(self._faults_text(faults))
        try:
            with self.env.cr.savepoint():
                version = self._load(names, definition, flow_key)
        except PackError as error:
            raise UserError(self._faults_text([str(error)])) from error
        return {"version_id": version.id, "todos": todos}

    @api.model
    def _read(self, content, flow_key, model):
        """(faults, todos, names, definition): sentences, then what to load."""
        if isinstance(content, str):
            content = content.encode()
        reading = bpmn.read(content)
        definition, names = reading.definition, _Names(self.env)
        faults = [self._sentence(remark) for remark in reading.faults]
        if faults:
            return faults, [], names, definition
        flow = self._flow(flow_key)
        if flow:
            definition["model"] = flow.model
        elif model:
            definition["model"] = model
        if not definition.get("model"):
            faults.append(self._words("")["model"])
        places = bpmn.positions(definition)
        for node in definition["nodes"]:
            node["position"] = list(places[node["key"]])
        names.data = {
            "format": FORMAT,
            "key": "bpmn",
            "name": "BPMN",
            "flows": [definition],
        }
        try:
            errors = _DraftReader(names).errors()
        except PackErrors as found:
            errors = found.errors
        faults += [
            self._fault_text(reading, error)
            for error in errors
            if error.path != "$.flows[0].model" or definition.get("model")
        ]
        # sudo: a key is taken even where the user may not see the flow
        flows = self.env["scrm.flow"].sudo().with_context(active_test=False)
        if not flow and flows.search_count([("key", "=", definition["key"])], limit=1):
            faults.append(
                self.env._(
                    "There is a flow with the key “%(key)s”: choose it, and the file "
                    "becomes a new draft of it.",
                    key=definition["key"],
                )
            )
        todos = [
            self._sentence(remark) for remark in reading.todos if remark.code != "model"
        ]
        return faults, todos, names, definition

    def _flow(self, key):
        flow = self.env["scrm.flow"].with_context(active_test=False)
        if not key:
            return flow
        flow = flow.search([("key", "=", key)])
        if not flow:
            raise UserError(self.env._("There is no flow with the key “%s”.", key))
        return flow

    @api.model
    def _load(self, names, definition, flow_key):
        section = FlowSection()
        if flow_key:
            flow = self._flow(flow_key).with_env(names.env)
        else:
            values = {
                "key": definition["key"],
                "name": names.text(definition["name"]),
                "description": names.text(definition.get("description")),
                "model_id": names.env["ir.model"]._get_id(definition["model"]),
            }
            with names.at(".flow"):
                flow = names.create("scrm.flow", values)
        version = names.create("scrm.flow.version", {"flow_id": flow.id})
        version.node_ids.unlink()
        ids = {}
        items = {item["key"]: item for item in definition["nodes"]}
        for key, vals in section._node_vals(names, definition).items():
            with names.at(f".nodes.{key}"):
                values = {"version_id": version.id, "key": key, **vals}
                node = names.create("scrm.flow.node", values)
                section.extra_load(names, "node", items[key], node)
                ids[key] = node.id
        for key, vals in section._edge_vals(definition, names).items():
            with names.at(f".transitions.{key}"):
                values = {
                    **vals,
                    "version_id": version.id,
                    "key": key,
                    "source_id": ids[vals["source_id"]],
                    "target_id": ids[vals["target_id"]],
                }
                names.create("scrm.flow.transition", values)
        return version.with_env(self.env)

    # In words ----------------------------------------------------------------

    def _check_manager(self):
        if not self.env.su and not self.env.user.has_group("scrm_flow.group_manager"):
            raise AccessError(
                self.env._("Only a manager of flows may import or export flows.")
            )

    @api.model
    def _faults_text(self, faults):
        lines = "\n".join(faults)
        return self.env._("Nothing was imported:\n%(faults)s", faults=lines)

    @api.model
    def _fault_text(self, reading, error):
        """A fault of the definition, by the line of the file where it comes from."""
        kind, number, rest = _PLACE.match(error.path).groups()
        if kind is None:
            return f"{rest}: {error.message}" if rest else error.message
        line, name = reading.places[kind, int(number)]
        words = f"{rest}: {error.message}" if rest else error.message
        return self._at_line(line, name, words)

    @api.model
    def _sentence(self, remark):
        words = self._words(remark.detail)[remark.code]
        return self._at_line(remark.line, remark.element, words)

    @api.model
    def _at_line(self, line, name, words):
        _ = self.env._
        if line and name:
            return _(
                "Line %(line)s, “%(name)s”: %(words)s",
                line=line,
                name=name,
                words=words,
            )
        if line:
            return _("Line %(line)s: %(words)s", line=line, words=words)
        return words

    @api.model
    def _words(self, detail):
        """The codes of ``engine/bpmn_remarks.py`` for people."""
        _ = self.env._
        return {
            "too_large": _("the file is larger than 2 MB"),
            "not_xml": _("this is no well-formed XML: %s", detail),
            "doctype": _("a document type declaration is not allowed"),
            "not_bpmn": _("this is no BPMN 2.0 file: it starts with “%s”", detail),
            "no_process": _("the file has no process"),
            "many_processes": _("the file has more than one process: %s", detail),
            "unknown_element": _("the element “%s” is not supported", detail),
            "unknown_event": _("an event with “%s” is not supported", detail),
            "no_id": _("the element has no id"),
            "id_twice": _("the id “%s” is given twice", detail),
            "key_twice": _("the key “%s” is given twice", detail),
            "no_node": _("the flow leads from or to “%s”, which is no node", detail),
            "wrong_type": _(
                "the node type “%s” is not written as this element", detail
            ),
            "wrong_property": _("the property “%s” is not written as JSON", detail),
            "wrong_place": _("the position in the diagram is no pair of numbers"),
            "model": _("say which records run through the flow"),
            "name": _("give it a name"),
            "handler": _("say who handles it"),
            "handler_lane": _(
                "say who handles it; it is drawn in the lane “%s”", detail
            ),
            "service": _("choose the service and its settings"),
            "timer": _("set how long it waits: %s", detail),
            "called": _("choose the flow it calls: %s", detail),
            "condition": _(
                "write the condition anew; until then it never holds: %s", detail
            ),
            "no_condition": _("write the condition; until then it never holds"),
            "one_of_many": _(
                "BPMN takes all ways out of it at once, here one is chosen"
            ),
            "left_out": _("“%s” was left out", detail),
        }


class _Names(Pack):
    """Keys of what a file refers to; they must mean the same in any database."""

    def find(self, kind, key):
        if kind == "user" and key and key.startswith(LOGIN):
            login = key.removeprefix(LOGIN)
            return self.env["res.users"].search([("login", "=", login)], limit=1)
        return super().find(kind, key)

    def key_of(self, kind, record):
        if not record:
            return None
        known = self.key_of_known(kind, record)
        if known:
            return known
        for name in sorted(self._xml_ids(record)):
            if not name.startswith("__"):
                return name
        if kind == "user":
            return f"{LOGIN}{record.login}"
        if self._kinds[kind].key_field:
            raise UserError(
                self.user_env._(
                    "Give “%(record)s” a key first: a file names it by its key.",
                    record=record.display_name,
                )
            )
        key = f"{kind}_{uuid.uuid4().hex[:12]}"
        self.bind(kind, key, record)
        return key


class _DraftReader(reader.Reader):
    """Checks what a draft must be; sound it need not be before it is published."""

    def _check_sections(self):
        section, env = FlowSection(), self.pack.env
        types = {kind._kind_key(): kind for kind in env["scrm.flow.node.type"]._kinds()}
        services = dict(env["scrm.flow.service"]._selection())
        path, item = "$.flows[0]", self.pack.data["flows"][0]
        if item["model"] not in env["scrm.flow"]._flow_models():
            self._report(
                f"{path}.model",
                self._(
                    "records of “%(model)s” cannot run through a flow",
                    model=item["model"],
                ),
            )
        section._check_nodes(self.pack, item, path, self._report, types, services)
        if item["model"] in env:
            section._check_transitions(self.pack, item, path, self._report)
