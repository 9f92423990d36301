import { since } from '../../catalog/versions.js';
import { adopted } from '../../model/adopted.js';
import { annotationsOf, at, type Located, labelsOf, listAt, mapAt, same, textAt } from '../../model/kube-object.js';
import { controlPlaneNamespace, controlPlaneRevisions, revisionOf } from '../../model/revision.js';
import { releasesOf } from './releases.js';
import { type ClusterLook, find, type Hit, hitsOn, layerFile, ofKind, type Rule } from './rule.js';

export const tags: Rule<ClusterLook> = {
  name: 'tags',
  statement:
    'Every tag of istio-prod.yaml, and the tag default, is there under its own name, and its label, its Service and the mesh name the same live revision.',
  source:
    'istio/istio pilot/pkg/webhooks: istiod writes its CA only where the label istio.io/rev is its own; with another Service injection fails',
  fix: 'Edit "tags" or "default" in istio-prod.yaml and run yo istio-prod: label and Service move together',
  find: (look) => {
    const wanted: Readonly<Record<string, string>> = {
      ...look.cluster.tags,
      ...(look.cluster.default === adopted ? {} : { default: look.cluster.default }),
    };
    const found = ofKind(look, 'MutatingWebhookConfiguration');
    const missing = Object.keys(wanted).filter(
      (tag) => !found.some(({ object }) => object.metadata.name === `istio-revision-tag-${tag}`),
    );
    return [
      ...missing.map((tag) => ({
        where: layerFile(look, '5-switch'),
        message: `The tag ${tag} is not built under its name istio-revision-tag-${tag}.`,
      })),
      ...found
        .filter(
          ({ object }) =>
            labelsOf(object)['istio.io/tag'] !== undefined || object.metadata.name.startsWith('istio-revision-tag-'),
        )
        .flatMap((where): Hit[] => {
          const labels = labelsOf(where.object);
          const tag = where.object.metadata.name.replace('istio-revision-tag-', '');
          if (labels['istio.io/tag'] !== tag)
            return [
              {
                where,
                message: `Its name says ${tag}, and its label istio.io/tag ${labels['istio.io/tag'] ?? 'nothing'}.`,
              },
            ];
          const revision = labels['istio.io/rev'];
          if (wanted[tag] !== undefined && wanted[tag] !== revision)
            return [
              { where, message: `Its label istio.io/rev is ${revision}, and istio-prod.yaml says ${wanted[tag]}.` },
            ];
          return disagreement(look, where);
        }),
    ];
  },
};

export const defaultValidator: Rule<ClusterLook> = {
  name: 'default-validator',
  statement:
    'From Istio 1.11 on there is a default validator, and each validator in Git points at a live revision by label and by Service.',
  source: 'istio/istio#43227, #60596: a validator whose Service is gone refuses every change of every Istio resource',
  fix: 'Set "default" in istio-prod.yaml to a live revision and run yo istio-prod',
  find: (look) => {
    const validators = ofKind(look, 'ValidatingWebhookConfiguration').filter(({ object }) =>
      listAt(object, 'webhooks').some((webhook) => /validation\.istio\.io$/.test(textAt(webhook, 'name'))),
    );
    const needed =
      look.cluster.default !== adopted && since(revisionOf(look.mesh, look.cluster.default).version, '1.11');
    return [
      ...(needed && !validators.some(({ object }) => object.metadata.name === 'istiod-default-validator')
        ? [
            {
              where: layerFile(look, '5-switch'),
              message: 'istiod-default-validator is not built: resources without a revision are checked by nobody.',
            },
          ]
        : []),
      ...validators.flatMap((where): Hit[] => {
        const revision = labelsOf(where.object)['istio.io/rev'];
        return where.object.metadata.name === 'istiod-default-validator' && revision !== look.cluster.default
          ? [
              {
                where,
                message: `Its label istio.io/rev is ${revision ?? 'not there'}, and the default is ${look.cluster.default}.`,
              },
            ]
          : disagreement(look, where);
      }),
    ];
  },
};

