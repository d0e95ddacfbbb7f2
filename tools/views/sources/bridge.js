// The messages of MCP Apps (2026-01-26) between this frame and its host: JSON-RPC by postMessage, with our parent alone.
const host = { capabilities: {}, context: {}, onInput() {}, onResult() {}, onCancelled() {}, onContext() {} };
const waiting = new Map();
let lastId = 0;

function post(message) {
  window.parent.postMessage({ jsonrpc: "2.0", ...message }, "*");
}

function request(method, params) {
  const id = ++lastId;
  post({ id, method, params });
  return new Promise((resolve, reject) => waiting.set(id, { resolve, reject }));
}

// What the host's answer to a call of a reading tool says: {result} or {problem}.
async function asked(name, args) {
  try {
    const result = await request("tools/call", { name, arguments: args });
    return result.isError ? { problem: textOf(result) } : { result };
  } catch (error) {
    return { problem: `The client did not pass the question on: ${error.message}` };
  }
}

function textOf(result) {
  const texts = (result.content ?? []).filter((each) => each.type === "text").map((each) => each.text);
  return texts.join("\n") || "There is no answer.";
}

function took(context) {
  Object.assign(host.context, context);
  const root = document.documentElement;
  if (context.theme === "light" || context.theme === "dark") root.style.colorScheme = context.theme;
  for (const [name, value] of Object.entries(context.styles?.variables ?? {})) {
    if (name.startsWith("--") && typeof value === "string") root.style.setProperty(name, value);
  }
  host.onContext();
}

const heard = {
  "ui/notifications/tool-input": (params) => host.onInput(params.arguments ?? {}),
  "ui/notifications/tool-result": (params) => host.onResult(params),
  "ui/notifications/tool-cancelled": (params) => host.onCancelled(params.reason),
  "ui/notifications/host-context-changed": took,
};

window.addEventListener("message", (event) => {
  const message = event.data;
  if (event.source !== window.parent || message?.jsonrpc !== "2.0") return;
  if (message.method === undefined) {
    const call = waiting.get(message.id);
    waiting.delete(message.id);
    if (message.error) call?.reject(new Error(message.error.message));
    else call?.resolve(message.result);
  } else if (message.id === undefined) {
    heard[message.method]?.(message.params ?? {});
  } else if (message.method === "ping" || message.method === "ui/resource-teardown") {
    post({ id: message.id, result: {} });
  } else {
    post({ id: message.id, error: { code: -32601, message: "This view does not know the method." } });
  }
});

// The frame begins small and grows with what is in it. A width is not asked for.
let told = 0;
new ResizeObserver(() => {
  const height = Math.ceil(document.documentElement.getBoundingClientRect().height);
  if (height !== told) post({ method: "ui/notifications/size-changed", params: { height: (told = height) } });
}).observe(document.documentElement);

async function began(name) {
  const answer = await request("ui/initialize", {
    appInfo: { name, version: "1" },
    appCapabilities: {},
    protocolVersion: "2026-01-26",
  });
  host.capabilities = answer.hostCapabilities ?? {};
  took(answer.hostContext ?? {});
  post({ method: "ui/notifications/initialized" });
}
