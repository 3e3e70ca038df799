from . import doors, errors, expect, player, registry, table, verbs
