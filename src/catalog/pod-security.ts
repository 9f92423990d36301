import { minorFor } from './versions.js';

/**
 * The security context of a pod that runs as this user and passes the Pod Security profile "restricted".
 *
 * The seccomp profile is a field from Kubernetes 1.19 on, and server-side apply refuses unknown fields: Istio 1.12 is the
 * first whose Kubernetes all have it.
 */
export function podSecurity(version: string, user: number): object {
  return {
    runAsNonRoot: true,
    runAsUser: user,
    runAsGroup: user,
    fsGroup: user,
    ...(minorFor(version).seccompProfile ? { seccompProfile: { type: 'RuntimeDefault' } } : {}),
  };
}
