import { request as overHttp } from 'node:http';
import { request as overHttps, type RequestOptions } from 'node:https';
import { delimiter } from 'node:path';
import type { KubeConfig } from '@kubernetes/client-node';
import { proxyFor } from './proxy.js';
import { Unread, unknownOf, unknownOfError, unknownOfStatus } from './unread.js';

/** Milliseconds that one request may take, and that a credential plugin may take to answer. */
const patience = 10_000;
const patienceForPlugins = 30_000;

/** A cluster that can be read, and nothing else: there is no method but GET. */
export interface Client {
  readonly context: string;
  /** Gets a path as JSON. `what` names it in the message where it cannot be read; throws Unread. */
  get(path: string, what: string, accept?: string): Promise<unknown>;
  /** Gets a path as it is. Throws Unread. */
  text(path: string, what: string, accept: string): Promise<string>;
  /** Gets a path line by line until the server or `signal` ends it. Throws Unread where it does not begin. */
  follow(path: string, what: string, onLine: (line: string) => void, signal: AbortSignal): Promise<void>;
}

/** Opens a context of the kubeconfig (KUBECONFIG, or ~/.kube/config). Nothing is asked of the cluster yet. Throws Unread. */
export async function connect(context: string, plugins = patienceForPlugins): Promise<Client> {
  const config = await kubeconfig(context);
  const { server = '', proxyUrl } = config.getCurrentCluster() ?? {};
  const through = proxyUrl === undefined ? undefined : new URL(proxyUrl).host;
  const options = await credentials(config, context, plugins);
  const send = server.startsWith('http:') ? overHttp : overHttps;

  /** Resolves when the answer is read to its end; `onData` gets it piece by piece. */
  function exchange(path: string, what: string, accept: string, signal: AbortSignal, onData: (text: string) => void) {
    return new Promise<void>((resolve, reject) => {
      const fail = (error: unknown) =>
        reject(new Unread(unknownOfError(signal.aborted ? signal.reason : error, context, what, through), error));
      const headers = { ...options.headers, accept } as RequestOptions['headers'];
      const outgoing = send(new URL(server.replace(/\/$/, '') + path), { ...options, headers, signal }, (response) => {
        const status = response.statusCode ?? 0;
        response.setEncoding('utf8').on('data', (text: string) => status === 200 && onData(text));
        response.on('error', fail);
        response.on('end', () =>
          status === 200 ? resolve() : reject(new Unread(unknownOfStatus(status, context, what))),
        );
      });
      outgoing.on('error', fail).end();
    });
  }

  async function text(path: string, what: string, accept: string): Promise<string> {
    let answer = '';
    await exchange(path, what, accept, AbortSignal.timeout(patience), (more) => {
      answer += more;
    });
    return answer;
  }

  return {
    context,
    text,
    async get(path, what, accept = 'application/json') {
      const answer = await text(path, what, accept);
      try {
        return JSON.parse(answer);
      } catch (error) {
        throw new Unread(unknownOf('failed', context, [what], 'the answer is no JSON'), error);
      }
    },
    async follow(path, what, onLine, signal) {
      let rest = '';
      await exchange(path, what, 'application/json', signal, (text) => {
        const lines = (rest + text).split('\n');
        rest = lines.pop() ?? '';
        for (const line of lines) if (line !== '') onLine(line);
      });
    },
  };
}

