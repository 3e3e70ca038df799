from odoo import api, fields, models
from odoo.exceptions import UserError


class StaleDrawing(UserError):
    """What is to be saved was drawn on an edition that is not the newest."""


class ScrmFlowVersion(models.Model):
    """Counts the changes of a draft, so that two people do not overwrite each other.

    Every change of a node, of its rows or of a transition counts, wherever it is
    made; who has the drawing open is told.
    """

    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _name = "scrm.flow.version"
    _inherit = ["scrm.flow.version", "bus.listener.mixin"]

    revision = fields.Integer(
        readonly=True,
        copy=False,
        help="How often the drawing of this version was changed.",
    )

    def _drawing_changed(self):
        """Count a change of these versions and tell who has them open."""
        for version in self:
            version.revision += 1
        precommit = self.env.cr.precommit
        told = precommit.data.setdefault("scrm_flow_drawing", set())
        if self and not told:
            precommit.add(self.env["scrm.flow.version"]._tell_drawing_changed)
        told.update(self.ids)

    @api.model
    def _tell_drawing_changed(self):
        """Once for all that a transaction has changed."""
        ids = self.env.cr.precommit.data.pop("scrm_flow_drawing", ())
        for version in self.browse(ids).exists():
            version._bus_send(
                "scrm_flow_drawing",
                {
                    "version_id": version.id,
                    "revision": version.revision,
                    "user": self.env.user.name,
                },
            )

    def _check_revision(self, revision):
        """Refuse to go on from an older edition of the drawing; locks the version.

        :param revision: of the drawing on which the caller has worked
        :raise StaleDrawing: somebody has changed it since
        """
        self.ensure_one()
        self.lock_for_update(allow_referencing=True)
        self.invalidate_recordset(["revision"])
        if revision != self.revision:
            raise StaleDrawing(
                self.env._(
                    "“%(version)s” was changed meanwhile. Load it again; your last "
                    "change was not saved.",
                    version=self.display_name,
                )
            )


class ScrmFlowVersionPartMixin(models.AbstractModel):
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.flow.version.part.mixin"

    @api.model_create_multi
    def create(self, vals_list):
        parts = super().create(vals_list)
        parts.version_id._drawing_changed()
        return parts

    def write(self, vals):
        result = super().write(vals)
        self.version_id._drawing_changed()
        return result

    def unlink(self):
        versions = self.version_id
        result = super().unlink()
        versions.exists()._drawing_changed()
        return result


class ScrmFlowNodePartMixin(models.AbstractModel):
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.flow.node.part.mixin"

    @api.model_create_multi
    def create(self, vals_list):
        parts = super().create(vals_list)
        parts.node_id.version_id._drawing_changed()
        return parts

    def write(self, vals):
        result = super().write(vals)
        self.node_id.version_id._drawing_changed()
        return result

    def unlink(self):
        versions = self.node_id.version_id
        result = super().unlink()
        versions.exists()._drawing_changed()
        return result
