import { expect } from 'vitest';
import { type Emitted, nameOf, objectsIn, ofKind } from '../../support/emitted.js';
import { gatewayPods } from '../../support/gateway-pods.js';
import { type Built, the } from '../../support/kubectl.js';
import type { Claims } from '../describe-upgrade.js';

/** What the project permits although no cluster of a given state may hold it, and why. */
const permittedBeforehand: Readonly<Record<string, string>> = {
  ' ConfigMap': 'the marker of a layer that holds nothing',
  'apps Deployment': 'gateways of a later revision are plain Deployments',
  'autoscaling HorizontalPodAutoscaler': 'as above',
  'policy PodDisruptionBudget': 'as above',
  'batch Job': 'gateways of another revision are made by an operator',
  'admissionregistration.k8s.io ValidatingWebhookConfiguration': 'the default validator, from 1.11',
  'extensions.istio.io *': 'Istio’s own resources: whatever the team puts into custom/6-mesh',
  'networking.istio.io *': 'as above',
  'security.istio.io *': 'as above',
  'telemetry.istio.io *': 'as above',
};

export const argoCdClaims: Claims = {
  'one Application syncs the cluster from its folder, automated, and never out-of-sync objects only'(emitted) {
    const { mesh, cluster } = emitted;
    const { spec, metadata } = the(handOver(emitted), 'Application', `istio-${cluster}`);
    expect(metadata.finalizers).toBeUndefined();
    expect(spec.source).toStrictEqual({
      repoURL: mesh.repository.url,
      targetRevision: mesh.repository.branch,
      path: `clusters/${cluster}`,
    });
    expect(spec.syncPolicy.automated).toStrictEqual({ prune: true, selfHeal: true });
    expect(spec.syncPolicy.syncOptions.toSorted()).toStrictEqual([
      'FailOnSharedResource=true',
      'PruneLast=true',
      'RespectIgnoreDifferences=true',
      'ServerSideApply=true',
      'SkipDryRunOnMissingResource=true',
    ]);
    expect(spec.syncPolicy.retry.limit).toBe(-1);
    expect(spec.syncPolicy.retry.refresh).toBe(true);
    expect(spec.syncPolicy.retry.backoff.maxDuration).toBe('1m');
  },

  'differences are ignored in what istiod writes into webhooks of ours, and nowhere else'(emitted) {
    const { spec } = the(handOver(emitted), 'Application', `istio-${emitted.cluster}`);
    const group = 'admissionregistration.k8s.io';
    const ca = '.webhooks[]?.clientConfig.caBundle';
    const [mutating, validating, ...others] = spec.ignoreDifferences;
    expect(others).toStrictEqual([]);
    expect(mutating).toStrictEqual({ group, kind: 'MutatingWebhookConfiguration', jqPathExpressions: [ca] });
    if (ofKind(emitted, 'ValidatingWebhookConfiguration').length > 0 || validating !== undefined) {
      const jqPathExpressions = [ca, '.webhooks[]?.failurePolicy'];
      expect(validating).toStrictEqual({ group, kind: 'ValidatingWebhookConfiguration', jqPathExpressions });
    }
  },

  'the project permits this repository and the namespaces that are built'(emitted) {
    const { spec } = project(emitted);
    expect(spec.sourceRepos).toStrictEqual([emitted.mesh.repository.url]);
    const built = new Set(emitted.objects.flatMap(({ metadata }) => metadata.namespace ?? []));
    const permitted: string[] = spec.destinations.map(({ namespace }: Built) => namespace);
    for (const namespace of built)
      expect(
        permitted.some((glob) => globbed(glob, namespace)),
        namespace,
      ).toBe(true);
    for (const glob of permitted)
      expect(
        [...built].some((namespace) => globbed(glob, namespace)),
        glob,
      ).toBe(true);
    for (const { server } of spec.destinations) expect(server).toBe('https://kubernetes.default.svc');
  },

  'the project permits every kind that is built, and none that is not needed'(emitted) {
    const { spec } = project(emitted);
    for (const [list, namespaced] of [
      [spec.clusterResourceWhitelist, false],
      [spec.namespaceResourceWhitelist, true],
    ] as const) {
      const built = emitted.objects.filter((object) => isNamespaced(object) === namespaced);
      const permitted: string[] = list.map(({ group, kind }: Built) => `${group} ${kind}`);
      for (const object of built) {
        const group = object.apiVersion.includes('/') ? object.apiVersion.split('/')[0] : '';
        expect(
          [`${group} ${object.kind}`, `${group} *`].some((each) => permitted.includes(each)),
          nameOf(object),
        ).toBe(true);
      }
      const kinds = built.map(
        ({ apiVersion, kind }) => `${apiVersion.includes('/') ? apiVersion.split('/')[0] : ''} ${kind}`,
      );
      expect(
        permitted.filter((each) => !kinds.includes(each) && permittedBeforehand[each] === undefined),
      ).toStrictEqual([]);
    }
  },

  'before the switch a Job looks at every gateway that an operator makes, and at no other'(emitted) {
    const operated = gatewayPods(emitted).filter((pods) => pods.operated);
    const jobs = ofKind(emitted, 'Job');
    if (operated.length === 0) return expect(jobs).toStrictEqual([]);
    expect(jobs).toHaveLength(1);
    const [{ metadata, spec }] = jobs;
    expect(metadata.annotations).toMatchObject({
      'argocd.argoproj.io/hook': 'Sync',
      'argocd.argoproj.io/hook-delete-policy': 'BeforeHookCreation',
    });
    const looks: string[] = spec.template.spec.containers.map(({ args }: Built) => args.slice(0, 4).join(' '));
    const wanted = operated.map(
      ({ deployment, namespace }) => `rollout status deployment/${deployment} --namespace=${namespace}`,
    );
    expect(looks.toSorted()).toStrictEqual(wanted.toSorted());
    for (const { image } of spec.template.spec.containers) expect(image).toBe(emitted.mesh.upgrade.gateImage);
    expect(spec.activeDeadlineSeconds).toBeLessThanOrEqual(600);
    const roles = ofKind(emitted, 'Role').filter((role) => role.metadata.name === 'gateways-ready');
    expect(roles.map((role) => role.metadata.namespace).toSorted()).toStrictEqual(
      [...new Set(operated.map(({ namespace }) => namespace))].toSorted(),
    );
    for (const { rules } of roles) {
      expect(rules).toStrictEqual([
        { apiGroups: ['apps'], resources: ['deployments'], verbs: ['get', 'list', 'watch'] },
      ]);
    }
  },
};

function handOver(emitted: Emitted): Built[] {
  return objectsIn(emitted, `delivery/argo-cd/${emitted.cluster}.yaml`);
}

function project(emitted: Emitted): Built {
  const { spec } = the(handOver(emitted), 'Application', `istio-${emitted.cluster}`);
  return the(handOver(emitted), 'AppProject', spec.project);
}

function isNamespaced({ metadata }: Built): boolean {
  return metadata.namespace !== undefined;
}

/** Whether a name matches a glob of a project, in which "*" stands for anything. */
function globbed(glob: string, name: string): boolean {
  return new RegExp(`^${glob.replaceAll('*', '.*')}$`).test(name);
}
