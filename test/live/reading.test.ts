import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { delimiter, join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { connect } from '../../src/cluster/client.js';
import { known, unknowns } from '../../src/cluster/known.js';
import { readSnapshot } from '../../src/cluster/read-snapshot.js';
import { aMesh } from '../support/a-mesh.js';
import { inScratch } from '../support/a-repository.js';
import { app, command, revision } from '../support/commands.js';
import { treeOf } from '../support/tree.js';

/** What a real API server answers is in test/cluster/scenarios/status-against-the-real-thing; here is how it may fail to. */
describe('a cluster that cannot be looked at', () => {
  const mesh = aMesh();
  let open: Server | undefined;
  afterEach(() => {
    vi.unstubAllEnvs();
    open?.close();
  });

  /** Everything that is unknown, each reason once, of a kubeconfig with this API server and user. */
  const whyOf = (context: string, server: string, user: object = {}) =>
    inScratch(async (folder) => {
      vi.stubEnv('KUBECONFIG', kubeconfig(folder, server, user));
      return unknowns(await readSnapshot(context, mesh, 'retire'));
    });

  it.each([
    ['is named by a context that is not there', 'elsewhere', { reason: 'no-context', fix: 'Take one of: here' }],
    ['answers on no port', 'here', { reason: 'unreachable', fix: 'kubectl --context here version' }],
  ])('%s', async (_, context, why) => {
    const [first, ...more] = await whyOf(context, 'https://127.0.0.1:1');
    expect(first).toMatchObject(why);
    expect(more).toStrictEqual([]);
  });

  it('has a name that nobody knows', async () =>
    expect(await whyOf('here', 'https://nowhere.invalid')).toMatchObject([{ reason: 'unreachable' }]));

  it('needs a credential plugin that fails', async () => {
    const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: 'false', interactiveMode: 'Never' };
    const [why, ...more] = await whyOf('here', 'https://127.0.0.1:1', { exec });
    expect(why).toMatchObject({ reason: 'expired', fix: 'Log in again, then: kubectl --context here auth whoami' });
    expect(more).toStrictEqual([]);
  });

  it('says what a credential plugin says first, and names one that is not there', async () => {
    const plugin = { apiVersion: 'client.authentication.k8s.io/v1', interactiveMode: 'Never' };
    const says = {
      ...plugin,
      command: 'sh',
      args: ['-c', 'printf "F1123 02:28:03.95   30222 cred.go:145] You must log in.\\nType:\\n)\\n" >&2; exit 1'],
    };
    expect((await whyOf('here', 'https://127.0.0.1:1', { exec: says }))[0]?.message).toContain('(You must log in.)');
    const missing = { ...plugin, command: 'no-such-plugin' };
    expect(await whyOf('here', 'https://127.0.0.1:1', { exec: missing })).toMatchObject([
      {
        message:
          'The credential plugin no-such-plugin that the context here of the kubeconfig names is not on your PATH.',
        fix: 'Install it, then: kubectl --context here auth whoami',
      },
    ]);
  });

  it('needs a credential plugin that hangs: it is ended, and holds nobody up', () =>
    inScratch(async (folder) => {
      const pid = join(folder, 'pid');
      const args = ['-c', `echo $$ > ${pid}; exec sleep 100`];
      const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: 'sh', args, interactiveMode: 'Never' };
      vi.stubEnv('KUBECONFIG', kubeconfig(folder, 'https://127.0.0.1:1', { exec }));
      await expect(connect('here', 500)).rejects.toThrow('they are wrong or have expired');
      const plugin = Number(readFileSync(pid, 'utf8'));
      expect(plugin).toBeGreaterThan(1);
      await vi.waitFor(() => expect(() => process.kill(plugin, 0)).toThrow('ESRCH'), { timeout: 5000 });
    }));

  it.each([
    ['a server that is no URL', 'api.example:6443', {}, 'the server of its cluster is no URL: api.example:6443'],
    [
      'a file that is not there',
      'https://127.0.0.1:1',
      { 'client-certificate': '/nowhere/c.pem', 'client-key': '/nowhere/k.pem' },
      '/nowhere/c.pem, which it names, cannot be read: ENOENT',
    ],
    ['a user that is not there', 'https://127.0.0.1:1', undefined, 'it names a user that is not in it: me'],
  ])('is named by a context with %s', async (_, server, user, detail) =>
    expect(
      await inScratch(async (folder) => {
        vi.stubEnv('KUBECONFIG', kubeconfig(folder, server, user));
        return unknowns(await readSnapshot('here', mesh, 'retire'));
      }),
    ).toMatchObject([
      {
        reason: 'bad-context',
        message: `The context here of the kubeconfig cannot be used: ${detail}.`,
        fix: 'Look at it, and mend it: kubectl --context here config view --minify',
      },
    ]),
  );

  it('does not speak TLS', async () => {
    const plain = createHttpServer();
    open = plain;
    const port = await portOf(plain);
    expect(await whyOf('here', `https://127.0.0.1:${port}`)).toMatchObject([
      {
        message: 'The API server of context here cannot be reached (no TLS comes about: wrong version number).',
      },
    ]);
  });

  it('is behind a proxy of the environment that does not let us through, unless NO_PROXY leaves it out', async () => {
    const asked: (string | undefined)[] = [];
    const proxy = createHttpServer().on('connect', ({ url }, socket) => {
      asked.push(url);
      socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
    });
    open = proxy;
    const port = await portOf(proxy);
    vi.stubEnv('HTTPS_PROXY', `http://me:secret@127.0.0.1:${port}`);
    vi.stubEnv('NO_PROXY', '');
    const message = `The API server of context here cannot be reached (HTTP 407, through the proxy 127.0.0.1:${port}).`;
    expect(await whyOf('here', 'https://api.nowhere.invalid')).toMatchObject([{ reason: 'unreachable', message }]);
    expect(new Set(asked)).toStrictEqual(new Set(['api.nowhere.invalid:443']));
    vi.stubEnv('NO_PROXY', '.invalid');
    expect((await whyOf('here', 'https://api.nowhere.invalid'))[0]?.message).not.toContain('proxy');
  });

  it('takes the connection and says nothing, for ten seconds and no longer', async () => {
    const silent = createServer(() => {});
    open = silent;
    const port = await portOf(silent);
    const start = Date.now();
    const found = await whyOf('here', `https://127.0.0.1:${port}`);
    expect(found, 'one sentence for all').toMatchObject([{ reason: 'timeout' }]);
    expect(found[0]?.message).toMatch(/to the list of namespaces, pods, deployments.apps and \d+ more\.$/);
    expect(Date.now() - start, 'all lists are asked for at once').toBeLessThan(15_000);
  });

  it.each([
    [
      'an error of its own',
      500,
      '{}',
      'failed',
      /could not list namespaces, pods, .* \(HTTP 500\)\.$/,
      'get namespaces',
    ],
    ['a page of a proxy before it', 200, '<html>', 'failed', /\(the answer is no JSON\)\.$/, 'get namespaces'],
    [
      'no API at all',
      404,
      '',
      'kind-missing',
      /has no kind namespaces, pods, /,
      'api-resources    # is it an API server',
    ],
    ['no right to anything', 403, '{}', 'forbidden', /You may not list namespaces, pods, /, 'auth can-i --list'],
  ])('answers with %s', async (_, status, body, reason, message, fix) => {
    const proxy = createHttpServer((_request, response) => response.writeHead(status).end(body));
    open = proxy;
    expect(await whyOf('here', `http://127.0.0.1:${await portOf(proxy)}`)).toMatchObject([
      { reason, message: expect.stringMatching(message), fix: expect.stringContaining(fix) },
    ]);
  });

  it('is found in several kubeconfigs as kubectl finds it: one is not there, and the first of a name wins', () =>
    inScratch(async (folder) => {
      mkdirSync(join(folder, 'other'));
      const [one, other] = [
        kubeconfig(folder, 'nowhere', {}),
        kubeconfig(join(folder, 'other'), 'https://127.0.0.1:1', {}),
      ];
      const look = async (...files: string[]) => {
        vi.stubEnv('KUBECONFIG', files.join(delimiter));
        return unknowns(await readSnapshot('here', mesh, 'status')).map(({ reason }) => reason);
      };
      expect(await look(join(folder, 'gone'), other)).toStrictEqual(['unreachable']);
      expect(await look(other, '', one)).toStrictEqual(['unreachable']);
      expect(await look(one, other)).toStrictEqual(['bad-context']);
    }));

  it('has no kubeconfig, or one that is none', () =>
    inScratch(async (folder) => {
      vi.stubEnv('KUBECONFIG', join(folder, 'nothing'));
      expect(unknowns(await readSnapshot('here', mesh, 'status'))).toMatchObject([
        { reason: 'no-kubeconfig', fix: 'Say where it is: export KUBECONFIG=FILE' },
      ]);
      writeFileSync(join(folder, 'nothing'), '{ not: [yaml');
      expect(unknowns(await readSnapshot('here', mesh, 'status'))).toMatchObject([{ reason: 'no-kubeconfig' }]);
    }));
});

