from odoo import fields, models


class ScrmPackScenario(models.Model):
    """A scenario of an imported pack, kept as it is written.

    It is played from outside, over HTTP, by the command ``odoo scrm_scenario``.
    """

    _name = "scrm.pack.scenario"
    _description = "Pack Scenario"
    _order = "key"

    key = fields.Char(required=True, readonly=True, copy=False)
    name = fields.Char(required=True, translate=True)
    is_demo = fields.Boolean(
        string="Demonstration", help="Played to fill a demonstration with live data."
    )
    steps = fields.Json(readonly=True)

    _key_unique = models.UniqueIndex("(key)", "The key of a scenario is unique.")
