"""Where the shapes of a flow go when nobody has placed them.

Layers from left to right: a node stands right of everything that leads to it,
ways back not counted. Within a layer, nodes stand near what they come from.

>>> sizes = {"start": (36, 36), "visit": (100, 80), "end": (36, 36)}
>>> place(sizes, [("start", "visit"), ("visit", "end")])
{'start': (192, 102), 'visit': (340, 80), 'end': (552, 102)}
>>> layers(["a", "b", "c"], [("a", "b"), ("b", "c"), ("c", "b"), ("a", "c")])
{'a': 0, 'b': 1, 'c': 2}
>>> way((0, 0, 100, 80), (180, 0, 100, 80))
[(100, 40), (180, 40)]
"""

from collections.abc import Iterable, Mapping

Point = tuple[float, float]
Box = tuple[float, float, float, float]

LEFT, TOP = 160, 80
COLUMN, ROW = 180, 120
CELL = (100, 80)


def place(
    sizes: Mapping[str, tuple[int, int]], edges: Iterable[tuple[str, str]]
) -> dict[str, Point]:
    """Give every node a place.

    :param sizes: key -> (width, height) in pixels, in the order of the flow
    :param edges: (source, target) keys
    :return: key -> (x, y) of the upper left corner in pixels
    """
    edges = [pair for pair in edges if pair[0] in sizes and pair[1] in sizes]
    columns: dict[int, list[str]] = {}
    layer_of = layers(sizes, edges)
    for key in sizes:
        columns.setdefault(layer_of[key], []).append(key)
    row: dict[str, float] = {}
    for layer in sorted(columns):
        keys = columns[layer]
        wish = {
            key: _average([row[s] for s, t in edges if t == key and s in row])
            for key in keys
        }
        keys.sort(key=wish.__getitem__)  # stable: equal wishes keep their order
        first = round(_average(list(wish.values())) - (len(keys) - 1) / 2)
        for number, key in enumerate(keys):
            row[key] = max(first, 0) + number
    return {
        key: (
            LEFT + COLUMN * layer_of[key] + (CELL[0] - width) // 2,
            TOP + ROW * int(row[key]) + (CELL[1] - height) // 2,
        )
        for key, (width, height) in sizes.items()
    }


def layers(keys: Iterable[str], edges: Iterable[tuple[str, str]]) -> dict[str, int]:
    """Length of the longest way to each node, without going in circles."""
    targets: dict[str, list[str]] = {key: [] for key in keys}
    entered = set()
    for source, target in edges:
        targets[source].append(target)
        entered.add(target)
    # depth first from what nothing leads to; what is met while open is a way back
    order: list[str] = []
    state: dict[str, str] = {}
    forward: dict[str, list[str]] = {key: [] for key in targets}
    for root in sorted(targets, key=lambda key: key in entered):
        if root in state:
            continue
        state[root] = "open"
        stack = [(root, iter(targets[root]))]
        while stack:
            key, rest = stack[-1]
            for target in rest:
                if state.get(target) == "open":
                    continue
                forward[key].append(target)
                if target not in state:
                    state[target] = "open"
                    stack.append((target, iter(targets[target])))
                    break
            else:
                state[key] = "closed"
                order.append(key)
                stack.pop()
    depth = dict.fromkeys(targets, 0)
    for key in reversed(order):
        for target in forward[key]:
            depth[target] = max(depth[target], depth[key] + 1)
    return depth


def way(source: Box, target: Box) -> list[Point]:
    """Corners of the line between two boxes (x, y, width, height)."""
    sx, sy, swidth, sheight = source
    tx, ty, twidth, theight = target
    start, end = (sx + swidth, sy + sheight / 2), (tx, ty + theight / 2)
    if start[0] < end[0]:
        if start[1] == end[1]:
            return _tidy([start, end])
        middle = (start[0] + end[0]) / 2
        return _tidy([start, (middle, start[1]), (middle, end[1]), end])
    # back: below both, from underneath to underneath
    below = max(sy + sheight, ty + theight) + 20
    left, right = tx + twidth / 2, sx + swidth / 2
    return _tidy(
        [(right, sy + sheight), (right, below), (left, below), (left, ty + theight)]
    )


def _tidy(points: list[Point]) -> list[Point]:
    return [tuple(int(n) if n == int(n) else n for n in point) for point in points]


def _average(numbers: list[float]) -> float:
    return sum(numbers) / len(numbers) if numbers else 0.0
