from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import email_normalize

#: Keys an entry may have when it comes in from outside.
KEYS = frozenset(
    {"customer", "kind", "at", "name", "product", "device", "facts", "source", "key"}
)
#: Kind of entries that a shop's tracking sends: looked at; and what is in the cart.
BROWSE = "browse"
CART = "cart"


class ScrmProfileEntry(models.Model):
    """Something known about a customer: a test result, a visit, usage, a wish.

    Entries come from other systems through :meth:`record`, from service through form
    fields that write to the profile, or by hand. Cards show them on tickets.
    """

    _name = "scrm.profile.entry"
    _inherit = "scrm.follow.mixin"
    _description = "Entry of a Customer's Profile"
    _order = "at desc, id desc"
    _followed = ("partner_id",)

    partner_id = fields.Many2one(
        "res.partner", string="Customer", required=True, index=True, ondelete="cascade"
    )
    kind = fields.Char(
        required=True,
        index=True,
        help="What sort of thing it is; cards choose by it: risk_test, browse, usage.",
    )
    at = fields.Datetime(
        string="When", required=True, default=lambda self: self.env["scrm.clock"].now()
    )
    name = fields.Char(string="What", required=True)
    facts = fields.Json(help="Details: name -> text or number.")
    details = fields.Char(compute="_compute_details")
    product_id = fields.Many2one("product.product", index="btree_not_null")
    lot_id = fields.Many2one(
        "stock.lot", string="Device", index="btree_not_null", ondelete="set null"
    )
    ticket_id = fields.Many2one(
        "helpdesk.ticket",
        string="Found in",
        index="btree_not_null",
        ondelete="set null",
        help="The ticket in which it was found out.",
    )
    source = fields.Char(help="The system it came from.")
    key = fields.Char(
        string="Number There",
        copy=False,
        help="What the source calls it: the same one is not recorded twice.",
    )

    _source_key = models.UniqueIndex(
        "(source, key) WHERE key IS NOT NULL", "This entry is recorded already."
    )

    @api.depends("facts")
    def _compute_details(self):
        for entry in self:
            entry.details = "; ".join(
                f"{name}: {value}" for name, value in (entry.facts or {}).items()
            )

    @api.model
    def record(self, entries: list[dict]) -> dict:
        """Record what another system knows about customers, all or nothing.

        :param entries: dicts with ``customer`` (id, e-mail address, phone number, or
            {"channel", "id"} of an account known here), ``kind``, ``at`` ("YYYY-MM-DD
            HH:MM:SS" UTC), and optionally ``name``,
            ``product`` (internal reference), ``device`` (serial number), ``facts``
            (name -> text or number; of ``browse``: ``seconds`` and ``cart``, how
            often it was put there; of ``cart``: ``quantity`` that is in it now, 0 when
            it was taken out, and ``price``), ``source`` and ``key``
        :return: {"recorded": how many are new, "known": how many were there}
        :raise ValidationError: names the entry and what is wrong with it
        """
        self.check_access("create")
        if not isinstance(entries, list):
            raise ValidationError(self.env._("Entries must be a list."))
        rows = [
            self._from_outside(number, entry) for number, entry in enumerate(entries)
        ]
        keys = [row["key"] for row in rows if row["key"]]
        # sudo: whether it is there already, also of customers one may not read
        there = self.sudo().search([("key", "in", keys)])
        known = {(entry.source or "", entry.key) for entry in there}
        fresh = []
        for row in rows:
            mark = (row["source"] or "", row["key"])
            if row["key"] and mark in known:
                continue
            known.add(mark)
            fresh.append(row)
        self.create(fresh)
        return {"recorded": len(fresh), "known": len(rows) - len(fresh)}

    @api.model
    def _from_outside(self, number, entry):
        def wrong(name, message):
            return ValidationError(
                self.env._(
                    "Entry %(number)s, “%(name)s”: %(message)s",
                    number=number + 1,
                    name=name,
                    message=message,
                )
            )

        if not isinstance(entry, dict):
            raise wrong("", self.env._("it must be an object"))
        for name in sorted(entry.keys() - KEYS):
            raise wrong(name, self.env._("there is no such key"))
        for name in ("kind", "name", "source", "key", "product", "device"):
            value = entry.get(name)
            if value is not None and not isinstance(value, str):
                raise wrong(name, self.env._("it must be a text"))
        if not entry.get("kind"):
            raise wrong("kind", self.env._("it is missing"))
        try:
            at = fields.Datetime.to_datetime(entry.get("at") or None)
        except (ValueError, TypeError):
            at = None
        if not at:
            raise wrong("at", self.env._("it must be like 2026-03-02 08:00:00"))
        partner = self._customer(entry.get("customer"))
        if not partner:
            raise wrong("customer", self.env._("there is no such customer"))
        facts = entry.get("facts") or {}
        if fault := self._fault_of_facts(entry["kind"], facts):
            raise wrong(*fault)
        vals = {
            "partner_id": partner.id,
            "kind": entry["kind"],
            "at": at,
            "facts": facts,
            "source": entry.get("source") or False,
            "key": entry.get("key") or False,
        }
        for name, field, column in (
            ("product", "product_id", "default_code"),
            ("device", "lot_id", "name"),
        ):
            if entry.get(name):
                model = self._fields[field].comodel_name
                # sudo: found by its code, its name is not shown to who asks
                found = self.env[model].sudo().search([(column, "=", entry[name])])
                if len(found) != 1:
                    raise wrong(name, self.env._("there is no such one, or several"))
                vals[field] = found.id
        vals["name"] = entry.get("name") or entry.get("product") or entry["kind"]
        return vals

    @api.model
    def _fault_of_facts(self, kind, facts):
        """(key, message) of what is wrong with the facts, None when nothing is."""
        if not isinstance(facts, dict) or not all(
            isinstance(value, str | int | float) for value in facts.values()
        ):
            return "facts", self.env._("it must hold texts and numbers")
        numbers = {BROWSE: ("seconds", "cart"), CART: ("quantity", "price")}
        for name in numbers.get(kind, ()):
            value = facts.get(name, 0)
            if isinstance(value, str) or value < 0:
                message = self.env._("it must be a number from 0 on")
                return f"facts.{name}", message
        if kind == CART and "quantity" not in facts:
            return "facts.quantity", self.env._("it is missing")
        return None

    @api.model
    def _customer(self, said):
        """A customer that the user may read, by id, e-mail address, number, account."""
        partners = self.env["res.partner"]
        if isinstance(said, dict):
            channel, identity = said.get("channel"), said.get("id")
            if not (isinstance(channel, str) and isinstance(identity, str)):
                return partners
            # sudo: whose account it is; the contact is checked
            channels = self.env["scrm.customer.channel"].sudo()
            found = channels._scrm_owner(channel, identity).sudo(False)
            return found._filtered_access("read")
        if isinstance(said, int) and not isinstance(said, bool):
            is_id = 0 < said < 2**31
            return partners.search([("id", "=", said)]) if is_id else partners
        if not isinstance(said, str) or not said:
            return partners
        if email := email_normalize(said):
            found = partners.search([("email_normalized", "=", email)])
        else:
            found = partners.search(partners._scrm_phone_domain(said))
        if len(found) > 1:
            found = found.commercial_partner_id
        return found if len(found) == 1 else partners

    @api.model
    def _of(self, partner, kinds):
        """Entries of these kinds of a customer and its people, the newest first."""
        return self.search(
            [
                ("partner_id", "child_of", partner.commercial_partner_id.ids),
                ("kind", "in", kinds),
            ]
        )


class ResPartner(models.Model):
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "res.partner"

    scrm_profile_ids = fields.One2many(
        "scrm.profile.entry", "partner_id", string="Known about the Customer"
    )
