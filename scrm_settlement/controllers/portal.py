import base64

from odoo import http
from odoo.exceptions import AccessError, MissingError, UserError
from odoo.http import content_disposition, request

from odoo.addons.portal.controllers.portal import CustomerPortal
from odoo.addons.portal.controllers.portal import pager as portal_pager


class ScrmSettlementPortal(CustomerPortal):
    """The payee's side: look at a statement, sign it, dispute a line of it.

    Everything is read and done as the user; the record rules say that a statement is
    its payee's, once it is confirmed.
    """

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "scrm_statement_count" in counters:
            values["scrm_statement_count"] = request.env[
                "scrm.settlement.statement"
            ].search_count(self._scrm_own_statements())
        return values

    def _scrm_own_statements(self):
        return [
            ("payee_id", "=", request.env.user.partner_id.id),
            ("state", "!=", "draft"),
        ]

    def _scrm_statement(self, statement_id):
        """The statement, if it is the user's own or staff may read it."""
        statement = request.env["scrm.settlement.statement"].browse(statement_id)
        try:
            statement.check_access("read")
            statement.name  # noqa: B018 whether it exists
        except (AccessError, MissingError):
            raise request.not_found() from None
        return statement

    @http.route(
        ["/my/settlements", "/my/settlements/page/<int:page>"],
        type="http",
        auth="user",
        website=True,
        methods=["GET"],
    )
    def scrm_portal_statements(self, page=1, **kw):
        """List the own statements, the latest first."""
        statements = request.env["scrm.settlement.statement"]
        domain = self._scrm_own_statements()
        pager = portal_pager(
            url="/my/settlements",
            total=statements.search_count(domain),
            page=page,
            step=self._items_per_page,
        )
        values = self._prepare_portal_layout_values()
        values.update(
            statements=statements.search(
                domain, limit=self._items_per_page, offset=pager["offset"]
            ),
            page_name="scrm_statement",
            pager=pager,
            default_url="/my/settlements",
        )
        return request.render("scrm_settlement.portal_statements", values)

    @http.route(
        "/my/settlements/<int:statement_id>",
        type="http",
        auth="user",
        website=True,
        methods=["GET"],
    )
    def scrm_portal_statement(self, statement_id, **kw):
        """Show one statement with every line explained."""
        return self._scrm_render(self._scrm_statement(statement_id))

    def _scrm_render(self, statement, error="", status=200):
        values = self._prepare_portal_layout_values()
        values.update(
            statement=statement,
            records=statement._parts().record_ids,
            is_payee=statement.payee_id == request.env.user.partner_id,
            page_name="scrm_statement",
            error=error,
        )
        response = request.render("scrm_settlement.portal_statement", values)
        response.status_code = status
        return response

    @http.route(
        "/my/settlements/<int:statement_id>/pdf",
        type="http",
        auth="user",
        website=True,
        methods=["GET"],
    )
    def scrm_portal_pdf(self, statement_id, lang=None, **kw):
        """The signed document; without one, or in another language, a fresh copy."""
        statement = self._scrm_statement(statement_id)
        if statement.signed_at and not lang:
            # sudo: the file of a statement that the user reads
            signed = statement.sudo().with_context(bin_size=False)
            pdf = base64.b64decode(signed.document)
        else:
            pdf = statement.render_pdf(lang)
        name = statement.name.replace("/", "-")
        return request.make_response(
            pdf,
            [
                ("Content-Type", "application/pdf"),
                ("Content-Disposition", content_disposition(f"{name}.pdf")),
                ("X-Content-Type-Options", "nosniff"),
            ],
        )

    @http.route(
        "/my/settlements/<int:statement_id>/sign",
        type="jsonrpc",
        auth="user",
        website=True,
    )
    def scrm_portal_sign(self, statement_id, name=None, signature=None):
        """What the signature form sends."""
        statement = self._scrm_statement(statement_id)
        try:
            with request.env.cr.savepoint():
                statement.sign(signature, name)
        except (AccessError, UserError) as error:
            return {"error": str(error)}
        return {"force_refresh": True}

    @http.route(
        "/my/settlements/<int:statement_id>/dispute",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
    )
    def scrm_portal_dispute(self, statement_id, reason="", record="", **kw):
        """Object to a line."""
        line = int(record) if record.isdecimal() else None
        return self._scrm_do(statement_id, lambda one: one.dispute(reason, line))

    @http.route(
        "/my/settlements/<int:statement_id>/reply",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
    )
    def scrm_portal_reply(self, statement_id, dispute="", message="", **kw):
        """Say something about an open dispute."""

        def reply(statement):
            mine = statement.dispute_ids.filtered(lambda one: str(one.id) == dispute)
            if not mine:
                raise UserError(request.env._("There is no such dispute."))
            mine.reply(message)

        return self._scrm_do(statement_id, reply)

    @http.route(
        "/my/settlements/<int:statement_id>/payout",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
    )
    def scrm_portal_payout(self, statement_id, payout="", **kw):
        """Choose instant or monthly payout."""
        return self._scrm_do(statement_id, lambda one: one.choose_payout(payout))

    def _scrm_do(self, statement_id, act):
        """Do it and show the page again, or say on the page why not."""
        statement = self._scrm_statement(statement_id)
        try:
            with request.env.cr.savepoint():
                act(statement)
        except (AccessError, UserError) as error:
            statement.invalidate_recordset()
            return self._scrm_render(statement, str(error), 422)
        return request.redirect(f"/my/settlements/{statement.id}")
