import { gatewayNamespace, gatewayNamespaces } from '../catalog/namespaces.js';
import { adopted } from '../model/adopted.js';
import { serviceName } from '../model/dns-names.js';
import { listenersService } from '../model/gateway.js';
import { own, without } from '../model/maps.js';
import { type Cluster, type Gateway, type GatewayKindName, type Mesh, meshSchema } from '../model/mesh.js';
import type { Problem } from '../model/problem.js';
import { keepMinReplicas } from '../model/replicas.js';
import { gatewayRevisions } from '../model/revision.js';
import { checkName } from '../policy/naming.js';
import { editStep, invalidAnswer } from './edit-mesh.js';
import type { Outcome } from './step.js';

/** What a person asks of `gateway`. What is left out stays as it is. */
export interface GatewayRequest {
  readonly name: string;
  /** Needed for a gateway that is not there yet. */
  readonly kind?: GatewayKindName | undefined;
  /** Left out: as the namespaces of the mesh say. */
  readonly namespace?: string | undefined;
  readonly exposure?: Gateway['exposure'];
  /** Ports and annotations that it has from now on, too. */
  readonly ports: NonNullable<Gateway['ports']>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly forced: ReadonlySet<string>;
}

/** Adds a gateway to every cluster, or ports and annotations to one that is there. */
export function changeGateway(mesh: Mesh, request: GatewayRequest): Outcome {
  const { name, forced } = request;
  const known = own(mesh.gateways, name);
  const problems = [
    ...checkName('The gateway', name, 'yo istio-prod:gateway', serviceName),
    ...checkSettled(mesh, known, request),
  ];
  const gateway = wantedGateway(known, known === undefined ? request : { ...request, namespace: undefined });
  if (problems.length > 0) {
    // The mesh cannot be asked then, but the rest of what was typed can.
    const issues = meshSchema.shape.gateways.valueType.safeParse(gateway).error?.issues ?? [];
    return { problems: [...problems, ...issues.map((issue) => invalidAnswer(issue, ['gateways', name]))] };
  }
  const gateways = { ...mesh.gateways, [name]: gateway };
  if (known !== undefined) {
    const title = `Istio: change gateway ${name}`;
    const body = `Changes the entry Service of ${name}, and the Service that keeps its ports. Its pods stay as they are.`;
    return editStep(mesh, { name: 'gateway', mesh: { ...mesh, gateways }, title, body }, forced);
  }
  const clusters = Object.entries(mesh.clusters).map(([cluster, state]): [string, Cluster] => [
    cluster,
    { ...state, serves: { ...state.serves, [name]: likeOthers(state) } },
  ]);
  return editStep(
    mesh,
    {
      name: 'gateway',
      mesh: { ...mesh, gateways, clusters: Object.fromEntries(clusters) },
      title: `Istio: add gateway ${name}`,
      body: `Adds the ${gateway.kind} gateway ${name} to every cluster and every live revision, with an entry Service and an identity of its own. No other gateway changes.`,
      before: 'Send it traffic when its pods are ready and its entry Service has an address.',
    },
    forced,
  );
}

/** A port that is asked for again takes the place of the one of its number. */
function wantedGateway(known: Gateway | undefined, request: GatewayRequest): Gateway {
  const exposure = request.exposure ?? known?.exposure;
  const annotations = { ...known?.annotations, ...request.annotations };
  const former = known?.ports ?? [];
  const ports = [
    ...former.map((port) => request.ports.find((each) => each.port === port.port) ?? port),
    ...request.ports.filter(({ port }) => !former.some((each) => each.port === port)),
  ];
  return {
    // What was not asked for stays as it is, whatever it is.
    ...known,
    kind: known?.kind ?? request.kind ?? 'ingress',
    ...(request.namespace === undefined ? {} : { namespace: request.namespace }),
    ...(exposure === undefined ? {} : { exposure }),
    ...(ports.length === 0 ? {} : { ports }),
    ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
  };
}

/** Takes a gateway away in every cluster: its pods go, and its Services, which are never pruned, are left to a person. */
export function removeGateway(mesh: Mesh, name: string, forced: ReadonlySet<string>): Outcome {
  if (own(mesh.gateways, name) === undefined) return { steps: [] };
  const next = {
    ...mesh,
    gateways: without(mesh.gateways, name),
    clusters: Object.fromEntries(
      Object.entries(mesh.clusters).map(([cluster, state]) => [
        cluster,
        { ...keepMinReplicas(state, (gateway) => gateway !== name), serves: without(state.serves, name) },
      ]),
    ),
  };
  const namespace = gatewayNamespace(mesh, name);
  const empty = gatewayNamespaces(next).includes(namespace) ? '' : namespace;
  const services = `kubectl -n ${namespace} delete service ${name} ${listenersService(name)}`;
  return editStep(
    mesh,
    {
      name: 'gateway',
      mesh: next,
      title: `Istio: remove gateway ${name}`,
      body: `Takes the pods, the identity and the folders of ${name} away, in every cluster. Its Services stay${empty && ', and so does the namespace'}: they are never pruned.`,
      before: `When its pods are gone, delete its Services in every cluster; the address goes with them:\n\n    ${services}${empty && `\n    kubectl delete namespace ${empty}    # where nobody needs what is left in it, such as certificates`}`,
    },
    forced,
  );
}

/** A new gateway is in the phase of those that are there. */
function likeOthers(cluster: Cluster): string[] {
  // One that is new has no pods that were there before.
  const serving = (Object.values(cluster.serves)[0] ?? []).filter((revision) => revision !== adopted);
  return serving.length > 0 ? serving : gatewayRevisions(cluster).slice(-1);
}

/** A kind and a namespace are there from the start, and stay. */
function checkSettled(mesh: Mesh, known: Gateway | undefined, { name, kind, namespace }: GatewayRequest): Problem[] {
  if (known === undefined && kind === undefined) {
    return [
      {
        rule: 'gateway-kind',
        message: `The mesh has no gateway ${name}, and a new one needs its kind.`,
        fix: `Type yo istio-prod:gateway ${name} --kind ingress, egress or eastwest`,
      },
    ];
  }
  if (known === undefined) return [];
  const settled = [
    ['kind', 'of kind', kind, known.kind],
    ['namespace', 'in', namespace, gatewayNamespace(mesh, name)],
  ] as const;
  return settled.flatMap(([what, is, wanted, present]) =>
    wanted === undefined || wanted === present
      ? []
      : [
          {
            rule: 'gateway-exists',
            message: `Gateway ${name} is there already, ${is} ${present}; a gateway never changes its ${what}.`,
            fix: `Give the new gateway ${is} ${wanted} another name`,
          },
        ],
  );
}
