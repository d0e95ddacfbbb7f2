// Elements are made here and filled with text alone: what records hold can never become one.
const SVG = "http://www.w3.org/2000/svg";

function el(tag, facts = {}, ...children) {
  return filled(document.createElement(tag), facts, children);
}

function svg(tag, facts = {}, ...children) {
  return filled(document.createElementNS(SVG, tag), facts, children);
}

function filled(element, facts, children) {
  for (const [name, value] of Object.entries(facts)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value != null) element.setAttribute(name, value);
  }
  element.append(...children.flat(9).filter((child) => child != null));
  return element;
}

// A text with a direction of its own. What cannot be seen in it, or turns the words around it, is shown as a sign.
const UNSEEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g;

function shown(text) {
  const plain = String(text).replace(/\r\n?/g, "\n");
  return el("bdi", {}, plain.replace(UNSEEN, (sign) => `⟨${sign.charCodeAt(0).toString(16).padStart(4, "0")}⟩`));
}

// A select with its label; `options` are [value, text].
function choice(label, options, chosen, onchange) {
  const list = options.map(([value, text]) => el("option", { value, selected: String(value) === String(chosen) }, text));
  return el("label", {}, `${label} `, el("select", { onchange: (event) => onchange(event.target.value) }, list));
}

const live = el("p", { role: "status", class: "status" });

function say(words) {
  live.replaceChildren(shown(words));
}

// Puts the parts on the page. Whoever stood on a control stands on its successor.
function show(...parts) {
  const key = document.activeElement?.getAttribute("data-key");
  main.replaceChildren(...parts.flat(9).filter((part) => part != null), live);
  if (key) [...main.querySelectorAll("[data-key]")].find((each) => each.dataset.key === key)?.focus();
}

const main = document.querySelector("main");

// Notes of an answer, as they are.
function remarks(answer, names) {
  const lines = names.flatMap((name) => {
    const value = answer[name];
    if (value == null) return [];
    if (Array.isArray(value)) return value.map(String);
    if (typeof value === "object") return Object.entries(value).map(([key, words]) => `${key}: ${words}`);
    return [String(value)];
  });
  if (!lines.length) return null;
  const list = el("ul", {}, lines.map((line) => el("li", {}, shown(line))));
  return el("details", { open: answer.notes !== undefined }, el("summary", {}, lines.length === 1 ? "One note" : `${lines.length} notes`), list);
}
