from odoo import http
from odoo.exceptions import LockError, UserError
from odoo.http import request


class ScrmWork(http.Controller):
    """The page of engineers on the road, colleagues and partners alike."""

    @http.route("/scrm/work", type="http", auth="user", website=True, methods=["GET"])
    def scrm_work(self, **kw):
        """The page; it asks for its steps by itself, so that it works without a
        connection once it is open."""
        return request.render("scrm_ticket.work_page", {})

    @http.route("/scrm/work/tasks", type="jsonrpc", auth="user")
    def scrm_work_tasks(self):
        """The steps that wait for the user."""
        return request.env["scrm.work.entry"]._tasks()

    @http.route("/scrm/work/do", type="jsonrpc", auth="user")
    def scrm_work_do(self, key=None, ticket=None, deed=None, data=None):
        """Do something on a step, once; see ``scrm.work.entry``."""
        entries = request.env["scrm.work.entry"]
        try:
            return entries._take(key, ticket, deed, data)
        except LockError:
            raise  # somebody is at it: the phone sends it again
        except UserError as error:
            return {"refused": str(error)}
