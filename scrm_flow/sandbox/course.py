"""One run of a flow in a sandbox: what is done to it, and what it shows."""

import time
from datetime import timedelta

import psycopg2

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL, html2plaintext

from ..engine import approval
from .cursor import SandboxError, sandbox_of
from .values import (
    find_record,
    invented,
    plain_value,
    read_value,
    read_values,
)

#: Timers that may fire in one sandbox.
MAX_TIMERS = 500
#: What is made in a sandbox, found by its id being higher than all before.
MADE = (
    "scrm.flow.run",
    "scrm.flow.step",
    "mail.message",
    "mail.mail",
    "sms.sms",
    "mail.activity",
)
#: What "do" may say -> method of the record, and what it takes besides the step.
OPERATIONS = {
    "complete": ("scrm_step_complete", ("transition",)),
    "claim": ("scrm_step_claim", ()),
    "accept": ("scrm_step_accept", ()),
    "approve": ("scrm_step_vote", ("reason",)),
    "deny": ("scrm_step_vote", ("reason",)),
    "reject": ("scrm_step_reject", ("to", "reason")),
    "transfer": ("scrm_step_transfer", ("user", "reason")),
    "add_handler": ("scrm_step_add_handler", ("user", "reason")),
    "recall": ("scrm_step_recall", ()),
    "pause": ("scrm_step_pause", ("reason",)),
    "resume": ("scrm_step_resume", ()),
    "assign": ("scrm_step_assign", ("user", "reason")),
    "route": ("scrm_step_route", ("transition", "reason")),
    "freeze": ("scrm_flow_freeze", ("reason",)),
    "release": ("scrm_flow_release", ("reason",)),
    "cancel": ("scrm_flow_cancel", ("reason",)),
}
#: Votes -> what they say.
DECISIONS = {"approve": approval.APPROVED, "deny": approval.REJECTED}


