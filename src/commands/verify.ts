import { unknownClusters } from '../changes/select-clusters.js';
import { nameOf } from '../model/kube-object.js';
import { type Mesh, meshFile } from '../model/mesh.js';
import { Refusal } from '../model/problem.js';
import { renewedFiles } from '../plan/renewed.js';
import { checkMesh } from '../policy/check-mesh.js';
import { changedPaths } from '../policy/edits.js';
import { liveRules } from '../policy/verify/live.js';
import type { Hit, RepositoryLook, Rule } from '../policy/verify/rule.js';
import { clusterRules, repositoryRules } from '../policy/verify/rules.js';
import { parseMesh } from '../render/mesh-file.js';
import { readText, readTree } from '../repo/files.js';
import { hashOf, type Lock, lockFile, parseLock } from '../repo/lock.js';
import { type Past, withPast } from '../repo/past.js';
import { asTyped } from './front-door.js';
import type { Options } from './options.js';
import { openRepository, type Repository } from './repository.js';
import type { Terminal } from './terminal.js';
import { buildParts, type KnownBuilds } from './verify-build.js';
import { askCluster } from './verify-live.js';
import { lookAt } from './verify-look.js';
import { partsOf, type Tree } from './verify-parts.js';
import { type Finding, type FormatName, printed, statusOf, type Verified } from './verify-report.js';

/**
 * `yo istio-prod:verify`: checks the repository as it is built, and with `--context` the cluster that it is for.
 *
 * Returns the exit code: 1 where there are findings, 2 where a rule could not be asked.
 */
export async function verify(options: Options, terminal: Terminal): Promise<0 | 1 | 2> {
  const verified = await inspect(options, new Map());
  const format = options.json ? 'json' : ((options.given['format'] ?? 'text') as FormatName);
  terminal.print(asTyped(printed(format, verified), terminal.frontDoor));
  return ({ verified: 0, findings: 1, unknown: 2 } as const)[statusOf(verified)];
}

/** Looks at a repository, and finds. What is built is added to what is known, and what is known is not built again. */
export async function inspect(options: Options, known: KnownBuilds): Promise<Verified> {
  const skipped = skippedRules(options);
  const repository = await openWhole(options);
  const { mesh, findings } = readMeshFile(repository);
  if (mesh === undefined)
    return {
      findings,
      unknown: [],
      rules: [],
      objects: 0,
      folders: 0,
      path: '',
      compared: undefined,
      skipped: [...skipped],
    };
  const wanted = options.lists['cluster'];
  const unknown = unknownClusters(mesh, wanted ?? []);
  if (unknown.length > 0) throw new Refusal(unknown);
  return await withPast(repository.root, options.given['since'], (past) =>
    judge(repository, mesh, past, { options, skipped, wanted, known }),
  );
}

/** The names that --skip was given. Throws a Refusal where one is no rule. */
function skippedRules({ lists }: Options): ReadonlySet<string> {
  const known = [...repositoryRules, ...clusterRules, ...liveRules].map(({ name }): string => name);
  const unknown = (lists['skip'] ?? []).filter((name) => !known.includes(name));
  if (unknown.length === 0) return new Set(lists['skip']);
  throw new Refusal([
    {
      rule: 'invalid-option',
      message: `--skip ${unknown.join(',')}: there is no such rule.`,
      fix: `The rules are: ${known.join(', ')}`,
    },
  ]);
}

async function openWhole(options: Options): Promise<Repository & { readonly text: string }> {
  const repository = await openRepository(options.root, false);
  const { text, unfinished } = repository;
  if (unfinished !== undefined) {
    throw new Refusal([
      {
        rule: 'unfinished-run',
        message: 'An earlier run was cut off while it wrote.',
        fix: 'Complete it first: yo istio-prod',
      },
    ]);
  }
  if (text !== undefined) return { ...repository, text };
  throw new Refusal([
    {
      rule: 'no-mesh',
      message: `${repository.root} has no ${meshFile}: this folder is no mesh repository.`,
      fix: 'Go to the folder that has it, or take --root DIR',
    },
  ]);
}

/** The mesh of a repository, or what is wrong with its file. */
function readMeshFile({ text }: { readonly text: string }) {
  const { mesh, problems, locate } = parseMesh(text, meshFile);
  const found =
    mesh === undefined
      ? problems
      : checkMesh(mesh).map((problem) => ({ ...problem, message: `${locate(problem.at)}: ${problem.message}` }));
  const findings = found.map(({ rule, message, fix }): Finding => {
    const [, line, column, rest] = /^[^:]+:(\d+):(\d+): (.*)$/s.exec(message) ?? [];
    return {
      rule,
      message: rest ?? message,
      fix,
      file: meshFile,
      ...(line === undefined ? {} : { line: Number(line), column: Number(column) }),
    };
  });
  return { mesh: findings.length > 0 ? undefined : mesh, findings };
}

