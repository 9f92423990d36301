import { adopt as adoptMesh } from '../changes/adopt.js';
import { readObjects } from '../cluster/read-objects.js';
import { isFields, isKubeObject, type KubeObject, listAt } from '../model/kube-object.js';
import type { EngineName, InstallName, Mesh, PlatformName } from '../model/mesh.js';
import { Refusal } from '../model/problem.js';
import type { Found } from '../policy/adopt/installation.js';
import { recognise } from '../policy/adopt/recognise.js';
import { meshWarnings } from '../policy/warnings.js';
import { newMeshFile } from '../render/new-mesh-file.js';
import { readDocuments } from '../render/objects.js';
import { checkIdentity, type Git } from '../repo/git.js';
import { readManifests } from '../repo/manifests.js';
import { foundText } from './adopt-text.js';
import { gitOf, newRepositoryWarnings, placeholder } from './new-repository.js';
import type { Options } from './options.js';
import { adoptQuestions } from './questions.js';
import type { Report } from './report.js';
import { checkMeshFile } from './repository.js';
import type { Terminal } from './terminal.js';
import { openWhole, writeSteps } from './write-steps.js';

/** `yo istio-prod:adopt --context NAME`: writes a repository whose first revision stands beside an Istio that is there. */
export async function adopt(options: Options, terminal: Terminal): Promise<Report> {
  const repository = await openWhole(options);
  const { root, completed } = repository;
  checkMeshFile(repository);
  if (completed.length > 0) return { status: 'done', steps: completed, warnings: [], next: [] };
  if (repository.text !== undefined) {
    throw new Refusal([
      {
        rule: 'is-there-already',
        message: 'This repository has its istio-prod.yaml: it holds a mesh already.',
        fix: 'Adopt into an empty folder: --root DIR',
      },
    ]);
  }
  const found = recognise(await objectsOf(options), readOne);
  if (!options.json) terminal.print(`${foundText(found)}\n`);
  const asks = terminal.interactive && !options.defaults && !options.json;
  const answers = asks ? await terminal.ask(adoptQuestions(options)) : {};
  const nobody = options.commit && (await checkIdentity(root)).length > 0;
  let branch = 'main';
  const propose = async () => {
    const mesh = newMesh(options, answers, repository.git, found);
    branch = mesh.repository.branch;
    const [revision] = Object.values(mesh.revisions);
    const step = {
      name: 'adopt',
      mesh,
      text: newMeshFile(mesh),
      ...(mesh.adopted === undefined
        ? {
            title: `Istio ${revision?.version}: into a cluster without Istio`,
            body: 'The whole repository, written from istio-prod.yaml. Nothing shuts workloads out that come into the mesh: adopting says so.\n\nThe way on: README.md',
          }
        : {
            title: `Istio ${revision?.version}: beside Istio ${mesh.adopted.version} that is there`,
            body: `The whole repository, written from istio-prod.yaml. Its gateways are dark; each entry Service is as it was found, and goes on selecting the pods that serve now. Nothing of the old installation is changed or taken away.\n\nThe way on: docs/adopting.md`,
          }),
    };
    const next = [
      mesh.adopted === undefined
        ? 'Read README.md: it hands the cluster over.'
        : 'Read docs/adopting.md: the way from here, step by step.',
      'git push',
    ];
    const warnings = [
      ...newRepositoryWarnings(mesh, mesh.repository.url === placeholder, nobody),
      ...warningsOf(found, mesh),
      ...meshWarnings(mesh, options.today),
    ];
    return { steps: [step], warnings, next };
  };
  const git = () => gitOf(root, { commits: options.commit, nobody, branch });
  const report = await writeSteps(repository, { propose, git }, options, terminal);
  return { ...report, found: dataOf(found) };
}

/** Everything that was given to look at; the cluster, or manifests. Throws a Refusal where it cannot be read. */
async function objectsOf({ given }: Options): Promise<readonly KubeObject[]> {
  const { context, manifests } = given;
  if ((context === undefined) === (manifests === undefined)) {
    throw new Refusal([
      {
        rule: 'invalid-option',
        message:
          context === undefined
            ? 'It is not said what to look at.'
            : '--context and --manifests are two things to look at.',
        fix: 'Type --context NAME to read a cluster, or --manifests PATH to read what kubectl has printed',
      },
    ]);
  }
  if (manifests !== undefined) return readAll(manifests);
  const read = await readObjects(context ?? '');
  if ('reason' in read) throw new Refusal([{ rule: 'could-not-look', message: read.message, fix: read.fix }], 2);
  return read;
}

