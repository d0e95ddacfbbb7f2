// Charts as SVG: upright or lying bars, stacked or side by side, and lines. A missing value is a gap and never a zero.
// {shape, isStacked, isTime, points: [{brief, whole, isOpen}], series: [{name, style, isBefore, values, texts}]}
const [HEIGHT, TOP, BOTTOM, ROW, LETTER] = [236, 12, 26, 26, 6.6];

function plot(chart, width) {
  const drawn = chart.shape === "bars" ? lying(chart, width) : upright(chart, width);
  return svg("svg", { width, height: drawn.height, viewBox: `0 0 ${width} ${drawn.height}`, "aria-hidden": "true" }, patterns(), drawn.parts);
}

// From the lowest to the highest that is drawn, zero among them.
function extent({ series, points, isStacked }) {
  const ends = points.flatMap((_, n) => {
    const values = series.map((each) => each.values[n] ?? 0);
    const sum = (isWanted) => values.filter(isWanted).reduce((a, b) => a + b, 0);
    return isStacked ? [sum((value) => value > 0), sum((value) => value < 0)] : values;
  });
  const [low, high] = [Math.min(0, ...ends), Math.max(0, ...ends)];
  return low === high ? [0, 1] : [low, high];
}

function ticks(low, high) {
  const rough = (high - low) / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * [1, 2, 2.5, 5, 10].find((each) => each * power >= rough * 0.999);
  const first = Math.floor(low / step);
  return Array.from({ length: Math.ceil(high / step) - first + 1 }, (_, n) => (first + n) * step);
}

function label(x, y, words, anchor, name) {
  return svg("text", { x, y, "text-anchor": anchor, class: name }, words);
}

function look(kind, { style, isBefore }, more = "") {
  return { class: `${kind}${isBefore ? " before" : ""}${more}`, style: `--c:var(--c${style});--p:url(#p${style})` };
}

function bar(x, y, width, height, series, point) {
  const box = { x, y, width: Math.max(width, 0.5), height: Math.max(height, 0.5), rx: 1.5 };
  const stripes = point.isOpen && !series.isBefore ? svg("rect", { ...box, fill: "url(#hatch)", class: "open" }) : null;
  return [svg("rect", { ...box, ...look("bar", series) }), stripes];
}

// The bars of one point: from where to where, each with its place beside the others.
function spans(chart, n) {
  const bases = [0, 0];
  return chart.series.flatMap((series, place) => {
    const value = series.values[n];
    if (value == null) return [];
    const side = value < 0 ? 1 : 0;
    const from = chart.isStacked ? bases[side] : 0;
    bases[side] += value;
    return [{ series, from, to: from + value, place: chart.isStacked ? 0 : place }];
  });
}

function upright(chart, width) {
  const { points, series, isStacked } = chart;
  const marks = ticks(...extent(chart));
  const names = marks.map((mark) => brief(mark, chart.isTime));
  const left = Math.max(...names.map((name) => name.length)) * LETTER + 10;
  const slot = (width - left - 4) / points.length;
  const [bottom, top] = [marks[0], marks[marks.length - 1]];
  const y = (value) => TOP + ((top - value) / (top - bottom)) * (HEIGHT - TOP - BOTTOM);
  const x = (n) => left + slot * (n + 0.5);
  const parts = marks.map((mark, n) => [
    svg("line", { x1: left, x2: width, y1: y(mark), y2: y(mark), class: mark ? "grid" : "axis" }),
    label(left - 6, y(mark) + 4, names[n], "end"),
  ]);
  const widest = Math.max(...points.map((point) => point.brief.length)) * LETTER + 10;
  const every = Math.max(1, Math.ceil(Math.min(widest, 90) / slot));
  points.forEach((point, n) => {
    if ((points.length - 1 - n) % every === 0) parts.push(label(Math.min(x(n), width - (point.brief.length * LETTER) / 2), HEIGHT - 8, cut(point.brief, Math.max(3, Math.floor((slot * every) / LETTER))), "middle"));
  });
  const gap = Math.min(slot * 0.25, 14);
  const thick = (slot - gap) / (isStacked ? 1 : series.length);
  if (chart.shape === "lines") parts.push(series.map((each) => line(each, points, x, y)));
  else
    points.forEach((point, n) => {
      for (const { series: one, from, to, place } of spans(chart, n)) {
        parts.push(bar(x(n) - slot / 2 + gap / 2 + place * thick, Math.min(y(from), y(to)), thick - (series.length > 1 ? 1 : 0), Math.abs(y(from) - y(to)), one, point));
      }
    });
  parts.push(svg("rect", { class: "cursor", x: 0, y: TOP, width: slot, height: HEIGHT - TOP - BOTTOM, "data-from": left, "data-step": slot, "data-axis": "x" }));
  return { parts, height: HEIGHT };
}

