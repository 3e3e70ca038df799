"""How many pairs of a labelled set are found, and how many of the found are right."""

from dataclasses import dataclass

from odoo.tools import split_every

from odoo.addons.scrm_opportunity.matching import learning
from odoo.addons.scrm_opportunity.matching.score import LINK, LINK_AT, decide, weigh
from odoo.addons.scrm_opportunity.matching.signals import SIGNALS

#: Tickets asked for in one statement.
CHUNK = 500


@dataclass(frozen=True)
class Figures:
    """Right, wrong and missed pairs."""

    right: int
    wrong: int
    missed: int

    @classmethod
    def of(cls, found, truth):
        right = len(found & truth)
        return cls(right, len(found) - right, len(truth) - right)

    @property
    def precision(self):
        return self.right / max(self.right + self.wrong, 1)

    @property
    def recall(self):
        return self.right / max(self.right + self.missed, 1)

    @property
    def f1(self):
        return 2 * self.right / max(2 * self.right + self.wrong + self.missed, 1)

    def __str__(self):
        return (
            f"precision {self.precision:.3f} recall {self.recall:.3f} "
            f"F1 {self.f1:.3f} ({self.right} right, {self.wrong} wrong, "
            f"{self.missed} missed)"
        )


class Trial:
    """A labelled set in the database; to be rolled back by the caller."""

    def __init__(self, env, pairs):
        self.env = env(context=dict(env.context, tracking_disable=True))
        self.pairs = pairs
        country = env["res.country"].search([("code", "=", pairs.country)])
        env.company.country_id = country
        leads = self.env["crm.lead"].create(
            [self._lead_vals(row, country) for row in pairs.one]
        )
        self.lead_keys = dict(
            zip(leads.ids, [row.key for row in pairs.one], strict=True)
        )
        self.keys = [row.key for row in pairs.other]
        self.subjects = self._subjects(country)
        self.candidates = self._candidates()
        self.truth = pairs.truth()
        #: The half whose answers are learned from; the other is measured.
        truths = {row.key: row.truth for row in pairs.other}
        self.taught = {key for key in self.keys if sum(truths[key].encode()) % 2}

    def _lead_vals(self, row, country):
        return {
            "name": row.company or row.person or row.key,
            "type": "opportunity",
            "partner_name": row.company,
            "contact_name": row.person,
            "phone": row.phone,
            "email_from": row.email,
            "street": row.street,
            "city": row.city,
            "zip": row.postcode,
            "country_id": country.id,
        }

    def _partner_vals(self, row, country):
        vals = {
            "name": row.person or row.company,
            "is_company": not row.person,
            "phone": row.phone,
            "email": row.email,
            "street": row.street,
            "city": row.city,
            "zip": row.postcode,
            "country_id": country.id,
        }
        if row.person:
            vals["company_name"] = row.company
        return vals

    def _subjects(self, country):
        partners = self.env["res.partner"].create(
            [self._partner_vals(row, country) for row in self.pairs.other]
        )
        tickets = self.env["helpdesk.ticket"]
        return [
            tickets.new({"partner_id": partner.id})._scrm_subject("")
            for partner in partners
        ]

    def _candidates(self):
        """Per ticket the opportunities that come into question, itself left out."""
        company = self.env.company.id
        found = {}
        for numbers in split_every(CHUNK, range(len(self.subjects)), list):
            found |= self.env["crm.lead"]._scrm_candidates(
                [(number, company, self.subjects[number], "") for number in numbers]
            )
        return [
            [one for one in found.get(number, ())
             if self.lead_keys.get(one.lead, key) != key]
            for number, key in enumerate(self.keys)
        ]  # fmt: skip

    def tested(self, pairs):
        return {pair for pair in pairs if pair[0] not in self.taught}

    def decided(self, weights=None):
        """(links, pairs at or above the threshold), all as pairs of keys."""
        links, above = set(), set()
        rows = zip(self.keys, self.subjects, self.candidates, strict=True)
        for key, subject, candidates in rows:
            for what, pair in decide(subject, candidates, weights, shown=100):
                both = (key, self.lead_keys[pair.candidate.lead])
                if pair.total >= LINK_AT:
                    above.add(both)
                if what == LINK:
                    links.add(both)
        return links, above

    def reachable(self):
        """Pairs that are among the candidates at all."""
        return {
            (key, self.lead_keys[one.lead])
            for key, candidates in zip(self.keys, self.candidates, strict=True)
            for one in candidates
        }

    def learned(self):
        """Weights after people have answered what was shown of one half."""
        answers = []
        rows = zip(self.keys, self.subjects, self.candidates, strict=True)
        for key, subject, candidates in rows:
            if key not in self.taught:
                continue
            for _what, pair in decide(subject, candidates):
                strengths = {
                    hit.key: hit.facts.get("strength", 1.0) for hit in pair.hits
                }
                both = (key, self.lead_keys[pair.candidate.lead])
                answers.append(learning.Answer(strengths, both in self.truth))
        start = {key: float(known.weight) for key, known in SIGNALS.items()}
        return learning.learn(start, answers), len(answers)

    # What people have without us

    def same(self, *names):
        """Pairs that have the same, as written, in all these fields."""
        rows = {}
        for row in self.pairs.one:
            value = tuple(getattr(row, name).strip().lower() for name in names)
            if any(value):
                rows.setdefault(value, []).append(row.key)
        return {
            (row.key, key)
            for row in self.pairs.other
            for key in rows.get(
                tuple(getattr(row, name).strip().lower() for name in names), ()
            )
            if key != row.key
        }

    def same_phone(self):
        """Pairs with the same number, however it is written."""
        leads = self.env["crm.lead"].browse(self.lead_keys)
        by_phone = {}
        for lead in leads.filtered("phone_sanitized"):
            key = self.lead_keys[lead.id]
            by_phone.setdefault(lead.phone_sanitized, []).append(key)
        return {
            (key, other)
            for key, subject in zip(self.keys, self.subjects, strict=True)
            for other in by_phone.get(subject.phone, ())
            if other != key
        }

    def odoo_duplicates(self):
        """What Odoo's own rule calls potential duplicates of a new opportunity."""
        country = self.env.company.country_id
        new = self.env["crm.lead"].create(
            [self._lead_vals(row, country) for row in self.pairs.other]
        )
        found = set()
        for key, lead in zip(self.keys, new, strict=True):
            for twin in lead.duplicate_lead_ids.ids:
                other = self.lead_keys.get(twin)
                if other and other != key:
                    found.add((key, other))
        return found


def why_wrong(trial, links, limit=10):
    """Lines on links that are wrong and on pairs that were missed, for people."""
    rows = {row.key: row for row in (*trial.pairs.one, *trial.pairs.other)}
    numbers = {key: number for number, key in enumerate(trial.keys)}
    leads = {key: lead for lead, key in trial.lead_keys.items()}
    for label, pairs in (
        ("wrong", links - trial.truth),
        ("missed", trial.truth - links),
    ):
        for ticket, lead in sorted(pairs)[:limit]:
            number = numbers[ticket]
            hits = [
                f"{hit.key} {hit.points}"
                for one in trial.candidates[number]
                if one.lead == leads[lead]
                for hit in weigh(trial.subjects[number], one).hits
            ]
            yield f"{label}: {rows[ticket]} | {rows[lead]} | {hits or 'no candidate'}"
