import { appLabelOfAdopted, istioLabel } from '../../model/gateway.js';
import { type Fields, type KubeObject, listAt, mapAt, nameOf } from '../../model/kube-object.js';
import type { EngineName, Revision } from '../../model/mesh.js';
import type { Problem } from '../../model/problem.js';
import { versionLabel } from '../../model/revision.js';
import type { Found, FoundGateway, Installation } from './installation.js';

/** The revision that is to stand beside what was found. */
interface Beside {
  readonly name: string;
  readonly revision: Revision;
  readonly engine: EngineName;
}

/** Why a revision of this repository cannot stand beside what was found without changing or cutting it off. */
export function checkAdoptable(old: Installation, found: Found, beside: Beside): Problem[] {
  return [
    ...checkControlPlane(old, found, beside),
    ...(found.gateways.length === 0
      ? [
          {
            rule: 'no-gateway',
            message: `No gateway was found that this repository can take over${whyNone(found)}.`,
            fix: 'Change what keeps one from it, where that can be; or adopt by hand: write istio-prod.yaml and start with --from',
          },
        ]
      : []),
    ...found.gateways.flatMap((gateway) => [
      ...checkDark(gateway, beside),
      ...checkStrangers(gateway),
      ...checkInjection(gateway, found),
      ...checkPorts(gateway, beside),
    ]),
    ...found.selecting.flatMap((object) =>
      checkSelection(object, found.gateways, beside, old.settings?.rootNamespace ?? old.namespace),
    ),
  ];
}

function whyNone({ leftAlone }: Found): string {
  const gateways = leftAlone.filter(({ what }) => /^(Service|Deployment|DaemonSet|StatefulSet) /.test(what));
  return gateways.length === 0 ? '' : `: ${gateways.map(({ what, why }) => `${what}, since ${why}`).join('; ')}`;
}

function checkControlPlane(old: Installation, found: Found, { name, revision, engine }: Beside): Problem[] {
  const { install, charts, version } = revision;
  const ours = charts === 'rendered' ? [] : ['istio-base', 'istio-cni', `istiod-${name}`];
  const taken = found.applications.filter((application) => ours.includes(application));
  const rules: readonly (readonly [boolean, Problem])[] = [
    [
      old.ambient,
      {
        rule: 'ambient',
        message: 'The mesh runs in ambient mode: ztunnel is there once a node, so no second one can stand beside it.',
        fix: 'Hand such a mesh over by hand: write istio-prod.yaml and start with --from',
      },
    ],
    [
      old.namespace !== 'istio-system',
      {
        rule: 'control-plane-namespace',
        message: `The control plane is in ${old.namespace}, and that of this repository will be in istio-system: without the same CA they do not trust each other.`,
        fix: `Put the same Secret cacerts into istio-system (istio.io/docs/tasks/security/cert-management/plugin-ca-cert), then take --force control-plane-namespace`,
        forcible: true,
      },
    ],
    [
      old.revision === name || old.tags.includes(name),
      {
        rule: 'revision-exists',
        message: `There is a revision or a tag ${name} already: a new one of that name would replace it in place.`,
        fix: 'Take another version: --istio-version',
      },
    ],
    [
      install === 'operator' && old.takesAllOperators,
      {
        rule: 'operator-takes-all',
        message:
          'The operator that runs has no revision: it would take the IstioOperators of this repository for its own.',
        fix: 'Take --install helm (Istio 1.12 and later), or stop that operator first: kubectl -n istio-operator scale deployment istio-operator --replicas=0',
      },
    ],
    [
      install === 'sail' && old.install === 'sail',
      {
        rule: 'operator-takes-all',
        message:
          'A Sail Operator runs, and this repository would bring its own: both would carry out the resources of each other.',
        fix: 'Take --install helm, with --render or without',
      },
    ],
    [
      engine === 'flux' && install === 'helm' && charts === undefined,
      {
        rule: 'release-exists',
        message: `Flux would install the chart base as the Helm release istio-base of ${old.namespace}, which may be there, or whose objects are somebody else's.`,
        fix: 'Take --render: then the definitions are plain manifests. Or --engine argo-cd, which installs charts without Helm releases',
      },
    ],
    [
      engine === 'argo-cd' && install === 'helm' && taken.length > 0,
      {
        rule: 'application-exists',
        message: `Argo CD has an Application ${taken.join(', ')} for what is there, and this repository would write one of that name.`,
        fix: 'Take --render, which needs no Application for a chart; or rename that one first (delete it without cascade, and make it anew)',
      },
    ],
    [
      version.startsWith('1.9.'),
      {
        rule: 'install-version',
        message: `Istio ${version} injects no gateways: those of an operator cannot stand beside gateways of the same name.`,
        fix: 'Take --istio-version with a version of 1.10 or later',
      },
    ],
  ];
  return rules.filter(([holds]) => holds).map(([, problem]) => problem);
}

