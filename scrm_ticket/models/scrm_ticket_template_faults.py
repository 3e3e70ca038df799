from odoo import models


class ScrmTicketTemplate(models.Model):
    """What is wrong with a value, in words."""

    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.ticket.template"

    def _scrm_fault_message(self, fault, label=None):
        """One sentence that names the field and says what to do.

        :param fault: ``forms.rules.Fault``
        :param label: the field's label in the reader's language
        """
        seen, limit = str(fault.seen), fault.limit
        if isinstance(limit, float) and limit.is_integer():
            limit = int(limit)
        values = {
            "field": (label or fault.key)[:60],
            "form": self.name,
            "value": f"{seen[:60]}…" if len(seen) > 60 else seen,
            "limit": limit,
        }
        return self._scrm_fault_messages()[fault.code] % values

    def _scrm_fault_messages(self):
        """Code of a fault -> sentence about ``field``, ``value``, ``limit``."""
        _ = self.env._
        return {
            "unknown": _("The form “%(form)s” has no field “%(field)s”."),
            "required": _("“%(field)s” is required."),
            "readonly": _("“%(field)s” cannot be filled in here."),
            "text": _("“%(field)s” must be a text."),
            "too_long": _(
                "“%(field)s” is too long: at most %(limit)s characters.",
            ),
            "number": _("“%(field)s” must be a number, not “%(value)s”."),
            "out_of_range": _("“%(field)s” is too large a number: “%(value)s”."),
            "minimum": _("“%(field)s” must be at least %(limit)s, not “%(value)s”."),
            "maximum": _("“%(field)s” must be at most %(limit)s, not “%(value)s”."),
            "date": _("“%(field)s” must be a date as 2026-03-31, not “%(value)s”."),
            "datetime": _(
                "“%(field)s” must be a date and time as 2026-03-31 09:30, not "
                "“%(value)s”."
            ),
            "time": _("“%(field)s” must be a time as 09:30, not “%(value)s”."),
            "yes_no": _("“%(field)s” must be yes or no, not “%(value)s”."),
            "choice": _("“%(value)s” is not an option of “%(field)s”."),
            "tags": _("“%(field)s” must be a list of options, not “%(value)s”."),
            "record": _("“%(value)s” cannot be chosen for “%(field)s”."),
            "serial": _("“%(field)s”: there is no device “%(value)s”."),
            "file": _("“%(field)s” must be a list of files."),
            "file_missing": _("“%(field)s”: a file cannot be found. Upload it again."),
            "file_content": _("“%(field)s”: a file is not encoded as base64."),
            "file_type": _("“%(field)s” does not take files like “%(limit)s”."),
            "file_size": _("“%(field)s”: a file is larger than %(limit)s MB."),
            "too_many": _("“%(field)s” takes at most %(limit)s."),
            "masked": _(
                "“%(field)s”: “%(value)s” is a mask, not a value. Write the whole "
                "value, or leave the field as it is."
            ),
            "mask": _(
                "“%(field)s” must look like %(limit)s, not “%(value)s”: A is a "
                "letter, 9 a digit, X either."
            ),
            "format_phone": _("“%(field)s”: “%(value)s” is no phone number."),
            "format_email": _("“%(field)s”: “%(value)s” is no e-mail address."),
            "format_plate": _("“%(field)s”: “%(value)s” is no licence plate."),
            "format_cn_id": _("“%(field)s”: “%(value)s” is no identity card number."),
            "format_cn_business": _(
                "“%(field)s”: “%(value)s” is no business registration number."
            ),
        }
