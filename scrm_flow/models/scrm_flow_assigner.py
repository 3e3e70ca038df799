from dataclasses import replace

from odoo import SUPERUSER_ID

from ..engine import assignment
from .scrm_flow_staff import Staff


class Case:
    """One activation of a node for which handlers are wanted.

    What rules and choices look at: ``record`` (with the engine's rights), ``run``,
    ``node`` (compiled), ``person`` (who had the work before and gets it back), and
    ``picked``: id of the user somebody picked, False when a person was asked and
    picked nobody, None when nobody could be asked. A rule notes in ``because`` what
    it found, and sets ``by_hand`` when a person decided, so that only what makes the
    work impossible counts. ``holders`` are the dispatchers, for choices, and
    ``left_out`` says who must not get it for a reason of this case: {id of the user:
    reason code}.
    """

    def __init__(self, run, record, node, picked=None, person=None):
        self.run = run
        self.record = record
        self.node = node
        self.picked = picked
        self.person = person
        self.env = record.env
        self.because = {}
        self.by_hand = False
        self.left_out = {}
        self.holders = []
        self.staff = Staff(self.env)

    @property
    def place(self):
        """Where turns are counted: a node of a flow, whatever the version."""
        return self.run.flow_id.id, self.node.key

    @property
    def company(self):
        """The company of the record, empty without one."""
        if "company_id" in self.record._fields:
            return self.record.company_id
        return self.env["res.company"]

    @property
    def availability(self):
        return self.node.data.get("availability") or "ignore"

    @property
    def rule(self):
        return self.env["scrm.flow.handler"]._kind(self.node.data["handler_rule"])

    @property
    def choice(self):
        return self.env["scrm.flow.choice"]._kind(self.rule._choice(self))

    def members(self, group):
        """The members of a role, inactive ones included, without the machine."""
        return self.staff.members(group)

    def backups(self):
        """Who joins in at this node while its backup pool is switched on."""
        pool_id = self.node.data.get("backup_pool_id")
        pool = self.env["scrm.flow.backup.pool"].browse(pool_id or ())
        return pool.members() if pool else self.env["res.users"]

    def dispatchers(self):
        """Whom the node names to hand its work out."""
        part = self.node.data.get("dispatcher")
        if not part:
            return self.env["res.users"]
        return (
            self.env["scrm.flow.handler"]
            ._kind(part["rule"])
            ._people(self, part["data"])
        )

    def warning(self, user_id) -> str | None:
        """Why this user would have been left out, for who decides by hand."""
        # sudo: when a colleague works, said in the log
        availability = self.env["scrm.flow.availability"].sudo()
        now = self.env["scrm.clock"].now()
        reasons = availability._why_not([user_id], self.company, self.availability, now)
        return reasons.get(user_id)

    def mover(self):
        """The colleague who moved the record here, or else who created it."""
        # sudo: whether they are colleagues
        users = (self.env.user | self.record.create_uid).sudo()
        return users.filtered(lambda u: u.id != SUPERUSER_ID and not u.share)[:1]


