import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CommandName } from '../src/commands/option.js';
import { optionsOf, readOptions } from '../src/commands/options.js';
import type { Mesh } from '../src/model/mesh.js';
import { inScratch } from './support/a-repository.js';
import { serveCharts } from './support/chart-repository.js';
import { app, command } from './support/commands.js';
import { commitAll, git } from './support/git.js';
import { kubectl } from './support/kubectl.js';
import { project } from './support/source-files.js';

/** Repositories whose documents a reader follows: every example, and one without sidecars. */
const examples = readdirSync(join(project, 'examples'))
  .filter((name) => name.endsWith('.commands'))
  .map((name) => name.replace('.commands', ''));
const repositories: readonly (readonly [string, (folder: string) => Promise<unknown>])[] = [
  ...examples.map(
    (name) =>
      [name, async (folder: string) => cpSync(join(project, 'examples', name), folder, { recursive: true })] as const,
  ),
  [
    'ambient mode',
    (folder) =>
      app(folder, { install: 'sail', 'istio-version': '1.30.3', 'data-plane': 'ambient', gateways: 'ingress,egress' }),
  ],
];

/** Programs that are not here: each command as their own documentation has it. */
const elsewhere = [
  // fluxcd.io/flux/cmd
  /^flux bootstrap git --url=\S+ --branch=\S+ --path=\S+$/,
  /^flux reconcile kustomization istio-[\w-]+ --with-source$/,
  /^flux suspend kustomization istio-[\w-]+$/,
  // argo-cd.readthedocs.io/en/stable/user-guide/commands/argocd_app
  /^argocd app terminate-op istio-[\w-]+$/,
  /^argocd app set istio-[\w-]+ --sync-policy none$/,
  // istio.io/docs/reference/commands/istioctl
  /^istioctl (proxy-status|x precheck|analyze -A)$/,
  /^istioctl proxy-config (routes|secret) -n [\w-]+ deployment\/[\w-]+$/,
];

/** What a dry run refuses although it is typed right: these repositories are in the middle of an upgrade. */
const refusedHere: Readonly<Record<string, readonly string[]>> = { retire: ['revision-in-use', 'usage-unknown'] };

/** The forms of commands that kubectl has taken. */
const asked = new Set<string>();

let closeCharts = () => {};
beforeAll(async () => {
  // It also puts helm and kubectl on PATH, for charts that are rendered and for verify.
  closeCharts = await serveCharts();
});
afterAll(() => closeCharts());

