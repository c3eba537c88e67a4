"use strict";
// Unpacks what is packed, shows messages, filters. Without it everything that matters first is still there.

const packets = new Map();
const $ = id => document.getElementById(id);

// What is packed of a scenario: its ladder, and its messages by their places.
async function unpacked(scenario) {
  const name = scenario.closest(".file").dataset.packet;
  if (!packets.has(name)) packets.set(name, unpack($(name)));
  return (await packets.get(name))[scenario.id.slice(1)];
}

async function unpack(packet) {
  const bytes = Uint8Array.from(atob(packet.textContent), each => each.charCodeAt(0));
  packet.remove();
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return JSON.parse(await new Response(stream).text());
}

// The ladder of a scenario, put in its place when the scenario is opened.
async function filled(scenario) {
  const place = scenario.querySelector(".ladder-place");
  if (!place) return;
  const [body] = await unpacked(scenario);
  const made = new DOMParser().parseFromString(body, "text/html");
  if (place.isConnected) place.replaceWith(...made.body.childNodes);
}

// Step numbers and times stay at the left of a ladder that is broader than its place, and what is written at an arrow
// stays on the screen as long as some of the arrow does.
const MARGIN = 90, ENOUGH = 60;

function settle(ladder) {
  const left = ladder.scrollLeft, broader = ladder.scrollWidth > ladder.clientWidth;
  ladder.style.setProperty("--scrolled", `${left}px`);
  for (const words of ladder.querySelectorAll(".words")) {
    const ends = [+words.dataset.from, +words.dataset.to], from = Math.min(...ends), to = Math.max(...ends);
    const begin = Math.max(from, left + MARGIN), end = Math.min(to, left + ladder.clientWidth);
    const moved = broader && end - begin >= Math.min(ENOUGH, to - from) ? (begin + end - from - to) / 2 : 0;
    if (moved || words.style.length) words.style.setProperty("--moved", `${moved}px`);
  }
}

let settling = null;
document.addEventListener("scroll", event => {
  if (!event.target.matches?.(".ladder") || settling === event.target) return;
  settling = event.target;
  requestAnimationFrame(() => {
    settle(settling);
    settling = null;
  });
}, true);

function settleAll() {
  for (const ladder of document.querySelectorAll(".scenario[open] .ladder")) settle(ladder);
}
addEventListener("resize", settleAll);

document.addEventListener("toggle", event => {
  if (event.target.matches?.(".scenario[open]")) filled(event.target).then(settleAll);
}, true);

// --- the panel

let shown = null;

function element(name, text, kind) {
  const made = document.createElement(name);
  made.textContent = text ?? "";
  if (kind) made.className = kind;
  return made;
}

function table(rows) {
  const made = document.createElement("table");
  for (const [name, value, remark] of rows) {
    const row = made.insertRow();
    const head = element("th", name);
    head.scope = "row";
    const cell = element("td", value);
    if (remark) cell.append(element("small", remark));
    row.append(head, cell);
  }
  return made;
}

// Header names stand out, and so does where a token was.
function text(message) {
  const made = element("pre");
  const [head, ...body] = message.split("\n\n");
  head.split("\n").forEach((line, at) => {
    const colon = /^[\w-]+:/.test(line) ? line.indexOf(":") : -1;
    if (at === 0) made.append(element("b", line));
    else if (colon < 0) made.append(line);
    else made.append(element("b", line.slice(0, colon)), ...marked(line.slice(colon)));
    made.append("\n");
  });
  if (body.length) made.append("\n", ...marked(body.join("\n\n")));
  return made;
}

function marked(part) {
  return part.split(/(\((?:token|hidden)[^)]*\))/).map((each, at) => at % 2 ? element("span", each, "told") : each);
}

