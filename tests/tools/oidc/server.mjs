// An OpenID provider on a free loopback port: npm's `oidc-provider`, with clients in memory, for the outside suite.
//
//   node server.mjs    prints {"issuer": …} when it listens, then one line of JSON for each request of the token endpoint.
//                      CLIENT_KEYS holds the public keys of the client `signer`. It ends when its stdin does.
//
// Nothing here takes part in the protocol, except that a first poll of the device grant is answered with `slow_down`,
// which the package never says, and that the client `slow` is left without an answer the first time.

import { createServer } from 'node:http';
import { generateKeyPair, exportJWK } from 'jose';
import Provider from 'oidc-provider';

const resource = 'https://agents.example/';
const { privateKey } = await generateKeyPair('RS256', { extractable: true });
const jwk = { ...(await exportJWK(privateKey)), kid: 'provider', alg: 'RS256', use: 'sig' };

const machine = (client_id, token_endpoint_auth_method, more = {}) => ({
  client_id,
  token_endpoint_auth_method,
  grant_types: ['client_credentials'],
  response_types: [],
  redirect_uris: [],
  scope: 'agents:call',
  ...more,
});
const secret = (name) => `canary-${name}-6f1d/+ %`;
const person = (client_id, grant_types, more = {}) => ({
  client_id,
  grant_types: [...grant_types, 'refresh_token'],
  response_types: [],
  redirect_uris: [],
  token_endpoint_auth_method: 'none',
  application_type: 'native',
  ...more,
});

const clients = [
  machine('basic', 'client_secret_basic', { client_secret: secret('basic') }),
  machine('post', 'client_secret_post', { client_secret: secret('post') }),
  machine('slow', 'client_secret_post', { client_secret: secret('slow') }),
  machine('signer', 'private_key_jwt', { jwks: JSON.parse(process.env.CLIENT_KEYS ?? '{"keys": []}') }),
  person('web', ['authorization_code'], { redirect_uris: ['http://127.0.0.1/callback'], response_types: ['code'] }),
  // A client with a secret and users, for whoever says where they come back to.
  ...(process.env.CALLBACK_URL ? [person('federated', ['authorization_code'], {
    redirect_uris: [process.env.CALLBACK_URL], response_types: ['code'], application_type: 'web',
    token_endpoint_auth_method: 'client_secret_basic', client_secret: secret('federated'),
  })] : []),
  person('device', ['urn:ietf:params:oauth:grant-type:device_code']),
];

const server = createServer();
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const issuer = `http://127.0.0.1:${server.address().port}`;

const provider = new Provider(issuer, {
  clients,
  jwks: { keys: [jwk] },
  scopes: ['openid', 'offline_access', 'agents:call', 'agents:admin'],
  cookies: { keys: ['only for tests'] },
  clientAuthMethods: ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none'],
  findAccount: async (_, id) => ({ accountId: id, claims: async () => ({ sub: id }) }),
  rotateRefreshToken: true,
  ttl: { AccessToken: 3600, ClientCredentials: 3600, Grant: 3600, IdToken: 3600, Interaction: 600, RefreshToken: 3600, Session: 600 },
  features: {
    devInteractions: { enabled: true },
    clientCredentials: { enabled: true },
    deviceFlow: { enabled: true },
    resourceIndicators: {
      enabled: true,
      defaultResource: async () => resource,
      useGrantedResource: async () => true,
      getResourceServerInfo: async () => ({
        scope: 'agents:call agents:admin',
        audience: resource,
        accessTokenTTL: 3600,
        accessTokenFormat: 'jwt',
        jwt: { sign: { alg: 'RS256' } },
      }),
    },
  },
});

let hung = false;
const slowed = new Set();
provider.use(async (ctx, next) => {
  if (ctx.path !== '/token') return next();
  let body = '';
  ctx.req.setEncoding('utf8');
  for await (const chunk of ctx.req) body += chunk;
  // The package takes a body that was read before.
  ctx.req.body = Object.fromEntries(new URLSearchParams(body));
  const form = ctx.req.body;
  const seen = { grant: form.grant_type, client: form.client_id ?? null, basic: ctx.get('authorization') !== '' };
  if (form.client_id === 'slow' && !hung) {
    hung = true;
    console.log(JSON.stringify({ ...seen, hung }));
    await new Promise((resolve) => ctx.req.socket.once('close', resolve));
    return;
  }
  if (form.device_code && !slowed.has(form.device_code)) {
    slowed.add(form.device_code);
    ctx.status = 400;
    ctx.body = { error: 'slow_down' };
  } else {
    await next();
  }
  console.log(JSON.stringify({ ...seen, status: ctx.status, error: ctx.body?.error ?? null, description: ctx.body?.error_description ?? null }));
});
provider.use(async (ctx, next) => {
  await next();
  // The default is five seconds, which only makes the tests slow.
  if (ctx.path === '/device/auth' && ctx.status === 200) ctx.body = { ...ctx.body, interval: 1 };
});

server.on('request', provider.callback());
console.log(JSON.stringify({ issuer, resource }));
process.stdin.resume();
process.stdin.on('end', () => process.exit(0));
