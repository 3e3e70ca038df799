from odoo import api, models, tools
from odoo.exceptions import UserError


class ScrmFlowKind(models.AbstractModel):
    """What node types, handler rules and services share: a registry by name.

    A family is an abstract model such as ``scrm.flow.service``; each of its kinds
    is another one named ``<family>.<key>``. So an addon adds a kind by defining a
    model, and a database knows exactly the kinds of the addons installed in it.
    """

    _name = "scrm.flow.kind"
    _description = "Kind of Flow Building Block"

    #: Name shown to people, a LazyTranslate text; a kind without one is hidden.
    _label = ""
    #: Order in selections.
    _kind_rank = 100

    @api.model
    def _kind_key(self) -> str:
        """The key of a kind: the last part of its model name."""
        return self._name.rpartition(".")[2]

    @api.model
    def _kinds(self) -> list:
        """All kinds of this family that are installed, in order."""
        return [self.env[name] for name in self._kind_names()]

    @api.model
    @tools.ormcache()
    def _kind_names(self) -> list[str]:
        prefix = f"{self._name}."
        names = (name for name in self.env.registry if name.startswith(prefix))
        kinds = [self.env[name] for name in names]
        kinds = [kind for kind in kinds if kind._label]
        kinds.sort(key=lambda kind: (kind._kind_rank, kind._name))
        return [kind._name for kind in kinds]

    @api.model
    def _selection(self) -> list[tuple[str, str]]:
        return [(kind._kind_key(), self.env._(kind._label)) for kind in self._kinds()]

    @api.model
    def _kind(self, key: str):
        """The kind with this key.

        :raise UserError: no installed addon provides it
        """
        name = f"{self._name}.{key}"
        if name not in self.env.registry:
            raise UserError(
                self.env._(
                    "%(family)s “%(key)s” is not available: the addon that provides "
                    "it is not installed.",
                    family=self._description,
                    key=key,
                )
            )
        return self.env[name]
