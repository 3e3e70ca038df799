from . import controllers, models, nodes, packs, report
