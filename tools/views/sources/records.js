// Found records as a table. It sorts on the server, since only a part of them is here.
const LONG = 160;
const BRIEF = 12; // characters that stay on one line: numbers of invoices and the like
let input = {};
let state = null;

function fresh(result) {
  const answer = result.structuredContent ?? {};
  if (answer.layouts) return severalLayouts(answer);
  if (!answer.columns) return message(answer.found === 0 ? nothing(answer) : textOf(result), answer);
  const kinds = result._meta?.["filemaker-mcp/columns"] ?? [];
  state = { answer, kinds, rows: answer.rows, found_set: answer.found_set, sort: null, note: "" };
  draw();
}

function nothing(answer) {
  return `No record of ${answer.layout} matches: ${answer.understood}.`;
}

function message(words, answer = {}) {
  state = null;
  show(el("h1", {}, shown(answer.layout ?? "Records")), el("p", {}, shown(words)), remarks(answer, ["notes", "hints"]));
}

// What asks for the same columns again.
function same(more) {
  const { answer, kinds } = state;
  const own = answer.columns.filter((name, n) => (kinds[n] ? kinds[n].role === "field" : n > 0 && !answer.portals?.[name]));
  const args = { fields: input.fields ?? own, ...more };
  if (input.portals?.length) args.portals = input.portals;
  if (input.database) args.database = input.database;
  return args;
}

async function ask(more) {
  main.setAttribute("aria-busy", "true");
  say("Reading …");
  const order = state.sort ? { sort: sortKeys() } : {};
  let answer = await asked("find_records", same({ found_set: state.found_set, ...more }));
  let note = state.note;
  if (answer.problem) {
    const { found_set, group, limit, offset, ...question } = input;
    const anew = found_set ? answer : await asked("find_records", { ...question, ...same({}), ...order, limit: Math.max(state.rows.length, 20) });
    if (anew.problem) note = null;
    else note = "These records were read anew: they may not be the same as before.";
    answer = anew.problem ? { problem: anew.problem } : { ...anew, isAnew: true };
  }
  main.removeAttribute("aria-busy");
  if (note !== null) state.note = note;
  return answer;
}

function sortKeys() {
  return [{ [state.sort.field]: state.sort.order }];
}

async function sortBy(field) {
  const before = state.sort;
  const descending = before?.field === field && before.order === "ascend";
  state.sort = { field, order: descending ? "descend" : "ascend" };
  const { result, problem } = await ask({ sort: sortKeys(), limit: Math.max(state.rows.length, 20) });
  if (problem) {
    state.sort = before;
    draw();
    return say(problem);
  }
  taken(result);
  say(`Sorted by ${field}, ${descending ? "descending" : "ascending"}.`);
}

function taken(result) {
  const answer = result.structuredContent ?? {};
  if (!answer.rows) return message(textOf(result), answer);
  Object.assign(state, { rows: answer.rows, found_set: answer.found_set, kinds: result._meta?.["filemaker-mcp/columns"] ?? [] });
  state.answer = { ...state.answer, ...answer, next: answer.next };
  draw();
}

async function more() {
  const { result, problem, isAnew } = await ask({ offset: state.rows.length, limit: 50 });
  if (problem) return say(problem);
  const answer = result.structuredContent ?? {};
  if (isAnew) taken(result);
  else {
    state.rows = [...state.rows, ...(answer.rows ?? [])];
    state.answer = { ...state.answer, next: answer.next };
    draw();
  }
  say(`${number(state.rows.length)} of ${number(state.answer.found)} records are shown.`);
}

async function exportAll() {
  const text = `Export all ${state.answer.found} records of found set ${state.found_set} to a file.`;
  try {
    const answer = await request("ui/message", { role: "user", content: [{ type: "text", text }] });
    say(answer?.isError ? "The client did not pass the wish on." : "The assistant was asked for the file.");
  } catch (error) {
    say(`The client did not pass the wish on: ${error.message}`);
  }
}

function heading(name, kind) {
  const isSorted = state.sort?.field === name;
  const arrow = isSorted ? (state.sort.order === "ascend" ? "▲" : "▼") : "";
  const facts = { scope: "col", class: kind.type === "number" ? "n" : null };
  if (isSorted) facts["aria-sort"] = state.sort.order === "ascend" ? "ascending" : "descending";
  if (kind.role !== "field" || kind.type === "container") return el("th", facts, shown(name));
  const sign = el("span", { class: "arrow", "aria-hidden": "true" }, arrow);
  return el("th", facts, el("button", { type: "button", class: "sort", "data-key": `sort ${name}`, onclick: () => sortBy(name) }, shown(name), sign));
}

