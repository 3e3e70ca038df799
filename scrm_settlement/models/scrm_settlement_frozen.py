from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL


class ScrmSettlementFrozen(models.AbstractModel):
    """Parts of a plan version: not to be touched once the version was used."""

    _name = "scrm.settlement.frozen"
    _description = "Part of a Settlement Plan Version"

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        records._check_not_frozen()
        records._touch_version()
        return records

    def write(self, vals):
        self.check_access("write")
        self._check_not_frozen()
        result = super().write(vals)
        self._check_not_frozen()  # moved below a frozen version
        self._touch_version()
        return result

    def update_field_translations(self, field_name, translations, source_lang=""):
        self.check_access("write")
        self._check_not_frozen()
        return super().update_field_translations(field_name, translations, source_lang)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_frozen(self):
        self._check_not_frozen()
        self._touch_version()

    def _frozen_version(self):
        """The plan versions these records belong to."""
        raise NotImplementedError

    def _touch_version(self):
        """Let this edit and a settlement with the same version exclude each other.

        Both write on the version's row, so of two at once the later has to start
        again: either the settlement sees the edit, or the edit is refused.
        """
        versions = self._frozen_version()
        if versions:
            versions.flush_recordset()
            self.env.execute_query(
                SQL(
                    "UPDATE scrm_settlement_plan_version "
                    "SET write_date = now() AT TIME ZONE 'UTC' "
                    "WHERE id IN %s RETURNING id",
                    tuple(versions.ids),
                )
            )
            versions.invalidate_recordset(["write_date"])

    def _check_not_frozen(self):
        for version in self._frozen_version():
            if version.frozen:
                raise UserError(
                    self.env._(
                        "Version %(number)s of “%(plan)s” has been used to settle: "
                        "it cannot change any more. Create a new version, valid "
                        "from a later day.",
                        number=version.number,
                        plan=version.plan_id.name,
                    )
                )
