import { changeGateway, removeGateway } from '../changes/change-gateway.js';
import { besides } from '../changes/step.js';
import type { Gateway, GatewayKindName } from '../model/mesh.js';
import type { Problem } from '../model/problem.js';
import { changeMesh } from './change.js';
import { besideRemove, type Options } from './options.js';
import type { Report } from './report.js';
import type { Terminal } from './terminal.js';

/** `yo istio-prod:gateway public --kind ingress`: adds a gateway, changes its ports and annotations, or takes it away. */
export async function gateway(name: string, options: Options, terminal: Terminal): Promise<Report> {
  const { given, lists, remove, forced } = options;
  const { ports = [], annotation = [] } = lists;
  const problems = [
    ...besideRemove(options, ['kind', 'gateway-namespace', 'exposure', 'ports', 'annotation']),
    ...malformed(ports, annotation),
  ];
  const request = {
    name,
    kind: given['kind'] as GatewayKindName | undefined,
    namespace: given['gateway-namespace'],
    exposure: given['exposure'] as Gateway['exposure'],
    ports: ports.filter((typed) => portForm.test(typed)).map(portOf),
    annotations: Object.fromEntries(annotation.filter((typed) => annotationForm.test(typed)).map(annotationOf)),
    forced,
  };
  return changeMesh(options, terminal, {
    decide: (mesh) => besides(problems, remove ? removeGateway(mesh, name, forced) : changeGateway(mesh, request)),
    warnings: (_, { gateways }) =>
      remove && !Object.hasOwn(gateways, name)
        ? [`There is no gateway ${name} to remove; there are ${Object.keys(gateways).join(', ')}.`]
        : [],
    next: () => [],
  });
}

const portForm = /^([^:]+):(\d{1,5})(?::(\d{1,5}))?$/;
const annotationForm = /^([^=]+)=(.*)$/s;

/** What was typed in no form that the options take, all of it. */
function malformed(ports: readonly string[], annotations: readonly string[]): Problem[] {
  const wrong = (option: string, form: RegExp, fix: string) => (typed: string) =>
    form.test(typed)
      ? []
      : [
          {
            rule: 'invalid-option',
            message: `--${option} ${typed}: this is no value it takes.`,
            fix: `Type --${option} ${fix}`,
          },
        ];
  return [
    ...ports.flatMap(wrong('ports', portForm, 'NAME:PORT or NAME:PORT:TARGET')),
    ...annotations.flatMap(wrong('annotation', annotationForm, 'KEY=VALUE')),
  ];
}

/** https:443:8443, or https:443, whose target is then 8443: pods without privileges cannot listen below 1024. */
function portOf(typed: string) {
  const [, name = '', port, target] = portForm.exec(typed) ?? [];
  const number = Number(port);
  return { name, port: number, targetPort: Number(target ?? number + (number < 1024 ? 8000 : 0)) };
}

function annotationOf(typed: string): [string, string] {
  const [, key = '', value = ''] = annotationForm.exec(typed) ?? [];
  return [key, value];
}
