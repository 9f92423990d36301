import type { InstallName } from '../model/mesh.js';
import { helm } from './installs/helm.js';
import type { Install } from './installs/install.js';
import { operator } from './installs/operator.js';
import { sail } from './installs/sail.js';

export { engines } from './engines.js';

/** The install methods. To add one: its file, its name in `src/model/mesh.ts`, and its line here. */
export const installs: Readonly<Record<InstallName, Install>> = { operator, helm, sail };
