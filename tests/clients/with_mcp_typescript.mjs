// The TypeScript SDK's own OAuth client, in either of its packages: asks to be signed in at an address, comes back, works, renews.
import { createServer } from "node:http";

const { SERVER, CLIENT_ID, PACKAGE } = process.env;
const sdk =
  PACKAGE === "@modelcontextprotocol/sdk"
    ? {
        ...(await import("@modelcontextprotocol/sdk/client/index.js")),
        ...(await import("@modelcontextprotocol/sdk/client/streamableHttp.js")),
        ...(await import("@modelcontextprotocol/sdk/client/auth.js")),
      }
    : await import("@modelcontextprotocol/client");

const kept = {};
const came = Promise.withResolvers();
const listener = createServer((request, response) => {
  const url = new URL(request.url, "http://localhost");
  response.end("You can close this page.");
  if (url.pathname === "/callback") came.resolve(url.searchParams);
});
await new Promise((resolve) => listener.listen(0, "localhost", resolve));
const redirectUrl = `http://localhost:${listener.address().port}/callback`;
const authProvider = {
  redirectUrl,
  clientMetadata: { client_name: "Desk", redirect_uris: [redirectUrl], token_endpoint_auth_method: "none", scope: "fm:edit" },
  state: () => "a state of this client",
  clientInformation: () => ({ client_id: CLIENT_ID, ...kept.client }),
  saveClientInformation: (client) => (kept.client = client),
  tokens: () => kept.tokens,
  saveTokens: (tokens) => (kept.tokens = tokens),
  redirectToAuthorization: (url) => console.log(`open ${url}`),
  saveCodeVerifier: (verifier) => (kept.verifier = verifier),
  codeVerifier: () => kept.verifier,
  discoveryState: () => kept.discovery,
  saveDiscoveryState: (state) => (kept.discovery = state),
};
const transport = () => new sdk.StreamableHTTPClientTransport(new URL(SERVER), { authProvider });
const step = (what, good) => console.log(`${good ? "ok" : "FAILED"} ${what}`);

const first = transport();
try {
  await new sdk.Client({ name: "desk", version: "1" }).connect(first);
  step("is asked to sign in", false);
} catch (error) {
  step("is asked to sign in", error instanceof sdk.UnauthorizedError);
}
const back = await came.promise;
step("gets its state and the issuer back", back.get("state") === "a state of this client" && back.has("iss"));
if (PACKAGE === "@modelcontextprotocol/sdk") await first.finishAuth(back.get("code"));
else await first.finishAuth(back);
step("has a token that edits", kept.tokens?.scope?.includes("fm:edit"));

const client = new sdk.Client({ name: "desk", version: "1" });
await client.connect(transport());
const names = (await client.listTools()).tools.map((tool) => tool.name);
step("sees the tools of its rights", names.includes("edit_records") && !names.includes("delete_records"));
const call = async (name, given) => (await client.callTool({ name, arguments: given })).structuredContent;
const found = await call("find_records", { layout: "Customers", limit: 1 });
step("finds", found.found > 1);
const plan = await call("create_records", { layout: "Products", records: [{ SKU: `T-${PACKAGE.length}`, Name: "Line", Price: 3 }] });
step("plans and applies", (await call("apply_change", { change_id: plan.change_id })).state === "done");

const before = kept.tokens.refresh_token;
kept.tokens = { ...kept.tokens, access_token: "fmat_over" };
await client.close();
const again = new sdk.Client({ name: "desk", version: "1" });
await again.connect(transport());
step("renews by itself", (await again.listTools()).tools.length === names.length && kept.tokens.refresh_token !== before);
await again.close();
listener.close();
process.exit(0);
