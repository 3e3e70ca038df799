from odoo import api, models

#: Marks a transaction that forgets compiled forms once more when it is committed.
FORGOTTEN = "scrm_ticket.forms_forgotten"


class ScrmFormPartMixin(models.AbstractModel):
    """A record that forms are compiled from: changing it forgets the compiled ones."""

    _name = "scrm.form.part.mixin"
    _description = "Part of a Form"

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        self._scrm_forget_forms()
        return records

    def write(self, vals):
        result = super().write(vals)
        self._scrm_forget_forms()
        return result

    def unlink(self):
        result = super().unlink()
        self._scrm_forget_forms()
        return result

    def update_field_translations(self, field_name, translations, source_lang=""):
        result = super().update_field_translations(
            field_name, translations, source_lang
        )
        self._scrm_forget_forms()
        return result

    @api.model
    def _scrm_forget_forms(self):
        """Every process compiles forms anew (see ``_scrm_rules``)."""
        self.env.registry.clear_cache()
        # who asks before this is committed, in another thread, keeps what was before
        after = self.env.cr.postcommit
        if FORGOTTEN not in after.data:
            after.data[FORGOTTEN] = True
            after.add(self.env.registry.clear_cache)
