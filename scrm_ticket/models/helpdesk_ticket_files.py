import binascii
from base64 import b64decode

from odoo import api, models

from ..forms.file_names import ending, runs
from ..forms.readers import Upload
from ..forms.rules import Fault

#: Megabytes per file, where the system parameter says nothing else.
DEFAULT_FILE_LIMIT = 20
MEGABYTE = 1024 * 1024


class HelpdeskTicket(models.Model):
    """Files of a form: real attachments, bound to the ticket and its field."""

    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "helpdesk.ticket"

    @api.model
    def _scrm_file_limit(self):
        """Largest file, in megabytes."""
        # sudo: a figure that is shown on the form anyway
        limit = (
            self.env["ir.config_parameter"]
            .sudo()
            .get_param("scrm_ticket.attachment_limit_mb", "")
        )
        return int(limit) if limit.isdecimal() else DEFAULT_FILE_LIMIT

    def _scrm_file_fault(self, field, files, ticket=None):
        """What is wrong with the files of a field, None when nothing is.

        :param files: ids of attachments and ``forms.readers.Upload``
        :param ticket: the ticket that has them, may be empty
        """
        limit = self._scrm_file_limit()
        for upload in files:
            if isinstance(upload, Upload):
                if runs(upload.name):
                    return Fault(
                        field.key, "file_type", upload.name, ending(upload.name)
                    )
                if len(upload.data) * 3 // 4 > limit * MEGABYTE:
                    return Fault(field.key, "file_size", upload.name, limit)
                if self._scrm_decode(upload.data) is None:
                    return Fault(field.key, "file_content", upload.name)
        ids = [item for item in files if not isinstance(item, Upload)]
        # sudo: compared below, nothing is shown
        found = self.env["ir.attachment"].sudo().browse(ids).exists()
        for attachment in found:
            own = (
                ticket
                and attachment.res_model == self._name
                and attachment.res_id == ticket.id
            )
            fresh = (
                attachment.create_uid == self.env.user
                and not attachment.res_id
                and attachment.res_model in (False, self._name)
            )
            if not (own or fresh):
                return Fault(field.key, "file_missing", attachment.id)
            if runs(attachment.name):
                return Fault(
                    field.key, "file_type", attachment.name, ending(attachment.name)
                )
            if attachment.file_size > limit * MEGABYTE:
                return Fault(field.key, "file_size", attachment.name, limit)
        if len(found) < len(ids):
            return Fault(field.key, "file_missing", ids)
        return None

    @api.model
    def _scrm_decode(self, data):
        try:
            return b64decode(data, validate=True)
        except (binascii.Error, ValueError):
            return None

    def _scrm_take_files(self, template, values, ticket=None):
        """The values with attachments in place of files that came along."""
        values = dict(values)
        for key in template._scrm_keys("file"):
            if not values.get(key):
                continue
            # sudo: customers make no attachments but those of their own ticket;
            # what could run in a browser is kept as plain text
            attachments = (
                self.env["ir.attachment"]
                .sudo()
                .with_context(attachments_mime_plainxml=True)
            )
            values[key] = [
                attachments.create(
                    {
                        "name": item.name,
                        "raw": self._scrm_decode(item.data),
                        "res_model": self._name,
                        "res_id": ticket.id if ticket else 0,
                    }
                ).id
                if isinstance(item, Upload)
                else item
                for item in values[key]
            ]
        return values

    def _scrm_bind_files(self):
        """Bind the files of the form to the ticket and to its form."""
        self.ensure_one()
        for key in self.template_id._scrm_keys("file"):
            # sudo: they were checked when the values were
            files = self.env["ir.attachment"].sudo().browse(self._scrm_value(key) or [])
            unbound = files.filtered(
                lambda file: file.res_id != self.id or file.res_field != "scrm_values"
            )
            if unbound:
                unbound.write(
                    {
                        "res_model": self._name,
                        "res_id": self.id,
                        "res_field": "scrm_values",
                    }
                )
