import { annotationsOf, at, isFields, type KubeObject, listAt, mapAt, textAt } from '../../model/kube-object.js';
import { allGatewayPods, podField, workloadKinds } from './gateway-pods.js';
import { type ClusterLook, type Hit, hitsOn, ofKind, type Rule } from './rule.js';

export const rollout: Rule<ClusterLook> = {
  name: 'rollout',
  statement: 'A rollout of a gateway never has fewer pods than before: maxUnavailable is 0.',
  source: 'istio/istio#54905: with externalTrafficPolicy Local, a node whose only gateway pod goes first times out',
  fix: 'Set strategy.rollingUpdate.maxUnavailable to 0',
  find: (look) =>
    allGatewayPods(look).flatMap(({ where, operated, spec }) => {
      const strategy = operated ? mapAt(spec, 'k8s.strategy') : mapAt(where.object, 'spec.strategy');
      const most = at(strategy, 'rollingUpdate.maxUnavailable');
      return strategy['type'] !== 'Recreate' && (most === 0 || most === '0' || most === '0%')
        ? []
        : [
            {
              where,
              message: `Its strategy is ${strategy['type'] ?? 'RollingUpdate'} with maxUnavailable ${most ?? '25%, the default'}.`,
            },
          ];
    }),
};

export const progressDeadline: Rule<ClusterLook> = {
  name: 'progress-deadline',
  statement: 'Every Deployment that a layer waits for is reported as failed within five minutes.',
  source:
    'seen on a real control plane: with the default of 600 seconds Argo CD did not take the mending commit within two minutes',
  fix: 'Set spec.progressDeadlineSeconds to 120',
  find: (look) => {
    const late = (seconds: unknown) => (typeof seconds === 'number' ? seconds : 600) > 300;
    return [
      ...hitsOn(ofKind(look, 'Deployment'), (object) =>
        late(at(object, 'spec.progressDeadlineSeconds')) ? wait(at(object, 'spec.progressDeadlineSeconds')) : undefined,
      ),
      ...allGatewayPods(look)
        .filter((pods) => pods.operated && late(podField(pods, 'spec.progressDeadlineSeconds')))
        .map((pods): Hit => ({ where: pods.where, message: wait(podField(pods, 'spec.progressDeadlineSeconds')) })),
    ];
  },
};

const wait = (seconds: unknown) => `A broken version is reported after ${seconds ?? '600, the default,'} seconds only.`;

export const replicas: Rule<ClusterLook> = {
  name: 'replicas',
  statement: 'What a HorizontalPodAutoscaler scales has no replicas in Git, and two pods at least.',
  source:
    'kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale: a delivery engine would set the number back at each sync',
  fix: 'Remove spec.replicas, and set minReplicas of the HorizontalPodAutoscaler to the number you want at least',
  find: (look) => {
    const scalers = ofKind(look, 'HorizontalPodAutoscaler');
    const scaled = ({ kind, metadata }: KubeObject) =>
      scalers.some(
        ({ object }) =>
          textAt(object, 'spec.scaleTargetRef.kind') === kind &&
          textAt(object, 'spec.scaleTargetRef.name') === metadata.name &&
          object.metadata.namespace === metadata.namespace,
      );
    return [
      ...hitsOn(ofKind(look, 'Deployment', 'StatefulSet'), (object) =>
        scaled(object) && at(object, 'spec.replicas') !== undefined
          ? 'It has replicas, and an autoscaler that changes them.'
          : undefined,
      ),
      ...hitsOn(scalers, (object) => few(at(object, 'spec.minReplicas'))),
      ...allGatewayPods(look)
        .filter(({ operated }) => operated)
        .flatMap(({ where, spec }) => {
          const message =
            at(spec, 'k8s.replicaCount') !== undefined
              ? 'It has a replicaCount, and an autoscaler that changes it.'
              : few(at(spec, 'k8s.hpaSpec.minReplicas'));
          return message === undefined ? [] : [{ where, message }];
        }),
    ];
  },
};

function few(least: unknown): string | undefined {
  return typeof least === 'number' && least >= 2
    ? undefined
    : `Its minReplicas is ${least ?? '1, the default'}: one pod is an outage when its node goes.`;
}

export const podAnnotations: Rule<ClusterLook> = {
  name: 'waves-in-pods',
  statement: "No pod template carries an annotation of a delivery engine, such as Argo CD's sync wave.",
  source:
    'seen on a real control plane: commonAnnotations land in pod templates too, and a layer that moves restarts every gateway',
  fix: 'Take commonAnnotations out of the kustomization, and annotate metadata/annotations only',
  find: (look) =>
    hitsOn(
      look.objects.filter(({ object }) => workloadKinds.includes(object.kind)),
      (object) =>
        Object.keys(mapAt(object, 'spec.template.metadata.annotations'))
          .filter((key) => key.startsWith('argocd.argoproj.io/') || key.includes('toolkit.fluxcd.io/'))
          .map((key) => `Its pod template carries ${key}.`),
    ),
};

export const divisor: Rule<ClusterLook> = {
  name: 'resource-divisor',
  statement: 'A resourceFieldRef says its divisor.',
  source: 'istio/istio#56714: the API server fills it in, and Argo CD sees a difference for ever',
  fix: 'Add divisor: "1" (or the one that you mean)',
  find: (look) =>
    hitsOn(
      look.objects.filter(({ object }) => workloadKinds.includes(object.kind)),
      (object) =>
        ['initContainers', 'containers']
          .flatMap((list) => listAt(object, `spec.template.spec.${list}`))
          .flatMap((container) => listAt(container, 'env'))
          .filter(
            (env) =>
              isFields(at(env, 'valueFrom.resourceFieldRef')) &&
              at(env, 'valueFrom.resourceFieldRef.divisor') === undefined,
          )
          .map((env) => `Its env ${textAt(env, 'name')} has a resourceFieldRef without a divisor.`),
    ),
};

export const hooks: Rule<ClusterLook> = {
  name: 'no-helm-hooks',
  statement: 'No object of a layer is a hook of Helm, and none has the sync options Replace or Force.',
  source:
    'argo-cd.readthedocs.io/en/stable/user-guide/helm: Argo CD deletes and makes hooks anew; Replace wipes the CA that istiod wrote into webhooks',
  fix: 'Remove the annotation helm.sh/hook, and Replace=true or Force=true',
  find: (look) =>
    hitsOn(look.objects, (object) => [
      ...(annotationsOf(object)['helm.sh/hook'] === undefined ? [] : ['It is a hook of Helm.']),
      ...(/\b(Replace|Force)=true/.test(String(annotationsOf(object)['argocd.argoproj.io/sync-options'] ?? ''))
        ? ['Its sync options replace it instead of changing it.']
        : []),
    ]),
};
