import { gatewayNamespaces, rootNamespace } from '../../catalog/namespaces.js';
import { since } from '../../catalog/versions.js';
import { gatewayAccount } from '../../model/gateway.js';
import { at, labelsOf, listAt, mapAt, same, textAt } from '../../model/kube-object.js';
import { controlPlaneNamespace, gatewayRevisions, versionLabel } from '../../model/revision.js';
import { allGatewayPods, type GatewayPods, gatewaysIn, podField, podsIn, selects } from './gateway-pods.js';
import { controlPlanesOf } from './releases.js';
import { type ClusterLook, type Hit, hitsOn, ofKind, type Rule } from './rule.js';

export const gatewaySelectors: Rule<ClusterLook> = {
  name: 'gateway-selectors',
  statement: 'The Deployment of a gateway selects its own pods, and no pods of another revision or gateway.',
  source:
    'kubernetes.io/docs/concepts/workloads/controllers/deployment: controllers with overlapping selectors fight (istio/istio#51736)',
  fix: 'Give every Deployment the label "version" of its revision in spec.selector.matchLabels and in its pods',
  find: (look) =>
    allGatewayPods(look).flatMap((pods): Hit[] => {
      const picked = podsIn(look, pods.namespace).filter(({ labels }) => selects(pods.matchLabels, labels));
      const others = picked.filter((other) => other.where !== pods.where).map(({ deployment }) => deployment);
      const own = picked.some((other) => other.where === pods.where);
      return [
        ...(own ? [] : [{ where: pods.where, message: 'It does not select its own pods.' }]),
        ...(others.length === 0
          ? []
          : [{ where: pods.where, message: `It selects pods of ${others.join(', ')} too.` }]),
      ];
    }),
};

export const gatewayRevision: Rule<ClusterLook> = {
  name: 'gateway-revision',
  statement:
    'Gateway pods name a live revision of the cluster, never a tag, and the label "version" is the version of that revision.',
  source:
    'istio/istio#33237: pods of a gateway that names a tag are made without end; a tag that moves restarts nothing',
  fix: 'Pin istio.io/rev to the revision, such as 1-10-3, and version to "1_10_3"',
  find: (look) =>
    allGatewayPods(look).flatMap(({ where, revision, labels }): Hit[] => {
      if (!gatewayRevisions(look.cluster).includes(revision))
        return [
          { where, message: `istio.io/rev of its pods is "${revision}", which is no live revision with gateways.` },
        ];
      const version = versionLabel(look.mesh.revisions[revision]?.version ?? '');
      return labels['version'] === version
        ? []
        : [
            {
              where,
              message: `The label version of its pods is ${JSON.stringify(labels['version'])} instead of "${version}".`,
            },
          ];
    }),
};

export const gatewayInjection: Rule<ClusterLook> = {
  name: 'gateway-injection',
  statement:
    'A gateway that is a plain Deployment is injected: the label, the template "gateway" and the image "auto" go together.',
  source:
    'istio.io/docs/setup/additional-setup/gateway: without all three the pods are no gateways, or their image cannot be pulled',
  fix: 'Put sidecar.istio.io/inject: "true", inject.istio.io/templates: gateway and image: auto back into the pod template',
  find: (look) =>
    allGatewayPods(look)
      .filter(({ operated }) => !operated)
      .flatMap(({ where, labels }): Hit[] => {
        const containers = listAt(where.object, 'spec.template.spec.containers');
        const wrong = [
          labels['sidecar.istio.io/inject'] === 'true' ? '' : 'the label sidecar.istio.io/inject is not "true"',
          mapAt(where.object, 'spec.template.metadata.annotations')['inject.istio.io/templates'] === 'gateway'
            ? ''
            : 'the annotation inject.istio.io/templates is not "gateway"',
          containers.some((each) => textAt(each, 'name') === 'istio-proxy' && textAt(each, 'image') === 'auto')
            ? ''
            : 'no container istio-proxy has the image "auto"',
        ].filter((each) => each !== '');
        return wrong.length === 0 ? [] : [{ where, message: `In its pods ${wrong.join(', ')}.` }];
      }),
};