describe('the istiods of a cluster', () => {
  afterEach(() => vi.unstubAllEnvs());

  /** What two istiods and a stranger say, with this answer to every question of metrics. */
  const saidWith = (status: number, body: string) =>
    inScratch(async (folder) => {
      const asked: string[] = [];
      const pod = (name: string, app: string) => ({ metadata: { name, namespace: 'istio-system', labels: { app } } });
      const items = [pod('istiod-1', 'istiod'), pod('istiod-2', 'istiod'), pod('prometheus', 'prometheus')];
      const server = createHttpServer(({ url = '' }, response) => {
        if (!url.includes('/proxy/'))
          return response.end(JSON.stringify({ items: /^\/api\/v1\/pods/.test(url) ? items : [] }));
        asked.push(url);
        return response.writeHead(status).end(body);
      });
      await new Promise<void>((resolve) => {
        server.listen(0, '127.0.0.1', resolve);
      });
      vi.stubEnv('KUBECONFIG', kubeconfig(folder, `http://127.0.0.1:${(server.address() as AddressInfo).port}`, {}));
      await readSnapshot('here', aMesh(), 'gateways');
      expect(asked, 'traffic that moves waits for no proxies').toStrictEqual([]);
      const { lists } = await readSnapshot('here', aMesh(), 'status');
      server.close();
      expect(asked.toSorted()).toStrictEqual([
        '/api/v1/namespaces/istio-system/pods/istiod-1:15014/proxy/metrics',
        '/api/v1/namespaces/istio-system/pods/istiod-2:15014/proxy/metrics',
      ]);
      expect(unknowns({ context: 'here', readAt: '', lists }), 'nothing depends on it').toStrictEqual([]);
      return known({ context: 'here', readAt: '', lists }, 'istiods')?.map(({ proxies }) => proxies);
    });

  it.each([
    [
      'of two versions',
      'pilot_xds{version="1.20.8"} 3\npilot_xds{version="1.21.6"} 2\npilot_xds_pushes{type="cds"} 40\n',
      5,
    ],
    ['of one, without a label', '# TYPE pilot_xds gauge\npilot_xds 1\n', 1],
    ['none, since it began', 'pilot_info{version="1.21.6"} 1\n', 0],
  ])('say how many proxies they serve: %s', async (_, metrics, proxies) =>
    expect(await saidWith(200, metrics)).toStrictEqual([proxies, proxies]),
  );

  it.each([
    ['by nobody who may not', 403, '', 'forbidden', 'You may not get pods/proxy in context here'],
    ['where no way leads to them', 503, '', 'failed', 'port 15014 of their pods is not reached'],
    ['where something else answers', 200, '<html>', 'failed', 'the answer has no metrics of istiod'],
  ])('are not asked %s', async (_, status, body, reason, message) => {
    const one = { reason, message: expect.stringContaining(message) };
    expect(await saidWith(status, body)).toMatchObject([one, one]);
  });

  // kubectl takes TYPE/NAME: pods/proxy would be a pod of that name.
  it('and who may not is told how to ask for the right', async () =>
    expect(await saidWith(403, '')).toMatchObject([
      { fix: expect.stringMatching(/ auth can-i get pods --subresource=proxy$/) },
      {},
    ]));
});

