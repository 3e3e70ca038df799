from . import controllers, doors, models, handovers, nodes, packs, report, wizards
