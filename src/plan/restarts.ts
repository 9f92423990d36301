import { type FileSpec, fromTemplate } from '../model/file-spec.js';
import type { Mesh } from '../model/mesh.js';
import { clusterOf } from '../model/revision.js';
import { includedBy } from '../policy/restarts.js';

/**
 * A component for each tag whose workloads are restarted by a commit. Nothing here includes it: the owners of workloads do,
 * so no file of theirs is edited.
 */
export function restartComponents(mesh: Mesh, name: string): FileSpec[] {
  return Object.entries(clusterOf(mesh, name).restarted ?? {}).map(([tag, revision]) =>
    fromTemplate(
      `clusters/${name}/restarts/${tag}/kustomization.yaml`,
      'managed',
      'overlays/clusters/__cluster__/restarts/__tag__/kustomization.yaml',
      { revision },
    ),
  );
}

/** The row of the README's table of contents, where there is such a folder; Markdown. */
export function restartsRow(mesh: Mesh): string {
  return clustersWith(mesh).length > 0
    ? '\n| `clusters/*/restarts/<tag>/` | the component that restarts the workloads on a tag: [which line to add](docs/upgrading.md#2-after-workloads-restart-them) | rendered from the mesh |'
    : '';
}

/** What the owners of workloads must know of it; Markdown. */
export function ownersLine(mesh: Mesh): string {
  return clustersWith(mesh).length > 0
    ? '\n- Their kustomization includes the component of their tag, which restarts them in an upgrade: [which line to add](upgrading.md#2-after-workloads-restart-them).'
    : '';
}

/** Where there are components: a cluster without tags has none yet. */
function clustersWith({ clusters }: Mesh) {
  return Object.entries(clusters).filter(([, { restarted }]) => Object.keys(restarted ?? {}).length > 0);
}

/** What the runbook says of restarts by commits; Markdown. */
export function restartCommits(mesh: Mesh): string {
  const written = clustersWith(mesh);
  if (written.length === 0)
    return `Where the manifests of workloads are in this repository, a commit can restart them instead:
\`yo istio-prod:cluster ${Object.keys(mesh.clusters)[0]} --restarts commits\` says which line to add.`;
  const lines = written.flatMap(([name, { restarted = {} }]) => includedBy(mesh, name, Object.keys(restarted)));
  return `In ${written.map(([name]) => name).join(', ')} each wave has a second commit, which restarts what is built with the component of its tag. Merge it when the
tag has moved in the cluster: what restarts earlier gets the old sidecar. The order is that of the commits, so no engine has to
order the two; with Flux, \`dependsOn\` the layer 5-switch does no harm. One line in the kustomization of workloads in this repository
does it, the path from a folder two levels deep, and by it they restart once:

\`\`\`yaml
${lines.join('\n')}
\`\`\`

- It sets the annotation \`istio-prod/restarted-for\` in the pod template of each Deployment, StatefulSet, DaemonSet and Rollout (of Argo).
  All of them on a tag roll out at the same time, each by its own strategy: for less at once, give them tags and waves.
- What has the annotation \`istio-prod/restarts: none\` is left out. A Rollout with \`workloadRef\` needs it: it must have no pod template.
- What updates \`OnDelete\`, follows the default tag, is in another repository or is made by a chart restarts by the commands above;
  \`yo istio-prod:status --context CONTEXT\` lists whatever has not restarted.
- An Application of Argo CD with the annotation \`argocd.argoproj.io/manifest-generate-paths\` must name the folder of the component too.
- Before a tag goes, or restarts by commits do (\`--restarts commands\`), take the line out: without the folder, nothing builds.`;
}
