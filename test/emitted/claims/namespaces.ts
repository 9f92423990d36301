import { expect } from 'vitest';
import { nameOf, ofKind } from '../../support/emitted.js';
import type { Built } from '../../support/kubectl.js';
import type { Claims } from '../describe-upgrade.js';

const kinds = { ingress: 'istio-ingress', egress: 'istio-egress', eastwest: 'istio-eastwest' } as const;

export const namespaceClaims: Claims = {
  'the namespaces are those that the mesh needs'(emitted) {
    const { mesh, cluster } = emitted;
    const gateways = Object.values(mesh.gateways).map(({ kind }) =>
      mesh.namespaces.gateways === 'shared' ? 'istio-gateways' : kinds[kind],
    );
    const planes = (mesh.clusters[cluster]?.revisions ?? []).map((revision) =>
      mesh.namespaces.controlPlane === 'shared' ? 'istio-system' : `istio-system-${revision}`,
    );
    const wanted = [...new Set(['istio-config', 'istio-operator', ...gateways, ...planes])];
    const found = ofKind(emitted, 'Namespace').map(({ metadata }) => metadata.name);
    expect(found.toSorted()).toStrictEqual(wanted.toSorted());
  },

  'no namespace carries a label of injection'(emitted) {
    for (const { metadata } of ofKind(emitted, 'Namespace')) {
      expect(Object.keys(metadata.labels ?? {}), metadata.name).not.toContain('istio-injection');
      expect(Object.keys(metadata.labels ?? {}), metadata.name).not.toContain('istio.io/rev');
    }
  },

  'the namespace of every istiod, and no other, names the network of the cluster'(emitted) {
    const network = emitted.mesh.clusters[emitted.cluster]?.network;
    for (const { metadata } of ofKind(emitted, 'Namespace')) {
      const label = metadata.labels?.['topology.istio.io/network'];
      expect(label, metadata.name).toBe(metadata.name.startsWith('istio-system') ? network : undefined);
    }
  },

  'every object lives in a namespace that is built too'(emitted) {
    const namespaces = ofKind(emitted, 'Namespace').map(({ metadata }) => metadata.name);
    const clusterWide = ['ClusterRole', 'ClusterRoleBinding', 'CustomResourceDefinition', 'Namespace'];
    for (const object of emitted.objects) {
      if (clusterWide.includes(object.kind) || object.kind.endsWith('WebhookConfiguration')) {
        expect(object.metadata.namespace, nameOf(object)).toBeUndefined();
      } else expect(namespaces, nameOf(object)).toContain(object.metadata.namespace);
    }
  },

  'every role that is bound, and every ServiceAccount that is named, is there'(emitted) {
    const accounts = ofKind(emitted, 'ServiceAccount').map(({ metadata }) => `${metadata.namespace}/${metadata.name}`);
    const roles = ofKind(emitted, 'Role').map(({ metadata }) => `${metadata.namespace}/${metadata.name}`);
    const clusterRoles = ofKind(emitted, 'ClusterRole').map(({ metadata }) => metadata.name);
    for (const binding of [...ofKind(emitted, 'RoleBinding'), ...ofKind(emitted, 'ClusterRoleBinding')]) {
      const { kind, name } = binding.roleRef;
      // Roles of the platform are there before us.
      if (kind === 'Role') expect(roles, nameOf(binding)).toContain(`${binding.metadata.namespace}/${name}`);
      else if (!name.startsWith('system:')) expect(clusterRoles, nameOf(binding)).toContain(name);
      for (const subject of binding.subjects.filter((each: Built) => each.kind === 'ServiceAccount')) {
        expect(accounts, nameOf(binding)).toContain(`${subject.namespace}/${subject.name}`);
      }
    }
    for (const object of [...ofKind(emitted, 'Deployment'), ...ofKind(emitted, 'Job')]) {
      const { serviceAccountName } = object.spec.template.spec;
      expect(accounts, nameOf(object)).toContain(`${object.metadata.namespace}/${serviceAccountName}`);
    }
  },
};
