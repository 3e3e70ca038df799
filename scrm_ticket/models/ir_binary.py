from odoo import models


class IrBinary(models.AbstractModel):
    """Files of customers that somebody opens or downloads count as reads."""

    _inherit = "ir.binary"

    def _get_stream_from(self, record, *args, **kwargs):
        stream = super()._get_stream_from(record, *args, **kwargs)
        if record._name == "ir.attachment" and self.env["scrm.guard.use"]._is_watched():
            # sudo: whose file it is; it was found for the user above
            of = self.env.get(record.sudo().res_model or "base")
            if hasattr(of, "_scrm_tells"):
                self.env["scrm.guard.use"]._on_read(of.browse(record.sudo().res_id))
        return stream
