"""A customer at the portal, as far as HTTP goes: a session, pages and forms.

Written apart from the scenario player, so that a mistake there cannot hide one here.
"""

import re
from urllib.parse import urljoin

import requests
from lxml import html

FORM = "//form[contains(@class, 'o_scrm_form')]"


class Portal:
    """One browser session, logged in unless `login` is None."""

    def __init__(self, url, login=None, password=None):
        self.url = url
        self.session = requests.Session()
        if login:
            answer = self.send(
                "/web/login",
                {"login": login, "password": password},
                form="//form[.//input[@name='password']]",
            )
            assert "/web/login" not in answer.url, f"{login} could not log in"

    def get(self, path, **options):
        return self.session.get(urljoin(self.url, path), timeout=120, **options)

    def post(self, path, data, **options):
        """A bare POST: only what is given, no token."""
        return self.session.post(
            urljoin(self.url, path), data=data, timeout=120, **options
        )

    def token(self, path):
        """A good CSRF token, from the form on a page."""
        page = html.fromstring(self.get(path).content)
        return page.xpath(f"{FORM}//input[@name='csrf_token']/@value")[0]

    def send(self, path, values, *, form=FORM, files=None, without=()):
        """Fill in the form on a page and send it.

        :param values: input name -> text
        :param without: names of inputs to leave out
        """
        page = html.fromstring(self.get(path).content)
        found = page.xpath(form)
        assert found, f"no form on {path}"
        data = dict(found[0].form_values()) | values
        for name in without:
            data.pop(name, None)
        return self.post(path, data, files=files)


def main_text(answer):
    """The words of a page, without navigation and scripts."""
    page = html.fromstring(answer.content)
    root = page.find(".//main") if page.find(".//main") is not None else page
    parts = root.xpath(".//text()[not(ancestor::script) and not(ancestor::style)]")
    return re.sub(r"\s+", " ", " ".join(parts)).strip()


def complaints(answer):
    """What the page says is wrong."""
    page = html.fromstring(answer.content)
    found = page.xpath(
        "//*[contains(@class, 'alert-danger') or contains(@class, 'invalid-feedback')]"
    )
    return " ".join(" ".join(element.itertext()) for element in found)


def submission(pack, lang="en_US"):
    """A good submission of the pack at the portal: (user, template key, values).

    :param lang: by a customer who reads this language
    """
    users = {user["key"]: user for user in pack["users"]}
    for scenario in pack["scenarios"]:
        for step in scenario["steps"]:
            if (step["door"], step["do"]) != ("portal", "submit_ticket"):
                continue
            refused = any(one["that"] == "refused" for one in step.get("expect", ()))
            user = users[step["as"]]
            if not refused and user.get("lang", "en_US") == lang:
                return user, step["with"]["template"], step["with"]["values"]
    raise AssertionError(f"nobody submits a ticket on the portal in {lang}")


def submit_by_program(running):
    """The same by a program of the customer's, over JSON-2: the ticket's id."""
    user, template, values = submission(running.pack, "en_US")
    made = running.call(
        user["key"],
        "helpdesk.ticket",
        "scrm_submit",
        template=template,
        values=values,
    )
    return made["id"]
