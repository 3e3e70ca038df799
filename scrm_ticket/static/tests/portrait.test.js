import {animationFrame} from "@odoo/hoot-mock";
import {click} from "@odoo/hoot-dom";
import {
    contains,
    defineModels,
    fields,
    models,
    mountView,
    onRpc,
    serverState,
} from "@web/../tests/web_test_helpers";
import {defineMailModels} from "@mail/../tests/mail_test_helpers";
import {expect, test} from "@odoo/hoot";

class Ticket extends models.Model {
    _name = "scrm.test.ticket";

    name = fields.Char();
    partner_id = fields.Many2one({relation: "res.partner"});
    _records = [{id: 1, name: "T1"}];
}

defineMailModels();
defineModels([Ticket]);

const ARCH = `
    <form>
        <field name="partner_id"/>
        <notebook>
            <page string="First"><field name="name"/></page>
            <page string="Customer"><widget name="scrm_portrait"/></page>
        </notebook>
    </form>`;

// Covers in part: X14
test("the portrait is asked for when its page is opened", async () => {
    onRpc("res.partner", "scrm_portrait", ({args}) => {
        expect.step(`portrait of ${args[0]}`);
        return "<table><tr><td>S00042 <b>shoes</b></td></tr></table>";
    });
    Ticket._records[0].partner_id = serverState.partnerId;
    await mountView({type: "form", resModel: Ticket._name, resId: 1, arch: ARCH});
    expect.verifySteps([]);
    await click(".nav-link:contains(Customer)");
    await animationFrame();
    expect.verifySteps([`portrait of ${serverState.partnerId}`]);
    await animationFrame();
    expect(".o_scrm_portrait b").toHaveText("shoes");
    await contains(".o_field_many2one input").clear({confirm: "blur"});
    await animationFrame();
    expect(".o_scrm_portrait").toHaveText("Nothing in the last three months.");
});
