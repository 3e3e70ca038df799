"""Employees of users: what HR knows of people hangs on them."""


def employee_of(pack, user):
    """The employee of a user, made when there is none."""
    employees = pack.env["hr.employee"]
    employee = employees.search([("user_id", "=", user.id)], limit=1)
    return employee or pack.create(
        "hr.employee", {"name": user.name, "user_id": user.id}
    )
