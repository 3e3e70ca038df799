"""Formulas of form fields, written as in a spreadsheet.

    floor_area * 12.5 + IF(urgent, 50, 0)
    IF(kind = "repair", MAX(hours, 1) * 80, 0)
    DAYS(end_date, start_date)

Plain Python. A formula is read once into a small tree of nodes from a fixed list and
then evaluated by walking it: nothing is compiled or run as Python, there are no
attributes, no loops, no powers. Numbers are decimals, so 0.1 + 0.2 is 0.3. A value
that is missing makes the result missing, except inside IF, SUM and IS_EMPTY.

>>> area = Formula("ROUND(area * 12.5 + IF(urgent, 50, 0), 2)")
>>> sorted(area.names)
['area', 'urgent']
>>> area.value({"area": 88.5, "urgent": True})
Decimal('1156.25')
>>> print(area.value({}))
None
>>> Formula("__import__('os')")  # doctest: +IGNORE_EXCEPTION_DETAIL
Traceback (most recent call last):
FormulaError: function: __import__
"""

import ast
import datetime
import io
import operator
import tokenize
from decimal import ROUND_HALF_UP, Context, Decimal, DecimalException

#: Longest formula, in characters, and most parts of one.
LENGTH_LIMIT = 1000
PART_LIMIT = 300
#: Larger results are none: a float would lose digits.
VALUE_LIMIT = 10**15

_CONTEXT = Context(prec=34)
_ARITHMETIC = {
    ast.Add: _CONTEXT.add,
    ast.Sub: _CONTEXT.subtract,
    ast.Mult: _CONTEXT.multiply,
    ast.Div: _CONTEXT.divide,
}
_COMPARE = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}


class FormulaError(ValueError):
    """A formula that cannot be read.

    :param code: syntax, length, part or function
    :param detail: the part in question
    """

    def __init__(self, code, detail=""):
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail


class Missing(Exception):
    """A value that is needed is not there; the result is missing too."""


def _number(value):
    if value is None or isinstance(value, str | list):
        raise Missing
    if isinstance(value, bool):
        return Decimal(int(value))
    return value if isinstance(value, Decimal) else Decimal(str(value))


def _day(value):
    if not isinstance(value, str):
        raise Missing
    try:
        return datetime.date.fromisoformat(value[:10])
    except ValueError as error:
        raise Missing from error


def _round(value, digits=Decimal(0)):
    step = Decimal(1).scaleb(-max(0, min(int(_number(digits)), 6)))
    return _number(value).quantize(step, ROUND_HALF_UP, _CONTEXT)


def _sum(*values):
    return sum((_number(value) for value in values if value is not None), Decimal(0))


#: Function of formulas -> (fewest arguments, most arguments, what it does).
FUNCTIONS = {
    "ABS": (1, 1, lambda value: abs(_number(value))),
    "DAYS": (2, 2, lambda end, start: Decimal((_day(end) - _day(start)).days)),
    "MAX": (1, 20, lambda *values: max(_number(value) for value in values)),
    "MIN": (1, 20, lambda *values: min(_number(value) for value in values)),
    "ROUND": (1, 2, _round),
    "SUM": (1, 20, _sum),
}
#: Functions that look at their arguments one after the other.
_LAZY = {"IF": (2, 3), "AND": (1, 20), "OR": (1, 20), "NOT": (1, 1), "IS_EMPTY": (1, 1)}


