// A real OpenID Connect issuer on loopback, with new keys at each start.
// node issuer.mjs PORT AUDIENCE
import { generateKeyPairSync, randomUUID } from "node:crypto";
import { Provider } from "oidc-provider";

const [port, audience] = process.argv.slice(2);
const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const key = { ...privateKey.export({ format: "jwk" }), kid: randomUUID(), use: "sig", alg: "RS256" };

const provider = new Provider(`http://127.0.0.1:${port}`, {
  jwks: { keys: [key] },
  cookies: { keys: [randomUUID()] },
  clients: [
    {
      client_id: "front-end",
      application_type: "native",
      token_endpoint_auth_method: "none",
      redirect_uris: ["http://127.0.0.1/signed-in"],
    },
    {
      client_id: "shrim.service", // a service of its own acts under its client's id
      client_secret: "a secret of the tests alone",
      grant_types: ["client_credentials"],
      redirect_uris: [],
      response_types: [],
    },
  ],
  findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
  features: {
    devInteractions: { enabled: true }, // any name signs in
    clientCredentials: { enabled: true },
    resourceIndicators: {
      enabled: true,
      getResourceServerInfo: () => ({ audience, scope: "cases", accessTokenFormat: "jwt", accessTokenTTL: 600 }),
    },
  },
});
provider.listen(Number(port), "127.0.0.1");
