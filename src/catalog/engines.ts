import type { EngineName } from '../model/mesh.js';
import { argoCd } from './engines/argo-cd.js';
import type { Engine } from './engines/engine.js';
import { flux } from './engines/flux.js';

/** The delivery engines. To add one: its file, its name in `src/model/mesh.ts`, and its line here. */
export const engines: Readonly<Record<EngineName, Engine>> = { 'argo-cd': argoCd, flux };