function readAll(path: string): KubeObject[] {
  const objects = [...readManifests(path)].flatMap(([file, text]) => {
    try {
      return readDocuments(text).flatMap((document) =>
        isList(document) ? [...listAt(document, 'items')] : [document],
      );
    } catch (error) {
      const message = `${file} is no YAML: ${(error as Error).message.split('\n')[0]}.`;
      throw new Refusal([{ rule: 'no-yaml', message, fix: 'Write it with: kubectl get … -o yaml' }], 2, error);
    }
  });
  const all = objects.filter(isKubeObject);
  const needed = ['Namespace', 'Deployment', 'Service', 'MutatingWebhookConfiguration'];
  const missing = needed.filter((kind) => !all.some((object) => object.kind === kind));
  if (missing.length === 0) return all;
  throw new Refusal(
    [
      {
        rule: 'could-not-look',
        message: `In ${path} there is no ${missing.join(' and no ')}: what is there cannot be told without.`,
        fix: `Write all of them: ${manifestsCommand}${missing.join() === 'MutatingWebhookConfiguration' ? '. Where the cluster has none, it has no Istio, and nothing to adopt: yo istio-prod' : ''}`,
      },
    ],
    2,
  );
}

/** What prints all that is looked at. */
const manifestsCommand =
  'kubectl get -A -o yaml namespaces,services,deployments,daemonsets,configmaps,mutatingwebhookconfigurations,validatingwebhookconfigurations,gateways.networking.istio.io,envoyfilters,peerauthentications,authorizationpolicies,requestauthentications,telemetries,wasmplugins,networkpolicies > found.yaml';

/** The text of a ConfigMap, which a person may have edited. */
function readOne(text: string): unknown {
  try {
    return readDocuments(text)[0];
  } catch {
    return undefined;
  }
}

function isList(document: unknown): boolean {
  return isFields(document) && String(document['kind']).endsWith('List') && Array.isArray(document['items']);
}

function newMesh(
  { given, lists, render, forced }: Options,
  answers: Readonly<Record<string, unknown>>,
  git: Git | undefined,
  found: Found,
): Mesh {
  const one = <T extends string>(name: string, fallback: T): T => (given[name] ?? answers[name] ?? fallback) as T;
  const result = adoptMesh({
    engine: one<EngineName>('engine', 'argo-cd'),
    platform: one<PlatformName>('platform', 'kubernetes'),
    repository: {
      url: one('repository', git?.origin ?? placeholder),
      branch: one('branch', git?.branch ?? 'main'),
      path: git?.path ?? '.',
    },
    version: given['istio-version'],
    install: given['install'] as InstallName | undefined,
    render,
    cluster: lists['clusters']?.join(','),
    hub: given['hub'],
    charts: given['charts'],
    foundRevision: given['found-revision'],
    foundVersion: given['found-version'],
    found,
    forced,
  });
  if ('problems' in result) throw new Refusal(result.problems);
  return result.mesh;
}

/** What a person must know of what was found, and is not in the mesh. */
function warningsOf({ installations }: Found, { adopted }: Mesh): string[] {
  const old = installations.find(({ revision }) => revision === adopted?.revision);
  const { others = [], outbound } = old?.settings ?? {};
  return [
    ...(others.length === 0
      ? []
      : [
          `The mesh configuration that is there says more, which is not carried over: ${others.join(', ')}. What you need of it: an item of yo istio-prod:config, or a patch in clusters/<cluster>/custom/3-control-planes.`,
        ]),
    ...(outbound === 'REGISTRY_ONLY'
      ? [
          'The mesh that is there lets nothing out that is not registered (REGISTRY_ONLY); with the new sidecars everything goes out until you add the item egress-allow-list at the end.',
        ]
      : []),
    ...(old?.mtls === 'STRICT'
      ? [
          'mTLS is STRICT for the mesh that is there, by a PeerAuthentication in the root namespace that stays: it holds for the new sidecars too.',
        ]
      : []),
  ];
}

/** The same for machines. */
function dataOf({ selecting: _, gateways, ...found }: Found): object {
  return { ...found, gateways: gateways.map(({ podLabels: _labels, ...gateway }) => gateway) };
}
