import { expect, it } from 'vitest';
import { checkAdmission } from '../../src/policy/admission.js';
import { aMesh, upgraded } from '../support/a-mesh.js';

it.each([
  ['1.9.5', true],
  ['1.21.6', true],
  ['1.22.8', false],
])('admission policies beside %s are refused: %s', (version, refused) => {
  const mesh = { ...aMesh({ version }), admissionPolicies: true };
  expect(checkAdmission(mesh).map(({ rule }) => rule)).toStrictEqual(refused ? ['admission-kubernetes'] : []);
});

it('one version that is too old is enough, and a mesh without policies may have any', () => {
  const mesh = upgraded(aMesh({ version: '1.21.6' }), '1.22.8', 'cut');
  expect(checkAdmission({ ...mesh, admissionPolicies: true })).toHaveLength(1);
  expect(checkAdmission(mesh)).toStrictEqual([]);
});
