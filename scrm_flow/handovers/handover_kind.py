from odoo import api, models
from odoo.fields import Domain


class ScrmHandoverKind(models.AbstractModel):
    """Something that people have and leave behind: tickets, customers, open steps.

    An addon adds a kind by defining ``scrm.handover.kind.<key>``; where one field
    names the person, ``_model`` and ``_field`` are all there is to say. Everything
    here works with the rights of the machine: who may let somebody leave is asked
    by ``scrm.handover``.
    """

    _name = "scrm.handover.kind"
    _inherit = "scrm.flow.kind"
    _description = "Kind of Handover"

    #: Model of the records and the many2one to the person.
    _model = ""
    _field = "user_id"
    #: It just ends: nobody takes it over.
    _ends = False

    @api.model
    def _domain(self) -> Domain:
        """Which records count, besides being the person's."""
        return Domain.TRUE

    @api.model
    def _records(self):
        # sudo: see the class
        return self.env[self._model].sudo()

    @api.model
    def _held(self, leaver):
        """What this person has."""
        return self._records().search(
            Domain(self._field, "=", leaver.id) & self._domain()
        )

    @api.model
    def _own_proposals(self, records, leaver, plan) -> dict[int, tuple]:
        """Whom the records' own rules name: {id of the record: (key, users, note)}.

        Asked for all records at once.

        :param plan: what was decided about the kinds before: {key: shares}
        """
        return {}

    @api.model
    def _leaders(self, record, leaver):
        """Who leads what the record belongs to, the nearest first: ``res.users``."""
        return self.env["res.users"]

    @api.model
    def _keepers(self, record):
        """Who is asked when nobody else can: ``res.users``."""
        return self.env["res.users"]

    @api.model
    def _company(self, record):
        """The company whose people may have the record; empty: anybody's."""
        if "company_id" in record._fields:
            return record.company_id
        return self.env["res.company"]

    @api.model
    def _is_able(self, record, person) -> bool:
        """Can this person have the record? Being active was asked before."""
        company = self._company(record)
        return person._is_internal() and (not company or company in person.company_ids)

    @api.model
    def _give(self, shares, leaver):
        """Give the records of these shares to whom they fell.

        :param shares: list of ``engine.handover.Share``
        """
        people = {}
        for share in shares:
            if share.person:
                people.setdefault(share.person, []).append(share.record.id)
        for person, ids in people.items():
            self._records().browse(ids).write({self._field: person.id})
