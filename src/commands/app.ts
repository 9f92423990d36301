import { engines } from '../catalog/catalog.js';
import { bootstrap } from '../changes/bootstrap.js';
import type {
  DataPlaneName,
  EngineName,
  GatewayKindName,
  InstallName,
  Mesh,
  PlatformName,
  Revision,
} from '../model/mesh.js';
import { Refusal } from '../model/problem.js';
import { firstOf } from '../model/words.js';
import { changedPaths } from '../policy/edits.js';
import { installOf, newestVersion } from '../policy/versions.js';
import { meshWarnings } from '../policy/warnings.js';
import { newMeshFile } from '../render/new-mesh-file.js';
import { readText } from '../repo/files.js';
import { checkIdentity, type Git } from '../repo/git.js';
import { gitOf, newRepositoryWarnings, placeholder } from './new-repository.js';
import { type Options, optionsOf } from './options.js';
import { bootstrapQuestions } from './questions.js';
import type { Report } from './report.js';
import { checkMeshFile, meshOf, type Repository, readMesh } from './repository.js';
import type { Terminal } from './terminal.js';
import { openWhole, writeSteps } from './write-steps.js';

/** Options that say what a new repository holds; in an existing one istio-prod.yaml says it. */
const bootstrapOnly = optionsOf('app')
  .filter(({ only }) => only?.every((command) => command === 'app' || command === 'adopt'))
  .map(({ name }) => name);

/** `yo istio-prod`: bootstraps a repository, or makes an existing one follow its istio-prod.yaml. */
export async function app(options: Options, terminal: Terminal): Promise<Report> {
  const repository = await openWhole(options);
  const { completed } = repository;
  checkMeshFile(repository);
  // The run that was cut off is what was asked for: there is nothing to add to it.
  if (completed.length > 0) return { status: 'done', steps: completed, warnings: [], next: [] };
  return repository.text === undefined
    ? await start(repository, options, terminal)
    : await follow(repository, repository.text, options, terminal);
}

async function follow(repository: Repository, text: string, options: Options, terminal: Terminal): Promise<Report> {
  const propose = async () => {
    const meant = given(options, [...bootstrapOnly, 'gateway-install', 'render']);
    if (meant !== '') {
      throw new Refusal([
        {
          rule: 'is-there-already',
          message: `This repository has its istio-prod.yaml, which ${meant} would contradict.`,
          fix: 'Edit istio-prod.yaml and run: yo istio-prod',
        },
      ]);
    }
    const mesh = await meshOf(repository, options.forced);
    const step = {
      name: 'settings',
      mesh,
      text,
      title: 'Istio: follow istio-prod.yaml',
      body: edits(repository, mesh),
    };
    const next = [
      'git show --stat HEAD           # what follows from your edit',
      'git push                       # then the delivery engine carries it out',
      'If the commit names a file under delivery/, its message says how to apply it.',
    ];
    return { steps: [step], warnings: meshWarnings(mesh, options.today), next };
  };
  return await writeSteps(repository, { propose, git: async () => repository.git }, options, terminal);
}

/** What was edited since the files were written last, in words. */
function edits({ lock }: Repository, mesh: Mesh): string {
  const paths = lock.mesh === undefined ? [] : changedPaths(lock.mesh, mesh);
  if (paths.length === 0)
    return 'The mesh is the same: the files become what this version of generator-istio-prod makes of it.';
  const restarts =
    ['hub', 'meshId', 'charts'].some((key) => paths.includes(key)) || paths.some((path) => path.endsWith('.network'));
  return `Changed: ${firstOf(paths, 12)}${restarts ? '\n\nThe control planes of all live revisions, and the gateways that an operator makes, roll out anew.' : ''}`;
}

