import { expect } from 'vitest';
import { minorOf, since } from '../../../src/catalog/versions.js';
import { controlPlaneRevisions } from '../../../src/model/revision.js';
import { type Emitted, nameOf, ofKind } from '../../support/emitted.js';
import { istioProblems } from '../../support/istio-schemas.js';
import type { Built } from '../../support/kubectl.js';
import type { Claims } from '../describe-upgrade.js';

export const configClaims: Claims = {
  'Istio’s own resources have an API and fields that every live version serves'(emitted) {
    for (const object of emitted.objects.filter(isIstio)) {
      // The CustomResourceDefinitions are the newest live version's; an EnvoyFilter is read by one revision, the rest by all.
      const reader = object.kind === 'EnvoyFilter' ? object.metadata.labels['istio.io/rev'] : undefined;
      for (const [revision, version] of [...live(emitted)].filter(([each]) => reader === undefined || each === reader))
        expect(istioProblems(object, version), `${revision} reads ${nameOf(object)}`).toStrictEqual([]);
    }
  },

  'an EnvoyFilter is read by the istiod of one revision, for proxies of its minor, of chosen workloads'(emitted) {
    const versions = live(emitted);
    for (const { metadata, spec } of ofKind(emitted, 'EnvoyFilter')) {
      const revision = metadata.labels['istio.io/rev'];
      const version = versions.get(revision) ?? '';
      expect(metadata.name).toMatch(new RegExp(`-${revision}$`));
      expect(metadata.namespace).toBe('istio-config');
      expect(Object.keys(spec.workloadSelector.labels).length, metadata.name).toBeGreaterThan(0);
      expect(spec.priority, metadata.name).toBe(since(version, '1.11') ? 10 : undefined);
      for (const { match } of spec.configPatches) {
        expect(match.context, metadata.name).toMatch(/^(ANY|GATEWAY|SIDECAR_INBOUND|SIDECAR_OUTBOUND)$/);
        const pin = new RegExp(match.proxy.proxyVersion);
        for (const each of ['1.1.9', '1.11.0', '2.9.1', ...versions.values(), version])
          expect(pin.test(each), `${metadata.name} ${each}`).toBe(minorOf(each) === minorOf(version));
      }
    }
  },

  'every live revision has its copy of each EnvoyFilter, alike but for what depends on its version'(emitted) {
    const copies = new Map<string, string[]>();
    for (const { metadata } of ofKind(emitted, 'EnvoyFilter')) {
      const revision = metadata.labels['istio.io/rev'];
      const name = metadata.name.slice(0, -revision.length - 1);
      copies.set(name, [...(copies.get(name) ?? []), revision]);
    }
    const revisions = [...live(emitted).keys()];
    for (const [name, found] of copies) expect(found.toSorted(), name).toStrictEqual(revisions.toSorted());
  },

  'what is given to Envoy is typed, in version 3'(emitted) {
    for (const object of ofKind(emitted, 'EnvoyFilter')) {
      const text = JSON.stringify(object.spec);
      const types = [...text.matchAll(/"@type":"([^"]+)"/g)].map(([, type]) => type);
      for (const type of types) expect(type).toMatch(/^type\.googleapis\.com\/envoy\.extensions\.[\w.]+\.v3\.\w+$/);
      // Envoy before 1.19 took some by name; later it takes none.
      expect(
        text.match(/"name":"envoy\.(filters\.(http|listener)|access_loggers)\.[^r"][^"]*"(?!,"typed_config")/),
        nameOf(object),
      ).toBe(null);
    }
  },

  'nothing selects by revision or version: the other revision would lose it'(emitted) {
    for (const object of emitted.objects.filter(isIstio)) {
      const selectors = [
        object.spec?.selector?.matchLabels ?? object.spec?.selector,
        object.spec?.workloadSelector?.labels,
      ];
      for (const selector of selectors)
        for (const key of Object.keys(selector ?? {}))
          expect(key, nameOf(object)).not.toMatch(/^(version|istio\.io\/rev)$/);
    }
  },

  'the root namespace has one Telemetry at most, since istiod reads one, and refuses nobody'(emitted) {
    expect(ofKind(emitted, 'Telemetry').length).toBeLessThanOrEqual(1);
    expect(ofKind(emitted, 'AuthorizationPolicy')).toStrictEqual([]);
    expect(ofKind(emitted, 'PeerAuthentication').map(({ spec }) => spec.mtls.mode)).toStrictEqual(['PERMISSIVE']);
  },

  'the mesh configuration is the same in every live control plane'(emitted) {
    const controlPlanes = ofKind(emitted, 'IstioOperator').filter(({ spec }) => spec.components?.pilot?.enabled);
    for (const { spec } of controlPlanes) expect(spec.meshConfig).toStrictEqual(controlPlanes[0]?.spec.meshConfig);
  },

  'istiod sees the namespaces of the mesh itself, whatever it is told to pass over'(emitted) {
    const selectors = ofKind(emitted, 'IstioOperator').flatMap(({ spec }) => spec.meshConfig?.discoverySelectors ?? []);
    if (selectors.length === 0) return;
    for (const { metadata } of ofKind(emitted, 'Namespace'))
      expect(metadata.labels, metadata.name).toMatchObject({ 'istio-discovery': 'enabled' });
  },

  'what is scraped has the ports that are scraped'(emitted) {
    for (const { spec } of ofKind(emitted, 'ServiceMonitor')) {
      const services = ofKind(emitted, 'Service').filter(({ metadata }) => metadata.labels?.app === 'istiod');
      const ports = services.flatMap(({ spec: { ports: named } }) => named.map(({ name }: Built) => name));
      for (const { port } of spec.endpoints) expect(ports).toContain(port);
    }
  },
};

/** Of Istio's own APIs: not what installs it. */
function isIstio({ apiVersion }: Built): boolean {
  return /^(networking|security|telemetry|extensions)\.istio\.io\//.test(apiVersion);
}

/** The revisions whose control plane runs in the cluster, with their versions. */
function live({ mesh, cluster }: Emitted): ReadonlyMap<string, string> {
  const here = mesh.clusters[cluster];
  const names = here === undefined ? [] : controlPlaneRevisions(here);
  return new Map(names.map((name) => [name, mesh.revisions[name]?.version ?? '']));
}
