import { at, isFields, labelsOf, listAt, mapAt, textAt } from '../../model/kube-object.js';
import { controlPlaneRevisions } from '../../model/revision.js';
import { allGatewayPods, podField } from './gateway-pods.js';
import { type ClusterLook, hitsOn, ofKind, type Rule } from './rule.js';

export const revisionLabels: Rule<ClusterLook> = {
  name: 'revision-labels',
  statement:
    'The label istio.io/rev of a namespace, and of pods, names a tag or a revision whose control plane is live.',
  source:
    'istio.io/docs/setup/upgrade/canary: a label that no webhook selects injects nothing, so pods start without a sidecar and nothing says so',
  fix: 'Name a tag of the cluster, such as prod; make a new one first: yo istio-prod:tag NAME REVISION',
  find: (look) => {
    const webhooks = ofKind(look, 'MutatingWebhookConfiguration').map(({ object }) => labelsOf(object)['istio.io/tag']);
    const known = new Set<unknown>([
      'default',
      ...Object.keys(look.cluster.tags),
      ...controlPlaneRevisions(look.cluster),
      ...webhooks,
    ]);
    return hitsOn(look.objects, (object) => {
      const label =
        object.kind === 'Namespace'
          ? labelsOf(object)['istio.io/rev']
          : mapAt(object, 'spec.template.metadata.labels')['istio.io/rev'];
      return label === undefined || label === '' || known.has(label)
        ? undefined
        : `Its istio.io/rev is ${String(label)}, which injects nothing here.`;
    });
  },
};

export const preStop: Rule<ClusterLook> = {
  name: 'pre-stop',
  statement: 'A gateway needs no program to stop, and what it waits before it drains leaves time to drain.',
  source:
    'istio/istio#20027: a preStop that runs sleep fails in images without a shell (distroless), so nothing is waited',
  fix: 'Take preStop away, since the drain of the proxy is enough; or let it sleep (preStop.sleep.seconds, Kubernetes 1.30), shorter than half of terminationGracePeriodSeconds',
  find: (look) =>
    allGatewayPods(look).flatMap((pods) => {
      const grace = Number(podField(pods, 'spec.template.spec.terminationGracePeriodSeconds') ?? 30);
      return listAt(pods.where.object, 'spec.template.spec.containers').flatMap((container) => {
        const seconds = at(container, 'lifecycle.preStop.sleep.seconds');
        const message = isFields(at(container, 'lifecycle.preStop.exec'))
          ? `The preStop of ${textAt(container, 'name')} runs a command.`
          : typeof seconds === 'number' && seconds * 2 > grace
            ? `The preStop of ${textAt(container, 'name')} takes ${seconds} of ${grace} seconds.`
            : undefined;
        return message === undefined ? [] : [{ where: pods.where, message }];
      });
    }),
};

export const metricsOrder: Rule<ClusterLook> = {
  name: 'metrics-order',
  statement: 'A HorizontalPodAutoscaler names the metric of the CPU before that of the memory.',
  source:
    'argo-cd.readthedocs.io/en/stable/user-guide/diffing and kubernetes/kubernetes#74099: the API server puts them in its own order, and Argo CD sees a difference for ever',
  fix: 'Put the metric cpu first',
  find: (look) =>
    hitsOn(ofKind(look, 'HorizontalPodAutoscaler'), (object) => {
      const names = listAt(object, 'spec.metrics').map((metric) => textAt(metric, 'resource.name'));
      const [cpu, memory] = [names.indexOf('cpu'), names.indexOf('memory')];
      return memory >= 0 && cpu > memory ? 'It names memory before cpu.' : undefined;
    }),
};
