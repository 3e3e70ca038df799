import {expect, test} from "@odoo/hoot";
import {
    animationFrame,
    manuallyDispatchProgrammaticEvent,
    press,
    queryAll,
    queryAllTexts,
    queryFirst,
    queryOne,
} from "@odoo/hoot-dom";
import {Component, useState, xml} from "@odoo/owl";
import {defineMailModels} from "@mail/../tests/mail_test_helpers";
import {mountWithCleanup} from "@web/../tests/web_test_helpers";
import {boundsOf, boxesMeet, boxOf, pathOf, routeOf} from "@scrm_flow/diagram/geometry";
import {layersOf, layoutOf, withoutWaysBack} from "@scrm_flow/diagram/layout";
import {Routes} from "@scrm_flow/diagram/routes";
import {ScrmDiagram} from "@scrm_flow/diagram/diagram";
import {showReadable} from "@scrm_flow/service_map/drawing";
import {Viewport} from "@scrm_flow/diagram/viewport";

defineMailModels();

/** `flow("start>a", "a>b|c")`: nodes in the order they are named, and edges. */
function flow(...ways) {
    const ids = new Set();
    const edges = [];
    for (const way of ways) {
        const [source, targets] = way.split(">");
        ids.add(source);
        for (const target of targets.split("|")) {
            ids.add(target);
            edges.push({id: `${source}-${target}`, source, target});
        }
    }
    const types = {start: "start", end: "end"};
    const nodes = [...ids].map((id) => ({
        id,
        key: id,
        name: id,
        type: types[id] || (id.startsWith("gate") ? "exclusive_gateway" : "user_task"),
    }));
    return {nodes, edges};
}

function laidOut(...ways) {
    const {nodes, edges} = flow(...ways);
    const places = layoutOf(nodes, edges);
    return {nodes: nodes.map((node) => ({...node, ...places.get(node.id)})), edges};
}

function middleOf(nodes, id) {
    const box = boxOf(nodes.find((node) => node.id === id));
    return box.y + box.height / 2;
}

test("layout: a straight flow lies on one line, from left to right", () => {
    const {nodes} = laidOut("start>a", "a>b", "b>end");
    expect(new Set(nodes.map((node) => middleOf(nodes, node.id))).size).toBe(1);
    const xs = nodes.map((node) => node.x);
    expect(xs).toEqual([...xs].sort((a, b) => a - b));
});

test("layout: branches lie side by side, around their gateways", () => {
    const {nodes} = laidOut(
        "start>gate1",
        "gate1>a|b|c",
        "a>gate2",
        "b>gate2",
        "c>gate2"
    );
    const [a, b, c] = ["a", "b", "c"].map((id) => nodes.find((node) => node.id === id));
    expect(a.x).toBe(b.x);
    expect(b.x).toBe(c.x);
    expect(middleOf(nodes, "b")).toBe(middleOf(nodes, "gate1"));
    expect(middleOf(nodes, "b")).toBe(middleOf(nodes, "gate2"));
    expect(middleOf(nodes, "a")).toBeLessThan(middleOf(nodes, "b"));
    expect(middleOf(nodes, "c")).toBeGreaterThan(middleOf(nodes, "b"));
});

test("layout: a way back does not turn the flow around", () => {
    const {edges, nodes} = flow("start>a", "a>b", "b>a|end");
    const ids = nodes.map((node) => node.id);
    const forward = withoutWaysBack(ids, edges);
    expect(forward.map((edge) => edge.id)).toEqual(["start-a", "a-b", "b-end"]);
    expect(Object.fromEntries(layersOf(ids, forward))).toEqual({
        start: 0,
        a: 1,
        b: 2,
        end: 3,
    });
});

test("layout: a way past other nodes keeps room beside them", () => {
    const {nodes, edges} = laidOut("start>gate", "gate>a|end", "a>b", "b>end");
    const routes = new Routes().of(nodes, edges);
    const passing = routes.get("gate-end");
    const between = ["a", "b"].map((id) => boxOf(nodes.find((node) => node.id === id)));
    for (let index = 1; index < passing.length; index++) {
        const piece = boundsOf(
            [passing[index - 1], passing[index]].map(([x, y]) => ({
                x,
                y,
                width: 1,
                height: 1,
            }))
        );
        for (const box of between) {
            expect(boxesMeet(piece, box)).toBe(false);
        }
    }
});