async function kubeconfig(context: string): Promise<KubeConfig> {
  // Loaded late: a run that looks at no cluster does not pay for it.
  const { KubeConfig: Config } = await import('@kubernetes/client-node');
  const config = new Config();
  try {
    const files = (process.env['KUBECONFIG'] ?? '').split(delimiter).filter((file) => file !== '');
    const all = files.flatMap((file) => {
      const one = new Config();
      try {
        one.loadFromFile(file);
        return [one];
      } catch (error) {
        if (files.length > 1 && (error as NodeJS.ErrnoException).code === 'ENOENT') return [];
        throw error;
      }
    });
    if (all.length === 0) config.loadFromDefault();
    config.clusters = firstOfEach([config, ...all].flatMap(({ clusters }) => clusters ?? []));
    config.users = firstOfEach([config, ...all].flatMap(({ users }) => users ?? []));
    config.contexts = firstOfEach([config, ...all].flatMap(({ contexts }) => contexts ?? []));
  } catch (error) {
    throw new Unread(unknownOf('no-kubeconfig', context, [], (error as Error).message.split('\n')[0]), error);
  }
  const names = config.getContexts().map(({ name }) => name);
  // What the library makes up where there is no file: http://localhost:8080.
  if (names.join() === 'loaded-context') throw new Unread(unknownOf('no-kubeconfig', context, []));
  if (!names.includes(context)) throw new Unread(unknownOf('no-context', context, [], names.join(', ')));
  config.setCurrentContext(context);
  const bad = (why: string) => new Unread(unknownOf('bad-context', context, [], why));
  const cluster = config.getCurrentCluster();
  if (cluster === null) throw bad('it names a cluster that is not in it');
  const { user } = config.getContextObject(context) ?? {};
  if (user !== undefined && user !== '' && config.getCurrentUser() === null) {
    throw bad(`it names a user that is not in it: ${user}`);
  }
  if (!/^https?:/.test(cluster.server) || !URL.canParse(cluster.server)) {
    throw bad(`the server of its cluster is no URL: ${cluster.server}`);
  }
  const proxyUrl = cluster.proxyUrl || proxyFor(new URL(cluster.server), process.env);
  if (proxyUrl !== undefined && !URL.canParse(proxyUrl)) throw bad('its proxy is no URL');
  // The library takes plain HTTP only where TLS is not to be verified; kubectl takes it (kubectl proxy).
  const plain = cluster.server.startsWith('http:') ? { skipTLSVerify: true } : {};
  Object.assign(cluster, { proxyUrl, ...plain });
  return config;
}

/**
 * As kubectl merges several files: what is named first wins, and a file that is not there is left out. The library would
 * refuse both (kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig/#merging-kubeconfig-files).
 */
function firstOfEach<T extends { readonly name: string }>(all: readonly T[]): T[] {
  return all.filter(({ name }, at) => all.findIndex((each) => each.name === name) === at);
}

/** Certificates, token and proxy of the context; a credential plugin is asked once. */
async function credentials(config: KubeConfig, context: string, plugins: number): Promise<RequestOptions> {
  endPlugins(config, plugins);
  const options: RequestOptions = { headers: {} };
  const late = AbortSignal.timeout(plugins);
  try {
    await Promise.race([
      config.applyToHTTPSOptions(options),
      new Promise<never>((_, reject) =>
        late.addEventListener('abort', () => reject(new Error('the credential plugin gives no answer'))),
      ),
    ]);
  } catch (error) {
    const { code, syscall, path, message } = error as NodeJS.ErrnoException;
    const unknown =
      code === 'ENOENT' && syscall?.startsWith('spawn') === true
        ? unknownOf('no-plugin', context, [], path)
        : code !== undefined && syscall === 'open'
          ? unknownOf('bad-context', context, [], `${path}, which it names, cannot be read: ${code}`)
          : unknownOf('expired', context, [], firstLine(message));
    throw new Unread(unknown, error);
  }
  return options;
}

/** The library starts a credential plugin and leaves it running: one that hangs would keep this process from its end. */
function endPlugins(config: KubeConfig, after: number): void {
  type Start = (command: string, args: readonly string[], options: object) => unknown;
  for (const each of config['authenticators'] as unknown as { execFn?: Start }[]) {
    const start = each.execFn;
    if (start !== undefined)
      each.execFn = (command, args, options) => start(command, args, { ...options, timeout: after });
  }
}

/** What a plugin says first is what went wrong; help and hints follow. */
function firstLine(text: string): string {
  const [first = ''] = text.trim().split('\n');
  // Most are written in Go, and put time and place before their words (klog).
  const line = first.replace(/^[IWEF]\d{4} \S+ +\d+ \S+\] /, '');
  return line.length > 300 ? `${line.slice(0, 300)}…` : line;
}
