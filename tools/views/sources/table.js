// What both views begin with, tables that scroll inside themselves, and a table as CSV.
function top(answer, names) {
  const count = el("p", { class: "count" }, el("strong", {}, number(answer.found)), answer.found === 1 ? " record" : " records");
  const sentences = [answer.understood, answer.compared].filter(Boolean).map((words) => el("p", { class: "quiet" }, shown(words)));
  return [el("header", {}, el("h1", {}, shown(answer.layout)), count), sentences, remarks(answer, names)];
}

function scrolling(label, table) {
  return el("div", { class: "scroll", role: "region", "aria-label": label, tabindex: 0 }, table);
}

function csv(columns, rows) {
  const written = (value) => {
    const text = value == null ? "" : typeof value === "object" ? JSON.stringify(value) : String(value);
    const safe = typeof value === "string" && /^[=+@\t\r-]/.test(text) && !DIGITS.test(text) ? `'${text}` : text;
    return /[",\r\n]/.test(safe) ? `"${safe.replace(/"/g, '""')}"` : safe;
  };
  return "\ufeff" + [columns, ...rows].map((row) => row.map(written).join(",")).join("\r\n") + "\r\n";
}

// Offered only where the client saves files; a frame cannot.
function download(label, file, columns, rows) {
  if (!host.capabilities.downloadFile) return null;
  const save = async () => {
    const resource = { uri: `file:///${encodeURIComponent(file)}`, mimeType: "text/csv", text: csv(columns, rows()) };
    try {
      const answer = await request("ui/download-file", { contents: [{ type: "resource", resource }] });
      say(answer?.isError ? "The client did not save the file." : `${file} was handed to the client.`);
    } catch (error) {
      say(`The client did not save the file: ${error.message}`);
    }
  };
  return el("button", { type: "button", "data-key": "csv", onclick: save }, label);
}

function fileName(layout) {
  return `${String(layout).replace(/[^\p{L}\p{N} _-]/gu, "").trim() || "records"}.csv`;
}
