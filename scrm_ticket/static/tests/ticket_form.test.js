import {Deferred, advanceTime, animationFrame} from "@odoo/hoot-mock";
import {TicketClose, TicketForm, TicketLive} from "@scrm_ticket/portal/ticket_form";
import {beforeEach, expect, test} from "@odoo/hoot";
import {check, click, edit, queryOne, setInputFiles} from "@odoo/hoot-dom";
import {onRpc, patchWithCleanup} from "@web/../tests/web_test_helpers";
import {browser} from "@web/core/browser/browser";
import {startInteraction} from "@web/../tests/public/helpers";
import {user} from "@web/core/user";

const STATE = "/my/scrm/new/test/state";
/** What the server says of a form in which all is asked for and nothing wrong. */
const PLAIN = {hidden: [], required: [], computed: {}, notes: {}, filled: {}};

const field = (key, kind, input) => `
    <div class="o_scrm_field" data-field="${key}" data-type="${kind}">
        <label>${key} <span class="o_scrm_required d-none">*</span></label>
        ${input}
        <div class="o_scrm_note"></div>
    </div>`;
const text = (key) => field(key, "text", `<input type="text" name="field.${key}"/>`);
const tags = (key) =>
    field(
        key,
        "tags",
        ["one", "two"]
            .map((o) => `<input type="checkbox" name="field.${key}" value="${o}"/>`)
            .join("")
    );
const yesNo = (key) =>
    field(key, "yes_no", `<input type="checkbox" name="field.${key}" value="1"/>`);
const formula = (key) => field(key, "formula", "<output>–</output>");
const section = (name) => `<h5 class="o_scrm_section">${name}</h5>`;

/** A form as the pages of portal and website give it. */
const form = (body = "", attributes = "") => `
    <form class="o_scrm_form" data-state-url="${STATE}" ${attributes}>
        <input type="hidden" name="csrf_token" value="secret"/>
        <div class="o_scrm_draft d-none">
            Kept <a href="#" class="o_scrm_forget">Anew</a>
        </div>
        ${text("kind")}
        ${body}
        <div><textarea name="description"></textarea></div>
        <input type="file" name="attachment" data-limit-mb="1"/>
        <div class="o_scrm_upload d-none">
            <div class="progress"><div class="progress-bar"></div></div>
        </div>
        <div class="o_scrm_lost d-none">Lost</div>
        <button type="submit">Send</button>
    </form>`;

/** What the server answers: the first of these, the last one for ever. */
let states = [];
/** What it was asked last. */
let asked = null;

beforeEach(() => {
    states = [PLAIN];
    onRpc(STATE, async (request) => {
        asked = (await request.json()).params;
        return states.length > 1 ? states.shift() : states[0];
    });
});

const start = (html = form()) => startInteraction(TicketForm, html);

/** Leave the page and come to another one, or the same one again. */
async function comeBack(core, html = form()) {
    core.stopInteractions();
    queryOne("#wrapwrap").innerHTML = html;
    await core.startInteractions();
    await animationFrame();
}

const fieldOf = (key) => queryOne(`.o_scrm_field[data-field="${key}"]`);
const inputOf = (key) => fieldOf(key).querySelector("input");

async function type(key, value) {
    await click(inputOf(key));
    await edit(value);
}

/** The page noticed that typing stopped, and heard what the server says. */
async function pause() {
    await advanceTime(300);
    await animationFrame();
}

const drafts = () =>
    Object.keys(browser.localStorage).filter((key) =>
        key.startsWith("scrm_ticket.form")
    );

/** A request that answers when the test wants it to. */
class FakeRequest extends window.EventTarget {
    static last = null;
    upload = new window.EventTarget();
    headers = {};

    constructor() {
        super();
        FakeRequest.last = this;
        expect.step("request");
    }

    open(method, url) {
        Object.assign(this, {method, responseURL: url});
    }

    setRequestHeader(name, value) {
        this.headers[name] = value;
    }

    getResponseHeader() {
        return this.responseType;
    }

    send(data) {
        this.data = data;
    }

    progress(loaded, total) {
        this.upload.dispatchEvent(
            new window.ProgressEvent("progress", {
                lengthComputable: true,
                loaded,
                total,
            })
        );
    }

