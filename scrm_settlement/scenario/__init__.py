from . import expect
from . import expect_books
from . import verbs
from . import verbs_plan
from . import verbs_sign