export const gatewayIdentity: Rule<ClusterLook> = {
  name: 'gateway-identity',
  statement:
    'All revisions of a gateway run as the one ServiceAccount that is named after it, or that it had when it was adopted.',
  source: 'istio.io/docs/concepts/security: the ServiceAccount is the identity; policies and trust of peers name it',
  fix: 'Set serviceAccountName to the name of the gateway',
  find: (look) =>
    allGatewayPods(look).flatMap((pods) => {
      const account = podField(pods, 'spec.template.spec.serviceAccountName');
      const wanted = gatewayAccount(look.mesh, pods.gateway);
      return account === wanted
        ? []
        : [
            {
              where: pods.where,
              message: `It runs as ${account ?? 'the default ServiceAccount'} instead of ${wanted}.`,
            },
          ];
    }),
};

export const gatewayDiscovery: Rule<ClusterLook> = {
  name: 'gateway-discovery',
  statement: 'A gateway that nothing injects (before Istio 1.10) is told the istiod of its own revision.',
  source: 'istio/istio#33075, #29733: without it, it falls back in silence to the Service istiod',
  fix: 'Put the env PROXY_CONFIG back, with discoveryAddress istiod-<revision>.<namespace>.svc:15012',
  find: (look) =>
    allGatewayPods(look)
      .filter(
        ({ operated, revision }) => operated && !since(look.mesh.revisions[revision]?.version ?? '1.10.0', '1.10'),
      )
      .flatMap(({ where, spec, revision }) => {
        const address = `istiod-${revision}.${controlPlaneNamespace(look.mesh, revision)}.svc:15012`;
        const config = listAt(spec, 'k8s.env').find((env) => textAt(env, 'name') === 'PROXY_CONFIG');
        return textAt(config, 'value').includes(JSON.stringify(address))
          ? []
          : [{ where, message: `Its PROXY_CONFIG does not name ${address}.` }];
      }),
};

export const injectionLabels: Rule<ClusterLook> = {
  name: 'injection-labels',
  statement:
    'No namespace of gateways, control planes or a delivery engine carries a label of injection, and no namespace carries both of them.',
  source:
    'istio.io/docs/reference/config/analysis/ist0123: istio-injection beats istio.io/rev; what delivers the mesh must not depend on it (argoproj/argo-helm#3053)',
  fix: 'Take istio-injection and istio.io/rev off that namespace; a namespace of workloads carries one of them',
  find: (look) => {
    const own = [...gatewayNamespaces(look.mesh), 'istio-operator', rootNamespace(look.mesh), 'argocd', 'flux-system'];
    return hitsOn(ofKind(look, 'Namespace'), (object) => {
      const { name } = object.metadata;
      const found = ['istio-injection', 'istio.io/rev'].filter((label) => labelsOf(object)[label] !== undefined);
      if (found.length === 2) return 'It carries both istio-injection and istio.io/rev.';
      return found.length === 1 && (own.includes(name) || /^istio-system(-|$)/.test(name))
        ? `It carries ${found[0]}.`
        : undefined;
    });
  },
};

export const drain: Rule<ClusterLook> = {
  name: 'drain',
  statement: 'A gateway drains for 15 seconds at least, and is killed later than that.',
  source:
    'istio/istio: terminationDrainDuration is 5 seconds by default and the grace period 30; pods without a drain cut their connections',
  fix: 'Set terminationDrainDuration in proxy.istio.io/config, and a terminationGracePeriodSeconds that is longer',
  find: (look) =>
    allGatewayPods(look).flatMap((pods) => {
      const seconds = drainSeconds(pods);
      const grace = Number(podField(pods, 'spec.template.spec.terminationGracePeriodSeconds') ?? 30);
      if (seconds < 15) return [{ where: pods.where, message: `It drains for ${seconds} seconds.` }];
      return grace > seconds
        ? []
        : [{ where: pods.where, message: `It drains for ${seconds} seconds and is killed after ${grace}.` }];
    }),
};