    answer(responseType, responseText, more = {}) {
        Object.assign(this, {responseType, responseText, ...more});
        this.dispatchEvent(new Event("load"));
    }
}

/** Send the form; where the page goes from there is noted. */
async function send() {
    patchWithCleanup(browser, {XMLHttpRequest: FakeRequest});
    patchWithCleanup(browser.location, {assign: (url) => expect.step(`to ${url}`)});
    patchWithCleanup(TicketForm.prototype, {showPage: (page) => expect.step(page)});
    await click("button[type=submit]");
    return FakeRequest.last;
}

test("what is not asked for is neither shown nor sent", async () => {
    states = [
        {...PLAIN, hidden: ["model", "since"], required: ["kind"]},
        {...PLAIN, hidden: ["since"], required: ["kind", "model"]},
    ];
    await start(
        form(section("Device") + text("model") + section("When") + text("since"))
    );
    expect(fieldOf("model")).toHaveClass("d-none");
    expect(inputOf("model").disabled).toBe(true);
    expect(queryOne(".o_scrm_section:contains(Device)")).toHaveClass("d-none");
    expect(fieldOf("kind").querySelector(".o_scrm_required")).not.toHaveClass("d-none");

    await type("kind", "product");
    await pause();
    expect(asked.values.kind).toBe("product");
    expect(fieldOf("model")).not.toHaveClass("d-none");
    expect(inputOf("model").disabled).toBe(false);
    expect(fieldOf("model").querySelector(".o_scrm_required")).not.toHaveClass(
        "d-none"
    );
    expect(queryOne(".o_scrm_section:contains(Device)")).not.toHaveClass("d-none");
    expect(queryOne(".o_scrm_section:contains(When)")).toHaveClass("d-none");
    expect([...new FormData(queryOne("form")).keys()]).not.toInclude("field.since");
});

test("every type of field is asked about in its form, the server's own not", async () => {
    await start(form(tags("which") + yesNo("urgent") + formula("total")));
    await check("[name='field.which'][value=two]");
    await check("[name='field.urgent']");
    await pause();
    expect(asked.values).toEqual({kind: "", which: ["two"], urgent: true});
});

test("formulas, and what is known of a device, follow what is typed", async () => {
    states = [
        PLAIN,
        {
            ...PLAIN,
            computed: {total: "25.00"},
            notes: {kind: {text: "There is no such device.", is_bad: true}},
        },
        {
            ...PLAIN,
            computed: {total: ""},
            notes: {kind: {text: "Stove X2", is_bad: false}},
        },
    ];
    await start(form(formula("total")));
    await type("kind", "S");
    await pause();
    expect(fieldOf("total").querySelector("output")).toHaveText("25.00");
    expect(".o_scrm_field[data-field=kind] .o_scrm_note").toHaveText(
        "There is no such device."
    );
    expect(".o_scrm_field[data-field=kind] .o_scrm_note").toHaveClass("text-danger");
    await type("kind", "SN-1");
    await pause();
    expect(fieldOf("total").querySelector("output")).toHaveText("–");
    const note = ".o_scrm_field[data-field=kind] .o_scrm_note";
    expect(note).toHaveText("Stove X2");
    expect(note).toHaveClass("text-success");
});

test("a late answer to an earlier question changes nothing", async () => {
    const first = new Deferred();
    await start(form(text("model")));
    states = [
        first.then(() => ({...PLAIN, hidden: ["model"]})),
        {...PLAIN, required: ["model"]},
    ];
    await type("kind", "a");
    await advanceTime(300);
    await type("kind", "b");
    await pause();
    expect(fieldOf("model").querySelector(".o_scrm_required")).not.toHaveClass(
        "d-none"
    );
    first.resolve();
    await animationFrame();
    expect(fieldOf("model")).not.toHaveClass("d-none");
});

test("a form works on while the server gives no answer", async () => {
    states = [PLAIN];
    await start(form(text("model")));
    onRpc(STATE, () => new window.Response("", {status: 502}), {pure: true});
    await type("kind", "a");
    await pause();
    expect(fieldOf("model")).not.toHaveClass("d-none");
    expect("button[type=submit]").toBeEnabled();
});

