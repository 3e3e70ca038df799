from . import mail_compose_message
from . import scrm_customer_merge
from . import scrm_improvement_raise
from . import scrm_start
from . import scrm_part_operation
from . import scrm_part_find
from . import scrm_appointment_book
from . import scrm_sealed_key
