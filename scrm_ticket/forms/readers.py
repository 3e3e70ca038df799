"""How the value of a form field is read, one small function a type.

Plain Python. A reader gets the field's rule and what somebody sent, as text of a web
form or as JSON, and answers with the value as it is stored, or refuses with a code.
Words for people are made elsewhere.

>>> read_tags(Options(("wifi", "tv")), ["tv", "tv"])
['tv']
>>> read_date(None, "2026-02-30")  # doctest: +IGNORE_EXCEPTION_DETAIL
Traceback (most recent call last):
Refused: date
"""

import datetime
import math
import re
from decimal import Decimal
from typing import NamedTuple

from .file_names import bare

#: Longest text, in characters.
TEXT_LIMIT = 5000
LONG_TEXT_LIMIT = 20000
#: Longest serial number, in characters.
SERIAL_LIMIT = 100
#: Numbers beyond this lose digits in a float.
NUMBER_LIMIT = 10**15
#: Files in one field.
FILE_LIMIT = 10
#: Identifiers of records beyond this are none.
ID_LIMIT = 2**31

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")
_ANSWERS = {
    "1": True,
    "true": True,
    "yes": True,
    "on": True,
    "0": False,
    "false": False,
    "no": False,
    "off": False,
}


class Options(NamedTuple):
    """What a reader of options needs of a rule; for examples.

    :param options: keys of the options
    """

    options: tuple


class Upload(NamedTuple):
    """A file that comes with the values.

    :param name: file name
    :param data: content, base64
    """

    name: str
    data: str


class Refused(Exception):
    """A reader's way to say what is wrong.

    :param code: the fault's code
    :param limit: the limit that was passed, if it is about one
    """

    def __init__(self, code, limit=None):
        super().__init__(code)
        self.code = code
        self.limit = limit


def is_empty(value):
    """Whether somebody left this value out. Zero is a value.

    >>> [is_empty(value) for value in (None, False, "", "  ", [], 0, 0.0, "0")]
    [True, True, True, True, True, False, False, False]
    """
    if isinstance(value, str):
        return not value.strip()
    return value is None or value is False or value == [] or value == ()


def read_text(rule, value, limit=TEXT_LIMIT):
    """A text of bounded length, without characters a database cannot store.

    >>> read_text(None, "  third floor ")
    'third floor'
    """
    if not isinstance(value, str) or "\x00" in value:
        raise Refused("text")
    value = value.strip()
    if len(value) > limit:
        raise Refused("too_long", limit)
    try:
        value.encode()
    except UnicodeEncodeError as error:  # half of a character
        raise Refused("text") from error
    return value


def read_long_text(rule, value):
    """A text of several lines."""
    return read_text(rule, value, LONG_TEXT_LIMIT)


def read_serial(rule, value):
    """A serial number as it is printed on a device."""
    return read_text(rule, value, SERIAL_LIMIT)


def read_number(rule, value):
    """A finite number, also written as text with a decimal point.

    >>> read_number(None, "60"), read_number(None, -1.5)
    (60.0, -1.5)
    """
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal | str):
        raise Refused("number")
    if isinstance(value, str) and "_" in value:  # float() reads 1_000
        raise Refused("number")
    try:
        number = float(value)
    except (ValueError, OverflowError) as error:
        raise Refused("number") from error
    if math.isnan(number):
        raise Refused("number")
    if abs(number) > NUMBER_LIMIT:
        raise Refused("out_of_range")
    return number


def read_date(rule, value):
    """A day, written as 2026-03-31.

    >>> read_date(None, datetime.date(2026, 3, 31))
    '2026-03-31'
    """
    if isinstance(value, datetime.date) and not isinstance(value, datetime.datetime):
        return value.isoformat()
    if not isinstance(value, str) or not _DATE.fullmatch(value.strip()):
        raise Refused("date")
    try:
        return datetime.date.fromisoformat(value.strip()).isoformat()
    except ValueError as error:
        raise Refused("date") from error


