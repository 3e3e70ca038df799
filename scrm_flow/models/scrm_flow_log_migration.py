from odoo import fields, models


class ScrmFlowLog(models.Model):
    """What the log says of changes of the version."""

    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.flow.log"

    event = fields.Selection(
        selection_add=[
            ("migrate", "Taken to another version"),
            ("migrate_back", "Taken back to its version"),
        ],
        ondelete={"migrate": "cascade", "migrate_back": "cascade"},
    )

    def _describe(self):
        detail = self.detail or {}
        if "from_version" not in detail:
            return super()._describe()
        names = {}
        # sudo: names of nodes, on a record the reader may see
        for version in self.run_id.sudo().flow_id.version_ids:
            if version.state != "draft":
                names[version.number] = version._labels()["nodes"]
        return self.env._(
            "Version %(old)s → %(new)s: %(from)s → %(to)s",
            old=detail["from_version"],
            new=detail["to_version"],
            **{
                side: names.get(detail[f"{side}_version"], {}).get(
                    detail[side], detail[side]
                )
                for side in ("from", "to")
            },
        )
