"""Who is in a pack: the company, roles, users and partners."""

import pytz

from odoo.fields import Command

from . import fragments as f
from .registry import Kind, Section, register_section


@register_section
class CompanySection(Section):
    """The company that runs the business: the main company of the database."""

    key = "company"
    addon = "scrm_flow"
    kinds = {
        "company": Kind("res.company"),
        "country": Kind("res.country", key_field="code"),
        "currency": Kind("res.currency", key_field="name"),
    }
    schema = f.obj(
        {
            "name": f.STRING,
            "country": f.described(f.ref("country"), "ISO code: `CN`"),
            "currency": f.described(f.ref("currency"), "ISO code: `CNY`"),
            "street": f.STRING,
            "city": f.STRING,
            "phone": f.STRING,
            "email": f.STRING,
            "logo": f.described(f.IMAGE, "PNG or JPEG, base64; at most 48 kB"),
        }
    )
    _plain = ("name", "street", "city", "phone", "email")

    def load(self, pack, value):
        company = pack.env.company
        currency = pack.ref("currency", value.get("currency"), ".currency")
        if currency and not currency.active:
            currency.active = True
        vals = {name: value[name] for name in self._plain if name in value}
        if "country" in value:
            vals["country_id"] = pack.ref("country", value["country"], ".country").id
        if currency:
            vals["currency_id"] = currency.id
        if "logo" in value:
            vals["logo"] = value["logo"].encode()
        vals.update(self.extra_vals(pack, "company", value))
        pack.write(company, vals)
        self.extra_load(pack, "company", value, company)

    def dump(self, pack):
        company = pack.env.company
        return {
            **{name: company[name] for name in self._plain},
            "country": company.country_id.code,
            "currency": company.currency_id.name,
            "logo": company.logo.decode() if not company.uses_default_logo else None,
            **self.extra_dump(pack, "company", company),
        }


@register_section
class RoleSection(Section):
    """Roles: groups of users among whom flows find handlers."""

    key = "roles"
    addon = "scrm_flow"
    kinds = {
        "role": Kind("res.groups", key_field="scrm_key"),
        "group": Kind("res.groups"),
    }
    schema = f.listing(
        "role",
        {
            "name": f.TEXT,
            "implies": f.described(
                f.refs("group"), "XML ids of groups whose rights members get"
            ),
        },
        required=["name"],
    )

    def load_item(self, pack, item):
        pack.upsert(
            "role",
            item["key"],
            "res.groups",
            {
                "name": pack.text(item["name"]),
                "implied_ids": pack.refs("group", item.get("implies"), ".implies").ids,
            },
        )

    def dump_item(self, pack, record):
        return {
            "name": pack.dump_text(record, "name"),
            "implies": pack.keys_of("group", record.implied_ids),
        }


@register_section
class PartnerSection(Section):
    """Customers, payees and other people and companies one deals with."""

    key = "partners"
    addon = "scrm_flow"
    after = ("company",)
    kinds = {"partner": Kind("res.partner")}
    schema = f.listing(
        "partner",
        {
            "name": f.STRING,
            "company": f.described(f.BOOLEAN, "a company, not a person"),
            "parent": f.described(f.ref("partner"), "the company it belongs to"),
            "email": f.STRING,
            "phone": f.STRING,
            "street": f.STRING,
            "city": f.STRING,
            "country": f.described(f.ref("country"), "ISO code"),
            "lang": f.described(f.STRING, "`en_US`, `zh_CN`"),
            "coordinates": {
                "type": "array",
                "items": f.DECIMAL,
                "minItems": 2,
                "maxItems": 2,
                "description": "latitude and longitude in degrees",
            },
        },
        required=["name"],
    )
    _plain = ("name", "email", "phone", "street", "city")

    def load_item(self, pack, item):
        vals = {name: item[name] for name in self._plain if name in item}
        vals.update(language_of(pack, item))
        vals["is_company"] = item.get("company", False)
        vals["parent_id"] = pack.ref("partner", item.get("parent"), ".parent").id
        if "country" in item:
            vals["country_id"] = pack.ref("country", item["country"], ".country").id
        if "coordinates" in item:
            latitude, longitude = map(pack.decimal, item["coordinates"])
            vals.update(partner_latitude=latitude, partner_longitude=longitude)
        vals.update(self.extra_vals(pack, "partner", item))
        partner = pack.upsert("partner", item["key"], "res.partner", vals)
        self.extra_load(pack, "partner", item, partner)

    def dump_item(self, pack, record):
        return {
            **{name: record[name] for name in self._plain},
            "lang": record.lang,
            "company": record.is_company,
            "parent": pack.key_of("partner", record.parent_id),
            "country": record.country_id.code,
            "coordinates": [
                pack.dump_decimal(record.partner_latitude),
                pack.dump_decimal(record.partner_longitude),
            ]
            if record.partner_latitude or record.partner_longitude
            else None,
        }