test("layout: no two of 200 nodes lie on each other, circles and islands too", () => {
    const ways = [];
    let seed = 7;
    const random = (limit) => {
        seed = (seed * 1103515245 + 12345) % 2147483648;
        return seed % limit;
    };
    for (let number = 1; number < 200; number++) {
        ways.push(`n${random(number)}>n${number}`);
        if (number % 3 === 0) {
            ways.push(`n${number}>n${random(200)}`);
        }
    }
    const {nodes} = laidOut(...ways, "island1>island2", "island2>island1");
    const boxes = nodes.map(boxOf);
    let meeting = 0;
    boxes.forEach((one, index) => {
        for (const other of boxes.slice(index + 1)) {
            meeting += boxesMeet(one, other) ? 1 : 0;
        }
    });
    expect(nodes.every(({x, y}) => x >= 0 && y >= 0)).toBe(true);
    expect(meeting).toBe(0);
});

test("geometry: lines avoid what lies between, and go back underneath", () => {
    const node = (id, x, y, type = "user_task") => ({id, x, y, type});
    const [a, c] = [node("a", 0, 0), node("c", 360, 0)];
    expect(routeOf(a, c)).toEqual([
        [100, 40],
        [360, 40],
    ]);
    const around = routeOf(a, c, [boxOf(node("b", 180, 0))]);
    expect(around.length).toBe(6);
    const back = routeOf(c, a);
    expect(back).toEqual([
        [410, 80],
        [410, 100],
        [50, 100],
        [50, 80],
    ]);
    const gate = node("gate", 0, 15, "exclusive_gateway");
    const lower = node("lower", 180, 120);
    expect(routeOf(gate, lower)).toEqual([
        [25, 65],
        [25, 160],
        [180, 160],
    ]);
    // nearly below: straight down with a bend, not round the whole
    expect(routeOf(gate, node("below", -10, 120))).toEqual([
        [25, 65],
        [25, 92.5],
        [40, 92.5],
        [40, 120],
    ]);
    expect(pathOf([[0, 0], [10, 0]])).toBe("M0 0L10 0"); // prettier-ignore
});

test("geometry: two lines between the same nodes do not cover each other", () => {
    const {nodes} = laidOut("a>b");
    const edges = [
        {id: "yes", source: "a", target: "b"},
        {id: "no", source: "a", target: "b"},
    ];
    const routes = new Routes().of(nodes, edges);
    expect(pathOf(routes.get("yes"))).not.toBe(pathOf(routes.get("no")));
});

test("routes: a line that has not moved keeps its points", () => {
    const {nodes, edges} = laidOut("start>a", "a>b", "b>end");
    const routes = new Routes();
    const before = routes.of(nodes, edges);
    const moved = nodes.map((one) =>
        one.id === "start" ? {...one, y: one.y + 50} : one
    );
    const after = routes.of(moved, edges);
    expect(after.get("b-end")).toBe(before.get("b-end"));
    expect(after.get("start-a")).not.toBe(before.get("start-a"));
});

test("viewport: zooming keeps the point under the pointer, fitting shows all", () => {
    const viewport = new Viewport();
    viewport.resize(800, 600);
    const before = viewport.toDrawing([200, 100]);
    viewport.zoomAt([200, 100], 2);
    expect(viewport.toDrawing([200, 100])).toEqual(before);
    viewport.zoomAt([200, 100], 99);
    expect(viewport.zoom).toBe(2.5);
    viewport.fit({x: 1000, y: 1000, width: 1440, height: 100});
    expect(viewport.zoom).toBe(0.5);
    expect(viewport.toScreen([1720, 1050])).toEqual([400, 300]);
});

class Parent extends Component {
    static components = {ScrmDiagram};
    static props = ["*"];
    static template = xml`
        <div style="width: 900px; height: 500px">
            <ScrmDiagram
                nodes="state.nodes"
                edges="state.edges"
                readonly="props.readonly"
                selectedIds="state.selectedIds"
                label="'A flow'"
                register.bind="register"
                onNodeClick="(node) => props.log('node ' + node.id)"
                onEdgeClick="(edge) => props.log('edge ' + edge.id)"
                onBackgroundClick="() => props.log('background')"
                onNodesMoved.bind="onNodesMoved"
                onConnect="(one, other) => props.log('connect ' + one.id + ' ' + other.id)"
                onMarquee="(nodes) => props.log('marked ' + nodes.map((n) => n.id))"
            />
        </div>`;

