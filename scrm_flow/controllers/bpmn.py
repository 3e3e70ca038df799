from odoo import http
from odoo.http import content_disposition, request


class BpmnController(http.Controller):
    @http.route("/scrm/flow/<int:version_id>/bpmn", auth="user", methods=["GET"])
    def download(self, version_id):
        """A version of a flow as BPMN 2.0 XML, for managers of flows."""
        version = request.env["scrm.flow.version"].browse(version_id).exists()
        if not version:
            raise request.not_found()
        text = request.env["scrm.flow.bpmn"].export_bpmn(version.id)
        name = f"{version.flow_id.key}_{version.number}.bpmn"
        return request.make_response(
            text,
            [
                ("Content-Type", "application/xml; charset=utf-8"),
                ("Content-Disposition", content_disposition(name)),
            ],
        )
