"""A second implementation of the engine, as simple as it can be written.

It shares no code with the engine: plain loops over decimals, one long function, no
classes. What both say about ten thousand random plans has to be the same.
"""

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction


def worth(unit, rate, value):
    if unit == "percent":
        return value * rate / 100
    if unit == "per_unit":
        return value * rate
    return rate


def pay(kind, spec, inputs, step):  # noqa: C901 as plain as it can be
    """Unrounded amount of one formula."""
    value = inputs.get(spec.get("dimension"))
    if kind == "fixed":
        result = spec["amount"]
    elif kind in ("percent", "per_unit"):
        result = worth(kind, spec["rate"], value)
    elif kind == "range":
        result = worth(spec["inner"], spec["rate"], value)
        if result < spec["minimum"]:
            result = spec["minimum"]
        elif result > spec["maximum"]:
            result = spec["maximum"]
    elif kind == "base_percent":
        result = spec["amount"]
        if value > spec["threshold"]:
            result += (value - spec["threshold"]) * spec["rate"] / 100
    elif kind == "slab":
        result = Decimal(0)
        for above, up_to, rate in spec["tiers"]:
            if value > above:
                end = value if up_to is None or value < up_to else up_to
                result += worth(spec["unit"], rate, end - above)
    elif kind == "retroactive":
        result = Decimal(0)
        for above, up_to, rate in spec["tiers"]:
            if value > above and (up_to is None or value <= up_to):
                result = worth(spec["unit"], rate, value)
    elif kind == "bonus":
        result = Decimal(0)
        for above, _up_to, rate in spec["tiers"]:
            if value > above:
                result += worth(spec["unit"], rate, value)
    elif kind == "coefficient":
        result = spec["amount"]
        for key, coefficient in spec["terms"]:
            result += inputs[key] * coefficient
    elif kind == "guarantee":
        result = Decimal(0)
        if inputs["period.paid"] < spec["amount"]:
            result = spec["amount"] - inputs["period.paid"]
    elif kind == "period_cap":
        result = Decimal(0)
        if inputs["period.paid"] > spec["amount"]:
            result = spec["amount"] - inputs["period.paid"]
    elif kind == "matrix":
        result = None
        for row, column, rate in spec["cells"]:
            low, high = (Decimal(part) for part in column.split(","))
            if inputs["level"] == row and low < inputs["size"] <= high:
                result = worth(spec["unit"], rate, value)
        if result is None:
            raise LookupError
    elif kind == "stages":
        whole = worth(spec["inner"], spec["rate"], value)
        whole = (whole / step).quantize(Decimal(1), ROUND_HALF_UP) * step
        keys = [row for row, _column, _weight in spec["cells"]]
        parts = share(whole, [weight for _row, _column, weight in spec["cells"]], step)
        result = parts[keys.index(inputs["stage"])]
    if spec.get("factor"):
        result = result * inputs[spec["factor"]] / 100
    if spec.get("floor") is not None and result < spec["floor"]:
        result = spec["floor"]
    if spec.get("cap") is not None and result > spec["cap"]:
        result = spec["cap"]
    return result


def settle(rules, inputs, step):
    """(key of the rule, rounded amount) or None.

    :param rules: (rank, key, limit, kind, spec): a rule applies when the input
        ``gate`` is at least ``limit``
    """
    best = None
    for rank, key, limit, kind, spec in rules:
        if inputs["gate"] < limit:
            continue
        if best is None or (rank, key) < best[:2]:
            best = (rank, key, kind, spec)
    if best is None:
        return None
    amount = pay(best[2], best[3], inputs, step)
    whole = (amount / step).quantize(Decimal(1), ROUND_HALF_UP)
    return best[1], whole * step


def share(amount, weights, step):
    """Give out every step to the part that is furthest below its due."""
    sign = -1 if amount < 0 else 1
    count = int(abs(amount) / step)
    total = sum(weights)
    due = [Fraction(count) * Fraction(weight) / Fraction(total) for weight in weights]
    parts = [int(one) for one in due]
    while sum(parts) < count:
        best = 0
        for at in range(len(parts)):
            if due[at] - parts[at] > due[best] - parts[best]:
                best = at
        parts[best] += 1
    return [sign * part * step for part in parts]
