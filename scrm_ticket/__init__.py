from . import controllers, doors, models, nodes, packs, report, wizards
