from datetime import timedelta

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..sandbox.course import OPERATIONS, Course
from ..sandbox.cursor import SandboxError, opened
from ..sandbox.telling import tell

#: Lines of one script.
MAX_ACTIONS = 200
#: How far the clock of a sandbox may be from the true time, in days.
MAX_DAYS = 3660
#: What each verb takes, besides "do".
KEYS = {
    **{verb: {"node", "as", *names} for verb, (_method, names) in OPERATIONS.items()},
    "set": {"values"},
    "wait": {"hours", "until"},
    "retry": set(),
    "expect": {"values", "node", "as", "role", "message"},
}


class ScrmFlowSandbox(models.AbstractModel):
    """Tries a version of a flow out; nothing of it remains.

    Each call replays its whole script on a cursor that only goes back, so nothing
    is open between two calls.
    """

    _name = "scrm.flow.sandbox"
    _description = "Flow Sandbox"

    @api.model
    def play(self, version_id, script=None, record_id=None, values=None, at=None):
        """Run a record through a version, a draft too, and tell what happens.

        :param version_id: id of the ``scrm.flow.version``
        :param script: what to do, in order, each {"do": verb, ...}:
            ``complete`` (node, as, transition), ``claim``, ``accept``, ``recall``
            (node, as), ``approve`` and ``deny`` (reason), ``reject`` (to, reason),
            ``transfer`` and ``add_handler`` (user, reason), ``freeze``, ``release``,
            ``cancel`` (reason), ``retry``, ``set`` (values), ``wait`` (hours, or
            until; without either up to the next timer) and ``expect`` (values; node
            with as or role; message). ``as`` and ``user`` are ids or logins; without
            ``as`` the step's handler acts
        :param record_id: id of a record to try it with, as it is now; without one
            a record is made up
        :param values: field name -> value, written to the record before the start
        :param at: when it starts, "YYYY-MM-DD HH:MM:SS" UTC; now when left out
        :return: the course with JSON values: ``path``, ``steps``, ``choices``,
            ``conditions``, ``services``, ``timers``, ``messages``, ``log``,
            ``outcomes`` (one a line of the script), ``stuck``, ``state``, ``end``,
            ``now``, ``faults`` (what keeps the version from being published)
        :raise AccessError: the caller is no flow manager, or may not read the record
        :raise UserError: something in the call cannot be used
        """
        if not self.env.user.has_group("scrm_flow.group_manager"):
            raise AccessError(self.env._("Only a flow manager may try a flow out."))
        version = self.env["scrm.flow.version"].browse(version_id).exists()
        if not version:
            raise UserError(self.env._("There is no such version."))
        version.check_access("read")
        return self._play(version, script or [], record_id, values, at)

    @api.model
    def _play(self, version, script, record_id=None, values=None, at=None):
        """As :meth:`play`, for callers that have checked the rights."""
        script = self._check_script(script)
        if values is not None and not isinstance(values, dict):
            raise UserError(self.env._("“values” must name fields and their values."))

        def drive(course):
            course.begin(record_id, values)
            for action in script:
                course.do(action)

        return self._try_out(version, drive, self._moment(at))

    @api.model
    def _try_out(self, version, drive, now, seconds=20):
        """Open a sandbox, let ``drive(course)`` act in it, and tell the course.

        :param now: when it starts, naive UTC
        :param seconds: how long it may take in real time
        :raise UserError: the version cannot start at all, others are changing the
            same rows, or it takes too long
        """
        self._check_can_start(version)
        try:
            with opened(self.env, now) as env:
                course = Course(env, version, seconds)
                drive(course)
                return tell(course)
        except psycopg2.errors.LockNotAvailable as error:
            raise UserError(
                self.env._(
                    "Somebody is working on the same record right now. Try again in a "
                    "moment."
                )
            ) from error
        except psycopg2.IntegrityError as error:
            raise UserError(error.diag.message_primary or str(error)) from error
        except psycopg2.errors.QueryCanceled as error:
            raise SandboxError(
                self.env._("This takes too long: the sandbox stops here.")
            ) from error

    @api.model
    def _check_can_start(self, version):
        """Refuse what is no graph yet; weaker faults are shown where they bite."""
        try:
            faults = version._faults(version._drawn_graph(), version.model)
            bad = {fault.code for fault in faults} & {
                "no_start",
                "many_starts",
                "unknown_node",
            }
        except (UserError, ValueError, KeyError):
            bad = True
        if bad:
            raise UserError(
                self.env._(
                    "“%(version)s” cannot be tried out yet:\n%(faults)s",
                    version=version.display_name,
                    faults="\n".join(f"- {line}" for line in version._fault_lines()),
                )
            )

    @api.model
    def _moment(self, at):
        now = self.env["scrm.clock"].now()
        if not at:
            return now
        try:
            moment = fields.Datetime.to_datetime(at)
        except (ValueError, TypeError) as error:
            raise UserError(
                self.env._(
                    "“at” must be a time like 2026-03-02 02:00:00, not %(at)s.", at=at
                )
            ) from error
        if abs(moment - now) > timedelta(days=MAX_DAYS):
            raise UserError(self.env._("A sandbox stays within ten years of today."))
        return moment.replace(microsecond=0)

    @api.model
    def _check_script(self, script) -> list[dict]:
        """The script, when it can be played.

        :raise UserError: naming the line that cannot
        """
        if not isinstance(script, list):
            raise UserError(self.env._("The script must be a list."))
        if len(script) > MAX_ACTIONS:
            raise UserError(self.env._("A script has at most %s lines.", MAX_ACTIONS))
        for number, action in enumerate(script):
            problem = self._action_problem(action)
            if problem:
                raise UserError(
                    self.env._(
                        "script[%(number)s]: %(problem)s",
                        number=number,
                        problem=problem,
                    )
                )
        return script

    @api.model
    def _action_problem(self, action) -> str | None:
        verb = action.get("do") if isinstance(action, dict) else None
        if verb not in KEYS:
            return self.env._(
                "“do” must be one of %(verbs)s, not “%(verb)s”",
                verbs=", ".join(sorted(KEYS)),
                verb=verb,
            )
        unknown = set(action) - KEYS[verb] - {"do"}
        if unknown:
            return self.env._(
                "“%(verb)s” does not take %(keys)s",
                verb=verb,
                keys=", ".join(f"“{key}”" for key in sorted(unknown, key=str)),
            )
        values = action.get("values")
        if values is not None and not isinstance(values, dict):
            return self.env._("“values” must name fields and their values")
        hours = action.get("hours", 0)
        if isinstance(hours, bool) or not isinstance(hours, int | float) or hours < 0:
            return self.env._("“hours” must be a number, not below 0")
        if hours > 24 * MAX_DAYS:
            return self.env._("“hours” is more than ten years")
        if action.get("until"):
            self._moment(action["until"])
        for key in ("node", "transition", "to", "reason", "role", "message"):
            if action.get(key) and not isinstance(action[key], str):
                return self.env._("“%s” must be a text", key)
        return None
