// oidc-provider: an authorization server of others, for one client of programs and one audience.
// It says where it stands in one line of JSON, and ends when its input does.
import { generateKeyPairSync } from "node:crypto";
import { createServer } from "node:http";
import Provider from "oidc-provider";

const [audience, secret] = process.argv.slice(2);
const scope = "system/*.rs system/Patient.cruds";
const formats = { [audience]: "jwt", [`${audience}/opaque`]: "opaque" };

function key(kid, kind, options, alg) {
  const { privateKey } = generateKeyPairSync(kind, options);
  return { ...privateKey.export({ format: "jwk" }), kid, alg, use: "sig" };
}

function client(client_id) {
  return {
    client_id,
    client_secret: secret,
    grant_types: ["client_credentials"],
    redirect_uris: [],
    response_types: [],
  };
}

const server = createServer();
server.listen(0, "127.0.0.1", () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, {
    clients: [client("dashboard"), client("attune")],
    jwks: {
      keys: [
        key("r", "rsa", { modulusLength: 2048 }, "RS256"),
        key("e", "ec", { namedCurve: "P-256" }, "ES256"),
      ],
    },
    features: {
      clientCredentials: { enabled: true },
      devInteractions: { enabled: false },
      introspection: { enabled: true, allowedPolicy: () => true },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: (_, resource) => ({
          scope,
          audience: resource,
          accessTokenTTL: 600,
          accessTokenFormat: formats[resource],
          jwt: { sign: { alg: "ES256" } },
        }),
      },
    },
  });
  server.on("request", provider.callback());
  console.log(JSON.stringify({ issuer }));
});
process.stdin.resume().on("end", () => process.exit(0));