class Course:
    """Drives one record through a version, and tells what happened.

    Lives on the cursor of a sandbox; the user of ``env`` is who tries the flow.

    :param version: ``scrm.flow.version``, a draft too
    :param seconds: how long it may take in real time
    """

    def __init__(self, env, version, seconds=20):
        self.env = env
        self.sandbox = sandbox_of(env)
        self.version = env["scrm.flow.version"].browse(version.id)
        if self.version.state == "draft":
            self.sandbox.versions.add(version.id)
            self.version._bind_calls()
        self.record = None
        self.run = None
        self.outcomes = []
        self.messages = []
        self.gateways = []
        self._until = time.monotonic() + seconds
        self._timers_left = MAX_TIMERS
        self._first = {name: self._highest(env[name]) for name in MADE}
        milliseconds = f"{int(seconds * 1000)}ms"
        env.cr.execute(SQL("SET LOCAL statement_timeout = %s", milliseconds))

    def _highest(self, model):
        row = self.env.execute_query(
            SQL("SELECT COALESCE(MAX(id), 0) FROM %s", SQL.identifier(model._table))
        )
        return row[0][0]

    def _made(self, name, domain=(), order="id"):
        """What was made in here so far."""
        # sudo: what the sandbox itself made, shown to who may try the flow
        return (
            self.env[name]
            .sudo()
            .with_context(active_test=False)
            .search(
                Domain("id", ">", self._first[name]) & Domain(list(domain)), order=order
            )
        )

    # Acting ------------------------------------------------------------------

    def begin(self, record_id=None, values=None):
        """Start the flow on a record, or on one that is made up.

        :param record_id: id of a record that the user may read
        :param values: field name -> value, written to it first
        """
        model = self.env[self.version.model]
        values = read_values(model, values or {})
        if record_id:
            record = model.browse(record_id).exists()
            if not record:
                raise UserError(self.env._("There is no such record."))
            record.check_access("read")
            if values:
                self._write(record, values)
        else:
            name = self.env._("%s (sandbox)", self.version.flow_id.name)
            record = model.create(invented(model, values, name))
        self.record = record
        self._put_aside(record)
        self.env.cr.flush()
        self._collect()
        self._first["scrm.flow.run"] = self._highest(self.env["scrm.flow.run"])
        self._first["scrm.flow.step"] = self._highest(self.env["scrm.flow.step"])
        self.sandbox.asked.clear()
        # sudo: a manager starts it on a record he or she may read
        flow = self.version.flow_id.sudo()
        self.run = self.env["scrm.flow.engine"]._start(
            record, flow, version_id=self.version.id
        )
        self._after()

    def _put_aside(self, record):
        """In here nothing else runs on the record."""
        # sudo: the record's own rows, on a record the user may read
        runs = (
            self.env["scrm.flow.run"]
            .sudo()
            .search(
                [
                    ("res_model", "=", record._name),
                    ("res_id", "=", record.id),
                    ("state", "in", ("running", "incident")),
                ]
            )
        )
        steps = runs.step_ids.filtered(lambda s: s.state not in ENDED)
        steps.write({"state": "cancelled"})
        runs.write({"state": "cancelled"})

    def do(self, action: dict):
        """Do one line of a script; what became of it is the last outcome."""
        self._check_time()
        verb = action["do"]
        outcome = {"do": verb, "ok": True, "message": False}
        outcome["node"] = action.get("node") or False
        self.outcomes.append(outcome)
        try:
            with self.env.cr.savepoint():
                if verb in OPERATIONS:
                    self._operate(action, outcome)
                else:
                    getattr(self, f"_do_{verb}")(action, outcome)
        except psycopg2.OperationalError:
            raise  # somebody else is at work on the same rows
        except Unexpected as error:
            outcome.update(
                ok=False, message=str(error), expected=error.wanted, seen=error.seen
            )
        except (UserError, AccessError) as error:
            outcome.update(ok=False, message=str(error))
        except Exception as error:
            text = f"{type(error).__name__}: {error}"
            outcome.update(
                ok=False, message=self.env._("Unexpected error: %(error)s", error=text)
            )
        self._after()

    def _operate(self, action, outcome):
        method, names = OPERATIONS[action["do"]]
        step = self._step(action.get("node"), action["do"])
        user = self._actor(action.get("as"), step)
        arguments = {}
        for name in names:
            value = action.get(name)
            if name == "transition":
                arguments["transition_key"] = value or None
            elif name == "to":
                arguments["node_key"] = value
            elif name == "user":
                arguments["user_id"] = self.user(value).id
            else:
                arguments[name] = value
        if action["do"] in DECISIONS:
            arguments["decision"] = DECISIONS[action["do"]]
        if method.startswith("scrm_step") and action["do"] != "recall":
            arguments["step_id"] = step.id
        outcome["node"] = step.node_key
        outcome["as"] = user.name
        record = step._record() if step else self.record
        getattr(record.with_env(self.env).with_user(user), method)(**arguments)

    def _do_set(self, action, outcome):
        """Write values to the record, with the rights of who tries the flow."""
        outcome["values"] = action.get("values") or {}
        self._write(self.record, read_values(self.record, outcome["values"]))

    def _do_wait(self, action, outcome):
        """Let time pass: hours, up to a moment, or up to the next timer."""
        if action.get("until"):
            until = fields.Datetime.to_datetime(action["until"])
        elif action.get("hours"):
            until = self.sandbox.now + timedelta(hours=action["hours"])
        else:
            timer = self._timers([("state", "=", "due")])[:1]
            if not timer:
                raise UserError(self.env._("Nothing waits for its time."))
            until = max(timer.due_at, self.sandbox.now)
        if until < self.sandbox.now:
            raise UserError(self.env._("The clock of a sandbox only goes forward."))
        self.pass_time(until)

    def _do_retry(self, action, outcome):
        """Let what is stuck try again."""
        for run in self._runs().filtered(lambda run: run.state == "incident"):
            self.env["scrm.flow.engine"]._retry(run)

    def _do_expect(self, action, outcome):
        """Compare with what is expected at this point."""
        for name, wanted in (action.get("values") or {}).items():
            self._expect_value(name, wanted)
        if action.get("node"):
            self._expect_handler(action)
        if action.get("message"):
            self._expect_message(action)

    def _expect_value(self, name, wanted):
        seen = plain_value(self.record, name)
        field = self.record._fields[name.partition(".")[0]]
        if field.type == "many2one":
            wanted = find_record(self.env[field.comodel_name], wanted).id
        elif field.type in ("float", "monetary", "integer"):
            wanted = float(wanted or 0)
        elif field.type == "boolean":
            wanted = read_value(self.record, field, wanted)
        same = abs(seen - wanted) < 1e-9 if isinstance(seen, float) else seen == wanted
        if not same and (seen or wanted):
            raise Unexpected(self.env, name, wanted, seen)

    def _expect_handler(self, action):
        step = self._step(action["node"], "expect")
        handlers = step._handlers()
        if action.get("as"):
            if self.user(action["as"]) not in handlers:
                wanted = self.user(action["as"]).name
                seen = ", ".join(handlers.mapped("name"))
                raise Unexpected(self.env, step.display_name, wanted, seen)
        elif action.get("role"):
            role = self.role(action["role"])
            if not handlers or handlers - role.all_user_ids:
                seen = ", ".join(handlers.mapped("name"))
                raise Unexpected(self.env, step.display_name, role.name, seen)

    def _expect_message(self, action):
        wanted = action["message"]
        told = self.user(action["as"]).name if action.get("as") else None
        for message in self.messages:
            text = f"{message['subject'] or ''}\n{message['text']}"
            if wanted in text and (told is None or told in message["to"]):
                return
        seen = "; ".join(
            f"{', '.join(m['to'])}: {m['subject'] or m['text']}" for m in self.messages
        )
        what = self.env._("message to %s", told) if told else self.env._("message")
        raise Unexpected(self.env, what, wanted, seen)

    def _write(self, record, values):
        for name, value in values.items():
            if record._fields[name].type == "properties":
                # the others stay: a write replaces them all
                held = plain_value(record, name)
                values = {**values, name: {**held, **value}}
        record.write(values)

    def pass_time(self, until):
        """Let what comes due up to a moment happen, in its order and at its time."""
        while True:
            self._check_time()
            timer = self._timers(
                [
                    ("state", "=", "due"),
                    ("due_at", "<=", until),
                    ("run_id.frozen_at", "=", False),
                ]
            )[:1]
            if not timer:
                break
            if not self._timers_left:
                raise UserError(
                    self.env._(
                        "More than %s timers would fire: the sandbox stops here.",
                        MAX_TIMERS,
                    )
                )
            self._timers_left -= 1
            self.sandbox.now = max(self.sandbox.now, timer.due_at)
            timer._fire_alone()
            self._after()
        self.sandbox.now = max(self.sandbox.now, until)

    def _after(self):
        """Let happen what waits for the end of a request, but for the outside."""
        for step in self.open_steps().filtered("is_notice_due"):
            step._notify_handler()  # a cron would do so within a minute
        self.env.cr.flush()
        self._collect()

    def _check_time(self):
        if time.monotonic() > self._until:
            raise SandboxError(
                self.env._("This takes too long: the sandbox stops here.")
            )

    # Finding -----------------------------------------------------------------

    def _runs(self):
        return self._made("scrm.flow.run")

    def steps(self):
        """All steps of the sandbox, in order."""
        return self._made("scrm.flow.step")

    def open_steps(self):
        """The steps somebody may work on now."""
        return self.steps().filtered(lambda step: step.state == "open")

    def _timers(self, domain):
        # sudo: the timers of the sandbox's own runs
        return (
            self.env["scrm.flow.timer"]
            .sudo()
            .search(Domain("run_id", "in", self._runs().ids) & Domain(domain))
        )

    def _step(self, key, verb):
        """The step that is meant; the newest open one of the node."""
        if not key:
            steps = self.open_steps()
            if verb == "recall" or (verb in ("freeze", "release", "cancel")):
                return steps[:1]
            if len(steps) == 1:
                return steps
            if not steps:
                raise UserError(self.env._("No step is open."))
            names = ", ".join(step.node_key for step in steps)
            raise UserError(self.env._("Say which step is meant: %s.", names))
        steps = self.steps().filtered(lambda step: step.node_key == key)
        step = steps.filtered(lambda s: s.state == "open")[-1:] or steps[-1:]
        if not step:
            raise UserError(
                self.env._("The run has not come to the node “%s”.", key or "")
            )
        return step

    def _actor(self, who, step):
        if who:
            return self.user(who)
        return step.user_id or step._handlers()[:1] or self.env.user

    def user(self, who):
        """A user by id or login.

        :raise UserError: there is none
        """
        # sudo: a flow manager may name any user as handler
        users = self.env["res.users"].sudo()
        if isinstance(who, int) or str(who or "").isdecimal():
            found = users.browse(int(who)).exists()
        else:
            found = users.search([("login", "=", who or "")], limit=1)
        if not found:
            raise UserError(self.env._("There is no user “%s”.", who or ""))
        return found

    def role(self, key):
        """A role by its key.

        :raise UserError: there is none
        """
        # sudo: roles are named by flows, whoever may see groups
        groups = self.env["res.groups"].sudo()
        found = groups.search([("scrm_key", "=", key)], limit=1)
        if not found:
            raise UserError(self.env._("There is no role “%s”.", key))
        return found

    # Telling -----------------------------------------------------------------

    def _collect(self):
        """Note what people would have been told since the last look."""
        at = fields.Datetime.to_string(self.sandbox.now)
        mails = self._made("mail.mail")
        by_message = mails.grouped("mail_message_id")
        for message in self._made("mail.message"):
            people = message.notified_partner_ids | message.partner_ids
            to = people.mapped("name")
            for mail in by_message.get(message, ()):
                to += mail.recipient_ids.mapped("name")
                to += [mail.email_to] if mail.email_to else []
            if to:
                body = message.body or ""
                mail = next(iter(by_message.get(message, ())), None)
                if mail and not body:
                    body = mail.body_html or ""
                self._told("message", at, to, message.subject, html2plaintext(body))
        for sms in self._made("sms.sms"):
            to = [sms.partner_id.name or sms.number]
            self._told("sms", at, to, False, sms.body or "")
        for activity in self._made("mail.activity"):
            to = activity.user_id.mapped("name")
            text = html2plaintext(activity.note or "")
            self._told("activity", at, to, activity.summary, text)
        for name in ("mail.message", "mail.mail", "sms.sms", "mail.activity"):
            self._first[name] = max(self._first[name], self._highest(self.env[name]))

    def _told(self, channel, at, to, subject, text):
        self.messages.append(
            {
                "channel": channel,
                "at": at,
                "to": list(dict.fromkeys(to)),
                "subject": subject or False,
                "text": text.strip(),
            }
        )


#: States in which a step is over.
ENDED = ("done", "rejected", "cancelled")


class Unexpected(UserError):
    """Something else was seen than expected."""

    def __init__(self, env, what, wanted, seen):
        self.what, self.wanted, self.seen = what, wanted, seen
        super().__init__(
            env._(
                "%(what)s: expected “%(wanted)s”, saw “%(seen)s”.",
                what=what,
                wanted=wanted,
                seen=seen,
            )
        )
