from . import matching, models, nodes, packs
