"""Field values as people and JSON write them, for the records of a sandbox."""

from datetime import date, datetime

from odoo import fields, models
from odoo.exceptions import UserError

#: Kept by Odoo or by the engine.
RESERVED = frozenset(models.MAGIC_COLUMNS) | {
    "scrm_run_id",
    "scrm_handler_ids",
    "scrm_node_key",
}


def read_values(model, values: dict) -> dict:
    """Turn plain JSON values into what ``create`` and ``write`` take.

    :param model: the model, in the environment of who gives the values
    :param values: field name -> value; a record by id, XML id or exact name;
        ``properties_field.name`` for one property, or a dict for several
    :raise UserError: naming the field that does not exist, is not the user's to
        write, or cannot hold the value
    """
    result = {}
    for name, value in values.items():
        base, _dot, prop = name.partition(".")
        field = model._fields.get(base)
        if (
            field is None
            or base in RESERVED
            or not model._has_field_access(field, "write")
            or (prop and field.type != "properties")
        ):
            raise UserError(
                model.env._(
                    "“%(field)s” is no field of %(model)s that you may write.",
                    field=name,
                    model=model._description,
                )
            )
        if prop:
            result.setdefault(base, {})[prop] = value
            continue
        try:
            result[base] = read_value(model, field, value)
        except (ValueError, TypeError) as error:
            raise UserError(
                model.env._(
                    "“%(field)s” cannot be %(value)s: %(error)s",
                    field=name,
                    value=value,
                    error=error,
                )
            ) from error
    return result


def read_value(model, field, value):
    """One value for ``create`` and ``write``.

    :raise ValueError, TypeError: the field cannot hold it
    """
    if field.type == "many2one":
        return find_record(model.env[field.comodel_name], value).id
    if field.type in ("one2many", "many2many"):
        target = model.env[field.comodel_name]
        found = [find_record(target, item).id for item in value or ()]
        return [fields.Command.set(found)]
    if field.type in ("integer", "float", "monetary"):
        return field.convert_to_cache(value or 0, model)
    if field.type == "boolean":
        return _truth(value)
    if field.type == "properties":
        return dict(value or {})
    if value in (None, ""):
        return False
    if field.type == "selection" and value not in field.get_values(model.env):
        known = ", ".join(str(key) for key in field.get_values(model.env))
        raise ValueError(model.env._("it is one of %s", known))
    if field.type == "date":
        return fields.Date.to_date(value)
    if field.type == "datetime":
        return fields.Datetime.to_datetime(value)
    return value


def _truth(value):
    """
    >>> _truth("false"), _truth(1), _truth("yes"), _truth(None)
    (False, True, True, False)
    """
    if isinstance(value, str):
        return value.strip().lower() not in ("", "0", "false", "no")
    return bool(value)


def find_record(model, value):
    """A record by id, XML id or exact name; an empty recordset for no value.

    :raise ValueError: there is none, or more than one of that name
    """
    if value in (None, False, ""):
        return model.browse()
    text = str(value)
    if isinstance(value, int) or text.isdecimal():
        found = model.browse(int(value)).exists()
    elif "." in text and " " not in text and model.env.ref(text, False):
        found = model.env.ref(text)
        found = found if found._name == model._name else model.browse()
    else:
        ids = [row[0] for row in model.name_search(text, operator="=", limit=2)]
        if len(ids) > 1:
            raise ValueError(model.env._("there are several of that name"))
        found = model.browse(ids)
    if not found or not found.has_access("read"):
        raise ValueError(model.env._("there is no such %s", model._description))
    return found


def plain_value(record, name: str):
    """What a field of the record holds, as a JSON value; records by id.

    :raise UserError: the user may not see such a field
    """
    base, _dot, prop = name.partition(".")
    field = record._fields.get(base)
    if field is None or not record._has_field_access(field, "read"):
        raise UserError(
            record.env._(
                "“%(field)s” is no field of %(model)s that you may see.",
                field=name,
                model=record._description,
            )
        )
    value = record[base]
    if field.type == "properties":
        held = field.convert_to_read(value, record, use_display_name=False)
        by_name = {item["name"]: item.get("value", False) for item in held or ()}
        return by_name.get(prop, False) if prop else by_name
    if isinstance(value, models.BaseModel):
        return value.id if field.type == "many2one" else sorted(value.ids)
    if isinstance(value, datetime):
        return fields.Datetime.to_string(value)
    if isinstance(value, date):
        return fields.Date.to_string(value)
    return value


def invented(model, values: dict, name: str) -> dict:
    """Values for a record that exists in the sandbox only.

    What is required and has neither a given value nor a default gets a harmless
    one, so that only what matters for the flow has to be said.

    :param values: as :func:`read_values` returns them
    :param name: what texts that must be filled say
    """
    needed = [
        key
        for key, field in model._fields.items()
        if field.required
        and field.store
        and not field.compute
        and not field.related
        and key not in values
        and key not in RESERVED
    ]
    defaults = model.default_get(needed)
    result = dict(values)
    for key in needed:
        field = model._fields[key]
        if defaults.get(key) not in (None, False, ""):
            continue
        if field.type in ("char", "text", "html"):
            result[key] = name
        elif field.type == "selection":
            result[key] = next(iter(field.get_values(model.env)), False)
        elif field.type == "many2one":
            result[key] = model.env[field.comodel_name].search([], limit=1).id
        elif field.type == "date":
            result[key] = model.env["scrm.clock"].today()
        elif field.type == "datetime":
            result[key] = model.env["scrm.clock"].now()
    return result
