import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse, parseAllDocuments } from 'yaml';
import { expect } from '../errors.js';
import type { KubeObject } from '../kube/objects.js';
import type { Scenario } from '../scenario.js';
import { controlPlaneObjects } from '../stand-ins/operator/control-plane-objects.js';
import { type GatewayComponent, gatewayObjects } from '../stand-ins/operator/gateway-objects.js';

const data = process.env.ISTIO_DATA ?? fileURLToPath(new URL('../../../../shared/data', import.meta.url));
/** Minors whose gateways the stand-in renders field for field. 1.10 adds a node affinity by architecture that nothing here reads. */
const minors = ['1.13', '1.16', '1.20', '1.23'];

/** The stand-in is worth what it renders: it is compared with what the real operator's code made of the same objects. */
export const scenario: Scenario = {
  title: 'The stand-in for the operator renders what the real one was recorded to render',
  core: true,
  engines: ['none'],
  async run(stage) {
    if (!existsSync(join(data, 'operator'))) {
      stage.mark('note', 'no recordings here (ISTIO_DATA): nothing to compare with');
      return;
    }
    for (const minor of minors) {
      for (const name of ['ingress-injected', 'egress', 'eastwest']) {
        const { spec, rendered } = recording(minor, name);
        const kind = name === 'egress' ? 'egress' : 'ingress';
        const components: readonly GatewayComponent[] = spec.spec.components[`${kind}Gateways`];
        const made = components.flatMap((component) =>
          gatewayObjects(component, kind, spec, Number(minor.split('.')[1])),
        );
        for (const object of rendered)
          expectSame(
            object,
            made.find((other) => idOf(other) === idOf(object)),
            `${minor} ${name}`,
          );
        expect(
          made.length === rendered.length,
          `${minor} ${name}: ${rendered.length} objects were recorded, and ${made.length} are made`,
        );
      }
      await compareControlPlane(minor, stage.lab.charts);
      stage.mark('note', `${minor}: gateways field for field, control plane by kind and name`);
    }
  },
};

async function compareControlPlane(
  minor: string,
  charts: { readonly helm: string; readonly directory: string },
): Promise<void> {
  const { spec, rendered } = recording(minor, 'control-plane');
  // The operators of old minors made telemetry EnvoyFilters too, which are no concern of the order in which gateways switch.
  const wanted = rendered
    .filter(({ kind }) => kind !== 'EnvoyFilter')
    .map(idOf)
    .sort();
  const made = (await controlPlaneObjects(spec, charts)).map(idOf).sort();
  const missing = wanted.filter((id) => !made.includes(id));
  const more = made.filter((id) => !wanted.includes(id));
  expect(
    missing.length + more.length === 0,
    `${minor} control plane: missing ${missing.join(', ')}; more ${more.join(', ')}`,
  );
}

function recording(minor: string, name: string): { spec: KubeObject; rendered: KubeObject[] } {
  const read = (file: string): string => readFileSync(join(data, 'operator', minor, file), 'utf8');
  const rendered = parseAllDocuments(read(`${name}.rendered.yaml`)).map(
    (document) => document.toJS() as KubeObject | null,
  );
  return {
    spec: parse(read(`${name}.spec.yaml`)) as KubeObject,
    rendered: rendered.filter((object) => object !== null),
  };
}

function idOf({ kind, metadata }: KubeObject): string {
  return `${kind}/${metadata.name}`;
}

function expectSame(recorded: KubeObject, made: KubeObject | undefined, where: string): void {
  expect(made !== undefined, `${where}: ${idOf(recorded)} is not made`);
  const wanted = leavesOf(recorded);
  const found = leavesOf(JSON.parse(JSON.stringify(made)));
  for (const path of new Set([...wanted.keys(), ...found.keys()])) {
    const [one, other] = [wanted.get(path) ?? undefined, found.get(path)];
    expect(
      one === other,
      `${where}: ${idOf(recorded)}${path} is ${JSON.stringify(other)}, and ${JSON.stringify(one)} was recorded`,
    );
  }
}

function leavesOf(node: unknown, path = '', leaves = new Map<string, unknown>()): Map<string, unknown> {
  if (node === null || typeof node !== 'object') leaves.set(path, node);
  else for (const [key, value] of Object.entries(node)) leavesOf(value, `${path}/${key}`, leaves);
  return leaves;
}