describe.each(repositories)('the commands in the documents of %s', (_, make) => {
  let folder = '';
  let documents: readonly string[] = [];
  let lines: readonly string[] = [];
  let end = () => {};
  beforeAll(
    () =>
      new Promise<void>((ready, fail) => {
        inScratch(async (top) => {
          folder = join(top, 'repository');
          mkdirSync(folder);
          await make(folder);
          if (!readdirSync(folder).includes('.git')) git(folder, 'init', '--quiet', '--initial-branch=main');
          if (git(folder, 'status', '--porcelain') !== '') commitAll(folder, 'The example');
          git(top, 'clone', '--quiet', '--bare', folder, 'origin.git');
          git(folder, 'remote', 'add', 'origin', join(top, 'origin.git'));
          git(folder, 'fetch', '--quiet', 'origin');
          documents = ['README.md', ...readdirSync(join(folder, 'docs')).map((name) => `docs/${name}`)]
            .filter((name) => name.endsWith('.md'))
            .map((name) => readFileSync(join(folder, name), 'utf8'));
          lines = [...new Set(documents.flatMap(commandsOf))];
          ready();
          await new Promise<void>((resolve) => {
            end = resolve;
          });
        }).catch(fail);
      }),
  );
  afterAll(() => end());

  const of = (program: RegExp) => lines.filter((line) => program.test(line));

  it('are of programs that are looked at here', () => {
    expect(of(/./).length).toBeGreaterThan(30);
    expect(lines.filter((line) => !/^(yo istio-prod|kubectl|git) ?/.test(line) && !isKnown(line))).toStrictEqual([]);
  });

  it('have names, options and values that this package takes, and do what they say on a dry run', async () => {
    const words = substitutes(join(folder, 'istio-prod.yaml'));
    const inText = documents.flatMap((text) =>
      [...text.matchAll(/`(yo istio-prod[^`]*)`/g)].map(([, line]) => line ?? ''),
    );
    for (const line of new Set([...of(/^yo istio-prod/), ...inText])) {
      const { name, args, raw } = parsed(words(line));
      expect(readOptions(name, raw, '2026-11-22').problems, line).toStrictEqual([]);
      // With a context it looks at a cluster.
      if (raw['context'] !== undefined) continue;
      if (!of(/^yo/).includes(line)) continue;
      const { exitCode, text } = await command(name, folder, { ...raw, version: args, 'dry-run': true, json: true });
      const refused =
        exitCode === 0 ? [] : ((JSON.parse(text) as { problems?: { rule: string }[] }).problems ?? [{ rule: text }]);
      expect(
        refused.filter(({ rule }) => !refusedHere[name]?.includes(rule)),
        line,
      ).toStrictEqual([]);
    }
  });

  it('go as far as the cluster, where kubectl is asked', () => {
    const kubeconfig = join(folder, '..', 'kubeconfig');
    writeFileSync(kubeconfig, JSON.stringify(nobody));
    const words = substitutes(join(folder, 'istio-prod.yaml'));
    for (const line of of(/^kubectl /)) {
      // It takes the same words with other names, and starting it is slow.
      const shape = line.replaceAll(/istio-[\w-]+/g, 'NAME');
      if (asked.has(shape) && !/ kustomize | apply /.test(line)) continue;
      asked.add(shape);
      const [, ...args] = shellWords(words(line));
      const { status, stdout, stderr } = spawnSync(kubectl(), args, {
        cwd: folder,
        encoding: 'utf8',
        maxBuffer: 64 * 1024 * 1024,
        env: { PATH: process.env['PATH'], KUBECONFIG: kubeconfig, HOME: folder },
      });
      if (args[0] === 'kustomize') expect([status, stdout.length > 0], `${line}\n${stderr}`).toStrictEqual([0, true]);
      else expect(stderr, line).toMatch(/connection refused|connect: |open tls\.crt: no such file/);
    }
  });

  it('go as they stand, where git is asked', () => {
    for (const line of of(/^git /)) git(folder, ...shellWords(line.replace('COMMIT', 'HEAD')).slice(1));
  });
});

/** A server that nobody is behind. */
const nobody = {
  apiVersion: 'v1',
  kind: 'Config',
  clusters: [{ name: 'nobody', cluster: { server: 'http://127.0.0.1:1' } }],
  contexts: [{ name: 'nobody', context: { cluster: 'nobody' } }],
  'current-context': 'nobody',
};

/** The lines of the blocks that are for a shell, without their comments. */
function commandsOf(text: string): string[] {
  return [...text.matchAll(/^```sh\n([\s\S]*?)^```$/gm)]
    .flatMap(([, block = '']) => block.split('\n'))
    .map((line) => line.replace(/(^|\s+)# .*$/, '').trim())
    .filter((line) => line !== '');
}

function isKnown(line: string): boolean {
  return elsewhere.some((known) => known.test(line));
}

/** What a reader puts in the place of the words in capitals. */
function substitutes(file: string): (line: string) => string {
  const mesh = load(readFileSync(file, 'utf8')) as Mesh;
  const versions = Object.values(mesh.revisions).map(({ version }) => version);
  const names: Readonly<Record<string, string>> = {
    gateway: 'istio-second',
    cluster: 'second',
    tag: 'second',
    config: 'gzip',
  };
  return (line) => {
    const [, name = ''] = /^yo istio-prod:(\w+)/.exec(line) ?? [];
    const words: readonly (readonly [string | RegExp, string])[] = [
      ['OLD-VERSION', versions[0] ?? ''],
      ['1.X.Y', versions.at(-1) ?? ''],
      ['KEY=VALUE', 'key=value'],
      [/\bNAME\b/, names[name] ?? 'name'],
      [/\bREVISION\b/, versions[0] ?? ''],
      ['YOUR-HOST', 'shop.example.com'],
    ];
    return words.reduce((text, [from, to]) => text.replace(from, to), line);
  };
}

/** A command of ours as its front doors read it. */
function parsed(line: string): { name: CommandName; args: readonly string[]; raw: Record<string, unknown> } {
  const [, second = '', ...words] = shellWords(line);
  const name = (second.split(':')[1] ?? 'app') as CommandName;
  const known = readdirSync(join(project, 'generators'));
  expect(known, line).toContain(name);
  const args: string[] = [];
  const raw: Record<string, unknown> = {};
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? '';
    if (!word.startsWith('--')) {
      args.push(word);
      continue;
    }
    const option = optionsOf(name).find((each) => `--${each.name}` === word);
    expect(option, `${line}: ${word}`).toBeDefined();
    if (option?.value === undefined) raw[word.slice(2)] = true;
    else {
      at += 1;
      raw[word.slice(2)] = words[at];
    }
  }
  return { name, args, raw };
}

/** Words as a shell splits them, with quotes. */
function shellWords(line: string): string[] {
  return [...line.matchAll(/(?:'[^']*'|"[^"]*"|[^\s'"])+/g)].map(([word]) =>
    word.replaceAll(/^'|'$|^"|"$|(?<==)'/g, ''),
  );
}
