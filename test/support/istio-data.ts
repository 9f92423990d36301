import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadAll } from 'js-yaml';
import { minorOf } from '../../src/catalog/versions.js';
import type { Built } from './kubectl.js';

const folder = process.env['ISTIO_DATA'] ?? join(import.meta.dirname, '../../../shared/data');

/** Whether the facts recorded from Istio's releases are at hand; tests must pass without them. */
export const hasIstioData = existsSync(folder);

/** The CustomResourceDefinitions of the minor of a version. */
export function istioCrds(version: string): Built[] {
  return json(`crds/istio-${minorOf(version)}.json`);
}

/** Every value path that Istio's own charts of that minor declare. */
export function chartValues(version: string): ReadonlySet<string> {
  const { charts } = json(`chart-values/istio-${minorOf(version)}.json`);
  return new Set(Object.values<string[]>(charts).flat());
}

/** The IstioOperators of which it is recorded that the operator of this minor, or of the nearest recorded one before, accepts them. */
export function acceptedSpecs(version: string): Built[] {
  return recorded(version, '.spec.yaml');
}

/** What that operator made of them. */
export function renderedObjects(version: string): Built[] {
  return recorded(version, '.rendered.yaml');
}

function recorded(version: string, ending: string): Built[] {
  const number = (minor: string) => Number(minor.split('.')[1]);
  const minors = readdirSync(join(folder, 'operator')).filter((name) => /^1\.\d+$/.test(name));
  const nearest = minors
    .filter((minor) => number(minor) <= number(minorOf(version)))
    .toSorted((a, b) => number(b) - number(a))[0];
  const from = join(folder, 'operator', nearest ?? '');
  return readdirSync(from)
    .filter((name) => name.endsWith(ending))
    .flatMap((name) => loadAll(readFileSync(join(from, name), 'utf8')) as Built[]);
}

const parsed = new Map<string, Built>();

function json(path: string): Built {
  const known = parsed.get(path) ?? JSON.parse(readFileSync(join(folder, path), 'utf8'));
  parsed.set(path, known);
  return known;
}
