import type { GatewayKindName, PlatformName } from '../model/mesh.js';
import { eastwest } from './gateways/eastwest.js';
import { egress } from './gateways/egress.js';
import { ingress } from './gateways/ingress.js';
import type { GatewayKind } from './gateways/kind.js';
import { aks } from './platforms/aks.js';
import { bareMetal } from './platforms/bare-metal.js';
import { eks } from './platforms/eks.js';
import { gke } from './platforms/gke.js';
import { k3s } from './platforms/k3s.js';
import { kind } from './platforms/kind.js';
import { kubernetes } from './platforms/kubernetes.js';
import { openshift } from './platforms/openshift.js';
import type { Platform } from './platforms/platform.js';

/** The choices that are data only. To add one: its file, its name in `src/model/mesh.ts`, and its line here. */
export const gatewayKinds: Readonly<Record<GatewayKindName, GatewayKind>> = { ingress, egress, eastwest };
export const platforms: Readonly<Record<PlatformName, Platform>> = {
  kubernetes,
  openshift,
  'bare-metal': bareMetal,
  gke,
  eks,
  aks,
  k3s,
  kind,
};
