from . import doors, errors, expect, operations, player, registry, table, verbs
