"""When people work: the schedules by which appointments are made."""

from odoo.addons.scrm_flow.packs import fragments as f
from odoo.addons.scrm_flow.packs.registry import Extension, register_extension


@register_extension
class UserShifts(Extension):
    """The shifts of a colleague, in his own time zone."""

    section = "users"
    addon = "scrm_ticket"
    kind = "user"
    properties = {
        "shifts": {
            "description": "when somebody works; the company's hours if left out",
            "type": "array",
            "items": f.obj(
                {
                    "days": {
                        "type": "array",
                        "description": "0 is Monday",
                        "items": {"type": "integer", "minimum": 0, "maximum": 6},
                    },
                    "from": f.described(f.DECIMAL, "hour of the day"),
                    "until": f.described(f.DECIMAL, "hour of the day"),
                },
                ["days", "from", "until"],
            ),
        }
    }

    def load(self, pack, item, record):
        if "shifts" not in item:
            return
        rows = sorted(
            (str(day), pack.decimal(shift["from"]), pack.decimal(shift["until"]))
            for shift in item["shifts"]
            for day in shift["days"]
        )
        company = pack.env.company
        resource = self._resource(pack, record)
        zone = item.get("tz") or record.tz or "UTC"
        calendar = resource.calendar_id
        if not resource or calendar == company.resource_calendar_id:
            calendar = pack.env["resource.calendar"].create(
                {
                    "name": record.name,
                    "company_id": company.id,
                    "tz": zone,
                    "attendance_ids": self._lines(rows),
                }
            )
        elif self._rows(calendar) != rows:
            calendar.attendance_ids.unlink()
            calendar.attendance_ids = self._lines(rows)
        vals = {"calendar_id": calendar.id, "tz": zone}
        if resource:
            pack.write(resource, vals)
        else:
            pack.env["resource.resource"].create(
                {
                    "name": record.name,
                    "user_id": record.id,
                    "company_id": company.id,
                    **vals,
                }
            )

    def dump(self, pack, record):
        calendar = self._resource(pack, record).calendar_id
        if not calendar or calendar == pack.env.company.resource_calendar_id:
            return {}
        shifts = {}
        for day, start, end in self._rows(calendar):
            shifts.setdefault((start, end), []).append(int(day))
        return {
            "shifts": [
                {
                    "days": days,
                    "from": pack.dump_decimal(start),
                    "until": pack.dump_decimal(end),
                }
                for (start, end), days in shifts.items()
            ]
        }

    def _resource(self, pack, user):
        return pack.env["resource.resource"].search(
            [
                ("user_id", "=", user.id),
                ("company_id", "in", [False, pack.env.company.id]),
            ],
            order="company_id, id",
            limit=1,
        )

    def _rows(self, calendar):
        return sorted(
            (line.dayofweek, line.hour_from, line.hour_to)
            for line in calendar.attendance_ids
            if line.day_period != "lunch"
        )

    def _lines(self, rows):
        return [
            (0, 0, {"name": "Shift", "dayofweek": day, "hour_from": a, "hour_to": b})
            for day, a, b in rows
        ]
