from odoo import api, models
from odoo.exceptions import AccessError
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)

#: Fields by which records of other models name their user, in this order.
USER_FIELDS = ("user_id", "user_ids")


class ScrmFlowHandlerField(models.AbstractModel):
    """Whom a field of the record names: ``user_id``, ``store_id.manager_id``.

    The last field leads to users, or to records that name one: an employee, a
    contact with a login, a team.
    """

    _name = "scrm.flow.handler.field"
    _inherit = "scrm.flow.handler"
    _description = "Handler Rule Field"

    _label = _lt("Field of the record")
    _kind_rank = 25
    _default_choice = "pool"
    _is_part = True

    @api.model
    def _compile(self, node):
        return {"path": (node.handler_field or "").strip()}

    @api.model
    def _check(self, node):
        path = (node.handler_field or "").strip()
        if not path:
            return [self.env._("no field is chosen")]
        problem = self._path_problem(node.model, path)
        return [problem] if problem else []

    @api.model
    def _path_problem(self, model_name, path) -> str | None:
        """Why a path cannot name handlers, as the current user may see it."""
        if model_name not in self.env:
            return None
        model = self.env[model_name]
        for name in path.split("."):
            field = model._fields.get(name)
            if field is None or not self._may_see(model, field):
                return self.env._(
                    "%(path)s: %(model)s has no field “%(field)s” or you may not "
                    "see it",
                    path=path,
                    model=model._description,
                    field=name,
                )
            if not field.relational:
                return self.env._(
                    "%(path)s: “%(field)s” leads to no people", path=path, field=name
                )
            model = self.env[field.comodel_name]
        if model._name == "res.users" or self._user_field(model):
            return None
        return self.env._(
            "%(path)s: %(model)s does not say which user it is",
            path=path,
            model=model._description,
        )

    @api.model
    def _may_see(self, model, field) -> bool:
        try:
            model.check_access("read")
        except AccessError:
            return False
        return model._has_field_access(field, "read")

    @api.model
    def _user_field(self, model) -> str | None:
        for name in USER_FIELDS:
            field = model._fields.get(name)
            if field and field.relational and field.comodel_name == "res.users":
                return name
        return None

    @api.model
    def _people(self, case, data):
        record = case.record.with_context(active_test=False)
        case.because["field"] = data["path"]
        try:
            found = record.mapped(data["path"])
        except KeyError:  # publishing checked it; the field is gone since
            return self.env["res.users"]
        if found._name == "res.users":
            return found
        if found._name == "res.partner":  # user_id of a contact is its salesperson
            return found.user_ids
        name = self._user_field(found)
        return found.mapped(name) if name else self.env["res.users"]

    @api.model
    def _words(self, because):
        return self.env._("named by the field %s of the record", because["field"])