function line(series, points, x, y) {
  return series.values.map((value, n) => {
    if (value == null) return null;
    const before = series.values[n - 1];
    const ends = { x1: x(n - 1), y1: y(before), x2: x(n), y2: y(value) };
    const stroke = before == null ? null : svg("line", { ...ends, ...look("line", series, points[n].isOpen ? " unfinished" : "") });
    const isAlone = before == null && series.values[n + 1] == null;
    return [stroke, points.length <= 60 || isAlone ? sign(x(n), y(value), series, points[n].isOpen) : null];
  });
}

// Each series has a sign of its own, so that colour is not needed to tell them apart.
const SIGNS = ["M-4,0a4,4 0 1 0 8,0a4,4 0 1 0-8,0", "M-4-4h8v8h-8z", "M0-5L5,4H-5z", "M0-5L5,0 0,5-5,0z"];

function sign(x, y, series, isOpen) {
  const more = isOpen || series.isBefore || series.style > 3 ? " hollow" : "";
  return svg("path", { d: SIGNS[series.style % 4], transform: `translate(${x} ${y})`, ...look("sign", { style: series.style }, more) });
}

function lying(chart, width) {
  const { points, series, isStacked } = chart;
  const [low, high] = extent(chart);
  const isDirect = series.length === 1;
  const isOne = isStacked || isDirect;
  const left = Math.min(Math.max(...points.map((point) => point.brief.length)) * LETTER + 12, width * 0.36);
  const right = isDirect ? Math.max(...series[0].texts.map((each) => each?.length ?? 0)) * LETTER + 12 : 6;
  const x = (value) => left + ((value - low) / (high - low)) * (width - left - right);
  const each = isOne ? ROW : series.length * 13 + 8;
  const thick = isOne ? each - 9 : 13;
  const parts = points.map((point, n) => [
    label(left - 8, each * (n + 0.5) + 4, cut(point.brief, Math.floor((left - 10) / LETTER)), "end"),
    spans(chart, n).map(({ series: one, from, to, place }) => [
      bar(Math.min(x(from), x(to)), each * n + 4 + place * thick, Math.abs(x(from) - x(to)), thick - (isOne ? 0 : 1), one, point),
      isDirect ? label(x(Math.max(to, 0)) + 6, each * (n + 0.5) + 4, one.texts[n], "start", "value") : null,
    ]),
  ]);
  const height = points.length * each;
  parts.push(svg("line", { x1: x(0), x2: x(0), y1: 0, y2: height, class: "axis" }));
  parts.push(svg("rect", { class: "cursor", x: 0, y: 0, width, height: each, "data-from": 0, "data-step": each, "data-axis": "y" }));
  return { parts, height };
}

function cut(words, letters) {
  return [...words].length > letters ? `${[...words].slice(0, Math.max(letters - 1, 1)).join("")}…` : words;
}

// Stripes over what is not finished, and a filling for each series where colours are the reader's own.
function patterns() {
  const pattern = (id, ...parts) => svg("pattern", { id, width: 6, height: 6, patternUnits: "userSpaceOnUse" }, parts);
  const ways = ["M0,0H6V6H0z", "M0,3H6", "M3,0V6", "M0,6L6,0", "M0,0L6,6", "M0,3H6M3,0V6", "M0,0L6,6M0,6L6,0", "M2,3h2"];
  const fillings = ways.map((d, n) => pattern(`p${n}`, svg("rect", { width: 6, height: 6, class: n ? "paper" : "ink" }), svg("path", { d, class: "way" })));
  return svg("defs", {}, pattern("hatch", svg("path", { d: "M-1,4L4-1M2,7L7,2", class: "stripe" })), fillings);
}

function legend(chart) {
  if (chart.series.length < 2) return null;
  const items = chart.series.map((series) => {
    const bars = svg("rect", { x: 4, y: 1, width: 14, height: 12, rx: 2, ...look("bar", series) });
    const lines = [svg("line", { x1: 0, x2: 22, y1: 7, y2: 7, ...look("line", series) }), sign(11, 7, series, false)];
    return el("li", {}, svg("svg", { width: 22, height: 14, "aria-hidden": "true" }, chart.shape === "lines" ? lines : bars), shown(series.name));
  });
  return el("ul", { class: "legend" }, items);
}
