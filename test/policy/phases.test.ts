import { describe, expect, it } from 'vitest';
import { phaseNames, phasesOf } from '../../src/policy/phases.js';
import { aMesh, upgraded } from '../support/a-mesh.js';
import { edited, of } from '../support/broken-meshes.js';

const mesh = aMesh({ gateways: ['ingress', 'egress'] });
const start = of(mesh.clusters, 'production');

describe('the phases of an upgrade', () => {
  it('move workloads before gateways, unless the mesh says otherwise', () => {
    const first = edited(mesh, (draft) => {
      draft.upgrade.order = 'gateways-first';
    });
    expect(phasesOf(mesh).map(({ name }) => name)).toStrictEqual(['add', 'workloads', 'blend', 'cut', 'default']);
    expect(phasesOf(first).map(({ name }) => name)).toStrictEqual(['add', 'blend', 'cut', 'workloads', 'default']);
  });

  it('lead a cluster to the new revision, each by a change of one thing', () => {
    const states = [start];
    for (const phase of phasesOf(mesh)) states.push(phase.apply(states.at(-1) ?? start, '1-10-3'));
    expect(
      states.map(({ revisions, tags, serves, default: standard }) => [
        revisions.join('+'),
        tags['prod'],
        Object.values(serves)
          .map((serving) => serving.join('+'))
          .join(' '),
        standard,
      ]),
    ).toStrictEqual([
      ['1-9-5', '1-9-5', '1-9-5 1-9-5', '1-9-5'],
      ['1-9-5+1-10-3', '1-9-5', '1-9-5 1-9-5', '1-9-5'],
      ['1-9-5+1-10-3', '1-10-3', '1-9-5 1-9-5', '1-9-5'],
      ['1-9-5+1-10-3', '1-10-3', '1-9-5+1-10-3 1-9-5+1-10-3', '1-9-5'],
      ['1-9-5+1-10-3', '1-10-3', '1-10-3 1-10-3', '1-9-5'],
      ['1-9-5+1-10-3', '1-10-3', '1-10-3 1-10-3', '1-10-3'],
    ]);
  });

  it.each(phaseNames)('change nothing when they are carried out again: %s', (name) => {
    const done = of(upgraded(mesh, '1.10.3', 'default').clusters, 'production');
    const phase = phasesOf(mesh).find((each) => each.name === name);
    const once = phase?.apply(start, '1-10-3');
    expect(once && phase?.apply(once, '1-10-3')).toStrictEqual(once);
    // A gateway that was cut must not be blended again.
    if (name !== 'blend') expect(phase?.apply(done, '1-10-3')).toStrictEqual(done);
    else expect(phase?.apply(done, '1-10-3').serves).toStrictEqual(done.serves);
  });

  it.each(phaseNames.filter((name) => name !== 'add'))('are undone by the reverse edit: %s', (name) => {
    const phases = phasesOf(mesh);
    const index = phases.findIndex((phase) => phase.name === name);
    const earlier = phases.slice(0, index).reduce((cluster, phase) => phase.apply(cluster, '1-10-3'), start);
    const later = phases[index]?.apply(earlier, '1-10-3');
    expect(later && phases[index]?.undo(later, '1-10-3', '1-9-5')).toStrictEqual(earlier);
    expect(phases[index]?.undo(earlier, '1-10-3', '1-9-5')).toStrictEqual(earlier);
  });

  it('say in their message what holds, and what to look at before the next', () => {
    const after = upgraded(mesh, '1.10.3', 'default');
    for (const phase of phasesOf(after)) {
      expect(phase.explains(after, '1-10-3'), phase.name).toMatch(/^[A-Z].*\.$/);
      expect(phase.before(after), phase.name).toMatch(/^[A-Z]/);
    }
  });

  it('say that the CNI restarts where it moves with the default', () => {
    const openshift = upgraded(aMesh({ platform: 'openshift' }), '1.10.3', 'default');
    const words = (each: typeof mesh) => phasesOf(each).at(-1)?.explains(each, '1-10-3') ?? '';
    expect(words(openshift)).toContain('CNI');
    expect(words(upgraded(mesh, '1.10.3', 'default'))).not.toContain('CNI');
  });
});
