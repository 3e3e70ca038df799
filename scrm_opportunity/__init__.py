from . import matching, models, packs
