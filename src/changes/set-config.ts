import { configItems, defaultSettings } from '../catalog/config.js';
import type { Mesh } from '../model/mesh.js';
import { checkDisruption, unknownItems } from '../policy/check-config.js';
import { checkedSteps, type Outcome, withoutForced } from './step.js';

/** What a person asks of `config`. */
export interface ConfigRequest {
  /** Items of the catalogue. */
  readonly names: readonly string[];
  /** Whether they go, not come. */
  readonly remove: boolean;
  readonly forced: ReadonlySet<string>;
}

/**
 * Adds items of configuration with their default settings, or takes them away, in one step.
 *
 * What is there already keeps its settings; where nothing would change, there is no step.
 */
export function setConfig(mesh: Mesh, { names, remove, forced }: ConfigRequest): Outcome {
  const unknown = unknownItems(names);
  if (unknown.length > 0) return { problems: unknown };
  const changed = names.filter((name) => (mesh.config[name] !== undefined) === remove);
  if (changed.length === 0) return { steps: [] };
  const kept = Object.entries(mesh.config).filter(([name]) => !changed.includes(name));
  const next = { ...mesh, config: { ...Object.fromEntries(kept), ...(remove ? {} : defaultSettings(changed)) } };
  const problems = withoutForced(checkDisruption(mesh, next), forced);
  const outcome = checkedSteps([
    {
      name: 'config',
      mesh: next,
      title: `Istio: ${remove ? 'without ' : ''}${changed.join(', ')}`,
      body: changed.map((name) => bodyOf(name, remove)).join('\n\n'),
    },
  ]);
  return 'problems' in outcome || problems.length > 0
    ? { problems: [...problems, ...('problems' in outcome ? outcome.problems : [])] }
    : outcome;
}

function bodyOf(name: string, remove: boolean): string {
  const item = configItems[name];
  return `${name}${remove ? ' goes' : ''}: ${item?.title}\n\n${remove ? 'It was chosen knowing that' : 'Know that'}: ${item?.cost}`;
}
