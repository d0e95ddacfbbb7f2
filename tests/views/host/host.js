// A host of MCP Apps for tests: the official AppBridge and client, a frame within a frame on another origin, and notes of all that
// a view says. `npm run bundle` of this folder makes host.bundle.js from it.
import { AppBridge, PostMessageTransport, isToolVisibilityModelOnly } from "@modelcontextprotocol/ext-apps/app-bridge";
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";

const UI = "io.modelcontextprotocol/ui";
const CAPABILITIES = { openLinks: {}, serverTools: {}, serverResources: {}, logging: {} };
const notes = { calls: [], messages: [], files: [], heights: [], results: [] };
let client = null;
let bridge = null;

async function connect(endpoint, era) {
  const options = { capabilities: { extensions: { [UI]: { mimeTypes: ["text/html;profile=mcp-app"] } } } };
  if (era === "modern") options.versionNegotiation = { mode: "auto" };
  client = new Client({ name: "test host", version: "1" }, options);
  await client.connect(new StreamableHTTPClientTransport(new URL(endpoint)));
  const capabilities = client.getServerCapabilities();
  return { extensions: capabilities.extensions ?? null, version: client.getNegotiatedProtocolVersion?.() ?? "" };
}

// Shows the view of a tool with its input and answer. `result` stands for the answer; a `strict` host keeps a view from the tools that
// are for the model alone, which the bridge does not do by itself.
async function show(sandbox, tool, args, options = {}) {
  const { context = {}, capabilities = {}, result = null, cancelled = null, withMeta = true, strict = false } = options;
  const { tools } = await client.listTools();
  const uri = tools.find((each) => each.name === tool)._meta.ui.resourceUri;
  const { contents } = await client.readResource({ uri });
  await bridge?.close();
  document.querySelector("iframe")?.remove();
  const frame = document.createElement("iframe");
  Object.assign(frame.style, { width: "100%", height: "120px", border: "0" });
  bridge = new AppBridge(client, { name: "test host", version: "1" }, { ...CAPABILITIES, ...capabilities }, { hostContext: context });
  const ready = new Promise((resolve) => (bridge.onsandboxready = resolve));
  const initialized = new Promise((resolve) => (bridge.oninitialized = resolve));
  bridge.onsizechange = ({ height }) => {
    notes.heights.push(height);
    if (height !== undefined) frame.style.height = `${height}px`;
  };
  bridge.onmessage = async ({ content }) => (notes.messages.push(content[0].text), {});
  bridge.ondownloadfile = async ({ contents: files }) => (notes.files.push(files[0].resource), {});
  bridge.addEventListener("loggingmessage", (message) => notes.messages.push(JSON.stringify(message)));
  frame.src = sandbox;
  document.body.append(frame);
  const transport = new PostMessageTransport(frame.contentWindow, frame.contentWindow);
  const connected = bridge.connect(transport);
  const heard = transport.onmessage;
  transport.onmessage = (message, ...rest) => {
    if (message.method === "tools/call") notes.calls.push(message.params);
    heard(message, ...rest);
  };
  await connected;
  if (strict) bridge.oncalltool = (call) => passed(tools.find((each) => each.name === call.name), call);
  await ready;
  await bridge.sendSandboxResourceReady({ html: contents[0].text });
  await initialized;
  await bridge.sendToolInput({ arguments: args });
  if (cancelled !== null) return bridge.sendToolCancelled({ reason: cancelled });
  const answer = result ?? (await client.callTool({ name: tool, arguments: args }));
  notes.results.push(answer);
  const { _meta, ...bare } = answer;
  await bridge.sendToolResult(withMeta ? answer : bare);
  return { mimeType: contents[0].mimeType, meta: contents[0]._meta, bytes: new Blob([contents[0].text]).size };
}

async function passed(tool, call) {
  if (tool === undefined || isToolVisibilityModelOnly(tool)) throw new Error("This tool is not for views.");
  return client.callTool(call);
}

window.testHost = {
  notes,
  connect,
  show,
  call: (name, args) => client.callTool({ name, arguments: args }),
  context: (context) => bridge.setHostContext(context),
  teardown: () => bridge.teardownResource({}),
};