/** A webhook configuration whose label names no live revision, or whose Services are not those of the revision. */
function disagreement({ mesh, cluster }: ClusterLook, where: Located): Hit[] {
  const revision = labelsOf(where.object)['istio.io/rev'];
  if (typeof revision !== 'string' || !controlPlaneRevisions(cluster).includes(revision))
    return [
      { where, message: `Its label istio.io/rev is ${revision ?? 'not there'}, and no such control plane runs.` },
    ];
  const wanted = `${controlPlaneNamespace(mesh, revision)}/istiod-${revision}`;
  const called = listAt(where.object, 'webhooks').map((webhook) => {
    const service = mapAt(webhook, 'clientConfig.service');
    return `${service['namespace']}/${service['name']}`;
  });
  const wrong = [...new Set(called.filter((service) => service !== wanted))];
  return wrong.length === 0
    ? []
    : [
        {
          where,
          message: `Its label names ${revision}, and its webhooks call ${wrong.join(', ')} instead of ${wanted}.`,
        },
      ];
}

export const istiodAlias: Rule<ClusterLook> = {
  name: 'istiod-alias',
  statement: 'The Service istiod selects the istiod of the default revision.',
  source:
    'istio/istio#35588: the validator of Istio 1.9 and 1.10, and every proxy that is told no address, asks for this name',
  fix: 'Set "default" in istio-prod.yaml and run yo istio-prod',
  find: (look) => {
    // Until the phase `default` it is that of the installation that was there before.
    if (look.cluster.default === adopted) return [];
    const namespace = controlPlaneNamespace(look.mesh, look.cluster.default);
    const where = find(look.objects, 'Service', namespace, 'istiod');
    if (where === undefined)
      return [{ where: layerFile(look, '5-switch'), message: `The Service ${namespace}/istiod is not built.` }];
    const selector = mapAt(where.object, 'spec.selector');
    return same(selector, { app: 'istiod', 'istio.io/rev': look.cluster.default })
      ? []
      : [
          {
            where,
            message: `It selects ${JSON.stringify(selector)}, and the default revision is ${look.cluster.default}.`,
          },
        ];
  },
};

export const webhookFields: Rule<ClusterLook> = {
  name: 'webhook-fields',
  statement:
    'No webhook configuration in Git holds what istiod writes at run time, unless it is left as it is once it is there: a caBundle, or the failure policy Ignore of a validator.',
  source:
    'istio/istio pilot/pkg/webhooks: istiod writes both; a delivery engine that sets them back makes injection fail closed',
  fix: 'Remove caBundle, and let failurePolicy of a validator be Fail',
  find: (look) =>
    hitsOn(ofKind(look, 'MutatingWebhookConfiguration', 'ValidatingWebhookConfiguration'), (object) => {
      // As in rendered charts: Flux leaves it alone by this, and Argo CD ignores both fields (argo-differences).
      if (annotationsOf(object)['kustomize.toolkit.fluxcd.io/ssa'] === 'IfNotPresent') return [];
      const webhooks = listAt(object, 'webhooks');
      return [
        ...(webhooks.some((webhook) => at(webhook, 'clientConfig.caBundle') !== undefined)
          ? ['It holds a caBundle.']
          : []),
        ...(object.kind === 'ValidatingWebhookConfiguration' &&
        webhooks.some((webhook) => at(webhook, 'failurePolicy') === 'Ignore')
          ? ['Its failurePolicy is Ignore, and istiod sets it to Fail.']
          : []),
      ];
    }),
};

export const releaseTags: Rule<ClusterLook> = {
  name: 'release-tags',
  statement:
    'No Helm release and no IstioOperator makes revision tags or the default validator: these are objects of 5-switch.',
  source:
    'istio/istio manifests/charts: a tag that two releases list has two owners, and goes with the one that is removed first',
  fix: 'Leave revisionTags and defaultRevision empty; tags are in istio-prod.yaml',
  find: (look) => {
    const listed = (values: unknown) =>
      listAt(values, 'revisionTags').length > 0 || textAt(values, 'defaultRevision') !== '';
    return [
      ...releasesOf(look)
        .filter(({ values }) => listed(values))
        .map(({ where }) => where),
      ...ofKind(look, 'IstioOperator').filter(({ object }) => listed(at(object, 'spec.values'))),
    ].map((where) => ({ where, message: 'Its values list revisionTags or a defaultRevision.' }));
  },
};