async function judge(
  repository: Repository,
  written: Mesh,
  past: Past | undefined,
  {
    options,
    skipped,
    wanted,
    known,
  }: { options: Options; skipped: ReadonlySet<string>; wanted: readonly string[] | undefined; known: KnownBuilds },
): Promise<Verified> {
  const { root, lock } = repository;
  // What is built follows from the mesh that was carried out last.
  const mesh = lock.mesh ?? written;
  const tree: Tree = { root, mesh, files: readTree(root) };
  const former = past?.folder === undefined ? undefined : pastTree(past.folder);
  const chosen = (cluster: string) => wanted === undefined || wanted.includes(cluster);
  const own = partsOf(tree).filter(({ cluster }) => chosen(cluster));
  const others = former === undefined ? [] : partsOf(former.tree).filter(({ cluster }) => chosen(cluster));
  const { built, broken } = await buildParts([...own, ...others], known);

  const looks = Object.keys(mesh.clusters)
    .filter(chosen)
    .map((cluster) => lookAt(tree, cluster, built));
  const files: RepositoryLook = {
    followed: changedPaths(mesh, written).length === 0,
    files: lockedFiles(repository, former?.lock),
    broken: [...own.flatMap((part) => broken.get(part) ?? []), ...looks.flatMap((each) => each.broken)],
  };
  // Half of a cluster would be found to lack the other half.
  const whole = looks.filter(({ look }) => !own.some((part) => part.cluster === look.name && broken.has(part)));
  const inClusters = whole.flatMap(({ look }) => {
    const cluster = former?.tree.mesh.clusters[look.name];
    if (former === undefined || cluster === undefined) return applied(clusterRules, skipped, look, look.name);
    const { objects } = lookAt(former.tree, look.name, built).look;
    return applied(clusterRules, skipped, { ...look, before: { mesh: former.tree.mesh, cluster, objects } }, look.name);
  });
  const live = await askCluster(
    mesh,
    options,
    looks.map(({ look }) => look),
    skipped,
  );
  const inLive = live === undefined ? [] : applied(liveRules, skipped, live.look, live.look.name);
  return {
    findings: [...applied(repositoryRules, skipped, files), ...inClusters, ...inLive].map((found) => ({
      ...found,
      ...lineOf(found, tree),
    })),
    unknown: live?.unasked ?? [],
    rules: [...repositoryRules, ...clusterRules, ...(live === undefined ? [] : liveRules)].filter(
      ({ name }) => !skipped.has(name),
    ),
    objects: looks.reduce((sum, { look }) => sum + look.objects.length, 0),
    folders: own.length,
    path: mesh.repository.path === '.' ? '' : `${mesh.repository.path}/`,
    compared: past?.commit,
    skipped: [...skipped],
  };
}

/** A commit's files with the mesh that they were written from; undefined where it has none that can be read. */
function pastTree(root: string): { readonly tree: Tree; readonly lock: Lock } | undefined {
  try {
    const lock = parseLock(readText(root, lockFile) ?? '');
    return lock.mesh === undefined ? undefined : { lock, tree: { root, mesh: lock.mesh, files: readTree(root) } };
  } catch {
    return undefined;
  }
}

function lockedFiles({ lock, present }: Repository, former: Lock | undefined): RepositoryLook['files'] {
  const renewed = lock.mesh === undefined ? new Set() : renewedFiles(former?.mesh, lock.mesh);
  return [...lock.locked].flatMap(([path, { ownership, hash }]) => {
    if (ownership === 'seeded') return [];
    const content = present.content(path);
    return [
      {
        path,
        ownership,
        locked: hash,
        present: content === undefined ? undefined : hashOf(content),
        before: renewed.has(path) ? undefined : former?.locked.get(path)?.hash,
      },
    ];
  });
}

/** What rules find, each finding with the words of its rule. */
function applied<Look>(
  rules: readonly Rule<Look>[],
  skipped: ReadonlySet<string>,
  look: Look,
  cluster?: string,
): Finding[] {
  return rules
    .filter(({ name }) => !skipped.has(name))
    .flatMap((rule) => rule.find(look).map((hit) => finding(rule, hit, cluster)));
}

/** Where in its file an object is named, so that an annotation is beside it. */
function lineOf({ file, object }: Finding, { files }: Tree): { readonly line?: number } {
  if (object === undefined) return {};
  const [name = ''] = object.split(/[ /]/).slice(-1);
  const naming = new RegExp(`\\bname["']?: *["']?${name.replaceAll('.', '\\.')}["']?( *[,}].*)?$`);
  const index = (files.get(file) ?? '').split('\n').findIndex((line) => naming.test(line));
  return index < 0 ? {} : { line: index + 1 };
}

function finding<Look>({ name, fix }: Rule<Look>, { where, message }: Hit, cluster: string | undefined): Finding {
  return {
    rule: name,
    message,
    fix,
    file: where.file,
    ...(cluster === undefined ? {} : { cluster }),
    ...('object' in where ? { object: nameOf(where.object) } : {}),
    ...('layer' in where && where.layer !== undefined ? { layer: where.layer } : {}),
  };
}
