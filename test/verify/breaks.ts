import { app, command, revision } from '../support/commands.js';
import type { BaseName, Edited } from './bases.js';

/** An edit that breaks one rule. */
export interface Break {
  readonly base: BaseName;
  readonly edit: (repository: Edited) => unknown;
  /** The file that the finding must name, and a part of its words. */
  readonly file: string;
  readonly says: RegExp;
  /** Other rules that the same edit cannot but break. */
  readonly also?: readonly string[];
  readonly since?: string;
}

const entry = { kind: 'Service', name: 'istio-ingressgateway' };
const listeners = { kind: 'Service', name: 'istio-ingressgateway-listeners' };
const deployment = { kind: 'Deployment', name: 'istio-ingressgateway-1-23-4' };
const budget = { kind: 'PodDisruptionBudget', name: 'istio-ingressgateway-1-23-4' };
const scaler = { kind: 'HorizontalPodAutoscaler', name: 'istio-ingressgateway-1-23-4' };
const plane = { kind: 'IstioOperator', name: 'control-plane-1-23-4' };
const prod = { kind: 'MutatingWebhookConfiguration', name: 'istio-revision-tag-prod' };
const validator = { kind: 'ValidatingWebhookConfiguration', name: 'istiod-default-validator' };
const release = { kind: 'HelmRelease', name: 'istiod-1-29-4' };
const operated = { kind: 'IstioOperator', name: 'istio-ingressgateway-1-9-5' };

const custom = (layer: string) => `clusters/production/custom/${layer}/kustomization.yaml`;
const template = '/spec/template';
const container = `${template}/spec/containers/0`;
const managed = ['managed-files'];
const argo = 'delivery/argo-cd/production.yaml';
const flux = (layer: string) => `delivery/flux/production/${layer}.yaml`;

