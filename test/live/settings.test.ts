import { describe, expect, it } from 'vitest';
import { liveSettings } from '../../src/cluster/live-settings.js';
import type { Snapshot } from '../../src/cluster/snapshot.js';
import { liveRules } from '../../src/policy/verify/live.js';
import { aMesh } from '../support/a-mesh.js';
import { without } from './recorded.js';

const mesh = aMesh({ version: '1.29.4', install: 'helm' });
const health = 'resource.customizations.health.argoproj.io_Application';
const definition = (name: string, labels: Record<string, string>) => ({ metadata: { name, labels } });
/** A cluster in which all is as the repository takes it to be; test/cluster/scenarios/looks-during-an-upgrade asks a real one. */
const good: Snapshot = {
  context: 'here',
  readAt: '2026-11-22T00:00:00Z',
  lists: {
    deployments: { items: [] },
    version: { items: [{ gitVersion: 'v1.33.2' } as never] },
    settings: { items: [{ metadata: { name: 'argocd-cm' }, data: { [health]: 'hs = {}' } }] },
    definitions: {
      items: [
        definition('gateways.networking.istio.io', { 'app.kubernetes.io/version': '1.29.4' }),
        definition('telemetries.telemetry.istio.io', { 'operator.istio.io/version': '1.23.6' }),
        definition('gateways.gateway.networking.k8s.io', { 'app.kubernetes.io/version': '9.9.9' }),
      ],
    },
  },
};
const asked = (snapshot: Snapshot, of = mesh) => {
  const { look, unasked } = liveSettings(of, 'production', snapshot, [health]);
  return { found: liveRules.flatMap(({ name, find }) => find(look).map(() => name)), unasked };
};
const having = (lists: Snapshot['lists']): Snapshot => ({ ...good, lists: { ...good.lists, ...lists } });

describe('what verify asks a cluster', () => {
  it('finds nothing where all is as it should be, and where there is no Istio yet', () => {
    expect(asked(good)).toStrictEqual({ found: [], unasked: [] });
    expect(asked(having({ definitions: { items: [] } }))).toStrictEqual({ found: [], unasked: [] });
  });

  it.each<[string, Snapshot['lists']]>([
    ['live-argo-health', { settings: { items: [] } }],
    ['live-kubernetes', { version: { items: [{ gitVersion: 'v1.28.0' } as never] } }],
    [
      'live-crds',
      { definitions: { items: [definition('a.security.istio.io', { 'app.kubernetes.io/version': '1.30.0' })] } },
    ],
  ])('breaks %s', (rule, lists) => expect(asked(having(lists)).found).toStrictEqual([rule]));

  it.each([
    ['settings', ['live-argo-health']],
    ['version', ['live-kubernetes']],
    ['definitions', ['live-crds']],
    ['deployments', ['live-argo-health', 'live-kubernetes', 'live-crds']],
  ] as const)('does not know without %s, and guesses nothing', (kind, rules) => {
    const { found, unasked } = asked(without(good, kind));
    expect(found).toStrictEqual([]);
    expect(unasked.map(({ rule }) => rule)).toStrictEqual(rules);
    expect(unasked[0]?.fix).toContain('auth can-i list');
  });

  it('does not know the version of definitions that do not say it', () => {
    const { found, unasked } = asked(having({ definitions: { items: [definition('a.networking.istio.io', {})] } }));
    expect(found).toStrictEqual([]);
    expect(unasked).toMatchObject([{ rule: 'live-crds', fix: /--skip live-crds/ }]);
  });

  it('asks the Sail Operator where that brings them, by its image', () => {
    const sail = aMesh({ version: '1.29.4', install: 'sail' });
    const wanted = sail.clusters['production']?.sail ?? '';
    const by = (image: string) =>
      asked(
        having({
          deployments: {
            items: [
              {
                metadata: { name: 'sail-operator', namespace: 'sail-operator' },
                spec: { template: { spec: { containers: [{ image }] } } },
              },
            ],
          },
        }),
        sail,
      );
    expect(by(`quay.io/sail-dev/sail-operator:${wanted}`)).toStrictEqual({ found: [], unasked: [] });
    expect(by('mirror:5000/sail-operator:v1.99.0@sha256:0').found).toStrictEqual(['live-crds']);
    expect(by('mirror:5000/sail-operator').unasked).toMatchObject([{ rule: 'live-crds' }]);
  });
});
