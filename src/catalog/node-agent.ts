import type { Mesh } from '../model/mesh.js';
import { chainedAgent } from './chained-agent.js';
import { platforms } from './kinds.js';
import { merge } from './merge.js';
import type { NodeAgent } from './platforms/platform.js';

/** Whether traffic goes through ztunnel and waypoints, without sidecars (istio.io/docs/ambient). */
export function isAmbient({ dataPlane }: Pick<Mesh, 'dataPlane'>): boolean {
  return dataPlane === 'ambient';
}

/** The CNI node agent of a mesh: where the platform or ambient mode cannot do without it, or the mesh asks for it. */
export function nodeAgent(mesh: Pick<Mesh, 'platform' | 'cni' | 'dataPlane'>): NodeAgent | undefined {
  const { cni } = platforms[mesh.platform];
  if (!cni?.required && !mesh.cni && !isAmbient(mesh)) return undefined;
  const agent = cni ?? chainedAgent();
  return isAmbient(mesh) ? ambientAgent(agent) : agent;
}

/** The agent that redirects traffic to ztunnel, and an istiod that knows of it. */
function ambientAgent(agent: NodeAgent): NodeAgent {
  return {
    ...agent,
    values: (version) => ({ ...agent.values(version), profile: 'ambient' }),
    controlPlaneValues: (version) => {
      const values = agent.controlPlaneValues(version);
      const pilot = merge(values.pilot ?? {}, { cni: { enabled: true, provider: agent.provider } });
      return { ...values, top: { ...values.top, profile: 'ambient' }, pilot };
    },
  };
}
