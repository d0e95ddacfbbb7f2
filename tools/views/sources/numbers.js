// Numbers as the answer has them, digit for digit: only the signs between the digits are the reader's own.
const DIGITS = /^(-?)(\d+)(?:\.(\d+))?$/;
const TIME = /^(-?)(\d+):(\d\d):(\d\d(?:\.\d+)?)$/;
const ISO = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d:\d\d(?::\d\d)?))?$/;

function language() {
  try {
    return new Intl.Locale(host.context.locale ?? navigator.language, { numberingSystem: "latn", calendar: "gregory" });
  } catch {
    return "en";
  }
}

// No arithmetic and no rounding. `grouping` parts thousands as the reader's language does.
function number(value, grouping = true) {
  const parts = DIGITS.exec(String(value));
  if (!parts) return String(value);
  const [, sign, whole, fraction] = parts;
  const grouped = grouping ? new Intl.NumberFormat(language()).format(BigInt(whole)) : whole;
  const point = new Intl.NumberFormat(language()).formatToParts(0.5).find((part) => part.type === "decimal").value;
  return (sign ? "−" : "") + grouped + (fraction ? point + fraction : "");
}

// For lengths on a chart only; null for what is none.
function amount(value) {
  if (value == null) return null;
  const text = String(value);
  if (DIGITS.test(text)) return Number(text);
  const time = TIME.exec(text);
  return time && (time[1] ? -1 : 1) * (time[2] * 3600 + time[3] * 60 + Number(time[4]));
}

function brief(value, isTime) {
  if (isTime) return `${value < 0 ? "−" : ""}${Math.floor(Math.abs(value) / 3600)}:${String(Math.floor((Math.abs(value) % 3600) / 60)).padStart(2, "0")}`;
  return new Intl.NumberFormat(language(), { notation: "compact", maximumFractionDigits: 2 }).format(value);
}

function date(text, options) {
  const found = ISO.exec(text);
  if (!found) return text;
  const [, year, month, day, time] = found;
  const moment = new Date(0);
  moment.setUTCFullYear(year, month - 1, day);
  const words = new Intl.DateTimeFormat(language(), { timeZone: "UTC", ...options }).format(moment);
  return time ? `${words}, ${time}` : words;
}

const DAY = { day: "numeric", month: "short", year: "numeric" };

// A period's label as people write it: `whole` in tables and sentences, else as short as an axis wants it.
function period(label, by, whole) {
  if (by === "month") return date(`${label}-01`, { month: "short", year: whole ? "numeric" : "2-digit" });
  if (by === "quarter") return label.replace(/^(\d{4})-(Q\d)$/, "$2 $1");
  if (by === "day") return date(label, whole ? DAY : { day: "numeric", month: "short" });
  if (by === "week") return (whole ? "week of " : "") + date(label, whole ? DAY : { day: "numeric", month: "short" });
  return label;
}

// The label of the period after this one; null where it is none.
function after(label, by) {
  const [year, rest] = [Number(/\d{4}/.exec(label)?.[0]), label.slice(5)];
  if (by === "month") return rest === "12" ? `${pad(year + 1)}-01` : `${pad(year)}-${pad(Number(rest) + 1, 2)}`;
  if (by === "quarter") return rest === "Q4" ? `${pad(year + 1)}-Q1` : `${pad(year)}-Q${Number(rest[1]) + 1}`;
  if (by === "year" || /^\d{4}$/.test(label)) return pad(year + 1);
  if (by === "fiscal_year") return `FY${pad(year + 1)}/${pad((year + 2) % 100, 2)}`;
  const day = new Date(`${label}T00:00:00Z`);
  if (Number.isNaN(day.getTime())) return null;
  day.setUTCDate(day.getUTCDate() + (by === "week" ? 7 : 1));
  return day.toISOString().slice(0, 10);
}

function pad(count, length = 4) {
  return String(count).padStart(length, "0");
}

const PERIOD = {
  day: /^\d{4}-\d\d-\d\d$/,
  week: /^\d{4}-\d\d-\d\d$/,
  month: /^\d{4}-\d\d$/,
  quarter: /^\d{4}-Q\d$/,
  year: /^\d{4}$/,
  fiscal_year: /^(FY\d{4}\/\d\d|\d{4})$/,
};
const MOST_PERIODS = 400;

// Every period from the first to the last, also those without a record.
function periods(labels, by) {
  const known = [...new Set(labels.filter((label) => PERIOD[by].test(label ?? "")))].sort();
  const all = [];
  for (let label = known[0]; label != null && label <= known[known.length - 1]; label = after(label, by)) {
    all.push(label);
    if (all.length > MOST_PERIODS) return known;
  }
  return all;
}
