import { gatewayDeployment } from '../../model/gateway.js';
import {
  annotationsOf,
  at,
  type Fields,
  isFields,
  type Located,
  listAt,
  mapAt,
  textAt,
} from '../../model/kube-object.js';
import { layerNames } from '../../model/layers.js';
import { gatewayRevisions, revisionOf } from '../../model/revision.js';
import { type ClusterLook, find, type Hit, layerFile, ofKind, type Rule } from './rule.js';

/** The Applications that apply a cluster; in a repository of Flux, none. */
function applicationsOf({ mesh, name, handOver }: ClusterLook): Located[] {
  return mesh.engine !== 'argo-cd'
    ? []
    : handOver.filter(
        ({ object }) =>
          object.kind === 'Application' && `${textAt(object, 'spec.source.path')}/`.includes(`clusters/${name}/`),
      );
}

/** The Applications of a cluster: the one that applies it, and those of charts. */
function allApplications(look: ClusterLook): Located[] {
  return [...applicationsOf(look), ...ofKind(look, 'Application')];
}

const optionsOf = ({ object }: Located) => listAt(object, 'spec.syncPolicy.syncOptions').map(String);

export const argoApplication: Rule<ClusterLook> = {
  name: 'argo-application',
  statement:
    'One Application applies the whole cluster as it is built, heals itself, and leaves the mesh running where it is deleted.',
  source:
    'argo-cd.readthedocs.io/en/stable/user-guide/sync-waves: an order holds inside one Application, and never between several',
  fix: 'Take the edit of delivery/argo-cd/<cluster>.yaml back: its settings follow from istio-prod.yaml',
  find: (look) => {
    if (look.mesh.engine !== 'argo-cd') return [];
    const file = `delivery/argo-cd/${look.name}.yaml`;
    const [first, ...others] = applicationsOf(look);
    if (first === undefined)
      return [{ where: { file }, message: `No Application has the path clusters/${look.name}.` }];
    const { object } = first;
    const { path } = look.mesh.repository;
    const whole = path === '.' ? `clusters/${look.name}` : `${path}/clusters/${look.name}`;
    const messages = [
      textAt(object, 'spec.source.path').replace(/^\.\//, '').replace(/\/$/, '') === whole
        ? ''
        : `Its path is ${textAt(object, 'spec.source.path')} instead of ${whole}.`,
      at(object, 'spec.source.kustomize') === undefined && at(object, 'spec.sources') === undefined
        ? ''
        : 'It changes what is built on the way (kustomize, or several sources).',
      at(object, 'spec.syncPolicy.automated.selfHeal') === true
        ? ''
        : 'It does not heal itself: a sync that failed is tried once.',
      at(object, 'spec.syncPolicy.automated.prune') === true ? '' : 'It does not prune: what is retired stays.',
      listAt(object, 'metadata.finalizers').length === 0 ? '' : 'It has a finalizer: deleting it deletes the mesh.',
    ];
    return [
      ...messages.filter((message) => message !== '').map((message) => ({ where: first, message })),
      ...others.map((where) => ({ where, message: `${first.object.metadata.name} applies this cluster too.` })),
    ];
  },
};

export const argoSyncOptions: Rule<ClusterLook> = {
  name: 'argo-sync-options',
  statement:
    'An Application syncs with ServerSideApply, RespectIgnoreDifferences, FailOnSharedResource and PruneLast, and never with ApplyOutOfSyncOnly, Replace or Force.',
  source:
    'seen on a real control plane: with ApplyOutOfSyncOnly the selector moved to a dead gateway in 7 seconds, without PruneLast the old gateways went before the switch',
  fix: 'Put the sync options back as they were',
  find: (look) =>
    allApplications(look).flatMap((where): Hit[] => {
      const options = optionsOf(where);
      const whole = applicationsOf(look).includes(where);
      const wanted = [
        'ServerSideApply=true',
        'RespectIgnoreDifferences=true',
        // The Sail Operator takes over the definitions that charts or operators have brought.
        ...(textAt(where.object, 'spec.source.chart') === 'sail-operator' ? [] : ['FailOnSharedResource=true']),
        ...(whole ? ['PruneLast=true'] : []),
      ];
      const missing = wanted.filter((option) => !options.includes(option));
      const harmful = options.filter((option) => /^(ApplyOutOfSyncOnly|Replace|Force)=true$/.test(option));
      return [
        ...(missing.length === 0 ? [] : [{ where, message: `It lacks ${missing.join(', ')}.` }]),
        ...(harmful.length === 0 ? [] : [{ where, message: `It has ${harmful.join(', ')}.` }]),
      ];
    }),
};

export const argoRetry: Rule<ClusterLook> = {
  name: 'argo-retry',
  statement: 'A sync is tried again without limit, from the newest commit, and after five minutes at most.',
  source:
    'seen on a real control plane: a sync that has given up, or waits longer and longer, does not take the commit that mends it',
  fix: 'Set retry to limit: -1, refresh: true and a maxDuration of 1m',
  find: (look) =>
    allApplications(look).flatMap((where): Hit[] => {
      const retry = mapAt(where.object, 'spec.syncPolicy.retry');
      const longest = textAt(retry, 'backoff.maxDuration') || '3m';
      const wrong = [
        typeof retry['limit'] === 'number' && retry['limit'] < 0 ? '' : `its limit is ${retry['limit'] ?? 'not set'}`,
        retry['refresh'] === true ? '' : 'it does not refresh',
        seconds(longest) <= 300 ? '' : `its maxDuration is ${longest}`,
      ].filter((each) => each !== '');
      return wrong.length === 0 ? [] : [{ where, message: `In its retry ${wrong.join(', ')}.` }];
    }),
};

/** A duration such as 1h30m in seconds. */
export function seconds(duration: string): number {
  const units: Readonly<Record<string, number>> = { h: 3600, m: 60, s: 1, ms: 0.001 };
  return [...duration.matchAll(/([\d.]+)(ms|[hms])/g)].reduce(
    (sum, [, count, unit]) => sum + Number(count) * (units[unit ?? ''] ?? 0),
    0,
  );
}

const group = 'admissionregistration.k8s.io';
const written: Readonly<Record<string, readonly string[]>> = {
  MutatingWebhookConfiguration: ['.webhooks[]?.clientConfig.caBundle'],
  ValidatingWebhookConfiguration: ['.webhooks[]?.clientConfig.caBundle', '.webhooks[]?.failurePolicy'],
};

export const argoDifferences: Rule<ClusterLook> = {
  name: 'argo-differences',
  statement:
    'Argo CD ignores what istiod writes into webhooks: the CA of both kinds, and the failure policy of validators, under their right group.',
  source:
    'argoproj/argo-cd#9323, #25447: without it each sync wipes the CA, and injection fails closed; with a wrong group the entry matches nothing',
  fix: `Put the entries of ignoreDifferences back, with group: ${group}`,
  find: (look) =>
    allApplications(look)
      .filter((where) => applicationsOf(look).includes(where) || textAt(where.object, 'spec.source.chart') === 'istiod')
      .flatMap((where): Hit[] => {
        const entries = listAt(where.object, 'spec.ignoreDifferences').filter(isFields);
        const missing = Object.entries(written).flatMap(([kind, fields]) =>
          fields
            .filter((field) => !entries.some((entry) => covers(entry, kind, field)))
            .map((field) => `${field} of ${kind}`),
        );
        return missing.length === 0 ? [] : [{ where, message: `It does not ignore ${missing.join(', ')}.` }];
      }),
};

function covers(entry: Fields, kind: string, field: string): boolean {
  return (
    entry['group'] === group &&
    (entry['kind'] === kind || entry['kind'] === '*') &&
    (listAt(entry, 'jqPathExpressions').includes(field) ||
      listAt(entry, 'managedFieldsManagers').includes('pilot-discovery'))
  );
}

export const argoHealth: Rule<ClusterLook> = {
  name: 'argo-health',
  statement:
    'Argo CD is told the health of the kinds that it cannot judge, but that a layer waits for: IstioOperator and Application.',
  source:
    'argo-cd.readthedocs.io/en/stable/operator-manual/health: a kind without a check is healthy at once, so the next layer does not wait',
  fix: 'Bring delivery/argo-cd/argocd-cm.yaml back, and apply it',
  find: (look) => {
    if (look.mesh.engine !== 'argo-cd') return [];
    const map = look.handOver.find(({ object }) => object.kind === 'ConfigMap' && object.metadata.name === 'argocd-cm');
    const keys = Object.keys(mapAt(map?.object, 'data'));
    return [
      ['IstioOperator', 'install.istio.io_IstioOperator'],
      ['Application', 'argoproj.io_Application'],
    ].flatMap(([kind = '', key]): Hit[] =>
      ofKind(look, kind).length === 0 || keys.includes(`resource.customizations.health.${key}`)
        ? []
        : [
            {
              where: map ?? { file: 'delivery/argo-cd/argocd-cm.yaml' },
              message: `It has no health check of ${kind}.`,
            },
          ],
    );
  },
};

export const argoWaves: Rule<ClusterLook> = {
  name: 'argo-waves',
  statement: 'Every object has a sync wave of its layer: 10 … 19 in the first, 60 … 69 in the last.',
  source:
    'argo-cd.readthedocs.io/en/stable/user-guide/sync-waves: an object without a wave is in wave 0, before everything',
  fix: 'Take the annotation argocd.argoproj.io/sync-wave away from the object, so that its layer sets it',
  find: (look) =>
    look.mesh.engine !== 'argo-cd'
      ? []
      : look.objects.flatMap((where): Hit[] => {
          const wave = annotationsOf(where.object)['argocd.argoproj.io/sync-wave'];
          const index = (layerNames as readonly (string | undefined)[]).indexOf(where.layer);
          const first = (index + 1) * 10;
          // A gate lies between two layers, and what is of no layer must at least not come before them all.
          const [from, to] = index >= 0 ? [first, first + 9] : where.layer === 'gateways-ready' ? [41, 49] : [10, 99];
          return Number(wave ?? 0) >= from && Number(wave ?? 0) <= to
            ? []
            : [
                {
                  where,
                  message: `Its wave is ${wave ?? 'not set'}, and those of ${where.layer ?? 'the whole cluster'} are ${from} … ${to}.`,
                },
              ];
        }),
};

export const argoGate: Rule<ClusterLook> = {
  name: 'argo-gate',
  statement: 'Before the switch a Job waits for every gateway Deployment that an operator makes.',
  source:
    'istio/istio operator: the status of an IstioOperator can be of an older generation, and the Deployment is not in Git',
  fix: 'Take the edit back: clusters/<cluster>/gateways-ready follows from istio-prod.yaml',
  find: (look) => {
    if (look.mesh.engine !== 'argo-cd') return [];
    const job = find(look.objects, 'Job', undefined, 'gateways-ready');
    const args = listAt(job?.object, 'spec.template.spec.containers').flatMap((container) => listAt(container, 'args'));
    const hook =
      annotationsOf(job?.object ?? { apiVersion: '', kind: '', metadata: { name: '' } })['argocd.argoproj.io/hook'] ===
      'Sync';
    return gatewayRevisions(look.cluster)
      .filter((revision) => revisionOf(look.mesh, revision).gateways === 'operator')
      .flatMap((revision) => Object.keys(look.mesh.gateways).map((gateway) => gatewayDeployment(gateway, revision)))
      .filter((deployment) => !hook || !args.includes(`deployment/${deployment}`))
      .map((deployment) => ({
        where: job ?? layerFile(look, 'gateways-ready'),
        message: `No Job waits for ${deployment}.`,
      }));
  },
};