@register_section
class UserSection(Section):
    """People who log in: colleagues, and customers with portal access."""

    key = "users"
    addon = "scrm_flow"
    after = ("company", "roles", "partners")
    kinds = {"user": Kind("res.users")}
    schema = f.listing(
        "user",
        {
            "login": f.STRING,
            "name": f.STRING,
            "email": f.STRING,
            "password": {
                **f.STRING,
                "description": "Only for demonstrations; never exported.",
            },
            "portal": f.described(f.BOOLEAN, "a customer with portal access"),
            "partner": f.described(f.ref("partner"), "made anew when left out"),
            "roles": f.refs("role"),
            "groups": f.described(
                f.refs("group"), "XML ids of groups besides those of the roles"
            ),
            "tz": f.described(f.STRING, "`Asia/Shanghai`"),
            "lang": f.described(f.STRING, "`en_US`, `zh_CN`"),
            "customers": f.described(f.refs("partner"), "whom they look after"),
        },
        required=["login", "name"],
    )
    _plain = ("login", "name", "tz", "email")

    def check(self, pack, value, report):
        for number, item in enumerate(value):
            if item.get("tz", "UTC") not in pytz.all_timezones_set:
                report(
                    f"$.users[{number}].tz",
                    pack.user_env._("there is no time zone “%s”", item["tz"]),
                )

    def load_item(self, pack, item):
        base = "base.group_portal" if item.get("portal") else "base.group_user"
        groups = (
            pack.env.ref(base)
            | pack.refs("role", item.get("roles"), ".roles")
            | pack.refs("group", item.get("groups"), ".groups")
        )
        vals = {name: item[name] for name in self._plain if name in item}
        vals.update(language_of(pack, item))
        partner = pack.ref("partner", item.get("partner"), ".partner")
        if partner:
            vals["partner_id"] = partner.id
        vals.update(self.extra_vals(pack, "user", item))
        created = {"group_ids": groups.ids}
        if item.get("password"):
            created["password"] = item["password"]
        user = pack.upsert(
            "user",
            item["key"],
            "res.users",
            vals,
            create_vals=created,
        )
        missing = groups - user.group_ids
        if missing:  # groups given by hand stay
            user.write({"group_ids": [Command.link(group.id) for group in missing]})
        for partner in pack.refs("partner", item.get("customers"), ".customers"):
            pack.write(partner, {"user_id": user.id})
        self.extra_load(pack, "user", item, user)

    def dump_item(self, pack, record):
        roles = record.group_ids.filtered("scrm_key")
        kinds = pack.env.ref("base.group_portal") | pack.env.ref("base.group_user")
        own_partner = pack.key_of_known("partner", record.partner_id)
        return {
            **{name: record[name] for name in self._plain},
            "lang": record.lang,
            "portal": record.share or None,
            "partner": own_partner,
            "roles": pack.keys_of("role", roles),
            "groups": pack.keys_of("group", record.group_ids - roles - kinds),
            "customers": [
                key
                for key, partner in pack.records("partner")
                if partner.user_id == record
            ],
        }


def language_of(pack, item):
    """Values of what somebody reads; the database's own, where it lacks that."""
    lang = "lang" in item and pack.language(item["lang"])
    return {"lang": lang} if lang else {}
