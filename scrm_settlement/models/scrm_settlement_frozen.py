from odoo import api, models
from odoo.exceptions import UserError


class ScrmSettlementFrozen(models.AbstractModel):
    """Parts of a plan version: not to be touched once the version was used."""

    _name = "scrm.settlement.frozen"
    _description = "Part of a Settlement Plan Version"

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        records._check_not_frozen()
        return records

    def write(self, vals):
        self._check_not_frozen()
        result = super().write(vals)
        self._check_not_frozen()  # moved below a frozen version
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_frozen(self):
        self._check_not_frozen()

    def _frozen_version(self):
        """The plan versions these records belong to."""
        raise NotImplementedError

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
