// Figures of groups: a chart, and below it every figure as a table, which would do without the chart.
const [MOST_SERIES, MOST_BARS] = [8, 60];
const NOTES = ["notes", "hints", "remarks", "not_used", "text_in_dates", "not_compared", "spellings"];
let input = {};
let state = null;

function fresh(result) {
  const answer = result.structuredContent ?? {};
  if (!answer.columns && !answer.figures) return message(textOf(result), answer);
  const meta = result._meta ?? {};
  state = { answer, kinds: meta["filemaker-mcp/columns"] ?? [], open: meta["filemaker-mcp/periods"] ?? {}, measure: 0 };
  draw();
}

function message(words, answer = {}) {
  state = null;
  const again = async () => {
    say("Asking …");
    const { result, problem } = await asked("summarize_records", input);
    if (problem) say(problem);
    else fresh(result);
  };
  const button = answer.job ? el("button", { type: "button", "data-key": "again", onclick: again }, "Look again") : null;
  show(el("h1", {}, "Figures"), el("p", {}, shown(answer.job ? "The records are still being counted." : words)), button);
}

// What a group is called; two of one name are told apart by their keys.
function naming(group, rows) {
  const names = new Map(rows.map((row) => [row[group.n], row[(group.label ?? group).n]]));
  const all = [...names.values()];
  return (key) => {
    const name = names.get(key) ?? key ?? "(empty)";
    return all.indexOf(name) === all.lastIndexOf(name) ? String(name) : `${name} (${key})`;
  };
}

function keysOf(rows, group) {
  return [...new Set(rows.map((row) => row[group.n]))];
}

function measures(all) {
  return all.filter((each) => each.role === "measure" && each.kind === "now" && ["number", "time"].includes(each.type));
}

// What is drawn: along the first group, with a series for each of the second; of what would be too much, one at a time.
function chartOf(all) {
  let { rows } = state.answer;
  const measure = measures(all)[state.measure];
  const groups = all.filter((each) => each.role === "group").map((group) => ({ ...group, label: all.find((each) => each.role === "label" && each.of === group.n) }));
  if (!measure || !groups.length || !rows.length) return null;
  const before = all.find((each) => each.kind === "before" && each.of === measure.n);
  const [along, second, third] = groups;
  const isTooMuch = second && (before || (!measure.additive && keysOf(rows, second).length > MOST_SERIES));
  const chosen = third ?? (isTooMuch ? second : null);
  let parts = null;
  if (chosen) {
    const keys = keysOf(rows, chosen);
    const at = Math.min(state.part ?? 0, keys.length - 1);
    parts = { label: chosen.name, options: keys.map((key, n) => [n, naming(chosen, rows)(key)]), at };
    rows = rows.filter((row) => row[chosen.n] === keys[at]);
  }
  const isPeriod = along.by in PERIOD;
  const every = keysOf(rows, along);
  const keys = isPeriod ? periods(every, along.by) : every.slice(0, MOST_BARS);
  if (!keys.length) return null;
  const name = naming(along, rows);
  const points = keys.map((key) => ({
    brief: isPeriod ? period(key, along.by) : name(key),
    whole: isPeriod ? period(key, along.by, true) : name(key),
    isOpen: isPeriod && key === state.open[along.by],
  }));
  const series = second && second !== chosen ? seriesOf(rows, along, second, measure, keys) : pairOf(rows, along, measure, before, keys);
  const bars = along.by ? "columns" : "bars";
  const canStack = series.length > 1 && measure.additive && !before;
  const shapes = [canStack && ["stacked", "Stacked"], [bars, "Bars"], along.by && keys.length > 1 && ["lines", "Lines"]].filter(Boolean);
  const isLong = keys.length * series.length > 40 || !measure.additive || (series.length > 2 && !canStack);
  const usual = isPeriod && keys.length > 1 && isLong && !canStack ? "lines" : shapes[0][0];
  const way = shapes.find(([each]) => each === state.way)?.[0] ?? usual;
  const left = every.filter((key) => !keys.includes(key)).length;
  return { shape: way === "stacked" ? bars : way, way, shapes, isStacked: way === "stacked", isTime: measure.type === "time", points, series, parts, left, measure, along };
}

function seriesFrom(name, style, raw, isBefore) {
  return { name, style, isBefore, values: raw.map(amount), texts: raw.map((value) => (value == null ? null : number(value))) };
}

