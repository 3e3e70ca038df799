"""The doors of a server: a portal session, and the JSON-2 API."""

import re
from urllib.parse import urljoin

import requests
from lxml import html

from .errors import Refused, ScenarioError

TIMEOUT = 120


class Json2Door:
    """The API of one user, by API key.

    :param url: the server's address
    :param database: name of the database
    :param key: the user's API key
    :param lang: language of names and messages
    """

    def __init__(self, url, database, key, lang="en_US"):
        self.url = url
        self.lang = lang
        self.session = requests.Session()
        self.session.headers.update(
            {
                "Authorization": f"Bearer {key}",
                "X-Odoo-Database": database,
                "User-Agent": "scrm-scenario",
            }
        )

    def call(self, model, method, /, ids=None, context=None, **arguments):
        """Call a public method, as ``POST /json/2/<model>/<method>`` does.

        :param ids: records to call it on, none for a method of the model
        :param arguments: the method's arguments by name
        :return: its answer
        :raises Refused: with the server's message
        """
        body = {"context": {"lang": self.lang, **(context or {})}, **arguments}
        if ids is not None:
            body["ids"] = ids
        answer = self.session.post(
            f"{self.url}/json/2/{model}/{method}", json=body, timeout=TIMEOUT
        )
        if answer.status_code != 200:
            raise Refused(answer.status_code, self._message(answer))
        return answer.json()

    @staticmethod
    def _message(answer):
        try:
            fault = answer.json()
        except ValueError:
            return answer.text.strip()[:500]
        return str(fault.get("message", fault)) if isinstance(fault, dict) else fault

    def search_read(self, model, domain, fields, **options):
        """Rows that this user can see."""
        return self.call(model, "search_read", domain=domain, fields=fields, **options)

    # pylint: disable-next=method-required-super  # not a model of Odoo
    def read(self, model, ids, fields):
        """Fields of records; refused when the user may not read one of them."""
        return self.call(model, "read", ids=ids, fields=fields)

    def count(self, model, domain):
        """How many records this user can see."""
        return self.call(model, "search_count", domain=domain)


class PortalDoor:
    """A browser's session of one user: pages, forms and their tokens.

    Without a login it is a visitor's.

    :param url: the address of a server that serves one database
    """

    def __init__(self, url, login=None, password=None, lang="en_US"):
        self.url = url
        self.session = requests.Session()
        self.session.headers["User-Agent"] = "scrm-scenario"
        self.session.cookies.set("frontend_lang", lang)
        self.page = None
        self.address = None
        if login:
            self._login(login, password)

    def _login(self, login, password):
        self.get("/web/login")
        form = self.form("//form[.//input[@name='password']]")
        answer = self.submit(form, {"login": login, "password": password})
        if answer.url.rstrip("/").endswith("/web/login"):
            raise ScenarioError(f"{login} could not log in")

    def get(self, path):
        """Open a page.

        :return: the page as an lxml element
        :raises Refused: for any status but 200
        """
        return self._show(self._send("GET", path))

    def post(self, path, values, files=None):
        """Send values to an address, as no form of ours would: nothing is added."""
        answer = self._send("POST", path, data=values, files=files)
        self._show(answer)
        return answer

    def form(self, xpath="//form[@method='post' or @method='POST']"):
        """A form of the page one is on.

        :raises ScenarioError: when the page has none
        """
        found = self.page.xpath(xpath)
        if not found:
            raise ScenarioError(f"no form {xpath} on {self.address}")
        return found[0]

    def submit(self, form, values, files=None, without_token=False):
        """Fill in a form and send it, with its hidden fields and CSRF token.

        :param values: name -> text; names the form does not have are sent as well
        :param files: name -> (file name, bytes)
        :param without_token: leave the CSRF token out, as a forged page would
        :return: the answer, after redirects
        """
        data = {name: value for name, value in form.form_values() if name not in values}
        data.update(values)
        if without_token:
            data.pop("csrf_token", None)
        path = form.get("action") or self.address
        answer = self._send("POST", path, data=data, files=files)
        self._show(answer)
        return answer

    def _send(self, method, path, **options):
        address = urljoin(urljoin(self.url, self.address or "/"), path)
        try:
            return self.session.request(method, address, timeout=TIMEOUT, **options)
        except requests.ConnectionError as fault:
            # a server may hang up on an upload that is too large
            raise Refused(0, f"connection closed: {fault}") from fault

    def _show(self, answer):
        self.address = answer.url
        page = html.fromstring(answer.content or b"<html/>")
        self.page = page
        if answer.status_code != 200:
            raise Refused(answer.status_code, self._main_text(page))
        return page

    def _main_text(self, page):
        return words(page.find(".//main") if page.find(".//main") is not None else page)

    def text(self):
        """The words of the page one is on."""
        return self._main_text(self.page)

    def alerts(self):
        """The texts of what the page complains about."""
        found = self.page.xpath(
            "//*[contains(concat(' ', @class, ' '), ' alert-danger ')"
            " or contains(concat(' ', @class, ' '), ' invalid-feedback ')]"
        )
        return [text for text in map(words, found) if text]


def words(element):
    """The text of a page's element in one line, without scripts.

    >>> words(html.fromstring("<p>One <b>two</b><script>no</script>  three</p>"))
    'One two three'
    """
    parts = element.xpath(".//text()[not(ancestor::script) and not(ancestor::style)]")
    return re.sub(r"\s+", " ", " ".join(parts)).strip()