def read_datetime(rule, value):
    """A moment, in UTC unless it names its own offset.

    >>> read_datetime(None, "2026-03-31 08:30:00")
    '2026-03-31 08:30:00'
    >>> read_datetime(None, "2026-03-31T08:30+08:00")
    '2026-03-31 00:30:00'
    """
    if isinstance(value, str) and _DATE.match(value.strip()):
        text = value.strip()
        try:
            # Python before 3.11 does not read the Z of UTC
            value = datetime.datetime.fromisoformat(re.sub("Z$", "+00:00", text))
        except ValueError as error:
            raise Refused("datetime") from error
    if not isinstance(value, datetime.datetime):
        raise Refused("datetime")
    if value.tzinfo:
        try:
            value = value.astimezone(datetime.timezone.utc)
        except OverflowError as error:
            raise Refused("datetime") from error
    return value.strftime("%Y-%m-%d %H:%M:%S").rjust(19, "0")


def read_time(rule, value):
    """A time of the day, from 00:00 to 23:59.

    >>> read_time(None, " 09:30 ")
    '09:30'
    """
    if not isinstance(value, str) or not _TIME.fullmatch(value.strip()):
        raise Refused("time")
    return value.strip()


def read_yes_no(rule, value):
    """A ticked box.

    >>> read_yes_no(None, True), read_yes_no(None, "no"), read_yes_no(None, "1")
    (True, False, True)
    """
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.strip().lower() in _ANSWERS:
        return _ANSWERS[value.strip().lower()]
    raise Refused("yes_no")


def read_choice(rule, value):
    """The key of one of the field's options."""
    if not isinstance(value, str) or value not in rule.options:
        raise Refused("choice")
    return value


def read_tags(rule, value):
    """The keys of some of the field's options, each once."""
    if isinstance(value, str):
        value = [value]
    if not isinstance(value, list | tuple):
        raise Refused("tags")
    return list(dict.fromkeys(read_choice(rule, key) for key in value))


def read_record(rule, value):
    """The id of a record; whether it can be chosen, the database says.

    >>> read_record(None, "7"), read_record(None, [7, "Anna"])
    (7, 7)
    """
    if isinstance(value, list | tuple) and len(value) == 2:
        value = value[0]
    if isinstance(value, str) and value.strip().isdecimal():
        value = int(value) if len(value) < 20 else 0
    if isinstance(value, bool) or not isinstance(value, int):
        raise Refused("record")
    if not 0 < value < ID_LIMIT:
        raise Refused("record")
    return value


def read_files(rule, value):
    """Files: ids of attachments, or the files themselves.

    >>> read_files(None, [7, [8, "a.png"], {"name": "b.txt", "data": "YQ=="}])
    [7, 8, Upload(name='b.txt', data='YQ==')]
    """
    if not isinstance(value, list | tuple):
        raise Refused("file")
    files = []
    for item in value:
        if isinstance(item, Upload):
            files.append(item)
        elif isinstance(item, dict):
            name, data = item.get("name"), item.get("data")
            if not isinstance(name, str) or not isinstance(data, str | bytes):
                raise Refused("file")
            files.append(Upload(bare(read_text(None, name, 255)), data))
        else:
            try:
                files.append(read_record(None, item))
            except Refused as error:
                raise Refused("file") from error
    files = list(dict.fromkeys(files))
    if len(files) > FILE_LIMIT:
        raise Refused("too_many", FILE_LIMIT)
    return files


def read_nothing(rule, value):
    """Fields that the server fills take nothing."""
    raise Refused("readonly")


#: Field type -> function(rule, value) that gives the stored value or refuses.
READERS = {
    "text": read_text,
    "long_text": read_long_text,
    "number": read_number,
    "money": read_number,
    "date": read_date,
    "datetime": read_datetime,
    "time": read_time,
    "yes_no": read_yes_no,
    "choice": read_choice,
    "tags": read_tags,
    "category": read_choice,
    "record": read_record,
    "stock": read_record,
    "serial": read_serial,
    "file": read_files,
    "formula": read_nothing,
}
