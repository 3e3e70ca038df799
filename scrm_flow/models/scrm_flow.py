from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError


class ScrmFlow(models.Model):
    """A business process for the records of one model."""

    _name = "scrm.flow"
    _inherit = "scrm.key.mixin"
    _description = "Flow"
    _order = "name, id"

    name = fields.Char(required=True, translate=True)
    key = fields.Char(
        required=True,
        index=True,
        copy=False,
        help="Stable name by which packs and rules refer to this flow.",
    )
    model_id = fields.Many2one(
        "ir.model",
        string="Runs On",
        required=True,
        ondelete="cascade",
        default=lambda self: self._default_model_id(),
        domain=lambda self: [("model", "in", self._flow_models())],
        help="The records that run through this flow.",
    )
    model = fields.Char(related="model_id.model", string="Model Name")
    description = fields.Text(translate=True)
    company_id = fields.Many2one("res.company", index=True)
    active = fields.Boolean(default=True)
    reopen_days = fields.Integer(
        string="Reopen within (Days)",
        help="How many days after its end a record may go through the flow once "
        "more; 0: never.",
    )
    version_ids = fields.One2many("scrm.flow.version", "flow_id")
    published_version_id = fields.Many2one(
        "scrm.flow.version", readonly=True, copy=False, ondelete="set null"
    )
    run_count = fields.Integer(compute="_compute_run_count", string="Runs")

    _key_unique = models.UniqueIndex("(key)", "The key of a flow is unique.")
    _reopen_days_positive = models.Constraint(
        "CHECK (reopen_days >= 0)",
        "The number of days for reopening cannot be negative.",
    )

    @api.depends_context("uid")
    def _compute_run_count(self):
        groups = self.env["scrm.flow.run"]._read_group(
            [("flow_id", "in", self.ids)], ["flow_id"], ["__count"]
        )
        counts = {flow.id: count for flow, count in groups}
        for flow in self:
            flow.run_count = counts.get(flow.id, 0)

    @api.constrains("model_id")
    def _check_model(self):
        names = self._flow_models()
        for flow in self:
            if flow.model not in names:
                raise ValidationError(
                    self.env._(
                        "Records of “%(model)s” cannot run through a flow.",
                        model=flow.model_id.name,
                    )
                )

    @api.constrains("published_version_id")
    def _check_published_version(self):
        for flow in self:
            version = flow.published_version_id
            if version and (version.flow_id != flow or version.state != "published"):
                raise ValidationError(
                    self.env._("A version is published with its Publish button.")
                )

    def write(self, vals):
        frozen = {"key", "model_id"} & set(vals)
        if frozen:
            for flow in self.with_context(active_test=False):
                changed = any(
                    flow._fields[name].convert_to_write(flow[name], flow) != vals[name]
                    for name in frozen
                )
                if changed and flow._was_published():
                    raise UserError(
                        self.env._(
                            "The key and the model of “%(flow)s” are fixed since its "
                            "first version was published.",
                            flow=flow.name,
                        )
                    )
        return super().write(vals)

    def copy_data(self, default=None):
        values_list = super().copy_data(default)
        for flow, values in zip(self, values_list, strict=True):
            if "name" not in (default or {}):
                values["name"] = self.env._("%s (copy)", flow.name)
        return values_list

    def copy(self, default=None):
        """Duplicates begin with a draft: what is published, or else the newest."""
        twins = super().copy(default)
        for flow, twin in zip(self, twins, strict=True):
            drawn = flow.published_version_id or flow.version_ids.sorted("number")[-1:]
            if drawn:
                drawn._copy_as_draft(twin)
        return twins

    @api.ondelete(at_uninstall=False)
    def _unlink_except_published(self):
        for flow in self:
            if flow._was_published():
                raise UserError(
                    self.env._(
                        "“%(flow)s” was published and keeps its history: archive it "
                        "instead.",
                        flow=flow.name,
                    )
                )

    def _was_published(self) -> bool:
        self.ensure_one()
        return any(version.state != "draft" for version in self.version_ids)

    @api.model
    def _default_model_id(self):
        """What flows are drawn for, as long as there is no choice."""
        names = self._flow_models()
        return self.env["ir.model"]._get(names[0] if len(names) == 1 else "")

    @api.model
    def _flow_models(self) -> list[str]:
        """Names of the models whose records can run through a flow."""
        return sorted(
            name
            for name, model in self.env.registry.items()
            if not model._abstract and "scrm_run_id" in model._fields
        )

    def action_open_runs(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Runs"),
            "res_model": "scrm.flow.run",
            "view_mode": "list,form",
            "domain": [("flow_id", "=", self.id)],
        }