test("a chosen record fills in fields, never over what somebody typed", async () => {
    await start(form(text("bought") + text("shop") + yesNo("paid")));
    await type("shop", "Corner shop");
    await pause();
    states = [{...PLAIN, filled: {bought: "2026-01-02", shop: "Web", paid: true}}];
    await type("kind", "S00042");
    await pause();
    expect(inputOf("bought")).toHaveValue("2026-01-02");
    expect(inputOf("shop")).toHaveValue("Corner shop");
    expect(inputOf("paid")).toBeChecked();
    // another record takes its own words along, the first one's go
    states = [{...PLAIN, filled: {bought: "2026-02-03", shop: "Web", paid: false}}];
    await type("kind", "S00043");
    await pause();
    expect(inputOf("bought")).toHaveValue("2026-02-03");
    expect(inputOf("shop")).toHaveValue("Corner shop");
    expect(inputOf("paid")).not.toBeChecked();
});

test("what was typed is there when the page is opened again", async () => {
    const body = form(tags("which") + text("model"));
    const {core} = await start(body);
    await type("kind", "Stove");
    await check("[name='field.which'][value=two]");
    await click("[name=description]");
    await edit("Third floor");
    await pause();
    const [key] = drafts();
    const kept = browser.localStorage.getItem(key);
    expect(kept).toMatch(/Third floor/);
    expect(kept).not.toMatch(/secret/);
    await comeBack(core, body);
    expect(inputOf("kind")).toHaveValue("Stove");
    expect("[name='field.which'][value=two]").toBeChecked();
    expect("[name='field.which'][value=one]").not.toBeChecked();
    expect("[name=description]").toHaveValue("Third floor");
    expect("[name=csrf_token]").toHaveValue("secret");
    expect(".o_scrm_draft").not.toHaveClass("d-none");
    expect(asked.values).toEqual({kind: "Stove", which: ["two"], model: ""});

    patchWithCleanup(browser.location, {reload: () => expect.step("reload")});
    await click(".o_scrm_forget");
    expect.verifySteps(["reload"]);
    expect(drafts()).toEqual([]);
});

test("a page that says what is wrong holds what was sent, no older draft", async () => {
    const {core} = await start();
    await type("kind", "Older");
    await pause();
    await comeBack(
        core,
        form().replace('name="field.kind"', 'name="field.kind" class="is-invalid"')
    );
    expect(inputOf("kind")).toHaveValue("");
    expect(".o_scrm_draft").toHaveClass("d-none");
});

test("no draft, or one that is no draft, is no harm", async () => {
    const key = `scrm_ticket.form.${user.userId || ""}.${browser.location.pathname}`;
    const {core} = await start();
    for (const kept of ["", "{", "7", '[["gone", "x", null]]']) {
        browser.localStorage.setItem(key, kept);
        await comeBack(core);
        expect(inputOf("kind")).toHaveValue("");
    }
    patchWithCleanup(browser.localStorage, {
        setItem(name) {
            if (name.startsWith("scrm_ticket")) {
                throw new Error("full");
            }
        },
    });
    await type("kind", "Stove");
    await pause();
    expect(asked.values).toEqual({kind: "Stove"});
});

test("files show how far they are; the page then goes to the ticket, once", async () => {
    await start();
    await type("kind", "Stove");
    await click("[name=attachment]");
    await setInputFiles([new File(["x".repeat(10)], "a.txt")]);
    await pause();
    const request = await send();
    expect(request.method).toBe("POST");
    expect(request.headers).toEqual({"X-Requested-With": "XMLHttpRequest"});
    expect(request.data.get("field.kind")).toBe("Stove");
    expect(request.data.get("attachment").name).toBe("a.txt");
    expect("button[type=submit]").not.toBeEnabled();
    expect(".o_scrm_upload").not.toHaveClass("d-none");
    request.progress(1, 3);
    expect(".progress-bar").toHaveText("33 %");
    expect(".progress").toHaveAttribute("aria-valuenow", "33");
    // sent once, however often somebody presses the key
    queryOne("form").requestSubmit();
    request.answer("application/json", '{"location": "/my/ticket/7?submitted=1"}');
    expect.verifySteps(["request", "to /my/ticket/7?submitted=1"]);
    expect(drafts()).toEqual([]);
});

