"""How far apart two points of the earth are.

>>> beijing, shanghai = Point(39.9042, 116.4074), Point(31.2304, 121.4737)
>>> round(distance(beijing, shanghai))
1067
"""

from math import asin, cos, radians, sin, sqrt
from typing import NamedTuple

#: Mean radius of the earth in kilometres.
RADIUS = 6371.0088


class Point(NamedTuple):
    """Degrees, north and east are positive."""

    latitude: float
    longitude: float


def point(latitude: float | None, longitude: float | None) -> Point | None:
    """A point, or None where nobody has entered one.

    Odoo stores 0 and 0 for an address without coordinates; that place lies in the
    Atlantic. What no globe has is no point either.

    >>> point(31.2304, 121.4737)
    Point(latitude=31.2304, longitude=121.4737)
    >>> point(0.0, 0.0), point(None, None), point(95, 10)
    (None, None, None)
    """
    if not latitude and not longitude:
        return None
    found = Point(latitude or 0.0, longitude or 0.0)
    if abs(found.latitude) > 90 or abs(found.longitude) > 180:
        return None
    return found


def distance(one: Point, other: Point) -> float:
    """Great-circle distance in kilometres (haversine formula).

    >>> distance(Point(10, 20), Point(10, 20))
    0.0

    Over the date line it is the short way:

    >>> round(distance(Point(0, 179.5), Point(0, -179.5)))
    111
    """
    north, south = radians(one.latitude), radians(other.latitude)
    height = sin((south - north) / 2) ** 2
    width = sin(radians(other.longitude - one.longitude) / 2) ** 2
    part = height + cos(north) * cos(south) * width
    return 2 * RADIUS * asin(min(1.0, sqrt(part)))
