import pc from 'picocolors';
import { locations, locationsThatEnd } from '../catalog/locations.js';
import { istioMinors } from '../catalog/versions.js';
import { meshFile } from '../model/mesh.js';
import { installsOf, type NextStep, nextSteps } from '../policy/next-step.js';
import { isSupported, meshWarnings } from '../policy/warnings.js';
import { readText } from '../repo/files.js';
import type { Options } from './options.js';
import type { Report } from './report.js';
import { readMesh } from './repository.js';

/** `yo istio-prod:versions`: the versions that this release knows and, in a mesh repository, the next step of each cluster. */
export async function versions({ root, today, forced }: Options): Promise<Report> {
  const text = readText(root, meshFile);
  const mesh = text === undefined ? undefined : await readMesh(text, meshFile, undefined, forced);
  const steps = mesh === undefined ? [] : nextSteps(mesh);
  const minors = istioMinors.map(({ minor, latest, kubernetes, endOfSupport }) => ({
    minor,
    latest,
    kubernetes,
    endOfSupport,
    supported: isSupported(latest, today),
    installs: installsOf(latest),
  }));
  const rows = minors.map(({ minor, latest, kubernetes, endOfSupport, supported, installs }) => [
    minor,
    latest,
    kubernetes.join('–'),
    endOfSupport === undefined ? 'supported' : `${supported ? 'until' : 'ended'} ${endOfSupport}`,
    installs.join(', '),
  ]);
  return {
    status: 'shown',
    steps: [],
    shown: {
      text: [
        table([['Istio', 'newest', 'Kubernetes', 'support', 'installed by'], ...rows]),
        `A version that is newer than these is rendered like ${istioMinors.at(-1)?.minor}.`,
        `Images are at ${locations.hub}, charts at ${locations.charts}. Taken down in December 2026: ${locationsThatEnd.map(({ name }) => name).join(', ')}.`,
        ...(steps.length === 0 ? [] : [steps.map(sentence).join('\n')]),
      ].join('\n\n'),
      data: { minors, clusters: steps },
    },
    warnings: mesh === undefined ? [] : meshWarnings(mesh, today),
    next: [...new Set(steps.flatMap(({ command }) => command ?? []))],
  };
}

function sentence({ cluster, version, install, words }: NextStep): string {
  return `${pc.bold(cluster)} runs ${version}, by ${install}. Next: ${words}.`;
}

/** Columns of equal width; the first row is the head. */
function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row, at) => {
      const line = row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('   ')
        .trimEnd();
      return at === 0 ? pc.bold(line) : line;
    })
    .join('\n');
}
