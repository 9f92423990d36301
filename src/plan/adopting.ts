import { gatewayNamespace } from '../catalog/namespaces.js';
import { type FileSpec, fromTemplate } from '../model/file-spec.js';
import { gatewayOf, istioLabel } from '../model/gateway.js';
import type { Gateway, Mesh } from '../model/mesh.js';
import { clusterWideName, injectorName, revisionOf, revisionSuffix } from '../model/revision.js';
import { wait } from '../policy/soak.js';
import { table } from './markdown.js';

type Adopted = NonNullable<Gateway['adopted']>;

/** The way from an installation that was there before to this repository, with the names of both; only where there is one. */
export function adoptingGuide(mesh: Mesh): FileSpec[] {
  const { adopted: old } = mesh;
  const [cluster] = Object.entries(mesh.clusters);
  if (old === undefined || cluster === undefined) return [];
  const [name, { revisions, tags }] = cluster;
  const revision = revisions[0] ?? '';
  const suffix = revisionSuffix(old.revision);
  const names = [...new Set([old.revision, ...old.tags])];
  const labels = [
    // Whoever is the default injects by this label: without a revision, or by the tag of that name.
    ...(names.includes('default') ? ['istio-injection=enabled'] : []),
    ...names.map((each) => `istio.io/rev=${each}`),
  ];
  const gateways = Object.keys(mesh.gateways).flatMap((gateway) => {
    const { adopted } = gatewayOf(mesh, gateway);
    return adopted === undefined ? [] : [[gateway, adopted] as const];
  });
  return [
    fromTemplate('docs/adopting.md', 'managed', 'templates/docs/adopting.md', {
      old: `Istio ${old.version}${suffix === '' ? '' : `, revision ${old.revision}`}`,
      namespace: old.namespace,
      revision,
      version: revisionOf(mesh, revision).version,
      tag: Object.keys(tags)[0] ?? '',
      cluster: name,
      who: table(
        ['gateway', 'in', 'its own pods', 'selector until blend', 'identity'],
        gateways.map(([gateway, { namespace, deployments, selector, serviceAccount }]) => [
          gateway,
          namespace,
          deployments.join(', '),
          `\`${JSON.stringify(selector)}\``,
          serviceAccount,
        ]),
      ),
      look: gateways.map(([gateway, { namespace }]) => lookAt(gateway, namespace)).join('\n'),
      release: letGo(mesh, old, gateways),
      oldLabels: labels.map((label) => `\`${label}\``).join(' or '),
      injectors: [
        injectorName(old.revision, old.namespace),
        ...old.tags.map((tag) => clusterWideName(`istio-revision-tag-${tag}`, old.namespace)),
      ].join(' '),
      labels: labels.map((label) => `kubectl get namespaces -l ${label}`).join('\n'),
      goodbye: [...gateways.map(([, adopted]) => goodbye(adopted)), ...controlPlane(old, suffix)].join('\n'),
      left: gateways
        .map(
          ([gateway]) =>
            `kubectl -n ${gatewayNamespace(mesh, gateway)} get pods -l istio=${istioLabel(gateway)} -L version`,
        )
        .join('\n'),
      waitBlend: wait(mesh, 'blend'),
      waitCut: wait(mesh, 'cut'),
    }),
  ];
}

/** What must be the same before and after a step: what clients know the Service by, and where it sends them. */
function lookAt(gateway: string, namespace: string): string {
  return `kubectl -n ${namespace} get service ${gateway} -o jsonpath='{.metadata.uid} {.spec.clusterIP} {.status.loadBalancer} {.spec.selector}{"\\n"}'`;
}

/** The old Deployments with what scales and guards them; never the Service, and never the ServiceAccount. */
function goodbye({ namespace, deployments }: Adopted): string {
  const names = deployments.join(' ');
  return [
    `kubectl -n ${namespace} delete horizontalpodautoscaler ${names} --ignore-not-found`,
    `kubectl -n ${namespace} delete deployment ${names}`,
    `kubectl -n ${namespace} delete poddisruptionbudget ${names} --ignore-not-found`,
  ].join('\n');
}

/** The old control plane; its operator goes before its IstioOperator, which would take along what it made. */
function controlPlane({ namespace, install }: NonNullable<Mesh['adopted']>, suffix: string): string[] {
  return [
    ...(install === 'operator' ? ['kubectl -n istio-operator delete deployment istio-operator'] : []),
    `kubectl -n ${namespace} delete horizontalpodautoscaler,poddisruptionbudget,deployment istiod${suffix} --ignore-not-found`,
    `kubectl delete validatingwebhookconfiguration istio-validator${suffix}-${namespace} --ignore-not-found`,
  ];
}

type Names = readonly (readonly [gateway: string, adopted: Adopted])[];

/** How the old owners let go of the entry Services, so that nothing of theirs merges its selector into ours; Markdown. */
function letGo(mesh: Mesh, { install, releases }: NonNullable<Mesh['adopted']>, gateways: Names): string {
  const byHelm = `Stop all that runs \`helm upgrade\` or \`helm uninstall\` of these releases: an upgrade would write the old selector back, and uninstall deletes
the Service with its address. Then let Helm forget them; nothing in the cluster changes by that:

${sh(
  releases.flatMap(({ name, namespace }) => [
    `kubectl -n ${namespace} get secrets -l owner=helm,name=${name} -o yaml > ${namespace}-${name}.helm.yaml   # the way back: kubectl apply -f it`,
    `kubectl -n ${namespace} delete secrets -l owner=helm,name=${name}`,
  ]),
)}`;
  return [
    ...(install === 'helm' ? [] : [owners[install](mesh, gateways)]),
    ...(releases.length === 0 ? [] : [byHelm]),
  ].join('\n\n');
}

const owners: Readonly<
  Record<Exclude<NonNullable<Mesh['adopted']>['install'], 'helm'>, (mesh: Mesh, gateways: Names) => string>
> = {
  operator: (_, gateways) =>
    `Stop the operator, which would write the old selector back and delete the Service with its IstioOperator. What it made keeps running:

${sh(['kubectl -n istio-operator scale deployment istio-operator --replicas=0', ...unlabelled(gateways)])}`,
  istioctl: (_, gateways) =>
    `From now on nobody runs \`istioctl install\`, \`istioctl upgrade\` or \`istioctl uninstall\` here. So that a slip does not delete the Service:

${sh(unlabelled(gateways))}`,
  sail: () =>
    `The Sail Operator makes no gateways: find out who made each of these (a chart, plain manifests), and let him leave the Service out.

Before step 5, scale the Sail Operator to 0: it would make the old injector and istiod anew. It is here:

${sh(['kubectl get deployments -A -l app.kubernetes.io/component=sail-operator'])}`,
  unknown: () =>
    'Nothing says who made these Services. Find out (`kubectl get service --show-managed-fields -o yaml`), and see that nobody but this repository writes them.',
};

/** What istioctl and the operator delete by. */
function unlabelled(gateways: Names): string[] {
  return gateways.map(
    ([gateway, { namespace }]) =>
      `kubectl -n ${namespace} label service ${gateway} install.operator.istio.io/owning-resource- operator.istio.io/component- operator.istio.io/managed- istio.io/rev-`,
  );
}

function sh(lines: readonly string[]): string {
  return `\`\`\`sh\n${lines.join('\n')}\n\`\`\``;
}