class Assigner:
    """Finds handlers for all steps that open in one move, each with its reason.

    The object beside its tables; it lives for one move. People, availability, turns
    and loads are read once for all cases together, then the cases are decided one
    after the other, each knowing what those before it took.
    """

    def __init__(self, env):
        self.env = env
        self.now = env["scrm.clock"].now()
        # sudo: the engine's own rows; rights were checked by the callers
        self.steps = env["scrm.flow.step"].sudo()
        self.turns = assignment.Turns(self.steps._last_turns)
        self._named = {}
        self._staff = Staff(env)
        self._in_turn = set()
        self._absent = {}
        self._loads = {}

    def assign(self, cases) -> list[assignment.Assignment]:
        """Decide who handles these activations, in this order.

        :param cases: list of :class:`Case`
        :raise UserError: a person who completes a step has to pick somebody, and
            picked nobody or somebody who may not be picked
        """
        named = []
        for case in cases:
            people = self.named(case)
            nobody = people.browse()
            holders = (
                case.rule._dispatchers(case) if case.choice._dispatches else nobody
            )
            named.append((people, holders, case.person or nobody))
        self._read(cases, named)
        self._count(cases, named)
        self._line_up(cases, named)
        return [
            self._decide(case, people, holders)
            for case, (people, holders, _back) in zip(cases, named, strict=True)
        ]

    def named(self, case):
        """Whom the rule of the node names, able or not: ``res.users``."""
        rule, data = case.rule, case.node.data["handler"]
        case.staff = self._staff
        if rule._per_record:
            return rule._people(case, data) | case.backups()
        key = (rule._name, repr(data), case.node.data.get("backup_pool_id"))
        if key not in self._named:
            self._named[key] = rule._people(case, data) | case.backups()
        return self._named[key]

    def persons(self, case, users) -> list[assignment.Person]:
        """These users as the choices see them: who cannot work, and why."""
        self._read([case], [(users,)])
        return self._persons(case, users)

    # What is known of people -------------------------------------------------

    def _read(self, cases, named):
        """Read people, and ask once per company and kind who is not there."""
        groups = {}
        for case, sets in zip(cases, named, strict=True):
            key = (case.company, case.availability)
            groups.setdefault(key, set()).update(*(users.ids for users in sets))
        self._staff.load(set().union(*groups.values()))
        for (company, kind), ids in groups.items():
            known = self._absent.setdefault((company.id, kind), {})
            missing = sorted(ids - set(known))
            if missing:
                # sudo: when colleagues work decides over the step, whoever moves it
                availability = self.env["scrm.flow.availability"].sudo()
                reasons = availability._why_not(missing, company, kind, self.now)
                known.update((user, reasons.get(user)) for user in missing)

    def _persons(self, case, users, last=None, figures=None):
        last, figures = last or {}, figures or {}
        return [
            self._person(case, user, last.get(user), figures.get(user))
            for user in users.ids
            if user in self._staff  # others were deleted since
        ]

    def _person(self, case, user_id, last_turn=None, figures=None):
        name, active, limit, companies = self._staff[user_id]
        why = None
        if user_id in case.left_out:
            why = case.left_out[user_id]
        elif not active:
            why = "inactive"
        elif case.company and case.company.id not in companies:
            why = "other_company"
        elif not case.by_hand:
            why = self._absent[case.company.id, case.availability].get(user_id)
        held = self._loads.get(user_id)
        load = None if held is None else len(held)
        person = assignment.Person(user_id, name, last_turn, why, load, figures or {})
        if held is None or case.by_hand:
            return person
        person = assignment.limited(person, limit)
        here = sum(place == case.place for place in held.values())
        at_node = assignment.limited(
            replace(person, load=here), case.node.data.get("load_limit")
        )
        return replace(person, unavailable=at_node.unavailable)

    # Counting ----------------------------------------------------------------

    def _count(self, cases, named):
        """Read, and hold, the open steps of those for whom their number matters."""
        ids = set()
        for case, (people, *_rest) in zip(cases, named, strict=True):
            everybody = case.choice._counts_load or case.node.data.get("load_limit")
            ids.update(
                user
                for user in people.ids
                if user in self._staff and (everybody or self._staff[user][2])
            )
        missing = sorted(ids - set(self._loads))
        if missing:
            self._loads.update(self.steps._loads(missing))

    def _line_up(self, cases, named):
        """Read whose turn it is, place by place in the same order everywhere."""
        wanted = {}
        for case, (people, *_rest) in zip(cases, named, strict=True):
            if case.choice._counts_turns:
                wanted.setdefault(case.place, set()).update(people.ids)
        for place, ids in sorted(wanted.items()):
            if len(ids) > 1:  # one person needs no turns
                self.turns.last(place, sorted(ids))
                self._in_turn.add(place)

    # Deciding ----------------------------------------------------------------

    def _decide(self, case, people, holders):
        if case.person and case.person.id in self._staff:
            outcome = assignment.back_to(self._person(case, case.person.id))
            if outcome:
                return outcome
        case.rule._check_case(case, self._persons(case, people))
        outcome = self._choose(case, people, holders)
        outcome.rule = case.rule._kind_key()
        outcome.because = case.because
        if outcome.handler is None:
            outcome = self._fall_back(case, outcome) or outcome
        return outcome

    def _choose(self, case, people, holders):
        choice = case.choice
        in_turn = choice._counts_turns and case.place in self._in_turn
        last = self.turns.last(case.place, people.ids) if in_turn else {}
        figures = choice._figures(case, people)
        persons = self._persons(case, people, last, figures)
        case.holders = self._persons(case, holders)
        outcome = choice._choose(persons, case)
        outcome.choice = choice._kind_key()
        if outcome.handler is None or outcome.dispatch:
            return outcome
        if in_turn:
            self.turns.took(case.place, outcome.handler.id)
        if outcome.handler.id in self._loads and len(outcome.candidates) == 1:
            self._loads[outcome.handler.id][object()] = case.place
        return outcome

    def _fall_back(self, case, failed):
        """Ask the fallback of the node, then that of its flow; all able share it."""
        part = case.node.data.get("fallback")
        parts = [("node", part)] if part else []
        parts += [("flow", part) for part in case.run.flow_id._fallback_parts()]
        for level, part in parts:
            rule = self.env["scrm.flow.handler"]._kind(part["rule"])
            case.because = {}
            people = rule._people(case, part["data"])
            outcome = assignment.together(self.persons(case, people))
            if outcome.handler:
                outcome.rule, outcome.choice = part["rule"], "pool"
                outcome.because = {**case.because, "fallback": level}
                outcome.instead_of = failed
                return outcome
        return None
