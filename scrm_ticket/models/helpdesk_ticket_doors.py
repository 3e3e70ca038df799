import hashlib
import json

from psycopg2.errors import UniqueViolation

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import plaintext2html

from ..doors import schema
from ..doors.texts import is_storable

#: Longest subject and idempotency key, in characters.
LINE_LIMIT = 255
#: Longest description, in characters.
DESCRIPTION_LIMIT = 20000


class HelpdeskTicket(models.Model):
    """How tickets come in: one method behind portal and API, and the mail gateway."""

    # One model, a file per concern.
    # pylint: disable=consider-merging-classes-inherited
    _inherit = "helpdesk.ticket"

    # what only the door asks for is not read with every ticket: ``prefetch``
    scrm_submit_uid = fields.Many2one(
        comodel_name="res.users",
        string="Submitted by",
        copy=False,
        readonly=True,
        prefetch="scrm_door",
    )
    scrm_submit_key = fields.Char(
        string="Idempotency Key",
        copy=False,
        readonly=True,
        prefetch="scrm_door",
        groups="base.group_user",
    )
    scrm_submit_digest = fields.Char(
        string="Digest of the Submission",
        copy=False,
        readonly=True,
        prefetch="scrm_door",
        groups="base.group_user",
    )

    _scrm_submit_key_unique = models.UniqueIndex(
        "(scrm_submit_uid, scrm_submit_key) WHERE scrm_submit_key IS NOT NULL"
    )

    @api.model
    def scrm_submit(
        self,
        template,
        values=None,
        idempotency_key=None,
        subject=None,
        description=None,
        store=None,
        partner=None,
    ):
        """Create a complete ticket from a template: the API's door.

        A repeated call with the same idempotency key answers with the first call's
        ticket, also when the calls come at the same moment.

        :param str template: key of the ticket template
        :param dict values: field key -> value, see the addon's guide for each type;
            what is left out gets the form's default
        :param str idempotency_key: unique per user, at most 255 characters
        :param str subject: title, default the template's name
        :param str description: plain text
        :param str store: key of the store, default the template's
        :param partner: id, e-mail address or phone number of the customer, or what is
            known of him or her: {"channel", "id", "email", "phone", "name"}; a portal
            user's ticket is always for their own company, by default for themselves
        :return: {"id": int, "number": str}; and "ignored", a list of keys, when values
            came for fields that this form does not show with these answers
        :raise ValidationError: naming the argument or field that is wrong
        :raise AccessError: for users who may not create tickets
        """
        ticket = self._scrm_submit(
            "json2",
            {
                "template": template,
                "values": {} if values is None else values,
                "subject": subject,
                "description": description,
                "store": store,
                "partner": partner,
            },
            idempotency_key,
        )
        answer = {"id": ticket["id"], "number": ticket["number"]}
        if ticket.get("ignored"):
            answer["ignored"] = ticket["ignored"]
        return answer

    @api.model
    def scrm_submit_schema(self, template):
        """What :meth:`scrm_submit` takes for a template, as a JSON Schema.

        Fields that the user may not fill in are left out.

        :param str template: key of the ticket template
        :return: dict
        :raise ValidationError: there is no such template for the user
        """
        door = self.env["scrm.ticket.door.json2"]
        found = self._scrm_submit_template(template, door)
        lines = found.line_ids
        return schema.submission_schema(
            found.key,
            self._scrm_rules_here(found),
            {line.field_id.key: line.field_id.name for line in lines},
            {line.field_id.key for line in lines if line.default_kind == "constant"},
        )

    @api.model
    def _scrm_submit(self, door, data, idempotency_key=None):
        """Create a ticket, once per user and key: what every door comes down to.

        Where a door, or the user, is restricted (``scrm.ticket.door``), a customer
        submits for himself or herself by a published template.

        :param door: key of a ``scrm.ticket.door``
        :param data: the arguments of :meth:`scrm_submit` by name; a door may know more
        :param idempotency_key: see there
        :return: {"id": int, "number": str, "repeated": bool, "ignored": list of keys}
        """
        kind = self.env["scrm.ticket.door"]._kind(door)
        restricted = kind._is_restricted()
        if not restricted:
            self.check_access("create")
        key = self._scrm_submit_line(self.env._("Idempotency key"), idempotency_key)
        digest = hashlib.sha256(
            json.dumps(data, sort_keys=True, default=str).encode()
        ).hexdigest()
        if key and (found := self._scrm_submitted(self.env, key, digest)):
            return found
        vals, dropped = self._scrm_submit_vals(data, kind)
        vals.update(scrm_door=door, scrm_submit_uid=self.env.uid)
        if key:
            vals.update(scrm_submit_key=key, scrm_submit_digest=digest)
        # Customers may not create tickets freely; this one is checked: published
        # template, own customer, values asked for by the form.
        tickets = self.sudo() if restricted else self
        try:
            with self.env.cr.savepoint():
                ticket = tickets.create(vals)
                ticket._scrm_let_customer_follow()
        except UniqueViolation as error:
            if not (error.diag.constraint_name or "").endswith(
                "scrm_submit_key_unique"
            ):
                raise
            # Another call won. Its ticket is committed, or we would still wait, but
            # not in our snapshot: a new cursor sees it.
            with self.env.registry.cursor() as cr:
                return self._scrm_submitted(self.env(cr=cr), key, digest)
        return {
            "id": ticket.id,
            "number": ticket.number,
            "repeated": False,
            "ignored": dropped,
        }

    def _scrm_let_customer_follow(self):
        """The customer follows the ticket, whoever submitted it."""
        # sudo: who submits for a customer need not see the customer
        ticket = self.sudo()
        partner = ticket._scrm_asking() - ticket.message_follower_ids.partner_id
        if partner:
            outside = partner.filtered("partner_share")
            ticket._message_subscribe(partner.ids, customer_ids=outside.ids)

    def _scrm_asking(self):
        """The customer for whom a ticket was submitted."""
        return self.filtered("scrm_submit_uid").partner_id.filtered("active")

    @api.model
    def _scrm_submitted(self, env, key, digest):
        """The ticket that this user already submitted with this key, if any.

        :raise ValidationError: when the key came with other content
        """
        ticket = (
            env["helpdesk.ticket"]
            .sudo()  # the user's own submission, whatever became of it since
            .with_context(active_test=False)
            .search([("scrm_submit_uid", "=", env.uid), ("scrm_submit_key", "=", key)])
        )
        if not ticket:
            return None
        if ticket.scrm_submit_digest != digest:
            raise ValidationError(
                env._(
                    "The idempotency key “%(key)s” was already used for ticket "
                    "%(ticket)s with other content. Use a new key.",
                    key=key,
                    ticket=ticket.number,
                )
            )
        return {"id": ticket.id, "number": ticket.number, "repeated": True}

    # What was sent

    @api.model
    def _scrm_submit_vals(self, data, door):
        """Values of the ticket to create, and keys of the form that are ignored.

        :param data: the arguments of :meth:`scrm_submit` by name
        :param door: ``scrm.ticket.door``
        :raise ValidationError: naming the argument or field that is wrong
        """
        template = self._scrm_submit_template(data.get("template"), door)
        subject = self._scrm_submit_line(self.env._("Subject"), data.get("subject"))
        subject = " ".join(subject.split())  # it becomes the subject of mails
        description = self._scrm_submit_line(
            self.env._("Description"), data.get("description"), DESCRIPTION_LIMIT
        )
        vals = {
            **door._customer_vals(data),
            "template_id": template.id,
            "name": subject or template.name,
            "description": plaintext2html(description),
            "user_id": False,
        }
        if data.get("store"):
            vals["store_id"] = self._scrm_submit_store(data["store"]).id
        partner = door._known_customer(vals)
        values = self._scrm_with_defaults(template, data["values"], partner)
        checked = self._scrm_checked_values(template, values, vals=vals)
        vals["scrm_values"] = {
            key: value for key, value in checked.values.items() if key in values
        }
        return vals, checked.dropped

    @api.model
    def _scrm_submit_line(self, label, value, limit=LINE_LIMIT):
        """A text argument.

        :param label: its name in words
        :param limit: longest text, in characters
        :return: the text, "" when it was left out
        """
        if value is None or value is False:
            return ""
        if not isinstance(value, str) or not is_storable(value):
            raise ValidationError(
                self.env._("“%(field)s” must be a text.", field=label)
            )
        if len(value) > limit:
            raise ValidationError(
                self.env._(
                    "“%(field)s” is too long: at most %(limit)s characters.",
                    field=label,
                    limit=limit,
                )
            )
        return value.strip()

    @api.model
    def _scrm_submit_template(self, key, door):
        """The template of this key that the user may use at a door."""
        key = self._scrm_submit_line(self.env._("Template"), str(key))
        # Customers read no templates; the domain lets them use published ones.
        template = (
            self.env["scrm.ticket.template"]
            .sudo()
            .search_fetch(door._template_domain() & Domain("key", "=", key), limit=1)
        )
        if not template:
            raise ValidationError(
                self.env._("There is no ticket template “%s”.", key[:60])
            )
        return template

    @api.model
    def _scrm_submit_store(self, key):
        """The store of this key."""
        key = self._scrm_submit_line(self.env._("Store"), str(key))
        # Portal users read no stores; a key only picks one.
        store = (
            self.env["scrm.store"]
            .sudo()
            .search(
                [
                    ("key", "=", key),
                    ("company_id", "in", self.env.companies.ids),
                ]
            )
        )
        if not store:
            raise ValidationError(self.env._("There is no store “%s”.", key[:60]))
        return store

    @api.model
    def message_new(self, msg, custom_values=None):
        return super().message_new(
            msg, custom_values={"scrm_door": "email", **(custom_values or {})}
        )
