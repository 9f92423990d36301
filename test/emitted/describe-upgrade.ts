import { beforeAll, describe, it } from 'vitest';
import type { BootstrapRequest } from '../../src/changes/bootstrap.js';
import type { Mesh } from '../../src/model/mesh.js';
import { type PhaseName, phaseNames } from '../../src/policy/phases.js';
import { aMesh, upgraded } from '../support/a-mesh.js';
import { type Emitted, emit } from '../support/emitted.js';
import { fitting } from '../support/fitting-config.js';
import { argoCdClaims } from './claims/argo-cd.js';
import { configClaims } from './claims/config.js';
import { entryServiceClaims } from './claims/entry-services.js';
import { gatewayClaims } from './claims/gateways.js';
import { namespaceClaims } from './claims/namespaces.js';
import { operatorClaims } from './claims/operators.js';
import { orderClaims } from './claims/order.js';
import { ownerClaims } from './claims/owners.js';
import { recordedClaims } from './claims/recorded.js';
import { schemaClaims } from './claims/schemas.js';
import { tagClaims } from './claims/tags.js';

/** What must hold in every state of every mesh: a sentence, and a function that throws where it does not. */
export type Claims = Readonly<Record<string, (emitted: Emitted) => void>>;

/** All of them. */
export const claims: Claims = {
  ...entryServiceClaims,
  ...gatewayClaims,
  ...namespaceClaims,
  ...operatorClaims,
  ...orderClaims,
  ...ownerClaims,
  ...tagClaims,
  ...argoCdClaims,
  ...configClaims,
  ...schemaClaims,
  ...recordedClaims,
};

const all = ['ingress', 'egress', 'eastwest'] as const;
type Shape = Partial<BootstrapRequest>;

/** Namespaces × platform × gateways. */
const product: readonly Shape[] = (['kubernetes', 'openshift'] as const).flatMap((platform) =>
  (['shared', 'dedicated'] as const).flatMap((gatewayNamespaces) =>
    [['ingress'] as const, all].map((gateways): Shape => ({ platform, gatewayNamespaces, gateways })),
  ),
);

/** Every pair of choices, in half as many meshes. */
const pairs = product.filter((_, at) => [0, 3, 5, 6].includes(at));

/** What else a mesh may be, looked at in every phase. */
const others: readonly Shape[] = [
  { gateways: all, gatewayInstall: 'operator', controlPlaneNamespaces: 'per-revision' },
  { gateways: all, gatewayNamespaces: 'dedicated', clusters: ['1e3'], hub: 'registry.example.com:5000/istio' },
];

/** One describe per shape of mesh, in which each claim must hold after every step of the upgrade. */
export function describeUpgrade(from: string, to: string, shapes: 'product' | 'pairs'): void {
  const configured: readonly Shape[] = fitting(from, to).map((config) => ({ gateways: all, config }));
  const cases = [
    ...(shapes === 'product' ? product : pairs).map((shape) => [shape, ['add', 'blend', 'cut', 'default']] as const),
    ...[...others, ...configured].map((shape) => [shape, phaseNames] as const),
  ];
  describe.each(cases.map((each) => [words(each[0]), ...each] as const))(`${from} → ${to}, %s`, (_, shape, phases) => {
    const states: [string, Emitted][] = [];

    beforeAll(async () => {
      const start = aMesh({ ...shape, version: from });
      const journey: [string, Mesh][] = [
        ['bootstrap', start],
        ...phases.map((phase): [PhaseName, Mesh] => [phase, upgraded(start, to, phase, shape.gatewayInstall)]),
      ];
      for (const [phase, mesh] of journey) {
        for (const emitted of await emit(mesh)) states.push([`${phase} in ${emitted.cluster}`, emitted]);
      }
    }, 120_000);

    it.each(Object.entries(claims))('%s', (_sentence, holds) => {
      for (const [state, emitted] of states) {
        try {
          holds(emitted);
        } catch (error) {
          if (error instanceof Error) error.message = `${state}: ${error.message}`;
          throw error;
        }
      }
    });
  });
}

function words(shape: Partial<BootstrapRequest>): string {
  return Object.entries(shape)
    .map(([key, value]) => `${key} ${value}`)
    .join(', ');
}