/** The labels of our pods of a gateway, as far as anything selects by them. */
function labelsOfOurs(gateway: string, { name, revision }: Beside): Readonly<Record<string, string>> {
  return {
    app: appLabelOfAdopted(gateway),
    istio: istioLabel(gateway),
    version: versionLabel(revision.version),
    'istio.io/rev': name,
  };
}

/** New gateways must be dark: what the live selector takes gets traffic as soon as it is ready. */
function checkDark({ name, gateway: { adopted } }: FoundGateway, beside: Beside): Problem[] {
  const ours = labelsOfOurs(name, beside);
  if (Object.entries(adopted.selector).some(([key, value]) => ours[key] !== value)) return [];
  return [
    {
      rule: 'selector-takes-all',
      message: `The Service ${adopted.namespace}/${name} selects ${JSON.stringify(adopted.selector)}, which the new gateways have too: they would get traffic at once.`,
      fix: `Let it select a label that only its own pods have, such as app: kubectl -n ${adopted.namespace} get pods -l istio=${istioLabel(name)} --show-labels`,
    },
  ];
}

/** At blend the entry Service selects the shared label alone. */
function checkStrangers({ name, strangers, gateway }: FoundGateway): Problem[] {
  if (strangers.length === 0) return [];
  return [
    {
      rule: 'label-shared',
      message: `The label istio=${istioLabel(name)} is on pods that ${name} does not select: ${strangers.join(', ')}. From blend on they would get its traffic.`,
      fix: `Give them another label istio, and the Gateway resources for them with it; or move them out of ${gateway.adopted.namespace}`,
    },
  ];
}

/** The label of a namespace beats that of a pod, so the old injector would make our gateways proxies of its own. */
function checkInjection({ name, gateway }: FoundGateway, { namespaces }: Found): Problem[] {
  const { namespace } = gateway.adopted;
  const label = namespaces.find((each) => each.name === namespace)?.label;
  if (label === undefined) return [];
  const key = label.split('=')[0];
  return [
    {
      rule: 'namespace-injects',
      message: `The namespace ${namespace} of the gateway ${name} carries ${label}: the old injector would inject the new gateways too.`,
      fix: `See that the pods of its gateways ask for injection themselves (sidecar.istio.io/inject: "true" and, for a revision, istio.io/rev in their Deployments), then: kubectl label namespace ${namespace} ${key}-`,
    },
  ];
}

function checkPorts({ name, gateway }: FoundGateway, { revision }: Beside): Problem[] {
  const low = gateway.adopted.service.ports.find(({ targetPort }) => targetPort < 1024);
  if (low === undefined || revision.gateways === 'injected') return [];
  return [
    {
      rule: 'gateway-port',
      message: `Gateway ${name} listens on ${low.targetPort}, which pods that an operator makes cannot.`,
      fix: 'Take a version of 1.10 or later, whose gateways are injected',
    },
  ];
}

/** What selects the pods that serve now and would not select ours is lost at blend: routes, and the leave to be reached. */
function checkSelection(
  object: KubeObject,
  gateways: readonly FoundGateway[],
  beside: Beside,
  root: string,
): Problem[] {
  return gateways.flatMap(({ name, gateway, podLabels }) => {
    const ours = labelsOfOurs(name, beside);
    const lost = selectorsOf(object, gateway.adopted.namespace, root).flatMap((selector) => {
      const pairs = Object.entries(selector);
      const takesTheirs = pairs.length > 0 && pairs.every(([key, value]) => podLabels[key] === value);
      return takesTheirs ? pairs.filter(([key, value]) => ours[key] !== value).map((pair) => pair.join('=')) : [];
    });
    if (lost.length === 0) return [];
    return [
      {
        rule: 'selects-old-pods',
        message: `${nameOf(object)} selects ${[...new Set(lost)].join(', ')} of the gateway ${name}, which only the old pods have: from blend on, the new ones would not follow it.`,
        fix: `Let it select istio=${istioLabel(name)} alone; then both have it. Where the new gateways need none of it, take --force selects-old-pods`,
        forcible: true,
      },
    ];
  });
}

/** The selectors by which a resource can mean pods of this namespace; what is in the root namespace holds for all. */
function selectorsOf(object: KubeObject, namespace: string, root: string): Fields[] {
  const here = object.metadata.namespace === namespace;
  switch (object.kind) {
    case 'Gateway':
      return [mapAt(object, 'spec.selector')];
    case 'Service':
      return here ? [mapAt(object, 'spec.selector')] : [];
    case 'NetworkPolicy':
      return [
        ...(here ? [mapAt(object, 'spec.podSelector.matchLabels')] : []),
        ...listAt(object, 'spec.ingress')
          .flatMap((rule) => listAt(rule, 'from'))
          .map((peer) => mapAt(peer, 'podSelector.matchLabels')),
      ];
    default:
      return here || object.metadata.namespace === root
        ? [mapAt(object, 'spec.workloadSelector.labels'), mapAt(object, 'spec.selector.matchLabels')]
        : [];
  }
}
