import logging

from odoo import api, models, tools

#: Parameter with the keys of what is switched off, in one text.
SETTING = "scrm_flow.switched_off"
#: Prefix of the fields by which the settings switch.
FIELD = "scrm_switch_"

_logger = logging.getLogger(__name__)


class ScrmSwitch(models.AbstractModel):
    """A part of the product that a database can do without.

    An addon adds one by defining ``scrm.switch.<key>`` and a field
    ``scrm_switch_<key>`` of the settings. What it says belongs to it is gone while it
    is off: menus, window actions, parts of forms, scheduled actions, addresses. What
    was stored stays, and is there again when it is switched on. Code that does
    something on its own asks :meth:`is_on`.
    """

    _name = "scrm.switch"
    _inherit = "scrm.flow.kind"
    _description = "Switch"

    #: Whose window actions and menus go, by model name.
    _models = ()
    #: XML ids of menus that go with all below and the actions they alone open.
    _menus = ()
    #: XML ids of scheduled actions that rest.
    _crons = ()
    #: XML ids of views that extend others and do not do so meanwhile.
    _views = ()
    #: Beginnings of routes, as they are declared, that are shut.
    _routes = ()

    @api.model
    def _off(self):
        """The kinds that are switched off: list of models."""
        return [self.env[name] for name in self.env["scrm.switch"]._off_names()]

    @api.model
    @tools.ormcache()
    def _off_names(self) -> tuple[str, ...]:
        # sudo: whether it is on is no secret
        text = self.env["ir.config_parameter"].sudo().get_param(SETTING) or ""
        keys = set(text.split(","))
        return tuple(kind._name for kind in self._kinds() if kind._kind_key() in keys)

    @api.private
    @api.model
    def is_on(self, key=None) -> bool:
        """Is this part of the product on?

        :param key: of a switch; a kind asks about itself without. One that no
            installed addon knows is off.
        """
        name = f"scrm.switch.{key}" if key else self._name
        off = self.env["scrm.switch"]._off_names()
        return name in self.env.registry and name not in off

    @api.model
    def _set(self, states: dict[str, bool]):
        """Switch on and off.

        :param states: {key: on}; others stay as they are
        """
        was_off = {kind._kind_key() for kind in self._off()}
        off = (was_off | {key for key, on in states.items() if not on}) - {
            key for key, on in states.items() if on
        }
        changed = off ^ was_off
        if not changed:
            return
        # sudo: the callers ask who may
        self.env["ir.config_parameter"].sudo().set_param(
            SETTING, ",".join(sorted(off)) or False
        )
        self.env.registry.clear_all_caches()
        for key in sorted(changed):
            kind = self._kind(key)
            for cron in kind._found(kind._crons):
                cron.active = key not in off
            kind._switched(key not in off)
        _logger.info("switched off by user %s: %s", self.env.uid, sorted(off) or "-")

    @api.model
    def _switched(self, on: bool):
        """What else a kind does when it has been switched on or off."""

    @api.model
    def _found(self, xml_ids):
        """The records with these XML ids that are still there, with all rights."""
        # sudo: the product's own menus, views and scheduled actions
        env = self.sudo().with_context(active_test=False).env
        records = [env.ref(name, raise_if_not_found=False) for name in xml_ids]
        return [record for record in records if record]

    # What is gone ------------------------------------------------------------

    @api.model
    @tools.ormcache()
    def _off_menu_ids(self) -> frozenset[int]:
        """Menus that nobody sees: named ones, what is below, and what opens nothing."""
        kinds = self._off()
        # sudo: which menus there are, whoever may see them
        menus = self.env["ir.ui.menu"].sudo()
        named = menus.concat(*(m for kind in kinds for m in kind._found(kind._menus)))
        gone = menus.search([("id", "child_of", named.ids)]) if named else menus
        off = self._off_action_ids()
        opening = menus.search([("action", "!=", False)])
        gone |= opening.filtered(
            lambda menu: menu.action._name == "ir.actions.act_window"
            and menu.action.id in off
        )
        return frozenset(gone.ids)

    @api.model
    @tools.ormcache()
    def _off_action_ids(self) -> dict[int, str]:
        """Window actions that open nothing: {id: name of the switch's model}."""
        # sudo: which actions there are, whoever may open them
        actions = self.env["ir.actions.act_window"].sudo()
        menus = self.env["ir.ui.menu"].sudo()
        found = {}
        for kind in self._off():
            of_models = actions.search([("res_model", "in", kind._models)])
            found.update(dict.fromkeys(of_models.ids, kind._name))
            named = menus.concat(*kind._found(kind._menus))
            if not named:
                continue
            below = menus.search([("id", "child_of", named.ids)])
            elsewhere = (menus.search([("action", "!=", False)]) - below).mapped(
                "action"
            )
            for menu in below:
                action = menu.action
                if (
                    action
                    and action._name == actions._name
                    and action not in elsewhere
                    and action.res_model.startswith("scrm.")
                ):
                    found[action.id] = kind._name
        return found

    @api.model
    @tools.ormcache()
    def _off_view_ids(self) -> tuple[int, ...]:
        return tuple(
            view.id for kind in self._off() for view in kind._found(kind._views)
        )

    @api.model
    def _shut(self, route: str):
        """The switch that shuts this route; None while it is open.

        :param route: as it is declared, with its placeholders
        """
        for kind in self._off():
            if route.startswith(kind._routes or ("\n",)):
                return kind
        return None

    @api.model
    def _refusal(self) -> str:
        """Why something of this switch does not open."""
        return self.env._(
            "“%s” is switched off. An administrator can switch it on again in the "
            "settings; nothing of it is lost.",
            self.env._(self._label),
        )
