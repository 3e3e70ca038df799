"""A fee that is recognised stage by stage."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from .formulas import FORMULAS, BadFormula, Formula, Unpayable
from .money import decimal, round_to, text
from .split import split
from .trace import Trace

#: Key of the node that was finished.
STAGE = "stage"
CENT = Decimal("0.01")


class NoStage(Unpayable):
    """The stage that was finished has no part of the fee."""

    def __init__(self, stage):
        super().__init__(stage)
        self.stage = stage


@dataclass(frozen=True)
class Stages(Formula):
    """The part of a whole fee that belongs to the stage just finished.

    The whole is shared out by weight as cents are, so that all stages together are
    the whole, in whatever order they are finished.

    >>> from .formulas import Fixed
    >>> fee = Stages(Fixed(Decimal(100)), (("basics", Decimal(1)),
    ...     ("practice", Decimal(1)), ("exam", Decimal(1))))
    >>> [str(fee.compute({"stage": key}, Trace())) for key, _weight in fee.parts]
    ['33.34', '33.33', '33.33']
    """

    kind = "stages"
    inner: Formula
    parts: Sequence[tuple[str, Decimal]]
    reads: tuple = field(init=False)

    def __post_init__(self):
        object.__setattr__(self, "reads", (STAGE, *self.inner.reads))

    @classmethod
    def build(cls, spec):
        if spec["inner"] not in ("fixed", "per_unit", "percent"):
            raise BadFormula("unknown formula")
        parts = [(row or "", decimal(value)) for row, _column, value in spec["cells"]]
        keys = [key for key, _weight in parts]
        if not parts or not all(keys):
            raise BadFormula("no stages")
        for key in keys:
            if keys.count(key) > 1:
                raise BadFormula("term twice", dimension=key)
        weights = [weight for _key, weight in parts]
        if min(weights) < 0 or not any(weights):
            raise BadFormula("stage weights")
        return cls(FORMULAS[spec["inner"]].build(spec), tuple(parts))

    def compute(self, inputs: dict, trace: Trace) -> Decimal:
        stage = inputs.get(STAGE)
        keys = [key for key, _weight in self.parts]
        if stage not in keys:
            raise NoStage(stage)
        rounding = trace.rounding or CENT
        whole = round_to(self.inner.compute(inputs, trace), rounding)
        weights = [weight for _key, weight in self.parts]
        at = keys.index(stage)
        result = split(whole, weights, rounding)[at]
        trace.add(
            "stage",
            stage=stage,
            whole=text(whole),
            weight=text(weights[at]),
            total=text(sum(weights)),
            result=text(result),
        )
        return result
