from odoo import http
from odoo.exceptions import LockError, UserError
from odoo.http import request


class ScrmWork(http.Controller):
    """The page of engineers on the road, colleagues and partners alike.

    All of it speaks one language: that of their own settings to colleagues, to whom
    it is a page of the backend; to partners that of the portal, which they choose at
    its foot.
    """

    @http.route("/scrm/work", type="http", auth="user", website=True, methods=["GET"])
    def scrm_work(self, **kw):
        """The page; it asks for its steps by itself, so that it works without a
        connection once it is open."""
        user = request.env.user
        is_colleague = user._is_internal()
        if is_colleague and user.lang and user.lang != request.lang.code:
            address = request.env["ir.http"]._url_lang("/scrm/work", user.lang)
            return request.redirect(address)
        return request.render("scrm_ticket.work_page", {"no_footer": is_colleague})

    @http.route("/scrm/work/tasks", type="jsonrpc", auth="user", website=True)
    def scrm_work_tasks(self):
        """The steps that wait for the user."""
        return request.env["scrm.work.entry"]._tasks()

    @http.route("/scrm/work/do", type="jsonrpc", auth="user", website=True)
    def scrm_work_do(self, key=None, ticket=None, deed=None, data=None):
        """Do something on a step, once; see ``scrm.work.entry``."""
        entries = request.env["scrm.work.entry"]
        try:
            return entries._take(key, ticket, deed, data)
        except LockError:
            raise  # somebody is at it: the phone sends it again
        except UserError as error:
            return {"refused": str(error)}
