from . import errors, fragments, pack, registry
from .errors import PackError, PackErrors
