"""What holds for every switch, whatever addon it comes with."""

from odoo.exceptions import UserError
from odoo.http import _generate_routing_rules


class SwitchChecks:
    """Checks of the switches that are installed; mixed into a test case."""

    def set(self, **states):
        """Switch by the settings, as an administrator does."""
        admin = self.env.ref("base.user_admin")
        settings = self.env["res.config.settings"].with_user(admin)
        values = {f"scrm_switch_{key}": on for key, on in states.items()}
        settings.create(values).execute()

    def menus(self):
        """The menus that the administrator sees, by name with path."""
        admin = self.env.ref("base.user_admin")
        loaded = self.env["ir.ui.menu"].with_user(admin).load_menus(False)
        menus = self.env["ir.ui.menu"].browse(key for key in loaded if key != "root")
        return menus.filtered(lambda menu: menu in self.of_the_product)

    @property
    def of_the_product(self):
        root = self.env.ref("scrm_flow.menu_root")
        return self.env["ir.ui.menu"].search([("id", "child_of", root.id)])

    def crons(self, kind):
        return self.env["ir.cron"].concat(*kind._found(kind._crons))

    def own_menus(self, kind):
        """What of the menus is this switch's, as it says."""
        named = self.env["ir.ui.menu"].concat(*kind._found(kind._menus))
        below = self.of_the_product.search([("id", "child_of", named.ids)])
        by_model = self.of_the_product.filtered(
            lambda menu: menu.action
            and menu.action._name == "ir.actions.act_window"
            and menu.action.res_model in kind._models
        )
        return (below if named else named) | by_model

    def check_each_alone(self):
        """Each off by itself, then each on by itself; on again all is as before."""
        switches = self.env["scrm.switch"]
        kinds = switches._kinds()
        keys = [kind._kind_key() for kind in kinds]
        before = self.menus()
        self.assertTrue(before)
        for kind in kinds:
            with self.subTest(off=kind._kind_key()):
                switches._set({kind._kind_key(): False})
                self.check_off(kind)
                own = self.own_menus(kind)
                folders = (before - self.menus() - own).filtered("action")
                self.assertFalse(folders, "nothing but its own is gone")
                for other in kinds:
                    self.assertEqual(other.is_on(), other != kind)
                switches._set({kind._kind_key(): True})
                self.assertEqual(self.menus(), before)
                self.assertEqual(set(self.crons(kind).mapped("active")) - {True}, set())
        for kind in kinds:
            with self.subTest(alone=kind._kind_key()):
                switches._set(dict.fromkeys(keys, False) | {kind._kind_key(): True})
                self.assertTrue(kind.is_on())
                others = self.env["ir.ui.menu"].concat(
                    *(self.own_menus(other) for other in kinds if other != kind)
                )
                self.assertEqual(
                    self.menus() & self.own_menus(kind),
                    (before & self.own_menus(kind)) - others,
                )
                self.assertEqual(set(self.crons(kind).mapped("active")) - {True}, set())
        self.set(**dict.fromkeys(keys, False))
        for kind in kinds:
            self.check_off(kind)
        self.set(**dict.fromkeys(keys, True))
        self.assertEqual(self.menus(), before)

    def check_off(self, kind):
        """Nothing of it opens or runs, and every form it was on still works."""
        self.assertFalse(kind.is_on())
        own = self.own_menus(kind)
        self.assertFalse(own & self.menus())
        for action in own.mapped("action"):
            if action and action.id in self.env["scrm.switch"]._off_action_ids():
                with self.assertRaisesRegex(UserError, "switched off"):
                    action._get_action_dict()
        actions = self.env["ir.actions.act_window"]
        for action in actions.search([("res_model", "in", kind._models)]):
            with self.assertRaisesRegex(UserError, "switched off"):
                action._get_action_dict()
        self.assertFalse(any(self.crons(kind).mapped("active")))
        gone = self.env["ir.ui.view"].concat(*kind._found(kind._views))
        for view in gone.filtered(lambda view: view.type != "qweb"):
            arch = self.env[view.model].get_view(view_type=view.type)["arch"]
            self.assertTrue(arch)
        for view in gone:
            root = view
            while root.inherit_id:
                root = root.inherit_id
            self.assertNotIn(view, root._get_inheriting_views())

    def check_is_complete(self):
        """What the switches name exists, and each can be set."""
        modules = sorted(self.registry._init_modules)
        routes = {url for url, _endpoint in _generate_routing_rules(modules, False)}
        for kind in self.env["scrm.switch"]._kinds():
            key = kind._kind_key()
            self.assertIn(f"scrm_switch_{key}", self.env["res.config.settings"])
            for names in (kind._menus, kind._crons, kind._views):
                self.assertEqual(len(kind._found(names)), len(names), key)
            for model in kind._models:
                self.assertIn(model, self.env)
            for start in kind._routes:
                self.assertTrue(any(one.startswith(start) for one in routes), start)
