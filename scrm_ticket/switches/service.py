"""Parts of the service that a business can do without."""

from odoo import models
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)


class ScrmSwitchPartAlert(models.AbstractModel):
    _name = "scrm.switch.part_alert"
    _inherit = "scrm.switch"
    _description = "Switch Parts Alert"

    _label = _lt("Parts alert")
    _kind_rank = 30
    _crons = ("scrm_ticket.ir_cron_low_stock",)
    _views = ("scrm_ticket.stock_warehouse_orderpoint_view_list",)


class ScrmSwitchMaintenance(models.AbstractModel):
    _name = "scrm.switch.maintenance"
    _inherit = "scrm.switch"
    _description = "Switch Maintenance"

    _label = _lt("Maintenance of devices")
    _kind_rank = 32
    _crons = ("scrm_ticket.ir_cron_maintenance",)


class ScrmSwitchAppointment(models.AbstractModel):
    _name = "scrm.switch.appointment"
    _inherit = "scrm.switch"
    _description = "Switch Appointments"

    _label = _lt("Appointments")
    _kind_rank = 34
    _models = ("scrm.appointment", "scrm.appointment.book")
    _views = (
        "scrm_ticket.helpdesk_ticket_view_form_appointment",
        "scrm_ticket.portal_helpdesk_ticket_page_appointment",
    )
    _routes = (
        "/my/ticket/<int:ticket_id>/appointment",
        "/scrm/appointment/",
        "/scrm/hook/<string:key>/reply",
    )


class ScrmSwitchCare(models.AbstractModel):
    _name = "scrm.switch.care"
    _inherit = "scrm.switch"
    _description = "Switch Care"

    _label = _lt("Customer care")
    _kind_rank = 36
    _models = ("scrm.care", "scrm.care.plan", "scrm.care.stage")
    _crons = ("scrm_ticket.ir_cron_care",)
    _views = ("scrm_ticket.res_partner_view_form_care",)


class ScrmSwitchWork(models.AbstractModel):
    _name = "scrm.switch.work"
    _inherit = "scrm.switch"
    _description = "Switch Work on the Road"

    _label = _lt("Page for work on the road")
    _kind_rank = 38
    _menus = ("scrm_ticket.menu_work",)
    _routes = ("/scrm/work",)