describe('the commands that look', () => {
  afterEach(() => vi.unstubAllEnvs());
  const looking = { context: 'here' };

  /** Runs a task in a repository, with a kubeconfig beside it whose API server is down. */
  const inRepository = (clusters: string, task: (folder: string) => Promise<void>) =>
    inScratch(async (folder) => {
      vi.stubEnv('KUBECONFIG', kubeconfig(folder, 'https://127.0.0.1:1', {}));
      await app(join(folder, 'mesh'), { 'istio-version': '1.9.5', clusters });
      await task(join(folder, 'mesh'));
    });

  it.each([
    ['status', 'status', {}],
    ['the check', 'revision', { version: '1.10.3', check: true }],
    ['the check of a rollback', 'rollback', { check: true, all: true }],
    ['retire', 'retire', { version: '1.9.5' }],
  ] as const)('exit 2 where %s could not look, and write nothing', (_, name, typed) =>
    inRepository('production', async (folder) => {
      if (name === 'retire' || name === 'rollback') await revision(folder, '1.10.3', { through: 'default' });
      const before = treeOf(folder);
      const { exitCode, text } = await command(name, folder, { ...typed, ...looking });
      expect({ exitCode, text }).toMatchObject({ exitCode: 2 });
      expect(text).toContain('The API server of context here cannot be reached (ECONNREFUSED).');
      expect(text).toContain('kubectl --context here version');
      expect(treeOf(folder)).toStrictEqual(before);
    }),
  );

  it('let a person who has looked force what is unknown, and nothing else', () =>
    inRepository('production', async (folder) => {
      const forced = { version: '1.9.5', force: 'usage-unknown', 'dry-run': true, ...looking };
      const refused = await command('retire', folder, forced);
      expect(refused.exitCode).toBe(1);
      expect(refused.text).toContain('revision-in-use');
      await revision(folder, '1.10.3', { through: 'default' });
      const { exitCode, text } = await command('retire', folder, forced);
      expect({ exitCode, text }).toMatchObject({ exitCode: 0 });
      expect(text).toContain('retire gateway-pods of 1-9-5');
    }));

  it.each([
    ['a context of one cluster for a mesh of two', 'status', looking, 'Add --cluster a'],
    ['a check of nowhere', 'revision', { version: '1.10.3', check: true }, 'Type --check --context NAME'],
    ['a context for nothing', 'revision', { version: '1.10.3', ...looking }, 'Type --check --context here'],
    ['a rollback with a check of nowhere', 'rollback', { check: true }, 'Type --check --context NAME'],
    ['a cluster that is none', 'status', { cluster: 'c' }, 'Take one of: a, b'],
  ] as const)('refuse %s', (_, name, typed, fix) =>
    inRepository('a,b', async (folder) => {
      const { exitCode, text } = await command(name, folder, typed);
      expect(exitCode).toBe(1);
      expect(text).toContain(fix);
    }),
  );

  it('status says where every cluster is by the repository alone, also in a dry run', () =>
    inRepository('a,b', async (folder) => {
      await revision(folder, '1.10.3', { through: 'blend', cluster: 'a' });
      const { exitCode, text } = await command('status', folder, { 'dry-run': true });
      expect(exitCode).toBe(0);
      expect(text).toContain('Upgrade 1-9-5 → 1-10-3: blend is done.\nLeft: cut, default, retire gateway pods');
      expect(text).toContain('yo istio-prod:revision 1.10.3 --through cut --cluster a');
      expect(text).toMatch(/b {2}by the repository alone\nNo upgrade is under way/);
      const json = JSON.parse((await command('status', folder, { json: true })).text);
      expect(json).toMatchObject({
        status: 'ok',
        clusters: [
          { name: 'a', upgrade: { reached: 'blend' }, live: null, findings: [] },
          { name: 'b', upgrade: null, live: null, findings: [] },
        ],
      });
    }));
});

/** Where it listens from now on. */
function portOf(server: Server): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
}

/** `user` undefined: the context names one that is not there. */
function kubeconfig(folder: string, server: string, user: object | undefined): string {
  const file = join(folder, 'kubeconfig');
  const cluster = { server, 'insecure-skip-tls-verify': true };
  writeFileSync(
    file,
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name: 'it', cluster }],
      users: user === undefined ? [] : [{ name: 'me', user }],
      contexts: [{ name: 'here', context: { cluster: 'it', user: 'me' } }],
    }),
  );
  return file;
}