class Formula:
    """A formula that was read and found to be fine.

    :param text: what somebody wrote
    :raise FormulaError: when it is no formula
    """

    def __init__(self, text):
        if len(text) > LENGTH_LIMIT:
            raise FormulaError("length", str(LENGTH_LIMIT))
        try:
            tree = ast.parse(_as_python(text), mode="eval").body
        except (
            SyntaxError,
            ValueError,
            RecursionError,
            MemoryError,
            tokenize.TokenError,
        ) as error:
            raise FormulaError("syntax", text) from error
        if sum(1 for _part in ast.walk(tree)) > PART_LIMIT:
            raise FormulaError("length", str(PART_LIMIT))
        self._tree = tree
        names = set()
        self._read(tree, names)
        self.names = frozenset(names)

    def value(self, values):
        """The result for these values.

        :param values: field key -> value; what is missing is None or left out
        :return: Decimal, or None when it cannot be said
        """
        try:
            result = self._value(self._tree, values)
            number = _number(result)
        except (Missing, DecimalException, TypeError):
            return None
        if not number.is_finite() or abs(number) > VALUE_LIMIT:
            return None
        return number

    # Reading

    def _read(self, part, names):
        """Refuse whatever is not on the list of parts."""
        if isinstance(part, ast.Constant):
            if isinstance(part.value, bool) or not isinstance(
                part.value, int | float | str
            ):
                raise FormulaError("part", str(part.value))
            if not isinstance(part.value, str) and abs(part.value) > VALUE_LIMIT:
                raise FormulaError("part", str(part.value)[:30])
        elif isinstance(part, ast.Name):
            names.add(part.id)
        elif isinstance(part, ast.BinOp) and type(part.op) in _ARITHMETIC:
            self._read(part.left, names)
            self._read(part.right, names)
        elif isinstance(part, ast.UnaryOp) and isinstance(part.op, ast.USub | ast.UAdd):
            self._read(part.operand, names)
        elif (
            isinstance(part, ast.Compare)
            and len(part.ops) == 1
            and type(part.ops[0]) in _COMPARE
        ):
            self._read(part.left, names)
            self._read(part.comparators[0], names)
        elif isinstance(part, ast.Call):
            self._read_call(part, names)
        else:
            raise FormulaError("part", ast.unparse(part)[:60])

    def _read_call(self, part, names):
        name = part.func.id if isinstance(part.func, ast.Name) else None
        limits = _LAZY.get(name) or FUNCTIONS.get(name)
        if not limits or part.keywords:
            raise FormulaError("function", ast.unparse(part.func)[:60])
        if not limits[0] <= len(part.args) <= limits[1]:
            raise FormulaError("arguments", name)
        for argument in part.args:
            self._read(argument, names)

    # Evaluating

    def _value(self, part, values):
        if isinstance(part, ast.Constant):
            value = part.value
            return value if isinstance(value, str) else Decimal(str(value))
        if isinstance(part, ast.Name):
            value = values.get(part.id)
            return None if value is False or value == "" else value
        if isinstance(part, ast.BinOp):
            left = _number(self._value(part.left, values))
            return _ARITHMETIC[type(part.op)](
                left, _number(self._value(part.right, values))
            )
        if isinstance(part, ast.UnaryOp):
            value = _number(self._value(part.operand, values))
            return -value if isinstance(part.op, ast.USub) else value
        if isinstance(part, ast.Compare):
            return self._compare(part, values)
        return self._call(part, values)

    def _compare(self, part, values):
        left = self._value(part.left, values)
        right = self._value(part.comparators[0], values)
        if left is None or right is None:
            raise Missing
        if not (isinstance(left, str) and isinstance(right, str)):
            left, right = _number(left), _number(right)
        return _COMPARE[type(part.ops[0])](left, right)

    def _call(self, part, values):
        name, arguments = part.func.id, part.args
        if name == "IF":
            chosen = 1 if self._is_true(arguments[0], values) else 2
            return (
                self._value(arguments[chosen], values)
                if chosen < len(arguments)
                else None
            )
        if name == "AND":
            return all(self._is_true(argument, values) for argument in arguments)
        if name == "OR":
            return any(self._is_true(argument, values) for argument in arguments)
        if name == "NOT":
            return not self._is_true(arguments[0], values)
        if name == "IS_EMPTY":
            return self._value(arguments[0], values) is None
        return FUNCTIONS[name][2](
            *(self._value(argument, values) for argument in arguments)
        )

    def _is_true(self, part, values):
        try:
            return bool(self._value(part, values))
        except Missing:
            return False


def _as_python(text):
    """The formula with Python's signs for equal and not equal.

    >>> _as_python('a = "x=y"')
    'a =="x=y"'
    """
    found = []
    for token in tokenize.generate_tokens(io.StringIO(" ".join(text.split())).readline):
        if token.string == ">" and found and found[-1] == (tokenize.OP, "<"):
            found[-1] = (tokenize.OP, "!=")
        else:
            sign = "==" if token.string == "=" else token.string
            found.append((token.type, sign))
    return tokenize.untokenize(found).strip()
