from odoo import api, models
from odoo.tools.translate import LazyTranslate

from odoo.addons.scrm_flow.engine import geo

_lt = LazyTranslate(__name__)


class ScrmFlowHandlerNearestStore(models.AbstractModel):
    """The staff of the store that is nearest to the customer, as the crow flies.

    While a courier has the goods and his carrier tells where he is, the way from him
    to the store counts as well.
    """

    _name = "scrm.flow.handler.nearest_store"
    _inherit = "scrm.flow.handler"
    _description = "Handler Rule Nearest Store"

    _label = _lt("Staff of the nearest store")
    _kind_rank = 75

    @api.model
    def _compile(self, node):
        return {"path": node._location_path()}

    @api.model
    def _check(self, node):
        if node.model != "helpdesk.ticket":
            return [self.env._("only tickets have stores")]
        problem = node._location_problem()
        return [problem] if problem else []

    @api.model
    def _is_post(self, node, user):
        # sudo: whether the user works in any store
        stores = self.env["scrm.store"].sudo()
        staff = ["|", ("user_ids", "in", user.ids), ("manager_id", "=", user.id)]
        return bool(stores.search_count(staff, limit=1))

    @api.model
    def _people(self, case, data):
        nobody = self.env["res.users"]
        nearest = self.env["scrm.flow.choice.nearest"]
        here = nearest._location(case.record, data["path"])
        if here is None:
            return nobody
        courier = geo.point(*case.record._scrm_courier_place())
        store, distances, full = self._nearest(here, courier, case.company)
        if full:
            case.because.update(full=full)
        if not store:
            return nobody
        case.because.update(store=store.name, km=round(distances[0], 1))
        if courier:
            case.because.update(courier_km=round(distances[1], 1))
        return store.user_ids or store.manager_id

    @api.model
    def _nearest(self, here, courier, company):
        """The nearest store with people and room.

        :param here: ``geo.Point`` of the customer
        :param courier: ``geo.Point`` of who brings the goods, or None
        :return: the store, its distances from customer and courier in kilometres,
            names of nearer stores without room
        """
        # sudo: the flow looks at all stores of the company, whoever moves the ticket
        stores = self.env["scrm.store"].sudo()
        found = []
        for store in stores.search([("company_id", "in", company.ids)], order="id"):
            partner = store.partner_id
            there = geo.point(partner.partner_latitude, partner.partner_longitude)
            if there and (store.user_ids or store.manager_id):
                distance = geo.distance(here, there)
                way = geo.distance(courier, there) if courier else 0.0
                found.append(((distance, way), store))
        full = []
        for distances, store in sorted(found, key=lambda pair: sum(pair[0])):
            if store._scrm_has_room():
                return store, distances, full
            full.append(store.name)
        return stores, None, full

    @api.model
    def _words(self, because):
        words = self._store_words(because)
        if "courier_km" not in because:
            return words
        return self.env._(
            "%(words)s; %(km)s km from the courier",
            words=words,
            km=because["courier_km"],
        )

    @api.model
    def _store_words(self, because):
        if "store" not in because and because.get("full"):
            return self.env._(
                "these stores have enough to do: %s", ", ".join(because["full"])
            )
        if because.get("full"):
            return self.env._(
                "nearest store with room “%(store)s”, %(km)s km; enough to do: "
                "%(full)s",
                store=because["store"],
                km=because["km"],
                full=", ".join(because["full"]),
            )
        if "store" not in because:
            return self.env._("no store with coordinates and staff, or no place to go")
        return self.env._(
            "nearest store “%(store)s”, %(km)s km",
            store=because["store"],
            km=because["km"],
        )
