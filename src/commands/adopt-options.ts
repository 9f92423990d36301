/** The options of `adopt` alone: what to look at, and what its objects do not say. */
export const adoptOptions = [
  {
    name: 'manifests',
    value: 'PATH',
    description:
      'Look at these manifests, a file or a folder of them: what kubectl get -A -o yaml prints of namespaces, services, deployments, daemonsets, configmaps, mutatingwebhookconfigurations, validatingwebhookconfigurations, gateways.networking.istio.io, envoyfilters, peerauthentications, authorizationpolicies, requestauthentications, telemetries, wasmplugins and networkpolicies',
    only: ['adopt'],
  },
  {
    name: 'found-revision',
    value: 'NAME',
    description: 'Which of several control planes serves; the one without a revision is "default"',
    only: ['adopt'],
  },
  {
    name: 'found-version',
    value: '1.18.2',
    description: 'The Istio version that is there, where its image does not say it',
    only: ['adopt'],
  },
] as const;
