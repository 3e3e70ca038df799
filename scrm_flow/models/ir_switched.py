"""What a switch takes away: menus, actions, parts of forms, addresses."""

from werkzeug.exceptions import HTTPException

from odoo import api, models, tools
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.http import Response, request


class IrUiMenu(models.Model):
    _inherit = "ir.ui.menu"

    @api.model
    @tools.ormcache("frozenset(self.env.user._get_group_ids())", "debug")
    def _visible_menu_ids(self, debug=False):
        visible = super()._visible_menu_ids(debug)
        gone = self.env["scrm.switch"]._off_menu_ids()
        if not gone & visible:
            return visible
        # a folder with nothing left in it goes as well
        left = set()
        # sudo: what is above the menus that the user sees
        for menu in self.sudo().browse(visible - gone).filtered("action"):
            while menu.id in visible and menu.id not in left:
                left.add(menu.id)
                menu = menu.parent_id
        return frozenset(left)


class IrActionsActWindow(models.Model):
    _inherit = "ir.actions.act_window"

    def _get_action_dict(self):
        name = self.env["scrm.switch"]._off_action_ids().get(self.id)
        if name:
            raise UserError(self.env[name]._refusal())
        return super()._get_action_dict()


class IrActionsActions(models.Model):
    _inherit = "ir.actions.actions"

    @api.model
    def get_bindings(self, model_name):
        off = self.env["scrm.switch"]._off_action_ids()
        bindings = super().get_bindings(model_name)
        if not off:
            return bindings
        left = {
            kind: [action for action in actions if action["id"] not in off]
            for kind, actions in bindings.items()
        }
        return {kind: actions for kind, actions in left.items() if actions}


class IrUiView(models.Model):
    _inherit = "ir.ui.view"

    @api.model
    def _get_inheriting_views_domain(self):
        domain = super()._get_inheriting_views_domain()
        if not self.pool.ready:
            return domain  # installing and updating knows everything
        off = self.env["scrm.switch"]._off_view_ids()
        return domain & Domain("id", "not in", off) if off else domain


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    @classmethod
    def _pre_dispatch(cls, rule, args):
        super()._pre_dispatch(rule, args)
        switch = request.env["scrm.switch"]._shut(rule.rule)
        if switch is None:
            return
        words = switch._refusal()
        if rule.endpoint.routing["type"] != "http":
            raise UserError(words)
        wants_page = "text/html" in request.httprequest.headers.get("Accept", "")
        # what is no page of the website has none of its frame either
        if wants_page and request.is_frontend:
            page = request.render("scrm_flow.switched_off", {"words": words})
            page.flatten()
            page.status_code = 404
        else:
            page = Response(words, 404, mimetype="text/plain")
        raise HTTPException(response=page)
