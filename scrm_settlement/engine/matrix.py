"""The formula of a matrix: two values choose a cell, the cell says what is paid."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations

from odoo.addons.scrm_flow.engine import decision

from .formulas import BadFormula, Formula, Unpayable, number, rated, units
from .money import decimal, text
from .trace import Trace


class NoCell(Unpayable):
    """No cell of the matrix is for these two values."""

    def __init__(self, row, column):
        super().__init__(row, column)
        self.row, self.column = row, column


@dataclass(frozen=True)
class Axis:
    """A dimension of the matrix, and whether its values are numbers."""

    dimension: str
    is_number: bool

    def condition(self, written):
        """What a heading means: a range, a list, one value; empty means any.

        >>> Axis("area", True).condition("50, 90")[0].operator
        'between'
        >>> Axis("level", False).condition("gold, silver")[0].operator
        'in'

        :raise BadFormula: a heading of numbers is neither a number nor a range
        """
        written = (written or "").strip()
        if not written:
            return ()
        parts = decision.items(written, keep_empty=True)
        operator = "=" if len(parts) == 1 else "between" if self.is_number else "in"
        condition = decision.Condition(self.dimension, operator, written)
        try:
            decision.check(condition, self.is_number)
        except ValueError:
            raise BadFormula("heading", heading=written) from None
        return (condition,)

    def meets(self, one, other):
        """Whether some value is under both headings."""
        one, other = self.condition(one), self.condition(other)
        if not one or not other:
            return True
        (one,), (other,) = one, other
        if not self.is_number:
            return bool(
                set(decision.items(one.value)) & set(decision.items(other.value))
            )
        if "=" in (one.operator, other.operator):
            point, rest = (one, other) if one.operator == "=" else (other, one)
            value = decision.number(point.value)
            return decision.matches([rest], {self.dimension: value})
        (low, high), (start, end) = map(decision.limits, (one.value, other.value))
        return not (
            (high is not None and start is not None and high <= start)
            or (end is not None and low is not None and end <= low)
        )


@dataclass(frozen=True)
class Cell:
    row: str
    column: str
    value: Decimal
    conditions: Sequence[decision.Condition] = ()


@dataclass(frozen=True)
class Matrix(Formula):
    """The first cell whose row and column hold pays.

    >>> axes = Axis("level", False), Axis("hours", True)
    >>> cells = [("gold", ", 4", 50), ("gold", "4,", 70), ("", "", 30)]
    >>> matrix = Matrix.of(*axes, "amount", "", cells)
    >>> [
    ...     str(matrix.compute({"level": level, "hours": hours}, Trace()))
    ...     for level, hours in (("gold", 4), ("gold", 5), ("silver", 5))
    ... ]
    ['50', '70', '30']
    """

    kind = "matrix"
    row: Axis
    column: Axis
    unit: str
    dimension: str
    cells: Sequence[Cell]

    @property
    def reads(self):
        measured = () if self.unit == "amount" else (self.dimension,)
        return (
            tuple(axis.dimension for axis in (self.row, self.column) if axis.dimension)
            + measured
        )

    @classmethod
    def build(cls, spec):
        if not spec["row_dimension"] or not spec["column_dimension"]:
            raise BadFormula("axis missing")
        if spec["unit"] not in ("percent", "per_unit", "amount"):
            raise BadFormula("unit")
        numbers = spec["numbers"]
        return cls.of(
            Axis(spec["row_dimension"], spec["row_dimension"] in numbers),
            Axis(spec["column_dimension"], spec["column_dimension"] in numbers),
            spec["unit"],
            "" if spec["unit"] == "amount" else spec.required_dimension(),
            spec["cells"],
        )

    @classmethod
    def of(cls, row, column, unit, dimension, cells):
        """A checked matrix.

        :param cells: (row heading, column heading, value) each
        :raise BadFormula: no cell, an unreadable heading, or two cells that are
            equally narrow and share a value
        """
        if not cells:
            raise BadFormula("no cells")
        built = sorted(
            (
                Cell(
                    one or "",
                    other or "",
                    decimal(value),
                    row.condition(one) + column.condition(other),
                )
                for one, other, value in cells
            ),
            # what is said of both axes goes before what leaves one open
            key=lambda cell: -len(cell.conditions),
        )
        for one, other in combinations(built, 2):
            if (
                bool(one.row) == bool(other.row)
                and bool(one.column) == bool(other.column)
                and row.meets(one.row, other.row)
                and column.meets(one.column, other.column)
            ):
                raise BadFormula(
                    "overlap",
                    lower=f"{one.row} × {one.column}",
                    upper=f"{other.row} × {other.column}",
                )
        return cls(row, column, unit, dimension, tuple(built))

    def compute(self, inputs: dict, trace: Trace) -> Decimal:
        values = {}
        for axis in (self.row, self.column):
            value = inputs.get(axis.dimension)
            if axis.is_number and value not in (None, False, ""):
                value = number(inputs, axis.dimension)
            values[axis.dimension] = value
        for cell in self.cells:
            if decision.matches(cell.conditions, values):
                break
        else:
            raise NoCell(*(str(inputs.get(key)) for key in values))
        measured = Decimal(1)
        if self.unit != "amount":
            read = units if self.unit == "per_unit" else number
            measured = read(inputs, self.dimension)
        result = rated(self.unit, cell.value, measured)
        trace.add(
            "matrix",
            row_dimension=self.row.dimension,
            row=cell.row,
            column_dimension=self.column.dimension,
            column=cell.column,
            rate=text(cell.value),
            unit=self.unit,
            dimension=self.dimension,
            value=text(measured),
            result=text(result),
        )
        return result
