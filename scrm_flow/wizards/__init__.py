from . import scrm_pack_import
from . import scrm_pack_export
