// A company's identity provider: npm's oidc-provider with its own pages for development, on loopback. Whoever types a name is let in.
import Provider from "oidc-provider";

const { PORT, RETURN_TO, CLIENT_ID, CLIENT_SECRET } = process.env;
const issuer = `http://localhost:${PORT}`;
const provider = new Provider(issuer, {
  clients: [
    {
      client_id: CLIENT_ID,
      client_secret: CLIENT_SECRET,
      redirect_uris: [RETURN_TO],
      grant_types: ["authorization_code", "refresh_token"],
      response_types: ["code"],
    },
  ],
  claims: { openid: ["sub"], profile: ["name", "groups"], email: ["email"] },
  findAccount: (ctx, id) => ({
    accountId: id,
    claims: () => ({ sub: id, name: id, email: `${id}@example.com`, groups: [id === "eve" ? "interns" : "sales"] }),
  }),
  issueRefreshToken: (ctx, client, code) => client.grantTypeAllowed("refresh_token") && code.scopes.has("openid"),
  features: { devInteractions: { enabled: true } },
  pkce: { required: () => true },
});
provider.listen(Number(PORT), "127.0.0.1", () => console.log(`ready ${issuer}`));