async function read(arrow) {
  const scenario = arrow.closest(".scenario");
  const [, messages] = await unpacked(scenario);
  const [name, at, over, fate, said, tokens] = messages[arrow.dataset.event];
  shown?.classList.remove("lit");
  shown = arrow;
  arrow.classList.add("lit");
  $("panel-name").textContent = name;
  $("panel-way").textContent = `${arrow.dataset.way}, ${over}, at ${at}`;
  const body = $("panel-body");
  body.replaceChildren();
  const carried = element("div", "", "tokens"), message = element("div");
  for (const [where, header, claims] of tokens) {
    carried.append(element("h3", `Token in ${where}`, "token"), table(claims), table(header));
    carried.append(element("p", "The signature is not part of this report.", "unsigned"));
  }
  message.append(element("h3", over.startsWith("HTTP") ? "Message, as far as it may be shown" : "Message"), text(said));
  if (fate !== "delivered") message.prepend(element("p", `This message was ${fate}.`, "fate"));
  body.append(...tokens.length ? [carried] : [], message);
  body.scrollTop = 0;
  $("panel").hidden = false;
  document.body.classList.add("reading");
  settleAll();
  arrow.scrollIntoView({block: "nearest", inline: "nearest"});
  $("before").disabled = !neighbour(-1);
  $("after").disabled = !neighbour(1);
}

function neighbour(step) {
  const all = [...shown.closest("svg").querySelectorAll(".arrow")];
  return all[all.indexOf(shown) + step];
}

function go(step) {
  const next = shown && neighbour(step);
  if (!next) return;
  history.replaceState(null, "", next.getAttribute("href"));
  next.scrollIntoView({block: "nearest"});
  read(next);
}

function closed() {
  if ($("panel").hidden) return;
  $("panel").hidden = true;
  document.body.classList.remove("reading");
  shown.classList.remove("lit");
  shown.focus({preventScroll: true});
  history.replaceState(null, "", "#" + shown.closest(".scenario").id);
}

$("before").addEventListener("click", () => go(-1));
$("after").addEventListener("click", () => go(1));
$("close").addEventListener("click", closed);
document.addEventListener("keydown", event => {
  if (event.key === "Escape") closed();
});

// --- addresses: #s3 is a scenario, #s3e5 a message in it

// What has not been on the screen yet has a guessed height: so it is looked again until nothing moves any more.
async function reach(scenario) {
  for (let before = NaN, tries = 0; tries < 20; tries++) {
    scenario.scrollIntoView({block: "start", behavior: "instant"});
    await new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
    const at = scenario.getBoundingClientRect().top;
    if (at === before) return;
    before = at;
  }
}

async function follow(hash) {
  const [, number, at] = /^#s(\d+)(?:e(\d+))?$/.exec(hash) ?? [];
  const scenario = number && $("s" + number);
  if (!scenario) return;
  if (scenario.hidden) reset();
  scenario.open = true;
  await filled(scenario);
  if (at === undefined) {
    await reach(scenario);
    return;
  }
  const arrow = scenario.querySelector(`.arrow[data-event="${at}"]`);
  if (!arrow) return;
  await read(arrow);
  arrow.scrollIntoView({block: "nearest"});
  $("panel-name").focus({preventScroll: true});
}

document.addEventListener("click", event => {
  const link = event.target.closest?.("a[href^='#s']");
  if (!link) return;
  event.preventDefault();
  history.pushState(null, "", link.getAttribute("href"));
  follow(link.getAttribute("href"));
});
addEventListener("popstate", () => follow(location.hash));

// --- the filter

const scenarios = [...document.querySelectorAll(".scenario")];
const files = [...document.querySelectorAll(".file")];

function filter() {
  const words = $("words").value.toLowerCase().split(/\s+/).filter(Boolean);
  const verdict = $("verdict").value, clause = $("clause").value;
  let left = 0;
  for (const one of scenarios) {
    const fits = (!verdict || one.dataset.verdict === verdict)
      && (!clause || one.dataset.clauses.split(" ").includes(clause))
      && words.every(word => one.dataset.words.includes(word));
    one.hidden = !fits;
    left += fits;
  }
  for (const file of files) file.hidden = !file.querySelector(".scenario:not([hidden])");
  $("count").textContent = left === scenarios.length ? `${left} scenarios` : `${left} of ${scenarios.length} scenarios`;
  $("none").hidden = left > 0;
}

function reset() {
  $("filter").reset();
  filter();
}

$("filter").hidden = false;
$("filter").addEventListener("input", filter);
$("filter").addEventListener("submit", event => event.preventDefault());
$("all").addEventListener("click", reset);
filter();
for (const one of document.querySelectorAll(".scenario[open]")) filled(one);
follow(location.hash);
