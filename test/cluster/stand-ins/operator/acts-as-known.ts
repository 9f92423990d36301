import { sleep, until } from '../../clock.js';
import { expect } from '../../errors.js';
import type { Kube } from '../../kube/client.js';
import { type KubeObject, kindPath, objectPath } from '../../kube/objects.js';
import type { Charts } from './control-plane-objects.js';
import { startOperator } from './operator.js';
import { gatewaySpec } from './recorded.js';

const current = '1.20.8';
const namespace = 'istio-gateways';
const apiVersion = 'install.istio.io/v1alpha1';
const paused = 'install.istio.io/ignoreReconcile';
/** Longer than the stand-in needs to act, in milliseconds: what has not happened by then does not happen. */
const aWhile = 6000;

/** Plays the operator on a real API server where it differs from what one would wish, and looks that it does. */
export async function actsAsKnown(kube: Kube, charts: Charts): Promise<void> {
  await kube.apply(definition);
  await until('the CRD', () => kube.list(kindPath(apiVersion, 'IstioOperator')).then(() => true), { timeout: 20 });
  await kube.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
  const operator = startOperator({
    kube,
    charts,
    revision: '1-20-8',
    namespaces: [],
    version: current,
    waitTimeout: 20,
    say: () => {},
  });
  try {
    const ingress = gateway('one');
    await kube.apply(ingress);
    await statusBecomes(kube, ingress, 'HEALTHY');
    await makesAgainWhatIsDeleted(kube, ingress);
    await keepsErrors(kube);
    await staysOnMergeErrors(kube, ingress);
    await stopsForAllWhenOneDoesNotDecode(kube);
    await leavesPausedOnesTerminating(kube, ingress);
  } finally {
    operator.stop();
  }
}

async function makesAgainWhatIsDeleted(kube: Kube, iop: KubeObject): Promise<void> {
  const service = `/api/v1/namespaces/${namespace}/services/${iop.metadata.name}`;
  await kube.mergePatch(service, { spec: { sessionAffinity: 'ClientIP' } });
  for (const path of [
    `/apis/autoscaling/v2/namespaces/${namespace}/horizontalpodautoscalers/${iop.metadata.name}`,
    `/apis/policy/v1/namespaces/${namespace}/poddisruptionbudgets/${iop.metadata.name}`,
    `/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}/roles/${iop.metadata.name}-sds`,
  ]) {
    const { uid } = (await kube.get(path)).metadata;
    await kube.remove(path);
    await until(`${path} again`, async () => ((await kube.find(path))?.metadata.uid ?? uid) !== uid, { timeout: 20 });
  }
  const { spec } = await kube.get(service);
  expect(spec.sessionAffinity === 'ClientIP', 'an edit of an owned object must stay');
}

async function keepsErrors(kube: Kube): Promise<void> {
  const iop = gateway('two', 'not-there');
  await kube.apply(iop);
  await statusBecomes(kube, iop, 'ERROR');
  const { status } = await kube.get(objectPath(iop));
  const error: string = status.componentStatus.IngressGateways.error;
  expect(error.includes('not-there'), `the component must say what failed, and says ${error}`);
  await kube.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'not-there' } });
  await sleep(aWhile);
  expect((await statusOf(kube, iop)) === 'ERROR', 'an apply error must not be tried again by itself');
  await kube.mergePatch(objectPath(iop), { spec: { meshConfig: { accessLogFile: '' } } });
  await statusBecomes(kube, iop, 'HEALTHY');
}

async function staysOnMergeErrors(kube: Kube, iop: KubeObject): Promise<void> {
  await kube.mergePatch(objectPath(iop), { spec: { values: { foo: 1 } } });
  await sleep(aWhile);
  expect((await statusOf(kube, iop)) === 'HEALTHY', 'a merge error must leave the status as it was');
  await kube.mergePatch(objectPath(iop), { spec: { values: { foo: null } } });
}

async function stopsForAllWhenOneDoesNotDecode(kube: Kube): Promise<void> {
  const [tooNew, innocent] = [gateway('three'), gateway('four')];
  await kube.apply({ ...tooNew, spec: { ...tooNew.spec, revision: '1-21-6', compatibilityVersion: '1.20' } });
  await sleep(1000);
  await kube.apply(innocent);
  await sleep(aWhile);
  expect((await statusOf(kube, innocent)) === undefined, 'nothing may happen while one IstioOperator does not decode');
  await kube.remove(objectPath(tooNew));
  await statusBecomes(kube, innocent, 'HEALTHY');
}

async function leavesPausedOnesTerminating(kube: Kube, iop: KubeObject): Promise<void> {
  const deployment = `/apis/apps/v1/namespaces/${namespace}/deployments/${iop.metadata.name}`;
  await kube.mergePatch(objectPath(iop), { metadata: { annotations: { [paused]: 'true' } } });
  await kube.remove(objectPath(iop));
  await sleep(aWhile);
  const left = await kube.find(objectPath(iop));
  expect(
    left?.metadata.deletionTimestamp !== undefined,
    'a paused IstioOperator that is deleted must stay Terminating',
  );
  expect((await kube.find(deployment)) !== undefined, 'what a paused IstioOperator owns must stay');
  await kube.mergePatch(objectPath(iop), { metadata: { annotations: { [paused]: null } } });
  await until('it to be gone', async () => (await kube.find(objectPath(iop))) === undefined, { timeout: 20 });
  await until('its Deployment to be gone', async () => (await kube.find(deployment)) === undefined, { timeout: 20 });
}

/** A gateway without pods, so that nothing has to be waited for. */
export function gateway(name: string, of = namespace, version = current): KubeObject {
  const iop = gatewaySpec(version, 'ingress');
  const [component] = iop.spec.components.ingressGateways;
  const patches = [{ path: 'spec.replicas', value: 0 }];
  component.name = name;
  component.namespace = of;
  component.k8s.hpaSpec.scaleTargetRef.name = name;
  component.k8s.overlays = [{ kind: 'Deployment', name, patches }];
  return { ...iop, metadata: { name, namespace } };
}

async function statusOf(kube: Kube, iop: KubeObject): Promise<string | undefined> {
  return (await kube.get(objectPath(iop))).status?.status;
}

async function statusBecomes(kube: Kube, iop: KubeObject, wanted: string): Promise<void> {
  await until(`${iop.metadata.name} to be ${wanted}`, async () => (await statusOf(kube, iop)) === wanted, {
    timeout: 30,
  });
}

const definition: KubeObject = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'istiooperators.install.istio.io' },
  spec: {
    group: 'install.istio.io',
    scope: 'Namespaced',
    names: { kind: 'IstioOperator', plural: 'istiooperators', singular: 'istiooperator' },
    versions: [
      {
        name: 'v1alpha1',
        served: true,
        storage: true,
        subresources: { status: {} },
        schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
      },
    ],
  },
};
