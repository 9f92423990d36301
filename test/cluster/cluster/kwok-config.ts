import type { Addresses } from './addresses.js';

/**
 * The annotation by which the pod runner says whether a pod is ready.
 *
 * KWOK plays the kubelet's status work (address, Running, conditions); the runner decides when, from the real process.
 */
export const readyAnnotation = 'harness.local/ready';
/** 'Succeeded' or 'Failed': how the process of a Job's pod ended. */
export const phaseAnnotation = 'harness.local/phase';

const annotation = (name: string): string => `.metadata.annotations["${name}"]`;
const readyStatus = '.status.conditions.[] | select( .type == "Ready" ) | .status';
const deleted = { key: '.metadata.deletionTimestamp', operator: 'DoesNotExist' };
const is = (key: string, ...values: string[]): object => ({ key, operator: 'In', values });

/** The configuration of KWOK: three nodes, and pods whose readiness follows an annotation. */
export function kwokConfig(addresses: Addresses): string {
  const configuration = {
    apiVersion: 'config.kwok.x-k8s.io/v1alpha1',
    kind: 'KwokConfiguration',
    options: {
      manageAllNodes: true,
      cidr: addresses.podRange,
      nodeIP: addresses.nodeAddress,
      podPlayStageParallelism: 8,
      nodePlayStageParallelism: 4,
      nodeLeaseDurationSeconds: 40,
      nodeLeaseParallelism: 2,
      enablePodsOnNodeSyncStreamWatch: true,
      enablePodsOnNodeSyncListPager: true,
    },
  };
  const stages = [
    nodeInitialize,
    podStart,
    readiness('pod-ready', 'true', 'False', true),
    readiness('pod-unready', 'false', 'True', false),
    podEnd,
  ];
  return [configuration, ...stages].map((document) => JSON.stringify(document)).join('\n---\n');
}

function stage(name: string, kind: string, matchExpressions: readonly object[], statusTemplate: string): object {
  return {
    apiVersion: 'kwok.x-k8s.io/v1alpha1',
    kind: 'Stage',
    metadata: { name },
    spec: { resourceRef: { apiGroup: 'v1', kind }, selector: { matchExpressions }, next: { statusTemplate } },
  };
}

const nodeInitialize = stage(
  'node-initialize',
  'Node',
  [{ key: readyStatus, operator: 'NotIn', values: ['True'] }],
  `
conditions:
{{ $now := Now }}
{{ range NodeConditions }}
- lastHeartbeatTime: {{ $now | Quote }}
  lastTransitionTime: {{ $now | Quote }}
  message: {{ .message | Quote }}
  reason: {{ .reason | Quote }}
  status: {{ .status | Quote }}
  type: {{ .type | Quote }}
{{ end }}
addresses:
- { address: {{ NodeIP | Quote }}, type: InternalIP }
allocatable: { cpu: 1k, memory: 1Ti, pods: "29" }
capacity: { cpu: 1k, memory: 1Ti, pods: "29" }
nodeInfo:
  { architecture: amd64, bootID: "", containerRuntimeVersion: kwok, kernelVersion: kwok, kubeProxyVersion: kwok,
    kubeletVersion: kwok, machineID: "", operatingSystem: linux, osImage: "", systemUUID: "" }
phase: Running
`,
);

const containers = (ready: boolean): string => `
containerStatuses:
{{ range .spec.containers }}
- image: {{ .image | Quote }}
  name: {{ .name | Quote }}
  ready: ${ready}
  restartCount: 0
  started: true
  state: { running: { startedAt: {{ $now | Quote }} } }
{{ end }}
`;

const conditions = (status: 'True' | 'False'): string => `
conditions:
- { type: Initialized, status: "True", lastTransitionTime: {{ $now | Quote }} }
- { type: Ready, status: "${status}", lastTransitionTime: {{ $now | Quote }} }
- { type: ContainersReady, status: "${status}", lastTransitionTime: {{ $now | Quote }} }
`;

const podStart = stage(
  'pod-start',
  'Pod',
  [deleted, is('.status.phase', 'Pending'), { key: '.status.podIP', operator: 'DoesNotExist' }],
  `
{{ $now := Now }}
${conditions('False')}
${containers(false)}
hostIP: {{ NodeIPWith .spec.nodeName | Quote }}
podIP: {{ PodIPWith .spec.nodeName ( or .spec.hostNetwork false ) ( or .metadata.uid "" ) ( or .metadata.name "" ) ( or .metadata.namespace "" ) | Quote }}
phase: Running
startTime: {{ $now | Quote }}
`,
);

function readiness(name: string, wanted: 'true' | 'false', present: 'True' | 'False', ready: boolean): object {
  return stage(
    name,
    'Pod',
    [is('.status.phase', 'Running'), is(annotation(readyAnnotation), wanted), is(readyStatus, present)],
    `
{{ $now := Now }}
${conditions(ready ? 'True' : 'False')}
${containers(ready)}
`,
  );
}

const podEnd = stage(
  'pod-end',
  'Pod',
  [deleted, is('.status.phase', 'Running'), { key: annotation(phaseAnnotation), operator: 'Exists' }],
  `
{{ $now := Now }}
{{ $phase := index .metadata.annotations "${phaseAnnotation}" }}
conditions:
- { type: Ready, status: "False", reason: PodCompleted, lastTransitionTime: {{ $now | Quote }} }
- { type: ContainersReady, status: "False", reason: PodCompleted, lastTransitionTime: {{ $now | Quote }} }
containerStatuses:
{{ range .spec.containers }}
- image: {{ .image | Quote }}
  name: {{ .name | Quote }}
  ready: false
  restartCount: 0
  started: false
  state: { terminated: { exitCode: {{ if eq $phase "Succeeded" }}0{{ else }}1{{ end }}, finishedAt: {{ $now | Quote }} } }
{{ end }}
phase: {{ $phase }}
`,
);
