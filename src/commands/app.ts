import { engines } from '../catalog/catalog.js';
import { bootstrap } from '../changes/bootstrap.js';
import type { EngineName, GatewayKindName, InstallName, Mesh, PlatformName, Revision } from '../model/mesh.js';
import { Refusal } from '../model/problem.js';
import { newestVersion } from '../policy/versions.js';
import { newMeshFile } from '../render/new-mesh-file.js';
import { readText } from '../repo/files.js';
import { type Git, initGit, isInGit, openGit } from '../repo/git.js';
import { type Options, optionsOf } from './options.js';
import { bootstrapQuestions } from './questions.js';
import type { Report } from './report.js';
import { meshOf, type Repository, readMesh } from './repository.js';
import type { Terminal } from './terminal.js';
import { openWhole, writeSteps } from './write-steps.js';

/** Options that say what a new repository holds; in an existing one istio-prod.yaml says it. */
const bootstrapOnly = optionsOf('app')
  .filter(({ only }) => only?.length === 1)
  .map(({ name }) => name);
const placeholder = 'https://git.example.com/platform/istio.git';

/** `yo istio-prod`: bootstraps a repository, or makes an existing one follow its istio-prod.yaml. */
export async function app(options: Options, terminal: Terminal): Promise<Report> {
  const repository = await openWhole(options, terminal);
  return repository.text === undefined
    ? await start(repository, options, terminal)
    : await follow(repository, repository.text, options, terminal);
}

async function follow(repository: Repository, text: string, options: Options, terminal: Terminal): Promise<Report> {
  const meant = [...bootstrapOnly, 'install', 'gateway-install'].filter(
    (name) => options.given[name] !== undefined || options.lists[name] !== undefined,
  );
  if (meant.length > 0) {
    throw new Refusal([
      {
        rule: 'is-there-already',
        message: `This repository has its istio-prod.yaml, which ${meant.map((name) => `--${name}`).join(', ')} would contradict.`,
        fix: 'Edit istio-prod.yaml and run: yo istio-prod',
      },
    ]);
  }
  const mesh = meshOf(repository, options.forced);
  const step = {
    name: 'settings',
    mesh,
    text,
    title: 'Istio: follow istio-prod.yaml',
    body: 'Renders what istio-prod.yaml says now. No revision is added and no phase of an upgrade is carried out by this commit alone.',
  };
  const next = [
    'git show --stat HEAD           # what follows from your edit',
    'git push                       # then the delivery engine carries it out',
  ];
  return await writeSteps(
    repository,
    { steps: [step], warnings: [], next },
    options,
    terminal,
    async () => repository.git,
  );
}

async function start(repository: Repository, options: Options, terminal: Terminal): Promise<Report> {
  const { root } = repository;
  const from = options.given['from'];
  const answers =
    from === undefined && terminal.interactive && !options.defaults && !options.json
      ? await terminal.ask(bootstrapQuestions(options))
      : {};
  const text = from === undefined ? newMeshFile(newMesh(options, answers, repository.git)) : readFrom(from);
  const mesh = readMesh(text, repository.lock, options.forced);
  const versions = Object.values(mesh.revisions)
    .map(({ version }) => version)
    .join(', ');
  const step = {
    name: 'bootstrap',
    mesh,
    text,
    title: `Istio ${versions}: bootstrap`,
    body: 'The whole repository for Istio in production, written from istio-prod.yaml.',
  };
  const cluster = Object.keys(mesh.clusters)[0] ?? '';
  const next = [
    'Read README.md: what is here, with a diagram of it.',
    `kubectl kustomize clusters/${cluster}    # what the cluster will get`,
    'git push',
    ...engines[mesh.engine].handOver(mesh, cluster),
  ];
  const warnings =
    mesh.repository.url === placeholder
      ? [
          'repository.url in istio-prod.yaml is a placeholder: give yours, and run yo istio-prod again, before you hand a cluster over.',
        ]
      : [];
  const git = async (): Promise<Git | undefined> => {
    if (!options.commit) return undefined;
    if (!(await isInGit(root))) await initGit(root, mesh.repository.branch);
    return await openGit(root);
  };
  return await writeSteps(repository, { steps: [step], warnings, next }, options, terminal, git);
}

/** The mesh of the options and answers; an option wins over an answer, and both over the default. Throws a Refusal. */
function newMesh({ given, lists }: Options, answers: Readonly<Record<string, unknown>>, git: Git | undefined): Mesh {
  const one = <T extends string>(name: string, fallback: T): T => (given[name] ?? answers[name] ?? fallback) as T;
  const many = <T extends string>(name: string, fallback: readonly T[]): readonly T[] => {
    const answer = answers[name];
    return (lists[name] ??
      (typeof answer === 'string' ? answer.split(',').map((each) => each.trim()) : answer) ??
      fallback) as readonly T[];
  };
  const install = one<InstallName>('install', 'operator');
  const result = bootstrap({
    version: one('istio-version', newestVersion(install)),
    install,
    gatewayInstall: given['gateway-install'] as Revision['gateways'] | undefined,
    engine: one<EngineName>('engine', 'argo-cd'),
    platform: one<PlatformName>('platform', 'kubernetes'),
    gateways: many<GatewayKindName>('gateways', ['ingress']),
    gatewayNamespaces: one('gateway-namespaces', 'shared'),
    controlPlaneNamespaces: one('control-plane-namespaces', 'shared'),
    clusters: many('clusters', ['production']),
    repository: {
      url: one('repository', git?.origin ?? placeholder),
      branch: one('branch', git?.branch ?? 'main'),
      path: git?.path ?? '.',
    },
    hub: one('hub', 'docker.io/istio'),
  });
  if ('problems' in result) throw new Refusal(result.problems);
  return result.mesh;
}

function readFrom(file: string): string {
  const text = readText('.', file);
  if (text !== undefined) return text;
  throw new Refusal([
    {
      rule: 'no-such-file',
      message: `${file} is not there.`,
      fix: 'Give the path of a whole istio-prod.yaml: --from FILE',
    },
  ]);
}
