// The counterpart of sitecustomize.py for Node.js, loaded through NODE_OPTIONS=--require: a listener on the port of the
// container contract goes to the port in AGENTCORE_SANDBOX_PORT ("8080=41233"), other wildcard listeners to loopback.
'use strict';
const net = require('node:net');

if (process.env.AGENTCORE_SANDBOX_VARIABLES) {
  // Variables whose names no shell passes on.
  Object.assign(process.env, JSON.parse(process.env.AGENTCORE_SANDBOX_VARIABLES));
  delete process.env.AGENTCORE_SANDBOX_VARIABLES;
}

const [contract, own] = (process.env.AGENTCORE_SANDBOX_PORT || '').split('=').map(Number);

function localAddress(port, host) {
  const wildcard = !host || host === '0.0.0.0' || host === '::';
  if (own !== undefined && Number(port) === contract) return { port: own, host: '127.0.0.1' };
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
