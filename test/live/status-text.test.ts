import { stripVTControlCharacters } from 'node:util';
import { expect, it } from 'vitest';
import { liveMesh } from '../../src/cluster/live-mesh.js';
import type { Snapshot } from '../../src/cluster/snapshot.js';
import { clusterStatus, supportOf } from '../../src/commands/status-report.js';
import { statusText } from '../../src/commands/status-text.js';
import { blended, changed, recorded } from './recorded.js';

/** What a person sees of a cluster. */
function shown(snapshot: Snapshot): string {
  const clusters = [clusterStatus(blended, 'production', liveMesh(blended, 'production', snapshot))];
  const support = supportOf(blended, '2026-11-22');
  return stripVTControlCharacters(
    statusText(blended, { status: 'ok', revisions: blended.revisions, support, clusters }),
  );
}

it('an entry Service that is not there is shown as such: it selects nobody, and has no address', () => {
  const blend = recorded('blend');
  expect(shown(blend)).toMatch(/^istio-ingressgateway +1-20-8 +serves +serves +2\/2 ready +2$/m);
  expect(shown(blend)).toMatch(/^istio-ingressgateway +192\.0\.2\.\d+$/m);
  const gone = shown(changed(blend, 'services', () => []));
  expect(gone).toMatch(/^istio-ingressgateway +1-20-8 +serves +no Service +2\/2 ready/m);
  expect(gone).toMatch(/^istio-ingressgateway +not there$/m);
});

it('one pod of one workload is named as one', () => {
  const blend = recorded('blend');
  // Of all workloads in the mesh, one pod.
  const seen = new Set<string>();
  const one = changed(blend, 'pods', (all) =>
    all.filter(({ metadata: { namespace, annotations } }) => {
      if (annotations?.['sidecar.istio.io/status'] === undefined || namespace !== 'shop') return namespace !== 'shop';
      return seen.size === 0 && seen.add(namespace) !== undefined;
    }),
  );
  expect(shown(one)).toMatch(/^1-\d\d-\d .* 1 pod of 1 workload$/m);
});
