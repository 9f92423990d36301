import { describe, expect, it } from 'vitest';
import { abandonRevision } from '../../src/changes/abandon-revision.js';
import { retireRevision } from '../../src/changes/retire-revision.js';
import type { Outcome } from '../../src/changes/step.js';
import type { Mesh } from '../../src/model/mesh.js';
import { phaseNames } from '../../src/policy/phases.js';
import { progressOf, retirementOf } from '../../src/policy/progress.js';
import { aMesh, upgraded } from '../support/a-mesh.js';
import { edited, of } from '../support/broken-meshes.js';

const start = aMesh();

describe('how far an upgrade is', () => {
  it('is nothing to speak of with one revision', () => expect(progressOf(start, 'production')).toBeUndefined());

  it.each(phaseNames)('is known after %s, with all that is left', (phase) => {
    const progress = progressOf(upgraded(start, '1.10.3', phase), 'production');
    const rest = phaseNames.slice(phaseNames.indexOf(phase) + 1);
    expect(progress).toMatchObject({
      from: '1-9-5',
      to: '1-10-3',
      reached: phase,
      left: [...rest, ...retirementOf(start, '1-9-5')],
    });
  });

  it('says per gateway who serves', () => {
    const serving = (['add', 'blend', 'cut'] as const).map(
      (phase) => progressOf(upgraded(start, '1.10.3', phase), 'production')?.serving['istio-ingressgateway'],
    );
    expect(serving).toStrictEqual(['old', 'both', 'new']);
  });

  it('follows the order that the mesh asks for', () => {
    const first = edited(start, (draft) => {
      draft.upgrade.order = 'gateways-first';
    });
    expect(progressOf(upgraded(first, '1.10.3', 'cut'), 'production')).toMatchObject({
      reached: 'cut',
      left: ['workloads', 'default', ...retirementOf(start, '1-9-5')],
    });
  });

  it('names the wave that is next, and the one that was reached', () => {
    const waves = edited(start, (draft) => {
      draft.upgrade.waves = [{ tag: 'canary', namespaces: [] }];
      of(draft.clusters, 'production').tags = { canary: '1-9-5', prod: '1-9-5' };
    });
    expect(progressOf(upgraded(waves, '1.10.3', 'add'), 'production')?.left.slice(0, 3)).toStrictEqual([
      'workloads canary',
      'workloads',
      'blend',
    ]);
    const first = edited(upgraded(waves, '1.10.3', 'add'), (draft) => {
      of(draft.clusters, 'production').tags['canary'] = '1-10-3';
    });
    expect(progressOf(first, 'production')).toMatchObject({
      reached: 'workloads canary',
      left: ['workloads', 'blend', 'cut', 'default', ...retirementOf(start, '1-9-5')],
    });
  });

  it('goes through the steps of retire', () => {
    let mesh = upgraded(start, '1.10.3', 'default');
    const seen: unknown[] = [];
    for (let at = 0; at < 4; at += 1) {
      mesh = last(retireRevision(mesh, { revision: '1-9-5', usage: 'unused', forced: new Set() }));
      seen.push(progressOf(mesh, 'production')?.left);
    }
    const steps = retirementOf(start, '1-9-5');
    expect(steps).toStrictEqual(['retire gateway pods', 'retire gateways', 'retire control plane', 'retire operator']);
    expect(retirementOf(aMesh({ version: '1.10.6' }), '1-10-6')).toStrictEqual(steps.slice(1));
    const byCharts = aMesh({ version: '1.30.5', install: 'helm' });
    expect(retirementOf(byCharts, '1-30-5')).toStrictEqual([
      'retire gateways',
      'retire control plane',
      'retire folder',
    ]);
    expect(seen).toStrictEqual([steps.slice(1), steps.slice(2), steps.slice(3), undefined]);
  });

  it('tells a new revision that was given up from an old one that retires', () => {
    const mesh = last(abandonRevision(upgraded(start, '1.10.3', 'blend')));
    expect(progressOf(mesh, 'production')).toMatchObject({
      from: '1-10-3',
      to: '1-9-5',
      givenUp: true,
      reached: 'retire control plane',
      left: ['retire operator'],
    });
  });
});

function last(outcome: Outcome): Mesh {
  const mesh = 'steps' in outcome ? outcome.steps.at(-1)?.mesh : undefined;
  if (mesh === undefined) throw new Error(JSON.stringify(outcome));
  return mesh;
}
