from odoo import api, models
from odoo.fields import Domain


class ScrmFollowMixin(models.AbstractModel):
    """A record that may be read by whoever may read the records it points to.

    ``_followed`` names the many2one fields; all of them must be readable.
    """

    _name = "scrm.follow.mixin"
    _description = "Access Follows Other Records"

    _followed: tuple[str, ...] = ()

    def _check_access(self, operation):
        result = super()._check_access(operation)
        refused = result[0] if result else self.browse()
        # sudo: reads the links only, to ask whether the user may read their ends
        known = (self - refused).sudo().filtered("id")
        hidden = known.browse()
        for name in self._followed:
            ends = known[name].with_env(self.env)._filtered_access("read")
            hidden |= known.filtered(
                lambda record, name=name, ends=ends: record[name].id not in ends._ids
            )
        if not hidden:
            return result
        refused |= hidden.with_env(self.env)
        return refused, lambda: self.env["ir.rule"]._make_access_error(
            operation, refused
        )

    @api.model
    def _search(self, domain, *args, bypass_access=False, **kwargs):
        if not (self.env.su or bypass_access):
            self.browse().check_access("read")
            ends = [self._fields[name].comodel_name for name in self._followed]
            if not all(self.env[model].has_access("read") for model in ends):
                return self.browse()._as_query()
            readable = Domain.AND(
                Domain(name, "any", Domain.TRUE) for name in self._followed
            )
            domain = Domain(domain) & readable
        return super()._search(domain, *args, bypass_access=bypass_access, **kwargs)
