import { engines } from '../catalog/catalog.js';
import { gatewayPorts } from '../catalog/gateway-ports.js';
import { gatewayNamespace } from '../catalog/namespaces.js';
import { adopted } from '../model/adopted.js';
import { type FileSpec, fromTemplate, fromText } from '../model/file-spec.js';
import { istioLabel } from '../model/gateway.js';
import type { Mesh } from '../model/mesh.js';
import { clusterOf, revisionOf } from '../model/revision.js';
import { notAmbient } from '../policy/restarts.js';
import { wait } from '../policy/soak.js';
import { restarts } from '../policy/waves.js';
import { chapters, contents } from './chapters.js';
import { diagrams } from './diagram.js';
import { jsonSchema } from './json-schema.js';
import { table } from './markdown.js';
import { restartCommits, restartsRow } from './restarts.js';

/** What is there to be read: the README with the present state, the runbook, the schema for editors, the repository's own check. */
export function documents(mesh: Mesh): FileSpec[] {
  const clusters = Object.keys(mesh.clusters);
  const first = clusters[0] ?? '';
  const { default: named, revisions } = clusterOf(mesh, first);
  const leading = named === adopted ? (revisions[0] ?? '') : named;
  const data = {
    diagrams: diagrams(mesh),
    chapters: contents(mesh),
    clusters: table(
      ['cluster', 'revisions', 'default', 'tags', 'who serves'],
      clusters.map((name) => clusterRow(mesh, name)),
    ),
    revisions: table(
      ['revision', 'Istio', 'control plane by', 'gateways by'],
      Object.entries(mesh.revisions).map(([name, { version, install, gateways }]) => [
        name,
        version,
        install,
        gateways,
      ]),
    ),
    gateways: table(
      ['gateway', 'kind', 'namespace', 'ports'],
      Object.entries(mesh.gateways).map(([name, gateway]) => [
        name,
        [gateway.kind, ...(gateway.exposure === undefined ? [] : [gateway.exposure])].join(', '),
        gatewayNamespace(mesh, name),
        gatewayPorts(gateway)
          .map(({ port }) => port)
          .join(', '),
      ]),
    ),
    cluster: first,
    gateway: Object.keys(mesh.gateways)[0] ?? '',
    namespace: gatewayNamespace(mesh, Object.keys(mesh.gateways)[0] ?? ''),
    version: revisionOf(mesh, leading).version,
    revision: leading,
    restarts: [notAmbient(mesh), fenced(restarts(mesh, tagsOf(mesh)))].join(' ').trim(),
    // The table has the phases in their usual order.
    order:
      mesh.upgrade.order === 'workloads-first'
        ? ''
        : '\n\nHere gateways go first (`upgrade.order`): workloads come after cut, by `--through workloads`, and section 2 after 4.',
    restartCommits: restartCommits(mesh),
    restartsRow: restartsRow(mesh),
    waitBlend: wait(mesh, 'blend'),
    waitCut: wait(mesh, 'cut'),
    // Each cluster has an engine of its own, so each block is for the kubeconfig of that cluster alone.
    handOver: clusters
      .slice(0, 3)
      .map((name) => [`# with the kubeconfig of ${name}`, ...engines[mesh.engine].handOver(mesh, name)].join('\n'))
      .join('\n\n'),
    engine: mesh.engine,
    engineNotes: engines[mesh.engine].notes,
    branch: mesh.repository.branch,
    unhang: engines[mesh.engine].unhang(first).join('\n'),
    handPatch: JSON.stringify([
      {
        op: 'replace',
        path: '/spec/selector',
        value: { istio: istioLabel(Object.keys(mesh.gateways)[0] ?? ''), version: '1_X_Y' },
      },
    ]),
  };
  return [
    fromTemplate('README.md', 'managed', 'templates/README.md', data),
    fromTemplate('docs/upgrading.md', 'managed', 'templates/docs/upgrading.md', data),
    ...chapters(mesh),
    fromText('istio-prod.schema.json', 'managed', jsonSchema()),
    checkWorkflow(mesh),
  ];
}

/** The repository's own check, for the forge that the URL names: every cluster must build. */
function checkWorkflow(mesh: Mesh): FileSpec {
  return mesh.repository.url.includes('gitlab')
    ? fromTemplate('.gitlab-ci.yml', 'seeded', 'templates/.gitlab-ci.yml', {})
    : fromTemplate('.github/workflows/istio-prod.yaml', 'seeded', 'templates/.github/workflows/istio-prod.yaml', {});
}

function clusterRow(mesh: Mesh, name: string): string[] {
  const cluster = clusterOf(mesh, name);
  const pairs = (map: Readonly<Record<string, string | readonly string[]>>) =>
    Object.entries(map).map(([key, value]) => `${key}: ${typeof value === 'string' ? value : value.join(' + ')}`);
  return [
    name,
    cluster.revisions.join(', '),
    cluster.default,
    pairs(cluster.tags).join('<br>'),
    pairs(cluster.serves).join('<br>'),
  ];
}

/** Every tag that workloads can be on, the waves first. */
function tagsOf(mesh: Mesh): string[] {
  const all = Object.values(mesh.clusters).flatMap(({ tags }) => Object.keys(tags));
  return [...new Set([...mesh.upgrade.waves.map(({ tag }) => tag), ...(all.length === 0 ? ['default'] : all)])];
}

/** Indented commands as a block of Markdown. */
function fenced(text: string): string {
  return text.replace(/(^ {4}.*(\n|$))+/m, (block) => `\`\`\`sh\n${block.replaceAll(/^ {4}/gm, '').trimEnd()}\n\`\`\``);
}
