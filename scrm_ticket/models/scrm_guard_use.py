import json
from datetime import datetime
from functools import partial

from psycopg2.errors import SerializationFailure
from psycopg2.extras import Json

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import AccessError, ConcurrencyError
from odoo.http import request
from odoo.tools import SQL

from ..guard.metering import Waiting, added, lent
from .scrm_guard_copy import NAMED

#: Role of those who may take customer data in bulk.
COPIES = "scrm_ticket.group_copy_customers"
#: System parameter: more records than this in one call are a copy.
BULK = "scrm_ticket.bulk_records"
BULK_DEFAULT = 500
#: Times that others may come first before a request is tried anew as a whole.
COLLISIONS = 50
EPOCH = datetime(1970, 1, 1)
#: Small reads of this process. All processes together hold a twentieth of a limit.
_waiting = Waiting()


class ScrmGuardUse(models.Model):
    """How much customer data went to somebody lately; one row a person and kind.

    Counted in transactions of their own, one after the other for a person: two exports
    at once are added up, whatever becomes of the requests.
    """

    _name = "scrm.guard.use"
    _description = "Use of Customer Data"
    _log_access = False

    user_id = fields.Many2one("res.users", required=True, ondelete="cascade")
    kind = fields.Char(required=True)
    slots = fields.Json()
    loans = fields.Json()  # process -> [records that may wait in it, minute]

    _once = models.UniqueIndex("(user_id, kind)")

    @api.model
    def _is_watched(self):
        """Whether what is read now goes to a person: asked for by a request, with his
        or her own rights. What the public website shows is nobody's."""
        if not request or self.env.su or not request.env:
            return False
        if request.env.uid != self.env.uid:
            return False
        return not self.env.user._is_public()

    @api.model
    def _on_copy(self, way, records, field_names=(), count=None):
        """Somebody copies records: needs the right, is counted and written down.

        :param way: key of a way, see ``scrm.guard.copy``
        :param count: how many, if not those of `records`
        :raise AccessError: without the right, or too many
        """
        count = len(records) if count is None else count
        told = self._told(way, records, field_names, count)
        if not self.env.user.has_group(COPIES):
            self._write_down({**told, "outcome": "refused"})
            raise AccessError(
                self.env._(
                    "You may not copy %(what)s in bulk: that needs the role “Copies "
                    "Customer Data”. This attempt was recorded.",
                    what=self.env["ir.model"]._get(records._name).name,
                )
            )
        self._count("copy", count, lambda: told)

    @api.model
    def _on_read(self, records, field_names=(), count=None):
        """Somebody reads records; many in one call are a copy. Looking at the same ones
        again, as a screen that stays open does, is not counted anew.

        :param count: how many, if not those of `records`
        :raise AccessError: too many, or in bulk without the right
        """
        limit = self.env["scrm.guard.limit"]._of_user("read")
        asked = len(records) if count is None else count
        # sudo: a setting that holds for whoever asks
        bulk = self.env["ir.config_parameter"].sudo().get_param(BULK)
        if asked > (int(bulk) if (bulk or "").isdigit() else BULK_DEFAULT):
            self._on_copy("read", records, field_names, asked)
            return
        if limit and count is None:
            who = (self.env.cr.dbname, self.env.uid)
            minute = self._minute(self.env["scrm.clock"].now())
            ids = records._ids
            asked = _waiting.fresh(who, records._name, ids, minute, limit[1])
        if limit and asked:
            told = partial(self._told, "read", records, field_names, asked)
            self._count("read", asked, told)

    @api.model
    def _told(self, way, records, field_names, count):
        """What the record of copies says of this request."""
        asked = request.params
        if isinstance(asked.get("data"), str):  # Odoo's export sends it in one text
            asked = json.loads(asked["data"])
        domain = asked.get("domain")
        if domain is None:
            domain = (asked.get("kwargs") or {}).get("domain")
        if domain is None and asked.get("args"):
            first = asked["args"][0]  # of records their numbers, else a condition
            if not isinstance(first, list) or not all(
                isinstance(one, int) for one in first
            ):
                domain = first
        return {
            "user_id": self.env.uid,
            "at": self.env["scrm.clock"].now(),
            "way": way,
            "model": records._name,
            "domain": json.dumps(domain, ensure_ascii=False) if domain else False,
            "field_names": ", ".join(field_names),
            "count": count,
            "record_ids": list(records._ids[:NAMED]),
            "path": request.httprequest.path,
            "source": request.httprequest.remote_addr,
        }

    @api.model
    def _write_down(self, told):
        with self.env.registry.cursor() as cr:
            api.Environment(cr, SUPERUSER_ID, {})["scrm.guard.copy"].create(told)

    @api.model
    def _count(self, kind, count, told):
        """Count what goes to the user.

        :param told: gives the row of ``scrm.guard.copy``; reads are not written down
            until they are too many
        :raise AccessError: it is more than the limit; the rights are frozen
        """
        who = (self.env.cr.dbname, self.env.uid)
        limit = self.env["scrm.guard.limit"]._of_user(kind)
        if kind == "read":
            minute = self._minute(self.env["scrm.clock"].now())
            count = limit and _waiting.take(who, count, limit[0], minute)
        elif not limit:
            self._write_down({**told(), "outcome": "done"})
        if not limit or not count:
            return
        for _attempt in range(COLLISIONS):
            try:
                total, loan, case = self._count_once(kind, count, limit, told)
                break
            except SerializationFailure:
                continue  # somebody counted at this moment: look again
        else:
            raise ConcurrencyError(self.env._("Too many requests at this moment."))
        if kind == "read":
            _waiting.learn(who, total, loan, minute + limit[1])
        if case is not None:
            self.env.registry.signal_changes()  # others forget his or her sessions
            self._refuse(case)

    @api.model
    def _count_once(self, kind, count, limit, told):
        """Count in a transaction of its own.

        :return: (what the user took in the span, how much of small reads may wait in
            this process, None or the state of the case)
        """
        records, minutes = limit
        uid = self.env.uid
        with self.env.registry.cursor() as cr:
            uses = api.Environment(cr, SUPERUSER_ID, {})["scrm.guard.use"]
            now = uses.env["scrm.clock"].now()
            slots, loans, is_frozen = uses._lock_row(uid, kind)
            minute = self._minute(now)
            slots, total = added(slots, minute, count, minutes)
            if total <= records and not is_frozen:
                loan = 0
                if kind == "copy":
                    uses.env["scrm.guard.copy"].create({**told(), "outcome": "done"})
                else:
                    process = _waiting.process()
                    loans, loan = lent(loans, process, minute, minutes, records)
                uses._keep_row(uid, kind, slots, loans)
                return total, loan, None
            tried = {**told(), "outcome": "stopped"}
            copy = uses.env["scrm.guard.copy"].create(tried)
            if is_frozen:
                return total, 0, "frozen"
            state = uses._freeze(uses.env["res.users"].browse(uid), now)
            case = uses.env["scrm.guard.case"].create(
                {
                    "user_id": uid,
                    "at": now,
                    "state": state,
                    "copy_id": copy.id,
                    "records": total,
                    "limit_records": records,
                    "limit_minutes": minutes,
                }
            )
            cr.commit()  # pylint: disable=invalid-commit  # frozen, whatever follows
            case._scrm_tell()
        return total, 0, state

    @api.model
    def _minute(self, moment):
        """Whole minutes, as slots are counted."""
        return int((moment - EPOCH).total_seconds()) // 60

    @api.model
    def _freeze(self, user, now):
        """Take the rights of somebody away, but not those of the last one who can
        administer the system.

        :return: state of the case
        """
        # one at a time: two administrators at once do not both go
        self._lock_row(SUPERUSER_ID, "freeze")
        self._keep_row(SUPERUSER_ID, "freeze", {})
        system = self.env.ref("base.group_system").all_user_ids
        able = system.filtered(
            lambda one: one.active
            and not one.scrm_frozen_at
            and one.id not in (user.id, SUPERUSER_ID)
        )
        if user in system and not able:
            return "last"
        user.scrm_frozen_at = now
        return "frozen"

    @api.model
    def _refuse(self, state):
        if state == "last":
            raise AccessError(
                self.env._(
                    "You took more customer data than is allowed. This was not given, "
                    "and risk control was told."
                )
            )
        raise AccessError(
            self.env._(
                "You took more customer data than is allowed. Your rights are frozen; "
                "risk control was told and can release them."
            )
        )

    @api.model
    def _lock_row(self, user_id, kind):
        """A row, which nobody else gets at until this transaction ends.

        :return: (its slots, its loans, whether the person's rights are frozen)
        """
        row = self._locked(user_id, kind)
        if not row:
            self.env.cr.execute(
                SQL(
                    """
                    INSERT INTO scrm_guard_use (user_id, kind) VALUES (%s, %s)
                    ON CONFLICT (user_id, kind) DO NOTHING
                    """,
                    user_id,
                    kind,
                ),
                log_exceptions=False,
            )
            row = self._locked(user_id, kind)
        slots, loans, is_frozen = row
        slots = {int(minute): count for minute, count in (slots or {}).items()}
        return slots, loans or {}, is_frozen

    @api.model
    def _locked(self, user_id, kind):
        self.env.cr.execute(
            SQL(
                """
                SELECT slots, loans, scrm_frozen_at IS NOT NULL
                  FROM scrm_guard_use
                  JOIN res_users ON res_users.id = user_id
                 WHERE user_id = %s AND kind = %s
                   FOR UPDATE OF scrm_guard_use
                """,
                user_id,
                kind,
            ),
            log_exceptions=False,
        )
        return self.env.cr.fetchone()

    @api.model
    def _keep_row(self, user_id, kind, slots, loans=None):
        self.env.cr.execute(
            SQL(
                """
                UPDATE scrm_guard_use SET slots = %s, loans = %s
                 WHERE user_id = %s AND kind = %s
                """,
                Json(slots),
                Json(loans or {}),
                user_id,
                kind,
            ),
            log_exceptions=False,
        )

    @api.model
    def _forget(self, user):
        """Count anew for somebody who was released."""
        self.search([("user_id", "=", user.id)]).unlink()