    setup() {
        this.state = useState(this.props.drawing);
    }

    register(diagram) {
        this.diagram = diagram;
    }

    onNodesMoved(moved) {
        const places = moved.map(({id, x, y}) => [id, x, y].join(" "));
        this.props.log(`moved ${places}`);
    }
}

async function mountDiagram(readonly = false) {
    const told = [];
    const parent = await mountWithCleanup(Parent, {
        props: {
            drawing: laidOut("start>a", "a>end"),
            readonly,
            log: (text) => told.push(text),
        },
    });
    await animationFrame();
    return {told, diagram: parent.diagram, parent};
}

/** A whole gesture: pressed at the first point, let go at the last. */
async function pull(target, points, options = {}) {
    const send = (type, [clientX, clientY]) =>
        manuallyDispatchProgrammaticEvent(
            type === "pointerdown" ? target : queryOne(".o_scrm_diagram"),
            type,
            {clientX, clientY, pointerId: 1, button: 0, buttons: 1, ...options}
        );
    queryOne(".o_scrm_diagram").setPointerCapture = () => {};
    await send("pointerdown", points[0]);
    for (const point of points.slice(1)) {
        await send("pointermove", point);
    }
    await send("pointerup", points[points.length - 1]);
    await animationFrame();
}

function screenMiddle(selector) {
    const box = queryOne(selector).getBoundingClientRect();
    return [box.left + box.width / 2, box.top + box.height / 2];
}

test("diagram: nodes and lines are drawn with names and labels", async () => {
    await mountDiagram(true);
    expect(queryAllTexts(".o_scrm_node_name")).toEqual(["start", "a", "end"]);
    expect(".o_scrm_edge").toHaveCount(2);
    expect(queryFirst(".o_scrm_node").getAttribute("aria-label")).toBe("start");
    expect(queryAll(".o_scrm_node[tabindex='0']")).toHaveLength(3);
    expect(".o_scrm_node_handle").toHaveCount(0);
    expect(".o_scrm_minimap_node").toHaveCount(3);
});

test("diagram: a click or Enter opens, a drag on the background pans", async () => {
    const {told, diagram} = await mountDiagram(true);
    const node = queryOne(".o_scrm_node[data-node-id='a']");
    const at = screenMiddle(".o_scrm_node[data-node-id='a']");
    await pull(node, [at]);
    node.focus();
    await press("Enter");
    const {x, y} = diagram.viewport;
    await pull(queryOne(".o_scrm_diagram"), [[50, 400], [80, 420]]); // prettier-ignore
    expect(told).toEqual(["node a", "node a"]);
    expect([diagram.viewport.x - x, diagram.viewport.y - y]).toEqual([30, 20]);
});

test("diagram: two fingers zoom, and nothing is clicked or moved by it", async () => {
    const {told, diagram} = await mountDiagram(false);
    const root = queryOne(".o_scrm_diagram");
    const corner = root.getBoundingClientRect();
    const touch = (type, pointerId, x, y, target = root) =>
        manuallyDispatchProgrammaticEvent(target, type, {
            clientX: corner.left + x,
            clientY: corner.top + y,
            pointerId,
            pointerType: "touch",
            button: 0,
            buttons: 1,
        });
    root.setPointerCapture = () => {};
    const before = diagram.viewport.zoom;
    const [x, y] = diagram.viewport.toDrawing([320, 200]);
    await touch("pointerdown", 1, 300, 200, queryOne(".o_scrm_node[data-node-id='a']"));
    await touch("pointerdown", 2, 340, 200);
    await touch("pointermove", 1, 290, 200);
    await touch("pointermove", 2, 350, 200);
    await touch("pointerup", 2, 350, 200);
    await touch("pointerup", 1, 290, 200);
    await animationFrame();
    expect(diagram.viewport.zoom / before).toBeCloseTo(1.5);
    const [nowX, nowY] = diagram.viewport.toDrawing([320, 200]);
    expect(nowX).toBeCloseTo(x);
    expect(nowY).toBeCloseTo(y);
    expect(told).toEqual([]);
});

