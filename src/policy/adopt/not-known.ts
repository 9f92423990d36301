import type { Problem } from '../../model/problem.js';
import { revisionSuffix } from '../../model/revision.js';
import type { Found, Installation } from './installation.js';

/** Why it is not clear which control plane is meant. */
export function whichOne({ installations }: Found, wanted: string | undefined): Problem[] {
  const names = installations.map(({ revision }) => revision);
  if (names.length === 0) {
    return [
      {
        rule: 'no-istio',
        message:
          'No control plane was found, no Deployment with the label app=istiod; and yet there are gateways, or webhooks of one.',
        fix: 'Where it is there, read all of it. Where it is gone, delete what is left of it first: kubectl get mutatingwebhookconfigurations,validatingwebhookconfigurations | grep istio',
      },
    ];
  }
  return [
    {
      rule: 'which-control-plane',
      message: `There ${names.length === 1 ? 'is one control plane' : `are ${names.length} control planes`}, ${names.join(' and ')}${wanted === undefined ? '' : `, and none is ${wanted}`}.`,
      fix: `Finish the upgrade that is under way there first, or say which one serves: --found-revision ${names[0]}`,
    },
  ];
}

/** What has to be known of a control plane, and is not: each with the option, or the command, that says it. */
export function notKnown(
  { namespace, version, settings, revision }: Installation,
  unknown: readonly string[],
): Problem[] {
  const configMap = `istio${revisionSuffix(revision)}`;
  return [
    ...(version === undefined
      ? [
          {
            rule: 'unknown-version',
            message: `The version of the istiod in ${namespace} is unknown: the tag of its image is no version.`,
            fix: 'Say it: --found-version 1.18.2 (istioctl version shows it)',
          },
        ]
      : []),
    ...(settings === undefined
      ? [
          {
            rule: 'unknown-settings',
            message: `The settings of the mesh are unknown: the ConfigMap ${namespace}/${configMap} was not read, or its mesh, or the values of istio-sidecar-injector beside it, are no YAML.`,
            fix: `Look at it, and add it: kubectl -n ${namespace} get configmaps -o yaml`,
          },
        ]
      : []),
    ...unknown.map((message) => ({
      rule: 'unknown-port',
      message,
      fix: 'Give the Service the number of the port for its targetPort; that changes nothing for its clients',
    })),
  ];
}
