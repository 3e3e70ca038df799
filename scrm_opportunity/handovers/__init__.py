from . import sales
