import { describe, expect, it } from 'vitest';
import { abandonRevision } from '../../src/changes/abandon-revision.js';
import { addRevision } from '../../src/changes/add-revision.js';
import { installsOf, nextStep, nextSteps } from '../../src/policy/next-step.js';
import { aMesh, upgraded } from '../support/a-mesh.js';

const commandOf = (mesh: ReturnType<typeof aMesh>) => nextStep(mesh, 'production').command;

describe('the next step', () => {
  it.each([
    ['1.9.5', 'operator', 'yo istio-prod:revision 1.10.6'],
    ['1.22.8', 'operator', 'yo istio-prod:revision 1.23.6'],
    ['1.23.6', 'operator', 'yo istio-prod:revision 1.24.6 --install helm'],
    ['1.30.0', 'helm', 'yo istio-prod:revision 1.31.1'],
    // No Sail release installs 1.26.8 beside 1.25.5; and none that is known brings the definitions of 1.31.
    ['1.25.5', 'sail', 'yo istio-prod:revision 1.26.6'],
    ['1.29.6', 'sail', 'yo istio-prod:revision 1.30.3'],
    ['1.30.3', 'sail', undefined],
    ['1.31.0', 'helm', 'yo istio-prod:revision 1.31.1'],
    ['1.31.1', 'helm', undefined],
    ['1.32.0', 'helm', undefined],
  ] as const)('of %s by %s is %s', (version, install, command) => {
    expect(commandOf(aMesh({ version, install }))).toBe(command);
  });

  it.each(['add', 'workloads', 'blend', 'cut'] as const)('after the phase %s is the rest of the upgrade', (phase) => {
    const mesh = upgraded(aMesh(), '1.10.3', phase);
    expect(commandOf(mesh)).toBe('yo istio-prod:revision 1.10.3 --through default');
    expect(nextStep(mesh, 'production').words).not.toContain(` ${phase}`);
  });

  it('after a revision was given up is to retire that one', () => {
    const outcome = abandonRevision(upgraded(aMesh(), '1.10.3', 'blend'), undefined);
    const mesh = 'steps' in outcome ? outcome.steps.at(-1)?.mesh : undefined;
    expect(nextStep(mesh ?? aMesh(), 'production')).toMatchObject({
      version: '1.9.5',
      words: '1.10.3 goes, part by part',
      command: 'yo istio-prod:retire 1.10.3',
    });
  });

  it('follows a cluster that is ahead, and names the cluster where they differ', () => {
    const start = aMesh({ clusters: ['east', 'west'] });
    expect(nextSteps(start).map(({ command }) => command)).toStrictEqual([
      'yo istio-prod:revision 1.10.6',
      'yo istio-prod:revision 1.10.6',
    ]);
    const outcome = addRevision(start, { version: '1.10.3', clusters: ['west'], through: 'cut', forced: new Set() });
    const mesh = 'steps' in outcome ? outcome.steps.at(-1)?.mesh : undefined;
    expect(nextSteps(mesh ?? start).map(({ command }) => command)).toStrictEqual([
      'yo istio-prod:revision 1.10.3 --cluster east',
      'yo istio-prod:revision 1.10.3 --through default --cluster west',
    ]);
  });

  it('after the last phase is to retire the old version', () => {
    expect(commandOf(upgraded(aMesh(), '1.10.3', 'default'))).toBe('yo istio-prod:retire 1.9.5');
  });
});

describe('a version', () => {
  it('is installed by what can install its minor', () => {
    expect(installsOf('1.9.5')).toStrictEqual(['operator']);
    expect(installsOf('1.23.6')).toEqual(expect.arrayContaining(['operator', 'helm']));
    expect(installsOf('1.24.6')).not.toContain('operator');
    expect(installsOf('1.8.0')).toStrictEqual([]);
  });
});
