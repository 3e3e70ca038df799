from . import cards, matching, models, nodes, packs
