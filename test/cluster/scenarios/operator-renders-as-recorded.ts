import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, parseAllDocuments } from 'yaml';
import { expect } from '../errors.js';
import type { KubeObject } from '../kube/objects.js';
import type { Scenario } from '../scenario.js';
import { actsAsKnown } from '../stand-ins/operator/acts-as-known.js';
import { type Charts, controlPlaneObjects } from '../stand-ins/operator/control-plane-objects.js';
import { askedMinors, decodeCases } from '../stand-ins/operator/decoded.js';
import { type GatewayComponent, gatewayObjects } from '../stand-ins/operator/gateway-objects.js';
import { leavesBehindAsKnown } from '../stand-ins/operator/leaves-behind.js';
import {
  controlPlaneSpec,
  digestOf,
  type GatewayName,
  gatewayNames,
  gatewaySpec,
  leavesOf,
  type Recording,
  readRecordings,
  recordingsFile,
} from '../stand-ins/operator/recorded.js';
import { decodeError } from '../stand-ins/operator/schema.js';

/** The releases that are compared. 1.9 and 1.10 differ more, and no API server of today takes what they render. */
const versions = ['1.13.9', '1.16.7', '1.20.8', '1.23.6'] as const;

/** The stand-in is worth what it renders: it is compared with what the real operator's code made of the same objects. */
export const scenario: Scenario = {
  title: 'The stand-in for the operator decodes and renders as recorded of the real one, and acts as its code says',
  core: true,
  engines: ['none'],
  async run(stage) {
    for (const minor of askedMinors) {
      for (const { what, spec, decodes = [9] } of decodeCases) {
        const wanted = decodes !== 'never' && minor >= decodes[0] && minor <= (decodes[1] ?? 23);
        const problem = decodeError({ metadata: { name: 'case' }, spec }, minor);
        expect(
          (problem === undefined) === wanted,
          `1.${minor}: ${what} must ${wanted ? '' : 'not '}decode: ${problem}`,
        );
      }
    }
    const recordings = process.env.ISTIO_DATA === undefined ? readRecordings() : takeRecordings(process.env.ISTIO_DATA);
    for (const version of versions) {
      const recording = recordings[version];
      expect(recording !== undefined, `${version} is not recorded`);
      for (const gateway of gatewayNames) compareGateway(version, gateway, recording.gateways[gateway]);
      await compareControlPlane(version, recording.controlPlane, stage.lab.charts);
      stage.mark('note', `${version}: gateways field for field, control plane by kind and name`);
    }
    await actsAsKnown(stage.lab.cluster.kube, stage.lab.charts);
    await leavesBehindAsKnown(stage.lab.cluster.kube, stage.lab.charts);
  },
};

function compareGateway(version: string, gateway: GatewayName, recorded: Readonly<Record<string, string>>): void {
  const made = new Map(gatewayMade(version, gateway).map((object) => [idOf(object), object]));
  expectSameNames(Object.keys(recorded), [...made.keys()], `${version} ${gateway}`);
  for (const [id, object] of made)
    expect(
      digestOf(object) === recorded[id],
      `${version} ${gateway}: ${id} is not as recorded, but ${JSON.stringify(object)}`,
    );
}

function gatewayMade(version: string, gateway: GatewayName): KubeObject[] {
  const kind = gateway === 'egress' ? 'egress' : 'ingress';
  const iop = gatewaySpec(version, gateway);
  const components: readonly GatewayComponent[] = iop.spec.components[`${kind}Gateways`];
  const made = components.flatMap((component) => gatewayObjects(component, kind, iop, minorOf(version)));
  return JSON.parse(JSON.stringify(made));
}

async function compareControlPlane(version: string, recorded: readonly string[], charts: Charts): Promise<void> {
  const made = await controlPlaneObjects(controlPlaneSpec(version), charts);
  expectSameNames(recorded, made.map(idOf), `${version} control plane`);
}

function expectSameNames(recorded: readonly string[], made: readonly string[], where: string): void {
  const missing = recorded.filter((id) => !made.includes(id));
  const more = made.filter((id) => !recorded.includes(id));
  expect(recorded.length > 0, `${where}: nothing was recorded`);
  expect(
    missing.length + more.length === 0,
    `${where}: missing ${missing.join(', ') || 'nothing'}; more ${more.join(', ') || 'nothing'}`,
  );
}

/**
 * The recordings from the rendered YAML itself, under `operator/<minor>/` of a folder: they must be what is kept here.
 *
 * Where an object differs it says in which field. With UPDATE_GOLDEN=1 it writes the file that is kept.
 */
function takeRecordings(data: string): Readonly<Record<string, Recording>> {
  const taken = Object.fromEntries(versions.map((version) => [version, takeRecording(data, version)]));
  if (process.env.UPDATE_GOLDEN === '1') writeFileSync(recordingsFile, `${JSON.stringify(taken, undefined, 1)}\n`);
  expect(JSON.stringify(taken) === JSON.stringify(readRecordings()), `${data} has other recordings than are kept`);
  return taken;
}

function takeRecording(data: string, version: string): Recording {
  const folder = join(data, 'operator', `1.${minorOf(version)}`);
  const rendered = (name: string): KubeObject[] =>
    parseAllDocuments(readFileSync(join(folder, `${name}.rendered.yaml`), 'utf8'))
      .map((document) => document.toJS() as KubeObject | null)
      .filter((object) => object !== null);
  const gateways = Object.fromEntries(
    gatewayNames.map((gateway) => {
      const name = gateway === 'ingress' ? 'ingress-injected' : gateway;
      const spec = parse(readFileSync(join(folder, `${name}.spec.yaml`), 'utf8'));
      expectSame(spec, gatewaySpec(version, gateway), `${version} ${gateway}`);
      const made = gatewayMade(version, gateway);
      for (const object of rendered(name)) {
        const other = made.find((one) => idOf(one) === idOf(object));
        if (other !== undefined) expectSame(object, other, `${version} ${gateway}`);
      }
      return [gateway, Object.fromEntries(rendered(name).map((object) => [idOf(object), digestOf(object)]))];
    }),
  ) as Recording['gateways'];
  // Telemetry's EnvoyFilters are no concern of the order in which gateways switch.
  const controlPlane = rendered('control-plane').filter(({ kind }) => kind !== 'EnvoyFilter');
  return { gateways, controlPlane: controlPlane.map(idOf) };
}

function expectSame(recorded: KubeObject, made: KubeObject, where: string): void {
  const [wanted, found] = [leavesOf(recorded), leavesOf(made)];
  for (const path of new Set([...wanted.keys(), ...found.keys()]))
    expect(
      wanted.get(path) === found.get(path),
      `${where}: ${idOf(recorded)}${path} is ${JSON.stringify(found.get(path))}, and ${JSON.stringify(wanted.get(path))} was recorded`,
    );
}

function minorOf(version: string): number {
  return Number(version.split('.')[1]);
}

function idOf({ kind, metadata }: KubeObject): string {
  return `${kind}/${metadata.name}`;
}
