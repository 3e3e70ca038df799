from . import order, signatures
from . import platform
from . import douyin
from . import tmall
from . import own
from . import douyin_chat
