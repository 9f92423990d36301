/**
 * The Service proxy: what kube-proxy's iptables rules do, in user space. Runs as a process of its own.
 *
 * It listens on every Service address and port, and on the node ports at the address of the nodes. It hands each new
 * connection to a random ready endpoint, or when none is ready to one that is terminating but still serves, as
 * kube-proxy does. A connection stays with its endpoint until one side closes it. It also answers as the backend behind
 * the gateways, and leads the API server to pods where they are played (HTTP CONNECT, as konnectivity does).
 *
 * Usage: service-proxy.ts <kubeconfig> <backend port> <address of the nodes> <socket of the API server's egress>
 */
import { readFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { playedAt } from '../cluster/addresses.js';
import { createKube } from '../kube/client.js';
import { watchKind } from '../kube/watch.js';

/** A Service with this label is answered by something else. */
const elsewhere = 'harness.local/answered-elsewhere';

const [kubeconfigFile = '', backendPort = '', nodeAddress = '', egressFile = ''] = process.argv.slice(2);
const { clusters, users } = JSON.parse(readFileSync(kubeconfigFile, 'utf8'));
const { hostname, port } = new URL(clusters[0].cluster.server);
const kube = createKube({
  host: hostname,
  port: Number(port),
  token: users[0].user.token,
  caFile: clusters[0].cluster['certificate-authority'],
});

const listeners = new Map<string, Server>();
/** Endpoint sockets by `namespace/service:port name`, the ready ones first choice. */
const ready = new Map<string, readonly string[]>();
const serving = new Map<string, readonly string[]>();

const services = watchKind(kube, '/api/v1/services', () => listen());
const slices = watchKind(kube, '/apis/discovery.k8s.io/v1/endpointslices', ({ object }) => {
  const service = `${object.metadata.namespace}/${object.metadata.labels?.['kubernetes.io/service-name']}`;
  resolveEndpoints(service);
});

function resolveEndpoints(service: string): void {
  const readyNow = new Map<string, string[]>();
  const servingNow = new Map<string, string[]>();
  const [namespace] = service.split('/');
  for (const slice of slices.items.values()) {
    if (
      slice.metadata.namespace !== namespace ||
      `${namespace}/${slice.metadata.labels?.['kubernetes.io/service-name']}` !== service
    )
      continue;
    for (const { name = '', port: number } of slice.ports ?? []) {
      const key = `${service}:${name}`;
      for (const { addresses, conditions } of slice.endpoints ?? []) {
        const target = `${playedAt(addresses[0])}:${number}`;
        if (conditions?.ready !== false) append(readyNow, key, target);
        else if (conditions?.serving === true) append(servingNow, key, target);
      }
    }
  }
  for (const [map, now] of [
    [ready, readyNow],
    [serving, servingNow],
  ] as const) {
    for (const key of [...map.keys()]) if (key.startsWith(`${service}:`) && !now.has(key)) map.delete(key);
    for (const [key, targets] of now) map.set(key, targets);
  }
}

function append(map: Map<string, string[]>, key: string, value: string): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}

function listen(): void {
  const wanted = new Map<string, string>();
  for (const service of services.items.values()) {
    const { clusterIP, ports = [] } = service.spec;
    if (clusterIP === undefined || clusterIP === 'None' || service.metadata.labels?.[elsewhere] !== undefined) continue;
    if (service.metadata.name === 'kubernetes' && service.metadata.namespace === 'default') continue;
    for (const { name = '', port: number, nodePort, protocol } of ports) {
      if (protocol !== 'TCP') continue;
      const key = `${service.metadata.namespace}/${service.metadata.name}:${name}`;
      wanted.set(`${clusterIP}:${number}`, key);
      if (nodePort !== undefined) wanted.set(`${playedAt(nodeAddress)}:${nodePort}`, key);
    }
  }
  for (const [socket, server] of listeners) {
    if (wanted.has(socket)) continue;
    server.close();
    listeners.delete(socket);
  }
  for (const [socket, key] of wanted) if (!listeners.has(socket)) listeners.set(socket, open(socket, key));
}

function open(socket: string, key: string): Server {
  const [host, number] = socket.split(':');
  const server = createServer({ pauseOnConnect: true, allowHalfOpen: true, noDelay: true }, (client) =>
    hand(client, key),
  );
  server.on('error', (error) => console.error(`${key} at ${socket}: ${error.message}`));
  server.listen({ host, port: Number(number), backlog: 1024 });
  return server;
}

function hand(client: Socket, key: string): void {
  const targets = ready.get(key) ?? serving.get(key);
  client.on('error', () => client.destroy());
  if (targets === undefined) {
    client.resetAndDestroy();
    return;
  }
  const [host, number] = (targets[Math.floor(Math.random() * targets.length)] ?? '').split(':');
  const endpoint = connect({ host, port: Number(number), allowHalfOpen: true, noDelay: true });
  tie(client, endpoint, () => client.resetAndDestroy());
}

/** Joins both sides of a connection; `cutOff` ends the client's where the endpoint breaks off. */
function tie(client: Socket, endpoint: Socket, cutOff: () => void): void {
  // A reset on one side is a reset on the other: the client must see what it would see without a proxy.
  endpoint.on('error', cutOff);
  client.on('error', () => endpoint.destroy());
  client.on('close', () => endpoint.destroy());
  endpoint.on('close', () => client.destroySoon());
  client.pipe(endpoint);
  endpoint.pipe(client);
}

const backend = createHttpServer((request, response) => {
  request.resume();
  response.end('ok');
});
backend.keepAliveTimeout = 120_000;
backend.listen(Number(backendPort), '127.0.0.1');

const egress = createHttpServer();
egress.on('connect', ({ url = '' }, client: Socket) => {
  const [host = '', number] = url.split(':');
  const endpoint = connect({ host: playedAt(host), port: Number(number), allowHalfOpen: true, noDelay: true });
  const refuse = () => client.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
  endpoint.once('error', refuse);
  client.once('error', () => endpoint.destroy());
  endpoint.once('connect', () => {
    endpoint.off('error', refuse);
    client.write('HTTP/1.1 200 Connection established\r\n\r\n');
    // It comes by a socket of this machine, which knows no reset.
    tie(client, endpoint, () => client.destroy());
  });
});
egress.listen(egressFile);
