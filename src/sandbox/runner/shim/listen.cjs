// The counterpart of sitecustomize.py for Node.js, loaded through NODE_OPTIONS=--require: a listener on the port of the
// container contract goes to the port in AGENTCORE_SANDBOX_PORT ("8080=41233", more pairs after commas), other wildcard listeners to loopback.
'use strict';
const net = require('node:net');

if (process.env.AGENTCORE_SANDBOX_VARIABLES) {
  // Variables whose names no shell passes on.
  Object.assign(process.env, JSON.parse(process.env.AGENTCORE_SANDBOX_VARIABLES));
  delete process.env.AGENTCORE_SANDBOX_VARIABLES;
}

// An image holds what the agent needs; packages in folders above the session's, which are this machine's, must not stand
// in for it. Where Node lacks hooks (before 22.15) this reaches `require` only.
const Module = require('node:module');
const path = require('node:path');
const { fileURLToPath } = require('node:url');
const { AGENTCORE_SANDBOX_ROOT: root, AGENTCORE_SANDBOX_SESSION: session } = process.env;

if (root && session) {
  const inside = (file) => [root, session].some((top) => file.startsWith(top + path.sep));
  const bare = (specifier) => !/^(node:|file:|data:|\.|\/|#)/.test(specifier);
  const plainPaths = Module._resolveLookupPaths;
  Module._resolveLookupPaths = (request, parent) => {
    const found = plainPaths(request, parent);
    return found && bare(request) && parent?.filename && inside(parent.filename) ? found.filter(inside) : found;
  };
  if (Module.registerHooks) {
    Module.registerHooks({
      resolve(specifier, context, next) {
        const found = next(specifier, context);
        if (!bare(specifier) || !context.parentURL?.startsWith('file:') || !found.url.startsWith('file:')) return found;
        const from = fileURLToPath(context.parentURL);
        if (!inside(from) || inside(fileURLToPath(found.url))) return found;
        const error = new Error(`Cannot find package '${specifier}' imported from ${from}`);
        throw Object.assign(error, { code: 'ERR_MODULE_NOT_FOUND' });
      },
    });
  }
}

const pairs = (process.env.AGENTCORE_SANDBOX_PORT || '').split(',').map((pair) => pair.split('=').map(Number));
const [contract, own] = pairs[0];

if (process.env.AGENTCORE_SANDBOX_GIVEN) {
  // The assigned port is for programs that this file does not reach; the service sets no such variable.
  for (const [name, before] of Object.entries(JSON.parse(process.env.AGENTCORE_SANDBOX_GIVEN))) {
    if (process.env[name] !== String(own)) continue;
    if (before === null) delete process.env[name];
    else process.env[name] = before;
  }
  delete process.env.AGENTCORE_SANDBOX_GIVEN;
}

let told = false;

function localAddress(port, host) {
  if (own && Number(port) === own && !told) {
    // Only a shell around this process can have known it.
    told = true;
    console.error(
      `[sandbox] the agent took its port from the variable PORT, which the service does not set: there it has to listen on ${contract} by itself`,
    );
  }
  const wildcard = !host || host === '0.0.0.0' || host === '::';
  if (own !== undefined && pairs.some(([wanted]) => Number(port) === wanted)) return { port: own, host: '127.0.0.1' };
  return { port, host: wildcard ? '127.0.0.1' : host };
}

const isPort = (value) => typeof value === 'number' || (typeof value === 'string' && /^\d+$/.test(value));
const plain = net.Server.prototype.listen;

net.Server.prototype.listen = function listen(...args) {
  const first = args[0];
  if (isPort(first)) {
    const { port, host } = localAddress(first, typeof args[1] === 'string' ? args[1] : undefined);
    args[0] = port;
    if (typeof args[1] === 'string' || args[1] == null) args[1] = host;
    else args.splice(1, 0, host);
  } else if (first !== null && typeof first === 'object' && isPort(first.port) && first.fd === undefined && !first.path) {
    args[0] = { ...first, ...localAddress(first.port, first.host) };
  }
  return plain.apply(this, args);
};
