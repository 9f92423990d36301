import { nameOf } from '../model/kube-object.js';
import { meshFile } from '../model/mesh.js';
import { Refusal } from '../model/problem.js';
import { checkMesh } from '../policy/check-mesh.js';
import type { ClusterLook, Hit, RepositoryLook, Rule } from '../policy/verify/rule.js';
import { clusterRules, repositoryRules } from '../policy/verify/rules.js';
import { parseMesh } from '../render/mesh-file.js';
import { readText, readTree } from '../repo/files.js';
import { buildFolders } from '../repo/kustomize.js';
import { hashOf, type Lock, lockFile, parseLock } from '../repo/lock.js';
import { type Past, withPast } from '../repo/past.js';
import type { Options } from './options.js';
import { openRepository, type Repository } from './repository.js';
import type { Terminal } from './terminal.js';
import { type Broken, lookAt, objectsIn, type Part, partsOf, type Tree } from './verify-look.js';
import { type Finding, printed, type Verified } from './verify-report.js';

/** `yo istio-prod:verify`: checks the repository as it is built. Returns the exit code: 1 where there are findings. */
export async function verify(options: Options, terminal: Terminal): Promise<0 | 1> {
  const skipped = skippedRules(options);
  const repository = await openWhole(options);
  const { mesh, findings } = readMeshFile(repository);
  const verified =
    mesh === undefined
      ? { findings, rules: [], objects: 0, folders: 0, path: '', compared: undefined, skipped: [...skipped] }
      : await withPast(repository.root, options.given['since'], (past) =>
          judge(repository, mesh, past, skipped, options),
        );
  terminal.print(printed(options.json ? 'json' : (options.given['format'] ?? 'text'), verified));
  return verified.findings.length === 0 ? 0 : 1;
}

/** The names that --skip was given. Throws a Refusal where one is no rule. */
function skippedRules({ lists }: Options): ReadonlySet<string> {
  const known = [...repositoryRules, ...clusterRules].map(({ name }) => name);
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
  written: Tree['mesh'],
  past: Past | undefined,
  skipped: ReadonlySet<string>,
  options: Options,
): Promise<Verified> {
  const { root, lock } = repository;
  // What was built follows from the mesh that was carried out last.
  const mesh = lock.mesh ?? written;
  const tree: Tree = { root, mesh, files: readTree(root) };
  const former = past?.folder === undefined ? undefined : pastTree(past.folder);
  const wanted = options.lists['cluster'];
  const chosen = (parts: readonly Part[]) =>
    parts.filter(({ cluster }) => wanted === undefined || wanted.includes(cluster));
  const parts = [...chosen(partsOf(tree)), ...(former === undefined ? [] : chosen(partsOf(former.tree)))];
  const clusters = Object.keys(mesh.clusters).filter((cluster) => wanted === undefined || wanted.includes(cluster));

  const { built, broken } = await build(parts);
  const looks = clusters.map((cluster) => lookAt(tree, cluster, built));
  const ownBroken = [...broken].filter(([part]) => part.tree === tree).map(([, each]) => each);
  const files: RepositoryLook = {
    followed: JSON.stringify(mesh) === JSON.stringify(written),
    files: lockedFiles(repository, former?.lock),
    broken: [...ownBroken, ...looks.flatMap((each) => each.broken)],
  };
  const findings = [
    ...applied(repositoryRules, skipped, files),
    ...looks.flatMap(({ look }) => {
      const cluster = former?.tree.mesh.clusters[look.name];
      const before =
        former === undefined || cluster === undefined
          ? {}
          : {
              before: { mesh: former.tree.mesh, cluster, objects: lookAt(former.tree, look.name, built).look.objects },
            };
      return applied(clusterRules, skipped, { ...look, ...before }, look);
    }),
  ];
  return {
    findings,
    rules: [...repositoryRules, ...clusterRules].filter(({ name }) => !skipped.has(name)),
    objects: looks.reduce((sum, { look }) => sum + look.objects.length, 0),
    folders: parts.filter((part) => part.tree === tree).length,
    path: mesh.repository.path === '.' ? '' : `${mesh.repository.path}/`,
    compared: past?.commit,
    skipped: [...skipped],
  };
}

/** Builds every part, each content once, and reads what came out. */
async function build(parts: readonly Part[]) {
  const distinct = [...new Map(parts.map((part) => [part.key, part])).values()];
  return await buildFolders(
    distinct.map(({ tree, path }) => ({ root: tree.root, path })),
    (builds) => {
      const built = new Map<Part, ReturnType<typeof objectsIn>>();
      const broken = new Map<Part, Broken>();
      const indexOf = new Map(distinct.map(({ key }, index) => [key, index]));
      for (const part of parts) {
        const index = indexOf.get(part.key) ?? 0;
        const result = builds.built[index];
        const [from, to] = [`clusters/${distinct[index]?.cluster}/`, `clusters/${part.cluster}/`];
        if (result === undefined) continue;
        if ('text' in result) {
          const objects = objectsIn(part, result.text, index, builds);
          built.set(
            part,
            objects.map((where) => ({
              ...where,
              file: where.file.startsWith(from) ? to + where.file.slice(from.length) : where.file,
            })),
          );
        } else if (part.layer !== undefined || !/already registered id/.test(result.error)) {
          // Two layers with one object do not build together, which is a finding of its own.
          broken.set(part, {
            file: `${part.path}/kustomization.yaml`,
            message: `It does not build: ${result.error.replaceAll(from, to)}`,
          });
        }
      }
      return { built, broken };
    },
  );
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
  return [...lock.locked].flatMap(([path, { ownership, hash }]) => {
    if (ownership === 'seeded') return [];
    const content = present.content(path);
    return [
      {
        path,
        ownership,
        locked: hash,
        present: content === undefined ? undefined : hashOf(content),
        before: former?.locked.get(path)?.hash,
      },
    ];
  });
}

/** What rules find, each finding with the words of its rule. */
function applied<Look>(
  rules: readonly Rule<Look>[],
  skipped: ReadonlySet<string>,
  look: Look,
  cluster?: ClusterLook,
): Finding[] {
  return rules
    .filter(({ name }) => !skipped.has(name))
    .flatMap((rule) => rule.find(look).map((hit) => finding(rule, hit, cluster)));
}

function finding<Look>({ name, fix }: Rule<Look>, { where, message }: Hit, cluster: ClusterLook | undefined): Finding {
  return {
    rule: name,
    message,
    fix,
    file: where.file,
    ...(cluster === undefined ? {} : { cluster: cluster.name }),
    ...('object' in where ? { object: nameOf(where.object) } : {}),
    ...('layer' in where && where.layer !== undefined ? { layer: where.layer } : {}),
  };
}
