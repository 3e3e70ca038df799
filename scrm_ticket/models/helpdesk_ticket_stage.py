from odoo import api, models, tools

#: What a move of a ticket asks of the stage it comes to.
ASKED = ("closed", "unattended", "mail_template_id", "rating_mail_template_id")


class HelpdeskTicketStage(models.Model):
    """Stages are few and hardly ever change: what moves ask of them is kept."""

    _inherit = "helpdesk.ticket.stage"

    @api.model_create_multi
    def create(self, vals_list):
        stages = super().create(vals_list)
        self.env.registry.clear_cache()
        return stages

    def write(self, vals):
        result = super().write(vals)
        if not vals.keys().isdisjoint(ASKED):
            self.env.registry.clear_cache()
        return result

    def unlink(self):
        result = super().unlink()
        self.env.registry.clear_cache()
        return result

    @api.model
    @tools.ormcache()
    def _scrm_asked(self):
        """What moves ask of all stages.

        :return: {id: values in the order of ``ASKED``, as the cache keeps them}
        """
        # sudo: whoever moves a ticket; stages are no secret to the engine
        stages = self.sudo().with_context(active_test=False)
        stages = stages.search([])  # pylint: disable=no-search-all; they are few
        kept = [self._fields[name] for name in ASKED]
        return {
            stage.id: [
                field.convert_to_cache(stage[field.name], stage) for field in kept
            ]
            for stage in stages
        }

    def _scrm_recall(self):
        """Know what a move asks of these stages, without a query."""
        asked = self._scrm_asked()
        known = self.filtered(lambda stage: stage.id in asked)
        columns = zip(*(asked[stage.id] for stage in known), strict=True)
        for name, values in zip(ASKED, columns, strict=False):
            self._fields[name]._insert_cache(known, values)
