import type { EngineName, InstallName } from '../model/mesh.js';
import { argoCd } from './engines/argo-cd.js';
import type { Engine } from './engines/engine.js';
import { flux } from './engines/flux.js';
import type { Install } from './installs/install.js';
import { operator } from './installs/operator.js';

/** The choices that emit files of their own. To add one: its file, its name in `src/model/mesh.ts`, and its line here. */
export const engines: Readonly<Record<EngineName, Engine>> = { 'argo-cd': argoCd, flux };
export const installs: Readonly<Record<InstallName, Install>> = { operator };