async function start(repository: Repository, options: Options, terminal: Terminal): Promise<Report> {
  const { root } = repository;
  const from = options.given['from'];
  const asks = from === undefined && terminal.interactive && !options.defaults && !options.json;
  const answers = asks ? await terminal.ask(bootstrapQuestions(options)) : {};
  const nobody = options.commit && (await checkIdentity(root)).length > 0;
  let branch = 'main';
  const propose = async () => {
    const { mesh, text } =
      from === undefined ? newFile(options, answers, repository.git) : await readFrom(from, options);
    branch = mesh.repository.branch;
    const versions = Object.values(mesh.revisions).map(({ version }) => version);
    const step = {
      name: 'bootstrap',
      mesh,
      text,
      title: `Istio ${versions.join(', ')}: bootstrap`,
      body: 'The whole repository for Istio in production, written from istio-prod.yaml.',
    };
    const cluster = Object.keys(mesh.clusters)[0] ?? '';
    const next = [
      'Read README.md: what is here, with a diagram of it.',
      `kubectl kustomize clusters/${cluster}    # what the cluster will get`,
      'git push',
      ...engines[mesh.engine].handOver(mesh, cluster),
    ];
    const warnings = [
      ...newRepositoryWarnings(
        mesh,
        options.given['repository'] === undefined && mesh.repository.url === placeholder,
        nobody,
      ),
      ...meshWarnings(mesh, options.today),
    ];
    return { steps: [step], warnings, next };
  };
  const git = () => gitOf(root, { commits: options.commit, nobody, branch });
  return await writeSteps(repository, { propose, git }, options, terminal);
}

/** The options of these names that were typed, in words. */
function given(options: Options, names: readonly string[]): string {
  const typed = names.filter(
    (name) =>
      options.given[name] !== undefined || options.lists[name] !== undefined || (name === 'render' && options.render),
  );
  return typed.map((name) => `--${name}`).join(', ');
}

function newFile(options: Options, answers: Readonly<Record<string, unknown>>, git: Git | undefined) {
  const mesh = newMesh(options, answers, git);
  return { mesh, text: newMeshFile(mesh) };
}

/** The mesh of the options and answers; an option wins over an answer, and both over the default. Throws a Refusal. */
function newMesh(
  { given, lists, render }: Options,
  answers: Readonly<Record<string, unknown>>,
  git: Git | undefined,
): Mesh {
  const one = <T extends string>(name: string, fallback: T): T => (given[name] ?? answers[name] ?? fallback) as T;
  const many = <T extends string>(name: string, fallback: readonly T[]): readonly T[] => {
    const answer = answers[name];
    return (lists[name] ??
      (typeof answer === 'string' ? answer.split(',').map((each) => each.trim()) : answer) ??
      fallback) as readonly T[];
  };
  const install = one<InstallName>(
    'install',
    render || given['data-plane'] === 'ambient' ? 'helm' : installOf(given['istio-version']),
  );
  const result = bootstrap({
    version: one('istio-version', newestVersion(install)),
    install,
    render,
    gatewayInstall: given['gateway-install'] as Revision['gateways'] | undefined,
    engine: one<EngineName>('engine', 'argo-cd'),
    platform: one<PlatformName>('platform', 'kubernetes'),
    dataPlane: given['data-plane'] as DataPlaneName | undefined,
    gateways: many<GatewayKindName>('gateways', ['ingress']),
    internalGateways: lists['internal-gateways'] as readonly GatewayKindName[] | undefined,
    gatewayNamespaces: one('gateway-namespaces', 'shared'),
    controlPlaneNamespaces: one('control-plane-namespaces', 'shared'),
    clusters: many('clusters', ['production']),
    repository: {
      url: one('repository', git?.origin ?? placeholder),
      branch: one('branch', git?.branch ?? 'main'),
      path: git?.path ?? '.',
    },
    hub: one('hub', 'docker.io/istio'),
    charts: given['charts'],
    config: many('config', []),
  });
  if ('problems' in result) throw new Refusal(result.problems);
  return result.mesh;
}

async function readFrom(file: string, options: Options) {
  const meant = given(options, [...bootstrapOnly.filter((name) => name !== 'from'), 'gateway-install', 'render']);
  if (meant !== '') {
    throw new Refusal([
      {
        rule: 'invalid-option',
        message: `--from ${file} says it all, and ${meant} would contradict it.`,
        fix: `Write it into ${file}, or leave --from away`,
      },
    ]);
  }
  const text = readText('.', file);
  if (text !== undefined) return { text, mesh: await readMesh(text, file, undefined, options.forced) };
  throw new Refusal([
    {
      rule: 'no-such-file',
      message: `${file} is not there.`,
      fix: 'Give the path of a whole istio-prod.yaml: --from FILE',
    },
  ]);
}
