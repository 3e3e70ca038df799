import re

from odoo import api, models
from odoo.tools.misc import formatLang

from ..engine.money import decimal

#: What of a step is a number; the rest are names, tiers and headings.
NUMBERS = frozenset(
    "amount coefficient due excess limit maximum minimum paid part percent rate result "
    "threshold total value weight whole".split()
)
_NUMBER = re.compile(r"-?\d+(?:\.(\d+))?")


class ScrmSettlementWords(models.AbstractModel):
    """A computation in words: the one place that knows how each step reads."""

    _name = "scrm.settlement.words"
    _description = "Settlement in Words"

    @api.model
    def _labels(self):
        definitions = self.env["scrm.dimension"]._definitions("scrm.settlement.fact")
        return {key: value.label for key, value in definitions.items()}

    @api.model
    def _value(self, dimension, value):
        """A frozen value as people read it: yes or no, the name of a choice.

        :param dimension: its ``Dimension``; None when it is not known any more
        """
        if isinstance(value, bool):
            return self.env._("Yes") if value else self.env._("No")
        if dimension and dimension.choices:
            return dict(dimension.choices()).get(value, value)
        if dimension and dimension.type == "number":
            return self._number(value)
        return value

    @api.model
    def _number(self, value):
        """A number as the reader's language writes it, with all its decimals; what is
        no number stays as it is."""
        found = _NUMBER.fullmatch(str(value))
        if not found:
            return value
        return formatLang(self.env, float(value), digits=len(found[1] or ""))

    @api.model
    def _project_hours(self, hours):
        """The hours of each project, by name.

        :param dict hours: id of the analytic account -> hours
        """
        # sudo: names only, of what the reader's own record was shared out to
        projects = self.env["account.analytic.account"].sudo()
        return self.env._(
            "Hours for projects: %(hours)s",
            hours=", ".join(
                f"{projects.browse(int(account)).display_name} {worked}"
                for account, worked in hours.items()
            ),
        )

    @api.model
    def _reader(self):
        """A function (dimension key, frozen value) -> what people read of it.

        The names of choices are looked up once for all that it is asked.
        """
        definitions = self.env["scrm.dimension"]._definitions("scrm.settlement.fact")
        named = {}

        def read(key, value):
            dimension = definitions.get(key)
            if isinstance(value, bool) or not dimension or not dimension.choices:
                return self._value(dimension, value)
            if key not in named:
                named[key] = dict(dimension.choices())
            return named[key].get(value, value)

        return read

    @api.model
    def _sentences(
        self, inputs, steps, labels, read=None, rule="", plan="", version=""
    ):
        """What was looked at and every step, in the reader's language.

        :param dict inputs: dimension key -> value
        :param list steps: steps of a trace
        :param dict labels: :meth:`_labels`
        :param read: :meth:`_reader`, for names instead of keys of choices
        :return: list of sentences
        """
        read = read or self._reader()
        none = self.env._("none")
        asked = self.env._(", ").join(
            self.env._(
                "%(dimension)s: %(value)s",
                dimension=labels.get(key, key),
                value=none if value is None else read(key, value),
            )
            for key, value in sorted((inputs or {}).items())
        )
        sentences = []
        if asked:
            sentences.append(self.env._("Looked at: %(inputs)s.", inputs=asked))
        if rule:
            sentences.append(
                self.env._(
                    "Rule “%(rule)s” applies (plan “%(plan)s”, version %(version)s).",
                    rule=rule,
                    plan=plan,
                    version=version,
                )
            )
        for step in steps or []:
            values = {
                key: self._number(value) if key in NUMBERS else value
                for key, value in step.items()
                if key != "op"
            }
            for key in ("dimension", "row_dimension", "column_dimension"):
                if key in values:
                    values[key] = labels.get(values[key], values[key])
            if values.get("unit") == "percent" and "rate" in values:
                values["rate"] = f"{values['rate']} %"
            op = self._range_op(step) if step["op"] == "range" else step["op"]
            sentence = self._sentence(op, values)
            if sentence:
                sentences.append(sentence)
        return sentences

    @api.model
    def _sentence(self, op, values):
        # One long list of sentences is easier to read and to translate than parts.
        match op:
            case "fixed":
                return self.env._("A fixed amount: %(result)s.", **values)
            case "per_unit":
                return self.env._(
                    "%(rate)s for each unit of %(dimension)s (%(value)s): %(result)s.",
                    **values,
                )
            case "percent":
                return self.env._(
                    "%(rate)s %% of %(dimension)s (%(value)s): %(result)s.", **values
                )
            case "base_percent":
                return self.env._(
                    "%(amount)s and %(rate)s %% of %(excess)s, which is %(dimension)s "
                    "(%(value)s) above %(threshold)s: %(result)s.",
                    **values,
                )
            case "range_below":
                return self.env._(
                    "%(value)s is below the minimum of %(minimum)s: %(result)s.",
                    **values,
                )
            case "range_above":
                return self.env._(
                    "%(value)s is above the maximum of %(maximum)s: %(result)s.",
                    **values,
                )
            case "range_within":
                return self.env._(
                    "%(value)s is between %(minimum)s and %(maximum)s, so it stays.",
                    **values,
                )
            case "floor":
                return self.env._("%(value)s is below the floor: %(result)s.", **values)
            case "cap":
                return self.env._("%(value)s is above the cap: %(result)s.", **values)
            case "scale":
                return self.env._(
                    "%(value)s times %(percent)s %% (%(dimension)s): %(result)s.",
                    **values,
                )
            case "term":
                return self.env._(
                    "%(dimension)s (%(value)s) × %(coefficient)s: %(result)s.", **values
                )
            case "sum":
                return self.env._("Together: %(result)s.", **values)
            case "difference":
                return self.env._(
                    "Due in all %(due)s, already settled %(paid)s, so the difference "
                    "is %(result)s.",
                    **values,
                )
            case "share":
                return self.env._(
                    "Shared out by weight: %(weight)s of %(total)s parts of "
                    "%(amount)s: %(result)s.",
                    **values,
                )
            case "round" if values["value"] != values["result"]:
                return self.env._("%(value)s rounded to %(result)s.", **values)
        return self._table_sentence(op, values)

    @api.model
    def _table_sentence(self, op, values):
        match op:
            case "slab":
                return self.env._(
                    "Tier %(tier)s: %(part)s at %(rate)s: %(result)s.", **values
                )
            case "tiers_total":
                return self.env._(
                    "All tiers of %(dimension)s (%(value)s): %(result)s.", **values
                )
            case "retroactive":
                return self.env._(
                    "%(dimension)s (%(value)s) reaches tier %(tier)s, all of it at "
                    "%(rate)s: %(result)s.",
                    **values,
                )
            case "no_tier":
                return self.env._(
                    "%(dimension)s (%(value)s) reaches no tier: nothing.", **values
                )
            case "bonus":
                return self.env._(
                    "%(dimension)s (%(value)s) is above %(limit)s, bonus of %(rate)s: "
                    "%(result)s.",
                    **values,
                )
            case "no_bonus":
                return self.env._(
                    "%(dimension)s (%(value)s) is not above %(limit)s: no bonus.",
                    **values,
                )
            case "matrix":
                anything = self.env._("any")
                values["row"] = values["row"] or anything
                values["column"] = values["column"] or anything
                return self.env._(
                    "%(row_dimension)s %(row)s, %(column_dimension)s %(column)s: "
                    "%(rate)s gives %(result)s.",
                    **values,
                )
            case "stage":
                return self.env._(
                    "Stage “%(stage)s” is %(weight)s of %(total)s parts of "
                    "%(whole)s: %(result)s.",
                    **values,
                )
            case "guarantee":
                return self.env._(
                    "Guaranteed %(amount)s, so far %(paid)s: %(result)s is added.",
                    **values,
                )
            case "period_cap":
                return self.env._(
                    "At most %(amount)s, so far %(paid)s: %(result)s.", **values
                )
        return ""

    @api.model
    def _range_op(self, step):
        """Which of the three sentences a range step is told by."""
        value = decimal(step["value"])
        if value < decimal(step["minimum"]):
            return "range_below"
        if value > decimal(step["maximum"]):
            return "range_above"
        return "range_within"

    # What cannot be

    @api.model
    def _formula_fault(self, fault):
        """What contradicts itself in a formula.

        :param BadFormula fault: as the engine raised it
        """
        match fault.fault:
            case "dimension missing":
                return self.env._("choose the measured value the rate is applied to.")
            case "minimum above maximum":
                return self.env._("the minimum is above the maximum.")
            case "floor above cap":
                return self.env._("“at least” is above “at most”.")
            case "no tiers":
                return self.env._("enter at least one tier.")
            case "empty tier":
                return self.env._(
                    "tier %(tier)s ends before it begins.", **fault.values
                )
            case "overlap":
                return self.env._("%(lower)s and %(upper)s overlap.", **fault.values)
            case "gap":
                return self.env._(
                    "there is a gap between %(lower)s and %(upper)s.", **fault.values
                )
            case "unit":
                return self.env._("tiers paid part by part cannot be fixed amounts.")
            case "no terms":
                return self.env._("enter at least one value with its coefficient.")
            case "term twice":
                return self.env._("%(dimension)s is there twice.", **fault.values)
            case "no cells":
                return self.env._("enter at least one cell of the matrix.")
            case "no stages":
                return self.env._("enter each stage, by the key of its node.")
            case "stage weights":
                return self.env._(
                    "no stage can have a negative part, and not all can have none."
                )
            case "axis missing":
                return self.env._("choose what the rows and the columns are.")
            case "heading":
                return self.env._(
                    "“%(heading)s” is neither a number nor a range of numbers.",
                    **fault.values,
                )
        return fault.fault

    @api.model
    def _payment_fault(self, fault):
        """Why the engine could not pay a fact.

        :param Unpayable fault: as the engine raised it
        """
        label = self._label(getattr(fault, "dimension", ""))
        match type(fault).__name__:
            case "MissingInput":
                return self.env._("%(dimension)s has no value.", dimension=label)
            case "BadInput":
                return self.env._(
                    "%(dimension)s is not a number: %(value)s",
                    dimension=label,
                    value=fault.value,
                )
            case "NegativeInput":
                return self.env._(
                    "%(dimension)s is negative: %(value)s",
                    dimension=label,
                    value=fault.value,
                )
            case "Beyond":
                return self.env._(
                    "%(dimension)s is %(value)s, the last tier ends at %(limit)s.",
                    dimension=label,
                    value=fault.value,
                    limit=fault.limit,
                )
            case "NoCell":
                return self.env._(
                    "the matrix has no cell for %(row)s and %(column)s.",
                    row=fault.row,
                    column=fault.column,
                )
            case "NoStage":
                return self.env._(
                    "no part of the fee belongs to the stage “%(stage)s”.",
                    stage=fault.stage or "",
                )
            case "Mixed":
                return self.env._(
                    "%(dimension)s is not the same in all facts of the period.",
                    dimension=label,
                )
        return str(fault)

    @api.model
    def _label(self, dimension):
        return self._labels().get(dimension, dimension)
