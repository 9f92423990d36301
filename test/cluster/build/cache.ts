import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where builds are kept between runs: never inside the repository. ISTIO_PROD_CLUSTER_CACHE moves it. */
export function cacheDirectory(): string {
  const { ISTIO_PROD_CLUSTER_CACHE: own, XDG_CACHE_HOME: shared } = process.env;
  return own ?? join(shared ?? join(homedir(), '.cache'), 'istio-prod-cluster');
}