/** The drain of a gateway in seconds; 5 where nothing says more. */
function drainSeconds({ operated, spec, where }: GatewayPods): number {
  const annotations = operated
    ? mapAt(spec, 'k8s.podAnnotations')
    : mapAt(where.object, 'spec.template.metadata.annotations');
  const found = /["']?terminationDrainDuration["']?\s*:\s*["']?(\d+)(m?)s?/.exec(
    String(annotations['proxy.istio.io/config'] ?? ''),
  );
  return found === null ? 5 : Number(found[1]) * (found[2] === 'm' ? 60 : 1);
}

export const disruptionBudget: Rule<ClusterLook> = {
  name: 'disruption-budget',
  statement: 'A PodDisruptionBudget covers the pods of one Deployment, and leaves at least one to be taken.',
  source:
    'kubernetes.io/docs/tasks/run-application/configure-pdb: a budget over two revisions counts the dark pods as serving ones',
  fix: 'Give it the matchLabels of the Deployment, and a minAvailable below the minReplicas of its HorizontalPodAutoscaler',
  find: (look) =>
    hitsOn(ofKind(look, 'PodDisruptionBudget'), (object) => {
      const pods = podsIn(look, object.metadata.namespace ?? '');
      const covered = pods.filter(({ labels }) => selects(mapAt(object, 'spec.selector.matchLabels'), labels));
      const names = covered.map(({ deployment }) => deployment);
      if (names.length !== 1) return `It covers ${names.length === 0 ? 'no pods' : names.join(' and ')}.`;
      const least = minReplicas(look, covered[0]);
      const minimum = at(object, 'spec.minAvailable');
      return typeof minimum === 'number' && least !== undefined && minimum >= least
        ? `It keeps ${minimum} of ${least} pods, so no node can be drained.`
        : undefined;
    }),
};

/** The least number of pods of a Deployment, as its HorizontalPodAutoscaler says. */
function minReplicas(look: ClusterLook, pods: GatewayPods | undefined): number | undefined {
  const scaler = ofKind(look, 'HorizontalPodAutoscaler').find(
    ({ object }) =>
      textAt(object, 'spec.scaleTargetRef.name') === pods?.deployment && object.metadata.namespace === pods?.namespace,
  );
  const least = at(scaler?.object, 'spec.minReplicas');
  return scaler === undefined ? undefined : typeof least === 'number' ? least : 1;
}

export const gatewaySettings: Rule<ClusterLook> = {
  name: 'gateway-settings',
  statement:
    'A gateway that an operator makes has the trust domain and the names of mesh, network and cluster of its control plane.',
  source: 'istio/istio#33075: nothing but its own IstioOperator tells them to a gateway that nothing injects',
  fix: 'Take the edit back; trustDomain, meshId and network are in istio-prod.yaml',
  find: (look) =>
    ofKind(look, 'IstioOperator').flatMap((where): Hit[] => {
      if (gatewaysIn(where.object).length === 0) return [];
      const plane = controlPlanesOf(look).find(({ revision }) => revision === textAt(where.object, 'spec.revision'));
      const own = mapAt(where.object, 'spec.values.global');
      const differing = [
        ...['meshID', 'network', 'multiCluster', 'istioNamespace'].filter((key) => !same(own[key], plane?.global[key])),
        ...(at(where.object, 'spec.meshConfig.trustDomain') === plane?.meshConfig['trustDomain']
          ? []
          : ['trustDomain']),
      ];
      return plane === undefined || differing.length === 0
        ? []
        : [{ where, message: `It differs from its control plane in ${differing.join(', ')}.` }];
    }),
};