function draw() {
  const { answer, rows } = state;
  const kinds = answer.columns.map((name, n) => ({ role: n ? "field" : "id", type: "text", ...state.kinds[n] }));
  kinds.forEach((kind, n) => {
    if (answer.portals?.[answer.columns[n]]) kind.role = "portal";
    if (kind.type === "number") kind.grouping = rows.some((row) => String(row[n] ?? "").includes("."));
  });
  const head = el("tr", {}, answer.columns.map((name, n) => heading(name, kinds[n])));
  const body = rows.map((row) =>
    el("tr", {}, row.map((value, n) => (n === 0 ? el("th", { scope: "row" }, String(value)) : kinds[n].role === "portal" ? rowsInside(value, answer.portals[answer.columns[n]]) : cell(value, kinds[n]))))
  );
  const caption = `${number(rows.length)} of ${number(answer.found)} records of ${answer.layout}`;
  const table = el("table", { class: "records" }, el("caption", {}, shown(caption)), el("thead", {}, head), el("tbody", {}, body));
  const left = answer.found - rows.length;
  const canMore = left > 0 && answer.next !== undefined;
  const buttons = el("div", { class: "buttons" },
    canMore ? el("button", { type: "button", "data-key": "more", onclick: more }, `Show ${Math.min(left, 50)} more`) : null,
    download(rows.length === answer.found ? "Save as CSV" : `Save these ${number(rows.length)} as CSV`, fileName(answer.layout), answer.columns, () => state.rows),
    host.capabilities.message && state.found_set ? el("button", { type: "button", "data-key": "export", onclick: exportAll }, `Ask for a file of all ${number(answer.found)}`) : null);
  show(
    top(answer, ["notes", "hints", "cut", "shortened", "portals_cut"]),
    state.note ? el("p", { class: "note" }, state.note) : null,
    scrolling(caption, table),
    buttons
  );
}

// One cell of a record; `kind` is its column as the server described it.
function cell(value, kind) {
  if (value == null || value === "") return el("td");
  if (kind.type === "number" && DIGITS.test(String(value))) return el("td", { class: "n" }, number(value, kind.grouping));
  if (kind.type === "date" || kind.type === "timeStamp") return el("td", { class: "d" }, shown(date(String(value), DAY)));
  const text = String(value);
  if (text.length <= LONG) return el("td", { class: text.length <= BRIEF ? "d" : "t" }, shown(text));
  const start = el("summary", {}, shown(`${text.slice(0, LONG - 20).trimEnd()} …`));
  return el("td", { class: "t long" }, el("details", {}, start, shown(text)));
}

function rowsInside(rows, names) {
  if (!rows?.length) return el("td");
  const head = el("tr", {}, names.map((name) => el("th", { scope: "col" }, shown(name))));
  const body = rows.map((row) => el("tr", {}, row.map((value) => cell(value, {}))));
  const inner = el("table", {}, el("thead", {}, head), el("tbody", {}, body));
  return el("td", {}, el("details", {}, el("summary", {}, rows.length === 1 ? "1 row" : `${rows.length} rows`), inner));
}

// One text looked for on several layouts.
function severalLayouts(answer) {
  state = null;
  const parts = Object.entries(answer.layouts).flatMap(([name, each]) => {
    const head = el("tr", {}, each.columns.map((column) => el("th", { scope: "col" }, shown(column))));
    const body = each.rows.map((row) => el("tr", {}, row.map((value) => cell(value, {}))));
    const label = `The first ${number(each.rows.length)} of ${number(each.found)} records of ${name}`;
    const table = el("table", {}, el("caption", {}, shown(label)), el("thead", {}, head), el("tbody", {}, body));
    return [el("h2", {}, shown(name), " ", el("span", { class: "quiet" }, `${number(each.found)} found`)), scrolling(label, table)];
  });
  show(el("h1", {}, `Found on ${parts.length / 2} of ${answer.asked} layouts`), remarks(answer, ["also_on", "skipped"]), parts);
}

host.onInput = (given) => (input = given);
host.onResult = (result) => (result.isError ? message(textOf(result)) : fresh(result));
host.onCancelled = (reason) => message(`The question was cancelled. ${reason ?? ""}`);
host.onContext = () => state && draw();
show(el("h1", {}, "Records"), el("p", { class: "quiet" }, "Waiting for the answer …"));
began("filemaker-mcp records");