function pairOf(rows, along, measure, before, keys) {
  const values = (column) => {
    const found = new Map(rows.map((row) => [row[along.n], row[column.n]]));
    return keys.map((key) => found.get(key));
  };
  const now = seriesFrom(before ? `${measure.name} now` : measure.name, 0, values(measure));
  return before ? [now, seriesFrom("before", 1, values(before), true)] : [now];
}

function seriesOf(rows, along, second, measure, keys) {
  const name = naming(second, rows);
  const weight = (key) => rows.reduce((sum, row) => sum + (row[second.n] === key ? Math.abs(amount(row[measure.n]) ?? 0) : 0), 0);
  const all = keysOf(rows, second);
  const ranked = second.by ? all : all.map((key) => [weight(key), key]).sort((a, b) => b[0] - a[0]).map(([, key]) => key);
  const single = ranked.length > MOST_SERIES ? ranked.slice(0, MOST_SERIES - 1) : ranked;
  const values = (wanted) =>
    keys.map((key) => total(rows.filter((row) => row[along.n] === key && wanted.includes(row[second.n]) && row[measure.n] != null).map((row) => row[measure.n])));
  const series = single.map((key, style) => seriesFrom(name(key), style, values([key])));
  const others = ranked.slice(single.length);
  return others.length ? [...series, seriesFrom(`${others.length} others`, MOST_SERIES - 1, values(others))] : series;
}

// Exact, as whole numbers of the smallest decimal place; null of nothing.
function total(values) {
  if (values.length < 2) return values[0];
  const parts = values.map((value) => String(value).split("."));
  const places = Math.max(...parts.map(([, fraction = ""]) => fraction.length));
  const sum = parts.reduce((sofar, [whole, fraction = ""]) => sofar + BigInt(whole + fraction.padEnd(places, "0")), 0n);
  const digits = String(sum < 0n ? -sum : sum).padStart(places + 1, "0");
  return (sum < 0n ? "-" : "") + (places ? `${digits.slice(0, -places)}.${digits.slice(-places)}` : digits);
}

function reading({ points, series }, n) {
  const figures = series.map((each) => `${series.length > 1 ? each.name : ""} ${each.texts[n] ?? "nothing"}`.trim());
  return `${points[n].whole}${points[n].isOpen ? " (not finished)" : ""}: ${figures.join("; ")}`;
}

function labelOf({ measure, along, points, series }) {
  const all = series.flatMap((each) => each.values.map((value, n) => ({ value, words: `${points[n].whole} ${series.length > 1 ? each.name : ""} ${each.texts[n]}` }))).filter((each) => each.value != null);
  const ends = all.sort((a, b) => a.value - b.value);
  return `Chart of ${measure.name} by ${along.name}. Lowest: ${ends[0]?.words}. Highest: ${ends[ends.length - 1]?.words}.`;
}

// The chart is read like a slider: each step along it says the values there.
function figure(chart) {
  const last = chart.points.length - 1;
  const readout = el("p", { class: "readout" });
  const box = el("div", { class: "chart", role: "slider", tabindex: 0, "data-key": "chart", "aria-label": labelOf(chart), "aria-valuemin": 0, "aria-valuemax": last }, plot(chart, Math.max(main.clientWidth - 24, 200)));
  const cursor = box.querySelector(".cursor");
  const { from, step, axis } = cursor.dataset;
  const read = (wanted, isPointed = true) => {
    const n = Math.min(Math.max(wanted, 0), last);
    if (isPointed) state.at = n;
    cursor.setAttribute(axis, Number(from) + n * step);
    cursor.classList.toggle("on", isPointed);
    box.setAttribute("aria-valuenow", n);
    box.setAttribute("aria-valuetext", reading(chart, n));
    readout.replaceChildren(shown(reading(chart, n)));
  };
  read(state.at ?? last, state.at !== undefined);
  const steps = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1, Home: -Infinity, End: Infinity };
  box.addEventListener("keydown", (event) => {
    if (!(event.key in steps)) return;
    event.preventDefault();
    read((state.at ?? last) + steps[event.key]);
  });
  box.addEventListener("pointermove", (event) => {
    const frame = box.getBoundingClientRect();
    read(Math.floor((axis === "x" ? event.clientX - frame.left - from : event.clientY - frame.top) / step));
  });
  return el("figure", {}, legend(chart), box, readout);
}