test("diagram: a panel beside it does not hide the node that is marked", async () => {
    const {diagram, parent} = await mountDiagram(false);
    parent.state.selectedIds = ["end"];
    await animationFrame();
    const room = queryOne(".o_scrm_diagram").parentElement;
    const {left} = room.getBoundingClientRect();
    room.style.width = `${screenMiddle("[data-node-id='end']")[0] - left}px`;
    diagram.measure();
    await animationFrame();
    const [end, paper] = ["[data-node-id='end']", ".o_scrm_diagram"].map((one) =>
        queryOne(one).getBoundingClientRect()
    );
    expect(end.right).toBeLessThan(paper.right);
});

test("diagram: on a narrow screen one node and what is around it is shown", async () => {
    const {diagram} = await mountDiagram(true);
    queryOne(".o_scrm_diagram").parentElement.style.width = "200px";
    diagram.measure();
    diagram.fit(0.55);
    showReadable(diagram, "end");
    await animationFrame();
    const [x] = screenMiddle("[data-node-id='end']");
    const [middle] = screenMiddle(".o_scrm_diagram");
    expect(diagram.viewport.zoom).toBeCloseTo(0.8);
    expect(Math.abs(x - middle)).toBeLessThan(1);
});

test("diagram: read-only nodes do not move, others do with their lines", async () => {
    const {told} = await mountDiagram(false);
    const node = queryOne(".o_scrm_node[data-node-id='a']");
    const line = queryOne(".o_scrm_edge[data-edge-id='a-end'] .o_scrm_edge_line");
    const [x, y] = screenMiddle(".o_scrm_node[data-node-id='a']");
    const before = line.getAttribute("d");
    const box = queryOne(".o_scrm_diagram");
    let during = "";
    box.addEventListener("pointermove", () => (during = line.getAttribute("d")));
    await pull(node, [[x, y], [x + 10, y], [x + 40, y + 60]]); // prettier-ignore
    expect(told).toEqual(["moved a 280 120"]);
    expect(during).not.toBe(before);
    // nobody took it over: it is back where the properties say
    expect(line.getAttribute("d")).toBe(before);
});

test("diagram: a line is pulled from the handle of one node to another", async () => {
    const {told} = await mountDiagram(false);
    const handle = queryOne(".o_scrm_node[data-node-id='start'] .o_scrm_node_handle");
    const from = screenMiddle(".o_scrm_node[data-node-id='start'] .o_scrm_node_handle");
    const to = screenMiddle(".o_scrm_node[data-node-id='end']");
    await pull(handle, [from, [from[0] + 20, from[1] + 5], to]);
    expect(told).toEqual(["connect start end"]);
    expect(".o_scrm_node[data-node-id='end'] .o_scrm_node_handle").toHaveCount(0);
});

test("diagram: with shift a frame marks what it touches", async () => {
    const {told} = await mountDiagram(false);
    const box = queryOne(".o_scrm_diagram").getBoundingClientRect();
    const [x, y] = screenMiddle(".o_scrm_node[data-node-id='a']");
    await pull(
        queryOne(".o_scrm_diagram"),
        [
            [box.left + 2, box.top + 2],
            [x, y],
        ],
        {shiftKey: true}
    );
    expect(told).toEqual(["marked start,a"]);
});

test("diagram: new objects render, the same ones do not", async () => {
    const {parent} = await mountDiagram(true);
    const start = queryOne(".o_scrm_node[data-node-id='start'] .o_scrm_node_name");
    start.textContent = "touched by the test";
    parent.state.nodes = parent.state.nodes.map((node) =>
        node.id === "a"
            ? {
                  ...node,
                  name: "A new name",
                  classes: "o_scrm_fault",
                  badges: [
                      {id: 1, text: "3", classes: "text-bg-danger", title: "3 late"},
                  ],
              }
            : node
    );
    await animationFrame();
    const changed = queryOne(".o_scrm_node[data-node-id='a']");
    expect(changed).toHaveClass("o_scrm_fault");
    expect(changed.getAttribute("aria-label")).toBe("A new name, 3 late");
    expect(queryAllTexts(".o_scrm_node .badge")).toEqual(["3"]);
    expect(start.textContent).toBe("touched by the test");
});