test("a page that says thank you ends the draft, one that says what is wrong not", async () => {
    await start();
    await type("kind", "Stove");
    await pause();
    const refused = "<p class='is-invalid'>Which?</p>";
    (await send()).answer("text/html", refused);
    expect.verifySteps(["request", refused]);
    expect(drafts()).toHaveLength(1);
    FakeRequest.last.answer("text/html", "<div>Login</div>", {
        responseURL: `${browser.location.origin}/web/login`,
    });
    expect.verifySteps([`to ${browser.location.origin}/web/login`]);
    expect(drafts()).toHaveLength(1);
    const thanks = "<div class='o_scrm_received'>Thank you</div>";
    FakeRequest.last.answer("text/html", thanks, {
        responseURL: browser.location.href,
    });
    expect.verifySteps([thanks]);
    expect(drafts()).toEqual([]);
});

test("without a connection nothing is lost and it can be sent again", async () => {
    await start();
    await type("kind", "Stove");
    await pause();
    (await send()).dispatchEvent(new Event("error"));
    await animationFrame();
    expect(".o_scrm_lost").not.toHaveClass("d-none");
    expect(".o_scrm_upload").toHaveClass("d-none");
    expect("button[type=submit]").toBeEnabled();
    expect(drafts()).toHaveLength(1);
    await click("button[type=submit]");
    expect(".o_scrm_lost").toHaveClass("d-none");
    expect.verifySteps(["request", "request"]);
});

test("a file that is too large is not sent at all", async () => {
    await start();
    await click("[name=attachment]");
    await setInputFiles([new File([new Uint8Array(1024 * 1024 + 1)], "film.mov")]);
    expect(queryOne("[name=attachment]").validationMessage).toMatch(
        /“film.mov” is larger than 1 MB/
    );
    await send();
    expect.verifySteps([]);
    await click("[name=attachment]");
    await setInputFiles([new File(["x"], "a.txt")]);
    await click("button[type=submit]");
    expect.verifySteps(["request"]);
});

test("the preview of a form sends and keeps nothing", async () => {
    await start(form("", `data-state-params='{"lines": [1]}'`));
    expect(asked).toEqual({values: {kind: ""}, lines: [1]});
    await type("kind", "Stove");
    await pause();
    await send();
    expect.verifySteps([]);
    expect(drafts()).toEqual([]);
});

test("the page of a ticket follows it, unless somebody is at it", async () => {
    let said = "New";
    await startInteraction(
        TicketLive,
        `<div data-scrm-live="progress"><b>New</b> <input class="reason"/></div>`
    );
    patchWithCleanup(browser, {
        fetch: async () =>
            new window.Response(`<div data-scrm-live="progress"><b>${said}</b></div>`),
    });
    await advanceTime(20000);
    await animationFrame();
    expect("[data-scrm-live] input").toHaveCount(1);
    said = "Done";
    await click(".reason");
    await advanceTime(20000);
    await animationFrame();
    expect("[data-scrm-live]").toHaveText("New");
    queryOne(".reason").blur();
    await advanceTime(20000);
    await animationFrame();
    expect("[data-scrm-live]").toHaveText("Done");
});

test("a ticket that is worked on is not closed by mistake", async () => {
    patchWithCleanup(window.HTMLFormElement.prototype, {
        submit: () => expect.step("closed"),
    });
    let answer = () => expect.step("not yet");
    const {core} = await startInteraction(
        TicketClose,
        `<form action="/ticket/close" data-confirm="yes"><button>Close</button></form>`
    );
    patchWithCleanup(core.env.services.dialog, {
        add(_dialog, {body, confirm}) {
            expect.step(body);
            answer(confirm);
        },
    });
    await click("form button");
    expect.verifySteps(["We are still working on this ticket. Close it?", "not yet"]);
    answer = (confirm) => confirm();
    await click("form button");
    expect.verifySteps(["We are still working on this ticket. Close it?", "closed"]);
});
