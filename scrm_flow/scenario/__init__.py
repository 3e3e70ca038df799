from . import (
    doors,
    errors,
    expect,
    gateways,
    operations,
    player,
    registry,
    table,
    verbs,
)