/** A repository that breaks it, for every rule. */
export const breaks: Readonly<Record<string, Break>> = {
  builds: {
    base: 'operator',
    edit: (r) =>
      r.write(custom('6-mesh'), {
        apiVersion: 'kustomize.config.k8s.io/v1alpha1',
        kind: 'Component',
        helmCharts: [{ name: 'istiod' }],
      }),
    file: custom('6-mesh'),
    says: /--enable-helm/,
  },
  'mesh-followed': {
    base: 'operator',
    edit: (r) => r.replace('istio-prod.yaml', 'meshId: mesh1', 'meshId: mesh2'),
    file: 'istio-prod.yaml',
    says: /do not follow/,
  },
  'frozen-files': {
    base: 'operator',
    edit: (r) =>
      r.replace('revisions/1-23-4/gateways/istio-ingressgateway/hpa.yaml', 'maxReplicas: 5', 'maxReplicas: 6'),
    file: 'revisions/1-23-4/gateways/istio-ingressgateway/hpa.yaml',
    says: /frozen, and somebody has edited it/,
  },
  'managed-files': {
    base: 'operator',
    edit: (r) =>
      r.replace('clusters/production/5-switch/default-istiod.yaml', 'name: istiod\n', 'name: istiod # ours\n'),
    file: 'clusters/production/5-switch/default-istiod.yaml',
    says: /managed, and somebody has edited it/,
  },

  // A merge adds the key to the one that is there: no pod has both.
  'entry-selector': {
    base: 'operator',
    edit: (r) =>
      r.write('clusters/production/kustomization.yaml', {
        resources: ['1-namespaces', '2-operators', '3-control-planes', '4-gateways', '5-switch', '6-mesh'],
        patches: [
          {
            target: entry,
            patch: JSON.stringify({
              apiVersion: 'v1',
              kind: 'Service',
              metadata: { name: 'any' },
              spec: { selector: { 'istio.io/rev': '1-23-4' } },
            }),
          },
        ],
      }),
    file: 'bases/istio-gateways/entry/istio-ingressgateway.yaml',
    says: /none of the legal shapes/,
    also: managed,
  },
  'entry-pods': {
    base: 'operator',
    edit: (r) =>
      r
        .drop('4-gateways', 'apps/v1', deployment, 'istio-gateways')
        .drop('4-gateways', 'policy/v1', budget, 'istio-gateways')
        .drop('4-gateways', 'autoscaling/v1', scaler, 'istio-gateways')
        .commit(),
    file: 'bases/istio-gateways/entry/istio-ingressgateway.yaml',
    says: /selects no pods of 1-23-4/,
  },
  'blend-before-cut': {
    base: 'flux',
    edit: () => undefined,
    since: 'HEAD~2',
    file: 'bases/istio-gateways/entry/istio-ingressgateway.yaml',
    says: /from 1-28-4 to 1-29-4 in one step/,
  },
  'retire-after-cut': {
    base: 'flux',
    edit: async ({ folder }) => {
      await revision(folder, '1.29.4', { through: 'default' });
      await command('retire', folder, { version: '1.28.4', force: 'usage-unknown' });
    },
    since: 'HEAD~3',
    file: 'clusters/production/4-gateways/kustomization.yaml',
    says: /istio-ingressgateway of 1-28-4 goes/,
  },
  'entry-stays': {
    base: 'operator',
    edit: (r) => r.patch('5-switch', entry, ['replace', '/spec/type', 'NodePort']),
    file: custom('5-switch'),
    says: /spec.type would change from "LoadBalancer" to "NodePort"/,
  },
  'listener-ports': {
    base: 'operator',
    edit: (r) => r.patch('1-namespaces', listeners, ['remove', '/spec/ports/1']),
    file: custom('1-namespaces'),
    says: /those of the entry Service/,
  },
  'target-ports': {
    base: 'operator',
    edit: (r) =>
      r
        .patch('1-namespaces', listeners, ['replace', '/spec/ports/1/targetPort', 80])
        .patch('5-switch', entry, ['replace', '/spec/ports/1/targetPort', 80]),
    file: custom('5-switch'),
    says: /Port 80 goes to 80, which is below 1024/,
  },
  'container-ports': {
    base: 'operator',
    edit: (r) => r.patch('4-gateways', deployment, ['add', `${container}/ports`, [{ containerPort: 8080 }]]),
    file: custom('4-gateways'),
    says: /not 15021, 8443/,
  },
  'status-port-first': {
    base: 'operator',
    edit: (r) =>
      r
        .patch('5-switch', entry, ['move', '/spec/ports/4', undefined])
        .replace(custom('5-switch'), '\\"op\\":\\"move\\"', '\\"op\\":\\"move\\",\\"from\\":\\"/spec/ports/0\\"'),
    file: custom('5-switch'),
    says: /first port is 80/,
  },
  'no-load-balancer': {
    base: 'metal',
    edit: (r) => r.patch('5-switch', entry, ['replace', '/spec/type', 'LoadBalancer']).commit(),
    file: custom('5-switch'),
    says: /bare-metal gives no LoadBalancer an address/,
  },
  'network-label': {
    base: 'operator',
    edit: (r) =>
      r.patch('1-namespaces', listeners, ['add', '/metadata/labels/topology.istio.io~1network', 'production']),
    file: custom('1-namespaces'),
    says: /should be not there/,
  },

  'gateway-selectors': {
    base: 'operator',
    edit: (r) => r.patch('4-gateways', deployment, ['remove', '/spec/selector/matchLabels/version']).commit(),
    file: custom('4-gateways'),
    says: /selects pods of istio-ingressgateway-1-22-5 too/,
  },
  'gateway-revision': {
    base: 'operator',
    edit: (r) => r.patch('4-gateways', deployment, ['replace', `${template}/metadata/labels/istio.io~1rev`, 'prod']),
    file: custom('4-gateways'),
    says: /istio.io\/rev of its pods is "prod"/,
  },
  'gateway-injection': {
    base: 'operator',
    edit: (r) => r.patch('4-gateways', deployment, ['replace', `${container}/image`, 'docker.io/istio/proxyv2:1.23.4']),
    file: custom('4-gateways'),
    says: /no container istio-proxy has the image "auto"/,
  },
  'gateway-identity': {
    base: 'operator',
    edit: (r) =>
      r.patch('4-gateways', deployment, ['replace', `${template}/spec/serviceAccountName`, 'gateway-1-23-4']),
    file: custom('4-gateways'),
    says: /runs as gateway-1-23-4 instead of istio-ingressgateway/,
  },
  'gateway-discovery': {
    base: 'operated',
    edit: (r) => r.patch('4-gateways', operated, ['remove', '/spec/components/ingressGateways/0/k8s/env/0']),
    file: custom('4-gateways'),
    says: /does not name istiod-1-9-5.istio-system.svc:15012/,
  },
  'gateway-settings': {
    base: 'operated',
    edit: (r) => r.patch('4-gateways', operated, ['replace', '/spec/values/global/istioNamespace', 'istio-other']),
    file: custom('4-gateways'),
    says: /differs from its control plane in istioNamespace/,
  },
  'injection-labels': {
    base: 'operator',
    edit: (r) =>
      r.patch('1-namespaces', { kind: 'Namespace', name: 'istio-gateways' }, [
        'add',
        '/metadata/labels',
        { 'istio-injection': 'enabled' },
      ]),
    file: custom('1-namespaces'),
    says: /It carries istio-injection/,
  },
  'revision-labels': {
    base: 'operator',
    edit: (r) =>
      r
        .write('clusters/production/custom/1-namespaces/shop.yaml', {
          apiVersion: 'v1',
          kind: 'Namespace',
          metadata: {
            name: 'shop',
            labels: { 'istio.io/rev': '1-21-6' },
            annotations: {
              'argocd.argoproj.io/sync-options': 'Prune=false,Delete=false',
              'kustomize.toolkit.fluxcd.io/prune': 'disabled',
            },
          },
        })
        .write(custom('1-namespaces'), {
          apiVersion: 'kustomize.config.k8s.io/v1alpha1',
          kind: 'Component',
          resources: ['shop.yaml'],
        }),
    file: 'clusters/production/custom/1-namespaces/shop.yaml',
    says: /Its istio\.io\/rev is 1-21-6, which injects nothing here/,
  },
  'pre-stop': {
    base: 'operator',
    edit: (r) =>
      r.patch('4-gateways', deployment, [
        'add',
        `${template}/spec/containers/0/lifecycle`,
        { preStop: { exec: { command: ['sleep', '10'] } } },
      ]),
    file: custom('4-gateways'),
    says: /preStop of istio-proxy runs a command/,
  },
  'metrics-order': {
    base: 'operator',
    edit: (r) =>
      r.patch('4-gateways', { kind: 'HorizontalPodAutoscaler', name: deployment.name }, [
        'replace',
        '/spec/metrics',
        ['memory', 'cpu'].map((name) => ({
          type: 'Resource',
          resource: { name, target: { type: 'Utilization', averageUtilization: 80 } },
        })),
      ]),
    file: custom('4-gateways'),
    says: /It names memory before cpu/,
  },
  drain: {
    base: 'operator',
    edit: (r) => r.patch('4-gateways', deployment, ['replace', `${template}/spec/terminationGracePeriodSeconds`, 30]),
    file: custom('4-gateways'),
    says: /drains for 30 seconds and is killed after 30/,
  },
  rollout: {
    base: 'operator',
    edit: (r) => r.patch('4-gateways', deployment, ['replace', '/spec/strategy/rollingUpdate/maxUnavailable', 1]),
    file: custom('4-gateways'),
    says: /maxUnavailable 1/,
  },
  'progress-deadline': {
    base: 'operator',
    edit: (r) => r.patch('4-gateways', deployment, ['remove', '/spec/progressDeadlineSeconds']),
    file: custom('4-gateways'),
    says: /after 600, the default, seconds only/,
  },
  replicas: {
    base: 'operator',
    edit: (r) => r.patch('4-gateways', deployment, ['add', '/spec/replicas', 3]),
    file: custom('4-gateways'),
    says: /It has replicas/,
  },
  'disruption-budget': {
    base: 'operator',
    edit: (r) => r.patch('4-gateways', budget, ['replace', '/spec/minAvailable', 2]),
    file: custom('4-gateways'),
    says: /keeps 2 of 2 pods/,
  },

  tags: {
    base: 'operator',
    edit: (r) => r.patch('5-switch', prod, ['replace', '/webhooks/1/clientConfig/service/name', 'istiod-1-22-5']),
    file: custom('5-switch'),
    says: /label names 1-23-4, and its webhooks call istio-system\/istiod-1-22-5/,
  },
  'default-validator': {
    base: 'operator',
    edit: (r) => r.patch('5-switch', validator, ['replace', '/metadata/labels/istio.io~1rev', '1-21-0']),
    file: custom('5-switch'),
    says: /is 1-21-0, and the default is 1-22-5/,
  },
  'istiod-alias': {
    base: 'operator',
    edit: (r) =>
      r.patch('5-switch', { kind: 'Service', name: 'istiod' }, ['replace', '/spec/selector/istio.io~1rev', '1-21-0']),
    file: custom('5-switch'),
    says: /the default revision is 1-22-5/,
  },
  'webhook-fields': {
    base: 'operator',
    edit: (r) => r.patch('5-switch', prod, ['add', '/webhooks/0/clientConfig/caBundle', '']),
    file: custom('5-switch'),
    says: /holds a caBundle/,
  },
  'restart-after-tag': {
    base: 'operator',
    edit: async ({ folder }) => {
      await command('cluster', folder, { version: 'production', restarts: 'commits' });
      await command('tag', folder, { version: ['prod', '1.22.5'] });
    },
    since: 'HEAD~2',
    file: 'clusters/production/restarts/prod/kustomization.yaml',
    says: /The tag prod moves in the same step/,
  },
  'release-tags': {
    base: 'flux',
    edit: (r) => r.patch('3-control-planes', release, ['replace', '/spec/values/revisionTags', ['prod']]),
    file: custom('3-control-planes'),
    says: /list revisionTags/,
  },

  'live-control-planes': {
    base: 'operator',
    edit: (r) => r.patch('3-control-planes', plane, ['replace', '/spec/tag', '1.23.6']),
    file: custom('3-control-planes'),
    says: /of version 1.23.6, and revision 1-23-4 is 1.23.4/,
  },
  'same-settings': {
    base: 'operator',
    edit: (r) =>
      r.patch('3-control-planes', plane, [
        'add',
        '/spec/meshConfig',
        { discoverySelectors: [{ matchLabels: { mesh: 'on' } }] },
      ]),
    file: custom('3-control-planes'),
    says: /differs from 1-22-5 in discoverySelectors/,
  },
  'root-namespace': {
    base: 'operator',
    edit: (r) => r.drop('1-namespaces', 'v1', { kind: 'Namespace', name: 'istio-config' }),
    file: 'clusters/production/1-namespaces/kustomization.yaml',
    says: /istio-config is not built/,
  },
  'operator-there': {
    base: 'operator',
    edit: (r) =>
      r.drop('2-operators', 'apps/v1', { kind: 'Deployment', name: 'istio-operator-1-22-5' }, 'istio-operator'),
    file: 'revisions/1-22-5/control-plane/istio-operator.yaml',
    says: /No operator of revision "1-22-5" is built/,
  },
  'node-agent': {
    base: 'operated',
    edit: (r) =>
      r.patch('3-control-planes', { kind: 'IstioOperator', name: 'cni' }, ['replace', '/spec/tag', '1.12.1']),
    file: custom('3-control-planes'),
    says: /of 1.12.1, too far from 1.9.5 and 1.10.3/,
  },
  'one-registry': {
    base: 'operator',
    edit: (r) =>
      r.patch('2-operators', { kind: 'Deployment', name: 'istio-operator-1-23-4' }, [
        'replace',
        `${container}/image`,
        'quay.io/other/operator:1.23.4',
      ]),
    file: custom('2-operators'),
    says: /quay.io\/other\/operator:1.23.4, and those of the mesh come from docker.io\/istio/,
  },
  'crds-forward': {
    base: 'flux',
    edit: (r) =>
      r.patch('2-operators', { kind: 'HelmRelease', name: 'istio-base' }, [
        'replace',
        '/spec/chart/spec/version',
        '1.28.4',
      ]),
    file: custom('2-operators'),
    says: /in 1.28.4; 1.29.4 is there/,
  },
  'release-stays': {
    base: 'flux',
    edit: (r) => r.patch('3-control-planes', release, ['replace', '/spec/releaseName', 'istiod-new']),
    file: custom('3-control-planes'),
    says: /as "istiod-new"/,
  },

  'gateway-pins': {
    base: 'operator',
    edit: (r) =>
      r.add('6-mesh', 'networking.istio.io/v1beta1', 'Gateway', 'istio-gateways', 'public', {
        spec: { selector: { istio: 'ingressgateway', version: '1_22_5' } },
      }),
    file: 'clusters/production/custom/6-mesh/public.yaml',
    says: /It selects by version/,
  },
  'envoy-filter-priority': {
    base: 'operator',
    edit: (r) =>
      r.add('6-mesh', 'networking.istio.io/v1alpha3', 'EnvoyFilter', 'istio-gateways', 'headers', {
        spec: {
          configPatches: [
            {
              applyTo: 'HTTP_FILTER',
              match: { proxy: { proxyVersion: '^1\\.22.*' } },
              patch: { operation: 'INSERT_BEFORE' },
            },
          ],
        },
      }),
    file: 'clusters/production/custom/6-mesh/headers.yaml',
    says: /no priority/,
  },
  adopting: {
    base: 'operator',
    edit: async (r) => {
      r.replace('istio-prod.yaml', 'trustDomain:', 'adopting: true\ntrustDomain:');
      await app(r.folder);
      r.patch('6-mesh', { kind: 'PeerAuthentication', name: 'default' }, ['replace', '/spec/mtls/mode', 'STRICT']);
    },
    file: custom('6-mesh'),
    says: /demands mTLS of the whole mesh/,
  },

  'one-owner': {
    base: 'operator',
    edit: (r) => r.add('4-gateways', 'v1', 'ServiceAccount', 'istio-gateways', 'istio-ingressgateway', {}),
    file: 'clusters/production/custom/4-gateways/istio-ingressgateway.yaml',
    says: /1-namespaces has it too \(bases\/istio-gateways\/identity\/istio-ingressgateway.yaml\)/,
  },
  layers: {
    base: 'operator',
    edit: (r) =>
      r.add('1-namespaces', 'networking.istio.io/v1beta1', 'VirtualService', 'istio-gateways', 'shop', {
        spec: { hosts: ['*'] },
      }),
    file: 'clusters/production/custom/1-namespaces/shop.yaml',
    says: /in 1-namespaces, and belongs in 6-mesh/,
  },
  'protected-objects': {
    base: 'operator',
    edit: (r) => r.patch('5-switch', entry, ['remove', '/metadata/annotations/argocd.argoproj.io~1sync-options']),
    file: custom('5-switch'),
    says: /Nothing keeps argo-cd from deleting it/,
  },
  'lasting-objects': {
    base: 'operator',
    edit: (r) =>
      r.drop('1-namespaces', 'apiextensions.k8s.io/v1', {
        kind: 'CustomResourceDefinition',
        name: 'istiooperators.install.istio.io',
      }),
    file: 'clusters/production/1-namespaces/kustomization.yaml',
    says: /istiooperators.install.istio.io was there before/,
  },
  'immutable-fields': {
    base: 'operator',
    edit: (r) =>
      r.patch('1-namespaces', { kind: 'RoleBinding', name: 'istio-ingressgateway-sds' }, [
        'replace',
        '/roleRef/name',
        'view',
      ]),
    file: custom('1-namespaces'),
    says: /roleRef would change/,
  },
  'patch-targets': {
    base: 'operator',
    edit: (r) =>
      r.patch('5-switch', { kind: 'Service', name: 'istio-ingresgateway' }, ['replace', '/spec/type', 'NodePort']),
    file: custom('5-switch'),
    says: /istio-ingresgateway/,
  },
  names: {
    base: 'operator',
    edit: (r) => r.patch('5-switch', entry, ['add', '/metadata/labels/team', 'x'.repeat(64)]),
    file: custom('5-switch'),
    says: /team has 64 characters/,
  },
  'label-strings': {
    base: 'operator',
    edit: (r) => r.patch('4-gateways', deployment, ['add', `${template}/metadata/labels/build`, 110]),
    file: custom('4-gateways'),
    says: /build: 110, which is no string/,
  },
  'waves-in-pods': {
    base: 'operator',
    edit: (r) =>
      r.patch('4-gateways', deployment, [
        'add',
        `${template}/metadata/annotations/argocd.argoproj.io~1sync-wave`,
        '40',
      ]),
    file: custom('4-gateways'),
    says: /pod template carries argocd.argoproj.io\/sync-wave/,
  },
  'resource-divisor': {
    base: 'operator',
    edit: (r) =>
      r.patch('4-gateways', deployment, [
        'add',
        `${container}/env/-`,
        { name: 'CPUS', valueFrom: { resourceFieldRef: { resource: 'limits.cpu' } } },
      ]),
    file: custom('4-gateways'),
    says: /CPUS has a resourceFieldRef without a divisor/,
  },
  'no-helm-hooks': {
    base: 'operator',
    edit: (r) =>
      r.patch('5-switch', prod, [
        'replace',
        '/metadata/annotations/argocd.argoproj.io~1sync-options',
        'Prune=false,Delete=false,Replace=true',
      ]),
    file: custom('5-switch'),
    says: /replace it instead of changing it/,
  },

  'argo-application': {
    base: 'operator',
    edit: (r) => r.replace(argo, 'selfHeal: true', 'selfHeal: false'),
    file: argo,
    says: /does not heal itself/,
    also: managed,
  },
  'argo-sync-options': {
    base: 'charts',
    edit: (r) => r.replace(argo, '- PruneLast=true', '- ApplyOutOfSyncOnly=true'),
    file: argo,
    says: /ApplyOutOfSyncOnly=true/,
    also: managed,
  },
  'argo-retry': {
    base: 'operator',
    edit: (r) => r.replace(argo, 'limit: -1', 'limit: 5'),
    file: argo,
    says: /limit is 5/,
    also: managed,
  },
  'argo-differences': {
    base: 'operator',
    edit: (r) =>
      r.replace(
        argo,
        'group: admissionregistration.k8s.io\n      kind: Validating',
        'group: apps\n      kind: Validating',
      ),
    file: argo,
    says: /failurePolicy of ValidatingWebhookConfiguration/,
    also: managed,
  },
  'argo-health': {
    base: 'charts',
    edit: (r) =>
      r.replace('delivery/argo-cd/argocd-cm.yaml', 'health.argoproj.io_Application', 'health.argoproj.io_Applications'),
    file: 'delivery/argo-cd/argocd-cm.yaml',
    says: /no health check of Application/,
    also: managed,
  },
  'argo-waves': {
    base: 'operator',
    edit: (r) => r.replace('delivery/argo-cd/waves/5-switch/sync-wave.yaml', '"50"', '"35"'),
    file: 'clusters/production/5-switch/tag-prod.yaml',
    says: /wave is 35, and those of 5-switch are 50 … 59/,
    also: managed,
  },
  'argo-gate': {
    base: 'operated',
    edit: (r) =>
      r.replace(
        'clusters/production/gateways-ready/job.yaml',
        'deployment/istio-ingressgateway-1-10-3',
        'deployment/istio-ingressgateway-1-9-5',
      ),
    file: 'clusters/production/gateways-ready/job.yaml',
    says: /No Job waits for istio-ingressgateway-1-10-3/,
    also: managed,
  },

  'flux-whole-cluster': {
    base: 'flux',
    edit: (r) =>
      r.write('delivery/flux/production/all.yaml', {
        apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
        kind: 'Kustomization',
        metadata: { name: 'all', namespace: 'flux-system' },
        spec: { path: './clusters/production' },
      }),
    file: 'delivery/flux/production/all.yaml',
    says: /Its path is clusters\/production/,
  },
  'flux-chain': {
    base: 'flux',
    edit: (r) => r.replace(flux('4-gateways'), 'wait: true', 'wait: false'),
    file: flux('4-gateways'),
    says: /does not wait/,
    also: managed,
  },
  'flux-timeout': {
    base: 'flux',
    edit: (r) => r.replace(flux('4-gateways'), 'timeout: 5m', 'timeout: 1h'),
    file: flux('4-gateways'),
    says: /timeout is 1h/,
    also: managed,
  },
  'flux-as-built': {
    base: 'flux',
    edit: (r) => r.replace(flux('5-switch'), 'wait: true', 'wait: true\n  nameSuffix: -x'),
    file: flux('5-switch'),
    says: /It has nameSuffix/,
    also: managed,
  },
  'flux-health': {
    base: 'metal',
    edit: (r) => r.replace(flux('3-control-planes'), 'kind: IstioOperator', 'kind: IstioOperators'),
    file: flux('3-control-planes'),
    says: /no health check of IstioOperator/,
    also: managed,
  },
  'flux-releases': {
    base: 'flux',
    edit: (r) => r.patch('3-control-planes', release, ['replace', '/spec/driftDetection/mode', 'disabled']),
    file: custom('3-control-planes'),
    says: /does not mend drift/,
  },
};
