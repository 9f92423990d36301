import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { Charts } from '../operator/control-plane-objects.js';
import { sailDefinitions, sailVersion } from './kinds.js';

const name = 'sail-operator';

const deployment = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: ${name}
  namespace: {{ .Release.Namespace }}
  labels: {app.kubernetes.io/managed-by: helm, control-plane: ${name}}
spec:
  replicas: 1
  selector:
    matchLabels: {control-plane: ${name}}
  template:
    metadata:
      labels: {control-plane: ${name}}
    spec:
      serviceAccountName: ${name}
      containers:
        - name: ${name}
          image: {{ .Values.image }}
          command: [/sail-operator]
`;

const serviceAccount = `apiVersion: v1
kind: ServiceAccount
metadata:
  name: ${name}
  namespace: {{ .Release.Namespace }}
`;

/**
 * Writes a folder that stands in for the chart of the Sail Operator, which is in no public Go module: its Deployment and
 * ServiceAccount, and in `crds/` its own kinds and, as the real one has them, Istio's. It leaves out the operator's RBAC,
 * since the operator that is played here has the administrator's rights, and the kinds that nothing here writes.
 */
export function writeSailChart(folder: string, { directory }: Charts): void {
  const file = (path: string): string => join(folder, path);
  for (const path of ['crds', 'templates']) mkdirSync(file(path), { recursive: true });
  writeFileSync(
    file('Chart.yaml'),
    stringify({ apiVersion: 'v2', name, version: sailVersion, appVersion: sailVersion }),
  );
  writeFileSync(file('values.yaml'), stringify({ image: `quay.io/sail-dev/sail-operator:${sailVersion}` }));
  writeFileSync(file('templates/deployment.yaml'), deployment);
  writeFileSync(file('templates/service-account.yaml'), serviceAccount);
  for (const definition of sailDefinitions())
    writeFileSync(file(`crds/${definition.metadata.name}.yaml`), stringify(definition));
  copyFileSync(join(directory, 'base', 'files', 'crd-all.gen.yaml'), file('crds/istio.yaml'));
}
