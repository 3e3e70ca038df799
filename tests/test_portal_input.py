"""Bad input at the portal over HTTP: a clear message, and nothing is saved."""

import pytest
from portal import Portal, complaints, main_text, submission


@pytest.fixture(scope="module")
def customer(running):
    user = submission(running.pack)[0]
    return Portal(running.url, user["login"], user["password"])


@pytest.fixture(scope="module")
def form(running):
    """(path of the form, its inputs with good values)."""
    _user, template, values = submission(running.pack)
    inputs = {f"field.{key}": str(value) for key, value in values.items()}
    return f"/my/scrm/new/{template}", inputs


@pytest.fixture
def nothing_saved(running):
    """The database is the same after the test as before it."""

    def counts():
        # compiled assets are attachments too, made when a page is first shown
        return {
            **running.counts("helpdesk_ticket", "scrm_flow_run", "stock_move"),
            "attachments": running.sql(
                "SELECT count(*) FROM ir_attachment WHERE res_model = 'helpdesk.ticket'"
            ),
            "stages": running.sql(
                "SELECT count(*), sum(stage_id) FROM helpdesk_ticket"
            ),
        }

    before = counts()
    yield
    assert counts() == before


def required_field(running):
    """(key, label) of a required field of the form."""
    template_key = submission(running.pack)[1]
    template = next(t for t in running.pack["templates"] if t["key"] == template_key)
    key = next(line["field"] for line in template["fields"] if line.get("required"))
    return key, label(running, key)


def field_of_type(running, kind):
    template_key = submission(running.pack)[1]
    template = next(t for t in running.pack["templates"] if t["key"] == template_key)
    types = {field["key"]: field["type"] for field in running.pack["fields"]}
    return next(
        line["field"] for line in template["fields"] if types[line["field"]] == kind
    )


def label(running, key):
    name = next(f["name"] for f in running.pack["fields"] if f["key"] == key)
    return name["en_US"] if isinstance(name, dict) else name


@pytest.mark.usefixtures("nothing_saved")
def test_missing_required_field(running, customer, form):
    """The field is named, and what was typed stays in the form."""
    path, inputs = form
    key, name = required_field(running)
    answer = customer.send(path, inputs, without=[f"field.{key}"])
    assert answer.status_code == 422
    assert name in complaints(answer)
    answer = customer.send(path, {**inputs, f"field.{key}": "   "})
    assert answer.status_code == 422
    assert name in complaints(answer)


@pytest.mark.usefixtures("nothing_saved")
@pytest.mark.parametrize("text", ["ninety", "1e400", "NaN", "--5", "12 34 x"])
def test_wrong_type_of_number(running, customer, form, text):
    path, inputs = form
    key = field_of_type(running, "number")
    answer = customer.send(path, {**inputs, f"field.{key}": text})
    assert answer.status_code == 422
    assert label(running, key) in complaints(answer)
    assert text in answer.text, "what was typed is gone"


@pytest.mark.usefixtures("nothing_saved")
def test_unknown_choice(running, customer, form):
    path, inputs = form
    key = field_of_type(running, "choice")
    answer = customer.send(path, {**inputs, f"field.{key}": "no_such_option"})
    assert answer.status_code == 422
    assert label(running, key) in complaints(answer)


@pytest.mark.usefixtures("nothing_saved")
def test_foreign_field_key(customer, form):
    """Neither an invented field nor a column of the ticket gets in."""
    path, inputs = form
    for name in ("field.no_such_field", "field.user_id", "stage_id", "priority"):
        answer = customer.send(path, {**inputs, name: "1"})
        assert answer.status_code == 422, name
        assert name.removeprefix("field.") in complaints(answer)


@pytest.mark.usefixtures("nothing_saved")
def test_foreign_template_key(customer, form):
    path, inputs = form
    assert customer.get("/my/scrm/new/no_such_template").status_code == 404
    sent = {**inputs, "csrf_token": customer.token(path)}
    assert customer.post("/my/scrm/new/no_such_template", sent).status_code == 404


@pytest.mark.usefixtures("nothing_saved")
def test_upload_of_30_megabytes(customer, form):
    path, inputs = form
    big = {"attachment": ("film.bin", b"\0" * (30 * 1024 * 1024))}
    answer = customer.send(path, inputs, files=big)
    assert answer.status_code == 413
    assert "film.bin" in complaints(answer)
    assert "MB" in complaints(answer)


@pytest.mark.usefixtures("nothing_saved")
def test_no_csrf_token(customer, form):
    path, inputs = form
    answer = customer.send(path, inputs, without=["csrf_token"])
    assert answer.status_code == 400
    answer = customer.send(path, {**inputs, "csrf_token": "0" * 50})
    assert answer.status_code == 400


@pytest.mark.usefixtures("nothing_saved")
def test_visitor_is_sent_to_the_login(running, form):
    path, inputs = form
    visitor = Portal(running.url)
    answer = visitor.post(path, inputs, allow_redirects=False)
    assert answer.status_code in (302, 303, 400)
    assert "/web/login" in visitor.get(path).url


@pytest.fixture(scope="module")
def strangers_ticket(running):
    """A ticket of another customer, entered by the administrator."""
    admin = "base.user_admin"
    other = {"name": "Another customer"}
    partners = running.call(admin, "res.partner", "create", vals_list=[other])
    ticket = {
        "name": "Of somebody else",
        "description": "secret words",
        "partner_id": partners[0],
    }
    return running.call(admin, "helpdesk.ticket", "create", vals_list=[ticket])[0]


@pytest.mark.usefixtures("nothing_saved")
def test_another_customers_ticket(customer, strangers_ticket):
    """The page of somebody else's ticket and of none at all say the same."""
    foreign = customer.get(f"/my/ticket/{strangers_ticket}")
    absent = customer.get("/my/ticket/99999999")
    assert foreign.status_code == absent.status_code == 403
    assert main_text(foreign) == main_text(absent)
    assert "secret words" not in foreign.text
    assert "Of somebody else" not in foreign.text


@pytest.mark.usefixtures("nothing_saved")
def test_closing_by_a_link_is_refused(running, customer, form, strangers_ticket):
    """helpdesk_mgmt's /ticket/close: no GET, no post without token, own ones only."""
    stage = running.sql(
        "SELECT id FROM helpdesk_ticket_stage WHERE closed ORDER BY id LIMIT 1"
    )
    sent = {"ticket_id": strangers_ticket, "stage_id": stage}
    assert customer.get("/ticket/close", params=sent).status_code == 405
    assert customer.post("/ticket/close", sent).status_code == 400
    sent["csrf_token"] = customer.token(form[0])
    assert customer.post("/ticket/close", sent).status_code == 403


def test_the_good_form_is_taken(running, customer, form):
    """The same form without a fault makes one ticket, sent once or twice."""
    path, inputs = form
    before = running.counts("helpdesk_ticket")["helpdesk_ticket"]
    inputs = {**inputs, "submission_key": "twice-the-same"}
    first = customer.send(path, inputs)
    second = customer.send(path, inputs)
    assert first.status_code == second.status_code == 200
    assert "/my/ticket/" in first.url
    assert first.url == second.url
    assert running.counts("helpdesk_ticket")["helpdesk_ticket"] == before + 1
