import { changeGateway, removeGateway } from '../changes/change-gateway.js';
import type { Gateway, GatewayKindName } from '../model/mesh.js';
import { Refusal } from '../model/problem.js';
import { changeMesh } from './change.js';
import type { Options } from './options.js';
import type { Report } from './report.js';
import type { Terminal } from './terminal.js';

/** `yo istio-prod:gateway public --kind ingress`: adds a gateway, changes its ports and annotations, or takes it away. */
export function gateway(name: string, options: Options, terminal: Terminal): Promise<Report> {
  const { given, lists, remove, forced } = options;
  const request = {
    name,
    kind: given['kind'] as GatewayKindName | undefined,
    exposure: given['exposure'] as Gateway['exposure'],
    ports: portsOf(lists['ports'] ?? []),
    annotations: annotationsOf(lists['annotation'] ?? []),
    forced,
  };
  return changeMesh(options, terminal, {
    decide: (mesh) => (remove ? removeGateway(mesh, name, forced) : changeGateway(mesh, request)),
    warnings: (_, { gateways }) =>
      remove && !Object.hasOwn(gateways, name)
        ? [`There is no gateway ${name} to remove; there are ${Object.keys(gateways).join(', ')}.`]
        : [],
    next: () => [],
  });
}

/** https:443:8443, or https:443, whose target is then 8443: pods without privileges cannot listen below 1024. */
function portsOf(texts: readonly string[]): NonNullable<Gateway['ports']> {
  return texts.map((text) => {
    const [, name, port, target] = /^([^:]+):(\d{1,5})(?::(\d{1,5}))?$/.exec(text) ?? [];
    if (name === undefined) throw invalid(`--ports ${text}`, 'Type --ports NAME:PORT or NAME:PORT:TARGET');
    const number = Number(port);
    return {
      name,
      port: number,
      targetPort: target === undefined ? number + (number < 1024 ? 8000 : 0) : Number(target),
    };
  });
}

function annotationsOf(texts: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    texts.map((text) => {
      const at = text.indexOf('=');
      if (at < 1) throw invalid(`--annotation ${text}`, 'Type --annotation KEY=VALUE');
      return [text.slice(0, at), text.slice(at + 1)];
    }),
  );
}

function invalid(typed: string, fix: string): Refusal {
  return new Refusal([{ rule: 'invalid-option', message: `${typed}: this is no value it takes.`, fix }]);
}
