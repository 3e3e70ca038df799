from odoo import api, fields, models
from odoo.exceptions import AccessError, ConcurrencyError, UserError, ValidationError
from odoo.tools import SQL, email_normalize

from odoo.addons.scrm_flow.models.scrm_key_mixin import KEY_PATTERN

from ..doors.texts import is_storable
from ..forms import formats

#: What another system may say of a customer.
SAID = ("name", "email", "phone", "channel", "id")
#: Longest of these, in characters.
SAID_LIMIT = 255


class ResPartner(models.Model):
    """One customer over all channels: who it is that writes, calls or buys, whatever
    address, number or account he or she comes by. All doors ask here."""

    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "res.partner"

    scrm_channel_ids = fields.One2many(
        comodel_name="scrm.customer.channel",
        inverse_name="partner_id",
        string="Known in Channels",
    )
    scrm_twin_ids = fields.Many2many(
        comodel_name="res.partner",
        string="Perhaps the Same",
        compute="_compute_scrm_twin_ids",
        help="Other contacts with the same phone number or e-mail address.",
    )
    scrm_twin_count = fields.Integer(compute="_compute_scrm_twin_ids")

    @api.depends("phone", "email", "parent_id", "company_id")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_scrm_twin_ids(self):
        for partner in self:
            partner.scrm_twin_ids = twins = partner._scrm_readable_twins()
            partner.scrm_twin_count = len(twins)

    def _scrm_readable_twins(self):
        """Other customers with the same address or number, whom the user may read."""
        # sudo: addresses are only compared; who is found is checked below
        twins = self.browse(self.sudo()._scrm_twins())
        return twins and twins._filtered_access("read")

    def _scrm_twins(self):
        """Ids of other customers with the same address or number.

        Asked of every ticket that is opened: in one statement, by both indexes. One
        family has one number: that is no second customer.
        """
        email, phone = self.email_normalized, self.phone_sanitized
        if not (email or phone) or not self.partner_share:
            return []
        handles = {"email_normalized": email, "phone_sanitized": phone}
        same = SQL(" OR ").join(
            SQL("%s = %s", SQL.identifier(name), said)
            for name, said in handles.items()
            if said
        )
        self.flush_model([*handles, "active", "commercial_partner_id", "company_id"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT id FROM res_partner
                 WHERE (%(same)s) AND active AND partner_share AND id != %(own)s
                   AND commercial_partner_id IS DISTINCT FROM %(family)s
                   AND (company_id IS NULL OR company_id = ANY(%(companies)s))
              ORDER BY complete_name, id DESC
                """,
                same=same,
                own=self._origin.id or 0,
                family=self.commercial_partner_id._origin.id or None,
                companies=self.env.companies.ids,
            )
        )
        return [row[0] for row in rows]

    # Who it is

    @api.model
    def _scrm_company_domain(self):
        return [("company_id", "in", [False, *self.env.companies.ids])]

    @api.model
    def _scrm_phone_number(self, phone):
        """A phone number as all are compared: in international form, if it has one."""
        # sudo: the country of the company, for numbers without one
        company = self.env.company.partner_id.sudo()
        return company._phone_format(number=phone) or phone

    @api.model
    def _scrm_phone_domain(self, phone):
        """Contacts with a phone number, however it is written."""
        return [("phone_sanitized", "=", self._scrm_phone_number(phone))]

    @api.model
    def _scrm_handle_domain(self, email=None, phone=None):
        """Contacts with one of these, as a domain; empty without any."""
        address = email and email_normalize(email)
        parts = []
        if address:
            parts += [("email_normalized", "=", address)]
        if phone:
            parts += self._scrm_phone_domain(phone)
        return ["|", *parts] if len(parts) == 2 else parts

    @api.model
    def _scrm_find_customer(self, email=None, phone=None):
        """The one contact with this e-mail address, else with this phone number.

        Several contacts of one company are that company; a phone number counts only
        where no address was given, which says more.

        :param email: in any format
        :param phone: in any format
        :return: ``res.partner``, empty when there is none, or it is not clear who
        """
        # sudo: the contact goes onto the ticket, nothing of it is shown to who asks
        partners = self.env["res.partner"].sudo()
        domain = self._scrm_company_domain()
        if email and (address := email_normalize(email)):
            found = partners.search([*domain, ("email_normalized", "=", address)])
        elif phone and formats.fits("phone", phone):
            found = partners.search([*domain, *self._scrm_phone_domain(phone)])
        else:
            return partners
        if len(found) > 1:
            owner = found.commercial_partner_id
            found = owner if len(owner) == 1 else partners
        return found

    @api.model
    def _scrm_recognise(self, said, makes=True):
        """Who the customer is that another system tells of; made when there is none.

        What identifies most comes first: the account in the channel, then the e-mail
        address, then the phone number. Who was known by the account alone becomes one
        with who is known by the address or number.

        Only for systems that vouch for what they say: a shop platform, an official
        account. What a visitor types proves nothing.

        :param said: {"name", "email", "phone", "channel": key, "id": in the channel}
        :param makes: whether one is made and kept up; only found otherwise
        :return: ``res.partner`` with sudo
        :raise ValidationError: naming what of it cannot be taken
        :raise ConcurrencyError: the same one comes in just now: to be tried again
        """
        said = self._scrm_checked(said)
        # sudo: whoever comes in is recognised, whatever the door's user may read
        people = self.env["res.partner"].sudo()
        channels = self.env["scrm.customer.channel"].sudo()  # sudo: as above
        account = people
        if said["id"]:
            account = channels._scrm_owner(said["channel"], said["id"])
        known = people
        for handle in ("email", "phone"):
            if not known and said[handle]:
                known = people._scrm_find_customer(**{handle: said[handle]})
        if not makes:
            if not (account or known):
                name = said["name"] or said["phone"] or said["email"] or said["id"]
                raise ValidationError(
                    self.env._("There is no customer “%s”.", name[:60])
                )
            return account or known
        if account and known and account != known and account._scrm_is_bare(said):
            known._scrm_absorb(account)
            account = known
        partner = account or known
        is_new = not partner
        if is_new:
            handles = (said["phone"], said["email"], said["id"])
            partner = people.create(
                {
                    "name": said["name"] or next(filter(None, handles)),
                    "email": said["email"],
                    "phone": said["phone"],
                }
            )
        else:
            partner._scrm_add_handles(said)
        for channel, identity in partner._scrm_identities(said, is_new):
            if not channels._scrm_claim(partner, channel, identity):
                raise ConcurrencyError(self.env._("This customer just comes in."))
        return partner

    @api.model
    def _scrm_checked(self, said):
        """What is said of a customer, in the forms in which it is kept.

        :raise ValidationError: naming what is wrong
        """
        if unknown := said.keys() - set(SAID):
            raise ValidationError(
                self.env._(
                    "“Customer” has no place for “%(name)s”, but for: %(names)s.",
                    name=str(min(unknown))[:60],
                    names=", ".join(SAID),
                )
            )
        for name in SAID:
            value = said.get(name)
            if value is not None and not (
                isinstance(value, str)
                and is_storable(value)
                and len(value) <= SAID_LIMIT
                and len(value.splitlines()) <= 1
            ):
                raise ValidationError(
                    self.env._(
                        "“Customer”: “%(name)s” must be a text of at most %(limit)s "
                        "characters, in one line.",
                        name=name,
                        limit=SAID_LIMIT,
                    )
                )
        said = {name: (said.get(name) or "").strip() or False for name in SAID}
        if said["email"] and not email_normalize(said["email"]):
            raise ValidationError(
                self.env._("“%s” is no e-mail address.", said["email"][:60])
            )
        if said["phone"] and not formats.fits("phone", said["phone"]):
            raise ValidationError(
                self.env._("“%s” is no phone number.", said["phone"][:60])
            )
        if bool(said["channel"]) != bool(said["id"]):
            raise ValidationError(
                self.env._("“Customer”: “channel” and “id” belong together.")
            )
        if said["channel"] and not KEY_PATTERN.fullmatch(said["channel"]):
            raise ValidationError(
                self.env._(
                    "“%s” is no key of a channel: small letters, digits and "
                    "underscores.",
                    said["channel"][:60],
                )
            )
        if not (said["email"] or said["phone"] or said["id"]):
            raise ValidationError(
                self.env._(
                    "“Customer” needs an e-mail address, a phone number, or a channel "
                    "with an id."
                )
            )
        return said

    def _scrm_identities(self, said, is_new):
        """[(channel, identity)] to be kept for this customer.

        Of a new one also address and number: they keep two messages that come in at
        the same moment from making two of it.
        """
        found = [(said["channel"], said["id"])] if said["id"] else []
        if is_new and said["email"]:
            found.append(("email", email_normalize(said["email"])))
        if is_new and said["phone"]:
            found.append(("phone", self._scrm_phone_number(said["phone"])))
        return found

    def _scrm_add_handles(self, said):
        """Keep the address or number that was not known yet."""
        fresh = {
            name: said[name]
            for name in ("email", "phone")
            if said[name] and not self[name]
        }
        if fresh:
            self.write(fresh)

    def _scrm_is_bare(self, said):
        """Whether nothing is known of this contact that speaks against its being who
        has these addresses: it came in by a channel alone."""
        has_others = (
            self.is_company
            or self.parent_id
            or self.child_ids
            or self.with_context(active_test=False).user_ids
        )
        email = said["email"] and email_normalize(said["email"])
        number = said["phone"] and self._scrm_phone_number(said["phone"])
        return (
            not has_others
            and self.email_normalized in (False, email)
            and self.phone_sanitized in (False, number)
        )

    # Two that are one

    def _scrm_absorb(self, others):
        """Make these contacts one with this one: tickets, devices, orders, channels
        and whatever else belongs to them is this one's from now on.

        :param others: ``res.partner``, at most two
        :raise UserError: they cannot be merged, and why
        """
        self.ensure_one()
        told = ", ".join(others.mapped("display_name"))
        # sudo: who may merge was asked before; references are everywhere
        merging = self.env["base.partner.merge.automatic.wizard"].sudo()
        merging._merge((self | others).ids, self, extra_checks=False)
        # sudo: as above
        tickets = self.env["helpdesk.ticket"].sudo().with_context(active_test=False)
        tickets = tickets.search([("partner_id", "=", self.id)])
        # references were changed behind Odoo's back
        tickets.modified(["partner_id"])
        tickets._scrm_load_plan({})
        self.message_post(
            body=self.env._("Merged with %s: it was the same customer.", told),
            subtype_xmlid="mail.mt_note",
        )

    @api.model
    def _scrm_may_merge(self):
        """Whether the user may make two contacts one."""
        user = self.env.user
        return user.has_group("scrm_ticket.group_manager") or user.has_group(
            "base.group_partner_manager"
        )

    def scrm_merge(self, others):
        """Make other contacts one with this one, which stays.

        :param others: ids of contacts, at most two at once
        :raise AccessError: the user may not merge or change them
        :raise UserError: they cannot be merged, and why
        """
        self.ensure_one()
        if not self._scrm_may_merge():
            raise AccessError(self.env._("You may not merge contacts."))
        others = self.browse(others) - self
        everybody = self | others
        everybody.check_access("write")
        if not others:
            raise UserError(self.env._("Choose whom to merge with this customer."))
        # sudo: who is one of us, whoever asks
        if not all(everybody.sudo().mapped("partner_share")):
            raise UserError(self.env._("Colleagues and companies of ours stay."))
        self._scrm_absorb(others)
        return True

    def action_scrm_merge(self):
        """Open the question who is to be merged with this customer."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("The Same Customer"),
            "res_model": "scrm.customer.merge",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_partner_id": self.id,
                "default_twin_ids": self.scrm_twin_ids[:2].ids,
            },
        }
