import { sleep, until } from '../../clock.js';
import { expect } from '../../errors.js';
import type { Kube } from '../../kube/client.js';
import { type KubeObject, objectPath } from '../../kube/objects.js';
import { gateway } from './acts-as-known.js';
import type { Charts } from './control-plane-objects.js';
import { startOperator } from './operator.js';

const namespace = 'istio-gateways';
/** Before and after the deletion of IstioOperators was mended (1.12.7). */
const [leaving, mended] = ['1.12.6', '1.12.7'] as const;
/** Longer than the stand-in needs to act, in milliseconds. */
const aWhile = 4000;

/**
 * Plays what an old operator makes of a gateway that goes while its proxy is connected: it leaves all behind, unless the
 * gateway was switched off before; a mended one deletes it. Needs what `actsAsKnown` has made.
 */
export async function leavesBehindAsKnown(kube: Kube, charts: Charts): Promise<void> {
  for (const version of [leaving, mended]) {
    const revision = version.replaceAll('.', '-');
    const operator = startOperator({ kube, charts, revision, namespaces: [], version, waitTimeout: 20, say: () => {} });
    try {
      await kube.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'istio-system' } });
      await runningPod(kube, 'istio-system', 'istiod', revision, 'discovery');
      await runningPod(kube, namespace, 'proxy', revision, 'istio-proxy');

      const old = gateway(`old-${revision}`, namespace, version);
      await made(kube, old);
      await goes(kube, old);
      const left = await kube.find(deploymentOf(old));
      expect(
        (left !== undefined) === (version === leaving),
        `an operator of ${version} should ${version === leaving ? 'leave' : 'delete'} a Deployment whose proxy is connected`,
      );

      const off = gateway(`off-${revision}`, namespace, version);
      await made(kube, off);
      off.spec.components.ingressGateways[0].enabled = false;
      await kube.apply(off);
      await until('what is switched off to be gone', async () => (await kube.find(deploymentOf(off))) === undefined, {
        timeout: 20,
      });
      await goes(kube, off);
    } finally {
      operator.stop();
    }
  }
}

/** A pod that no node runs and that says it does. */
async function runningPod(kube: Kube, of: string, name: string, revision: string, container: string): Promise<void> {
  const pod: KubeObject = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: `${name}-${revision}`, namespace: of, labels: { app: name, 'istio.io/rev': revision } },
    spec: { schedulerName: 'nobody', containers: [{ name: container, image: 'none' }] },
  };
  await until('the ServiceAccount of pods', () => kube.apply(pod), { timeout: 20 });
  await kube.mergePatch(`${objectPath(pod)}/status`, { status: { phase: 'Running' } });
}

/** Nothing up to 1.13 gets autoscalers and budgets applied today, so such a gateway is never HEALTHY; its Deployment is there. */
async function made(kube: Kube, iop: KubeObject): Promise<void> {
  await kube.apply(iop);
  await until('its Deployment', () => kube.find(deploymentOf(iop)), { timeout: 20 });
  await until('its status', async () => (await kube.get(objectPath(iop))).status?.status === 'ERROR', { timeout: 20 });
}

async function goes(kube: Kube, iop: KubeObject): Promise<void> {
  await kube.remove(objectPath(iop));
  await until(`${iop.metadata.name} to be gone`, async () => (await kube.find(objectPath(iop))) === undefined, {
    timeout: 20,
  });
  await sleep(aWhile);
}

function deploymentOf({ metadata: { name } }: KubeObject): string {
  return `/apis/apps/v1/namespaces/${namespace}/deployments/${name}`;
}
