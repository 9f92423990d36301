/**
 * What the Sail Operator does to every object that Helm rendered for it (pkg/helm/postrenderer.go): who owns it, a label,
 * and on an upgrade no failure policy of validators, which istiod sets. Helm runs this with the owner as JSON and with
 * `install` or `upgrade`; objects come on stdin and go to stdout.
 */
import { readFileSync } from 'node:fs';
import { parseAllDocuments, stringify } from 'yaml';
import type { KubeObject } from '../../kube/objects.js';

const [owner = '', action] = process.argv.slice(2);
const objects = parseAllDocuments(readFileSync(0, 'utf8'))
  .map((document) => document.toJS({ maxAliasCount: -1 }) as KubeObject | null)
  .filter((object): object is KubeObject => object?.kind !== undefined);
for (const object of objects) {
  const { metadata, kind } = object;
  metadata.ownerReferences = [...(metadata.ownerReferences ?? []), JSON.parse(owner)];
  metadata.labels = { ...metadata.labels, 'managed-by': 'sail-operator' };
  if (action === 'upgrade' && kind === 'ValidatingWebhookConfiguration')
    for (const webhook of object.webhooks) delete webhook.failurePolicy;
}
process.stdout.write(objects.map((object) => `---\n${stringify(object)}`).join(''));
