from dataclasses import dataclass

from odoo import models

from ..engine import money
from ..engine.compute import Component
from .scrm_settlement_share import CENTRES


@dataclass(frozen=True, slots=True)
class Compiled:
    """A component as settling needs it: no record is touched per fact."""

    id: int
    key: str
    version_id: int
    version_number: int
    scope: str
    period: str
    node: str
    standing: tuple
    engine: Component
    rules: dict
    people: tuple
    centres: tuple
    stores: tuple = ()


class ScrmSettlementPlan(models.Model):
    """The rules of a plan, read once and turned into plain objects."""

    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.settlement.plan"

    def _compile(self, version):
        """The components of a version, ready to compute.

        :raise BadFormula: a rule's parameters contradict each other
        """
        compiled = []
        for component in version.component_ids:
            shares = component.share_ids
            compiled.append(
                Compiled(
                    component.id,
                    component.key,
                    version.id,
                    version.number,
                    component.scope,
                    component.period,
                    component.payee_node_key or self.payee_node_key,
                    tuple(component.standing_payee_ids.ids),
                    component._compile(),
                    {rule.key: rule.id for rule in component.rule_ids},
                    tuple(
                        (
                            share.payee_node_key
                            if share.receiver == "node"
                            else share.partner_id.id,
                            money.decimal(share.weight),
                            share.dimension or "",
                        )
                        for share in shares
                        if share.receiver not in CENTRES
                    ),
                    tuple(
                        (
                            # False: the projects of each ticket
                            share.receiver == "analytic"
                            and share.analytic_account_id.id,
                            money.decimal(share.weight),
                            share.dimension or "",
                        )
                        for share in shares
                        if share.receiver in CENTRES
                    ),
                    tuple(component.store_ids.mapped("key")),
                )
            )
        return compiled

    def _version_on(self, day):
        """The version in force on a day: of those that cover it the latest."""
        covering = self.version_ids.filtered(
            lambda version: version.valid_from <= day
            and (not version.valid_to or day <= version.valid_to)
        )
        return covering.sorted("valid_from")[-1:]

    def _versions(self):
        """Compiled components by day, remembered while a run lasts."""
        by_day, by_version = {}, {}

        def on(day):
            if day not in by_day:
                version = self._version_on(day)
                if version and version not in by_version:
                    by_version[version] = self._compile(version)
                by_day[day] = by_version.get(version)
            return by_day[day]

        return on
