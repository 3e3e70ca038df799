"""When an offer belongs on a ticket: what it asks for, and what the ticket says.

Every condition that is filled in must hold; of several keywords, products or nodes one
is enough. An offer without any condition is never made by itself.

>>> upgrade = Trigger(keywords=("产品升级", "upgrade"))
>>> reasons(upgrade, Facts(text="想了解产品升级的价格"))
[('keyword', '产品升级')]
>>> reasons(upgrade, Facts(text="The pump leaks")) is None
True
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Trigger:
    """What an offer asks for; empty parts ask for nothing.

    `device_months` is the least age of the device, `warranty_days` how many days
    before the end of its warranty (and ever after) the offer is made, `bought` are
    products of which the customer has bought one, `tags` the customer's.
    """

    keywords: tuple[str, ...] = ()
    products: frozenset[int] = frozenset()
    bought: frozenset[int] = frozenset()
    tags: frozenset[int] = frozenset()
    templates: frozenset[int] = frozenset()
    teams: frozenset[int] = frozenset()
    nodes: tuple[str, ...] = ()
    device_months: int = 0
    warranty_days: int | None = None

    @property
    def is_empty(self) -> bool:
        """Whether it asks for nothing."""
        return self == Trigger()


@dataclass(frozen=True)
class Facts:
    """What a ticket says; `warranty_days` is negative once the warranty is over."""

    text: str = ""
    products: frozenset[int] = frozenset()
    bought: frozenset[int] = frozenset()
    tags: frozenset[int] = frozenset()
    template: int | None = None
    team: int | None = None
    nodes: frozenset[str] = frozenset()
    device_months: int | None = None
    warranty_days: int | None = None


def words(text: str | None) -> tuple[str, ...]:
    """Keywords of a text, one a line or between commas of any kind.

    >>> words("产品升级， 价格方案\\nproduct demo;")
    ('产品升级', '价格方案', 'product demo')
    >>> words(None)
    ()
    """
    text = text or ""
    for sign in "，、；;\n":
        text = text.replace(sign, ",")
    return tuple(
        dict.fromkeys(part.strip() for part in text.split(",") if part.strip())
    )


def reasons(trigger: Trigger, facts: Facts) -> list[tuple[str, object]] | None:
    """Why the offer belongs here, as (condition, detail); None when it does not.

    >>> reasons(Trigger(device_months=36), Facts(device_months=40))
    [('device_age', 40)]
    >>> reasons(Trigger(warranty_days=30), Facts(warranty_days=31)) is None
    True
    >>> reasons(Trigger(warranty_days=30), Facts(warranty_days=-5))
    [('warranty', -5)]
    >>> reasons(Trigger(), Facts(text="anything")) is None
    True
    """
    if trigger.is_empty:
        return None
    found: list[tuple[str, object]] = []
    if trigger.keywords:
        said = facts.text.casefold()
        named = [word for word in trigger.keywords if word.casefold() in said]
        if not named:
            return None
        found.append(("keyword", ", ".join(named)))
    for name in ("products", "bought", "tags"):
        asked = getattr(trigger, name)
        if asked:
            shared = asked & getattr(facts, name)
            if not shared:
                return None
            found.append((name, sorted(shared)))
    if trigger.templates and facts.template not in trigger.templates:
        return None
    if trigger.teams:
        if facts.team not in trigger.teams:
            return None
        found.append(("team", facts.team))
    if trigger.nodes:
        reached = [node for node in trigger.nodes if node in facts.nodes]
        if not reached:
            return None
        found.append(("node", ", ".join(reached)))
    if trigger.device_months:
        if facts.device_months is None or facts.device_months < trigger.device_months:
            return None
        found.append(("device_age", facts.device_months))
    if trigger.warranty_days is not None:
        if facts.warranty_days is None or facts.warranty_days > trigger.warranty_days:
            return None
        found.append(("warranty", facts.warranty_days))
    return found or [("template", facts.template)]