function controls(all, chart) {
  const changed = (name) => (value) => {
    Object.assign(state, { at: undefined, [name]: value });
    draw();
  };
  const every = measures(all);
  return el("div", { class: "controls" },
    every.length > 1 ? choice("Figure", every.map((each, n) => [n, each.name]), state.measure, changed("measure")) : null,
    chart.parts ? choice(chart.parts.label, chart.parts.options, chart.parts.at, changed("part")) : null,
    chart.shapes.length > 1 ? choice("Chart", chart.shapes, chart.way, changed("way")) : null);
}

function words(value, column) {
  if (value == null || value === "") return column.role === "measure" ? "" : "(empty)";
  if (column.by in PERIOD && PERIOD[column.by].test(value)) return period(value, column.by, true) + (value === state.open[column.by] ? " so far" : "");
  if (column.role === "measure") return number(value) + (column.kind === "percent" ? " %" : "");
  return String(value);
}

function written(value, column) {
  const text = shown(words(value, column));
  if (column.role === "measure") return el("td", { class: `n ${column.kind ?? ""}` }, text);
  return column.n ? el("td", { class: "t" }, text) : el("th", { scope: "row", class: "t" }, text);
}

function figures(all) {
  const { answer } = state;
  const wide = all.filter((each) => each.role !== "measure").length || 1;
  const head = all.map((each) => el("th", { scope: "col", class: each.role === "measure" ? "n" : null }, shown(each.name)));
  const body = answer.rows.map((row) => el("tr", {}, all.map((each) => written(row[each.n], each))));
  const last = (label, facts) => {
    const own = new Map(Object.entries(facts));
    return el("tr", {}, el("th", { scope: "row", colspan: wide }, label), all.slice(wide).map((each) => written(own.get(each.name), { ...each, role: "measure" })));
  };
  const foot = [answer.other && last(`${number(answer.other.groups)} more groups`, answer.other), answer.total && last("In all", answer.total)];
  const caption = `All figures, ${number(answer.rows.length)} groups`;
  return scrolling(caption, el("table", { class: "figures" }, el("caption", {}, caption), el("thead", {}, el("tr", {}, head)), el("tbody", {}, body), el("tfoot", {}, foot.filter(Boolean))));
}

// Figures without groups: each large, with what belongs to it.
function tiles(all) {
  const tile = (each) => {
    const beside = all.filter((other) => other.of === each.n && other.role === "measure" && other.kind !== "now");
    const more = beside.map((other) => `${other.kind === "percent" ? "" : `${other.kind} `}${words(state.answer.rows[0][other.n], other) || "nothing"}`).join(", ");
    return el("div", {}, el("dt", {}, shown(each.name)), el("dd", {}, shown(words(state.answer.rows[0][each.n], each) || "nothing")), more ? el("dd", { class: "quiet" }, more) : null);
  };
  return el("dl", { class: "tiles" }, all.filter((each) => each.kind === "now").map(tile));
}

function draw() {
  const { answer, kinds } = state;
  if (answer.figures) Object.assign(answer, { columns: Object.keys(answer.figures), rows: [Object.values(answer.figures)], figures: undefined });
  const hasGroups = answer.total !== undefined;
  const all = answer.columns.map((name, n) => ({ name, n, ...(hasGroups ? { role: "group" } : { role: "measure", kind: "now" }), ...kinds[n] }));
  const chart = hasGroups && kinds.length ? chartOf(all) : null;
  const open = chart?.points.some((point) => point.isOpen) ? "The striped or hollow period is not finished. " : "";
  const left = chart?.left ? `In the table only: ${chart.left} of the groups.` : "";
  show(
    top(answer, NOTES),
    hasGroups && !kinds.length ? el("p", { class: "note" }, "The client left out what a chart needs; these are the figures.") : null,
    chart ? [controls(all, chart), figure(chart)] : null,
    open || left ? el("p", { class: "quiet" }, open + left) : null,
    hasGroups ? figures(all) : tiles(all),
    el("div", { class: "buttons" }, download("Save as CSV", fileName(answer.layout), answer.columns, () => answer.rows))
  );
}

let width = 0;
new ResizeObserver(() => {
  if (state && Math.abs(main.clientWidth - width) > 4) draw();
  width = main.clientWidth;
}).observe(main);

host.onInput = (given) => (input = given);
host.onResult = (result) => (result.isError ? message(textOf(result)) : fresh(result));
host.onCancelled = (reason) => message(`The question was cancelled. ${reason ?? ""}`);
host.onContext = () => state && draw();
show(el("h1", {}, "Figures"), el("p", { class: "quiet" }, "Waiting for the answer …"));
began("filemaker-mcp summary");
