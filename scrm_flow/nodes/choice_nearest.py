from odoo import api, models
from odoo.tools.translate import LazyTranslate

from ..engine import assignment, geo

_lt = LazyTranslate(__name__)

#: The figure of a person: kilometres, None without coordinates.
KM = "km"


class ScrmFlowChoiceNearest(models.AbstractModel):
    """Who is nearest to where the work is, as the crow flies; ties go in turn.

    Points are the coordinates of contacts (``partner_latitude`` and
    ``partner_longitude``), entered by hand or by a geocoder: no service is asked.
    """

    _name = "scrm.flow.choice.nearest"
    _inherit = "scrm.flow.choice"
    _description = "Choice by Distance"

    _label = _lt("Nearest")
    _kind_rank = 50
    _counts_turns = True

    @api.model
    def _compile(self, node):
        return {"path": node._location_path()}

    @api.model
    def _check(self, node):
        problem = node._location_problem()
        return [problem] if problem else []

    @api.model
    def _figures(self, case, users):
        here = self._location(case.record, case.node.data["choice_data"]["path"])
        if here is None:
            return {}
        points = self._points(users)
        figures = {}
        for user in users:
            there = points.get(user.id)
            distance = round(geo.distance(here, there), 1) if there else None
            figures[user.id] = {KM: distance}
        return figures

    @api.model
    def _location(self, record, path):
        """Where the work is: the first contact on the path that has coordinates."""
        try:
            partners = record.mapped(path)
        except KeyError:  # publishing checked it; the field is gone since
            return None
        for partner in partners:
            found = geo.point(partner.partner_latitude, partner.partner_longitude)
            if found:
                return found
        return None

    @api.model
    def _points(self, users) -> dict[int, geo.Point]:
        """Where people start from: {id of the user: point}; addons know more."""
        # sudo: a distance decides over the step; the place itself is not shown
        partners = users.sudo().mapped("partner_id")
        partners.fetch(["partner_latitude", "partner_longitude"])
        found = {}
        for user in users.sudo():
            partner = user.partner_id
            there = geo.point(partner.partner_latitude, partner.partner_longitude)
            if there:
                found[user.id] = there
        return found

    @api.model
    def _choose(self, people, case):
        return assignment.best(people, assignment.by_figure(KM), assignment.by_turn)

    @api.model
    def _words(self, trace):
        distance = (trace["chosen"].get("figures") or {}).get(KM)
        if distance is None:
            return self.env._("whose turn it is, as no distance is known")
        return self.env._("who is the nearest")
