import { describe, expect, it } from 'vitest';
import { configItems } from '../../src/catalog/config.js';
import { meshConfig } from '../../src/catalog/mesh-settings.js';
import { istioMinors } from '../../src/catalog/versions.js';
import type { Mesh } from '../../src/model/mesh.js';
import { fits } from '../../src/policy/check-config.js';
import { configClaims } from '../emitted/claims/config.js';
import { orderClaims } from '../emitted/claims/order.js';
import { ownerClaims } from '../emitted/claims/owners.js';
import { schemaClaims } from '../emitted/claims/schemas.js';
import { type Emitted, emit } from '../support/emitted.js';
import { configuredMesh, fitting, install } from '../support/fitting-config.js';
import type { Built } from '../support/kubectl.js';

describe.each(istioMinors.map(({ latest }) => latest))(
  'configuration in Istio %s, in the middle of the upgrade to it',
  (version) => {
    const able = Object.keys(configItems).filter((name) => fits(configItems[name] as never, version));

    it.each(able)('%s builds, and what is built holds every claim', async (name) => {
      for (const emitted of await emit(configuredMesh([name], version))) expectAll(emitted);
    });

    it.each(fitting(version).map((names) => [names.length, names] as const))(
      'all %i that go together build, and what is built holds every claim',
      async (_, names) => {
        for (const emitted of await emit(configuredMesh(names, version))) expectAll(emitted);
      },
    );

    function expectAll(emitted: Emitted): void {
      // What the charts make of their values is the charts' own; the rest of the claims is about operators.
      const others = install(version) === 'operator' ? { ...orderClaims, ...ownerClaims, ...schemaClaims } : {};
      for (const [sentence, holds] of Object.entries({ ...configClaims, ...others })) {
        try {
          holds(emitted);
        } catch (error) {
          if (error instanceof Error) error.message = `${sentence}: ${error.message}`;
          throw error;
        }
      }
      expect(settingsOf(emitted.objects)).toStrictEqual(
        liveRevisions(emitted.mesh).map(() => meshConfig(emitted.mesh)),
      );
    }
  },
);

/** The mesh configuration of every control plane that was built. */
function settingsOf(objects: readonly Built[]): Built[] {
  return objects.flatMap(({ kind, metadata, spec }) => {
    if (kind === 'IstioOperator') return spec.components?.pilot?.enabled ? [spec.meshConfig] : [];
    return kind === 'Application' && /^istiod-/.test(metadata.name) ? [spec.source.helm.valuesObject.meshConfig] : [];
  });
}

function liveRevisions(mesh: Mesh): string[] {
  return Object.keys(mesh.revisions);
}
