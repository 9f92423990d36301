import { gatewayKinds } from '../catalog/kinds.js';
import { gatewayNamespace, gatewayNamespaces } from '../catalog/namespaces.js';
import { deletesByComponent, leavesBehind } from '../catalog/operator-deletions.js';
import { gatewayDeployment } from '../model/gateway.js';
import type { Mesh } from '../model/mesh.js';
import type { Problem } from '../model/problem.js';
import { gatewayRevisions, revisionOf } from '../model/revision.js';

/**
 * A gateway of an old operator must be switched off before it leaves: its IstioOperator alone takes other gateways along, or
 * leaves its pods behind (`operator-deletions.ts`). Whether it is off, only custom/ and the cluster know.
 */
export function checkSwitchedOff(before: Mesh, after: Mesh): Problem[] {
  const gone = Object.keys(before.gateways).filter((name) => !Object.hasOwn(after.gateways, name));
  const live = new Set(Object.values(before.clusters).flatMap(gatewayRevisions));
  return gone.flatMap((gateway) =>
    [...live]
      .filter((revision) => revisionOf(before, revision).gateways === 'operator')
      .flatMap((revision) => {
        const harm = harmOf(before, after, gateway, revision);
        return harm === undefined ? [] : [problem(before, gateway, revision, harm)];
      }),
  );
}

/**
 * Operators watch the namespaces of the gateways that there are (2-operators), and an IstioOperator that nobody watches is
 * never finalized: it goes before its namespace leaves that list.
 */
export function checkWatched(before: Mesh, after: Mesh): Problem[] {
  const gone = Object.keys(before.gateways).filter(
    (name) =>
      !Object.hasOwn(after.gateways, name) && !gatewayNamespaces(after).includes(gatewayNamespace(before, name)),
  );
  const there = Object.values(before.clusters).flatMap(({ revisions, retiring }) =>
    revisions.filter((revision) => ['gateway-pods', undefined].includes(retiring?.[revision])),
  );
  const made = [...new Set(there)].filter((revision) => revisionOf(before, revision).gateways === 'operator');
  return gone.flatMap((gateway) =>
    made.map((revision) => {
      const name = gatewayDeployment(gateway, revision);
      const namespace = gatewayNamespace(before, gateway);
      const patch = `{"apiVersion": "install.istio.io/v1alpha1", "kind": "IstioOperator", "metadata": {"name": "${name}"}, "$patch": "delete"}`;
      return {
        rule: 'gateway-not-off',
        message: `Gateway ${gateway} is taken out of istio-prod.yaml, and no operator watches its namespace ${namespace} any more: IstioOperator ${name} would wait for its finalizer for ever, and leave what it made.`,
        fix: `Leave it in, and take the IstioOperator out first: add to patches in custom/4-gateways/kustomization.yaml of every cluster {target: {kind: IstioOperator, name: ${name}}, patch: '${patch}'}. When it is gone there (kubectl -n ${namespace} get istiooperators; the Job gateways-ready of Argo CD waits for its pods in vain, until the gateway is out), take --force gateway-not-off`,
        forcible: true,
      };
    }),
  );
}

function harmOf(before: Mesh, after: Mesh, gateway: string, revision: string): string | undefined {
  const known = revisionOf(before, revision);
  if (leavesBehind(known)) return 'leaves the pods behind, for the next blend to select';
  const others = Object.keys(after.gateways).filter(
    (name) => componentOf(after, name) === componentOf(before, gateway) && Object.hasOwn(before.gateways, name),
  );
  return deletesByComponent(known) && others.length > 0
    ? `deletes by revision and component, and so the pods of ${others.join(' and ')} too`
    : undefined;
}

function problem(mesh: Mesh, gateway: string, revision: string, harm: string): Problem {
  const patch = `[{"op": "replace", "path": "/spec/components/${componentOf(mesh, gateway)}/0/enabled", "value": false}]`;
  return {
    rule: 'gateway-not-off',
    message: `Gateway ${gateway} is taken out of istio-prod.yaml, and the operator of ${revisionOf(mesh, revision).version} ${harm}.`,
    fix: `Leave it in, and switch it off first: add to patches in custom/4-gateways/kustomization.yaml of every cluster {target: {kind: IstioOperator, name: ${gatewayDeployment(gateway, revision)}}, patch: '${patch}'}. When its pods are gone (the Job gateways-ready of Argo CD then waits for them in vain, until the gateway is out), take --force gateway-not-off`,
    forcible: true,
  };
}

function componentOf({ gateways }: Mesh, name: string): string | undefined {
  const kind = gateways[name]?.kind;
  return kind === undefined ? undefined : gatewayKinds[kind].component;
}
