import { dump } from 'js-yaml';

const options = { lineWidth: -1, noRefs: true, quoteStyle: 'double', flowBracketPadding: false } as const;
const scalars = new Map<string, string>();
const blocks = new Map<string, string>();

/** A list or map as block YAML, in the order of its keys, with every string quoted that YAML 1.1 would read as something else. */
export function toYaml(object: object): string {
  // Most of what is written is the same in every cluster, and to look it up costs a tenth of dumping it.
  const key = JSON.stringify(object);
  let block = blocks.get(key);
  if (block === undefined) {
    block = apart(object) ?? dump(object, options);
    blocks.set(key, block);
  }
  return block;
}

/** A map entry by entry: where the whole is of one cluster alone, most of its entries are not. */
function apart(object: object): string | undefined {
  if (Array.isArray(object)) return undefined;
  const entries = Object.entries(object).filter(([, value]) => value !== undefined);
  if (entries.length > 1) return entries.map(([key, value]) => toYaml({ [key]: value })).join('');
  const [[key, value] = []] = entries;
  if (key === undefined || typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const below = toYaml(value);
  return below === '{}\n' ? undefined : `${toYaml({ [key]: null }).slice(0, -' null\n'.length)}\n${indented(below, 2)}`;
}

/**
 * A value as one YAML scalar, fit for block and flow.
 *
 * Quoted where it must be: 1_9_5 is the number 195 in YAML 1.1, which kubectl, kustomize and Helm read.
 */
export function toScalar(value: unknown): string {
  if (typeof value !== 'string') return JSON.stringify(value) ?? 'null';
  let scalar = scalars.get(value);
  if (scalar === undefined) {
    const dumped = dump(value, options).trimEnd();
    // Flow indicators; and a lone "." is a number to some readers of YAML 1.1.
    scalar = /[\n,[\]{}]|^\W*$/.test(dumped) ? JSON.stringify(value) : dumped;
    scalars.set(value, scalar);
  }
  return scalar;
}

/** A list or map as block YAML below a key, on lines of its own that are indented by so many spaces; an empty one stays on the line. */
export function toBlock(object: object, indent: number): string {
  if (Object.keys(object).length === 0) return ` ${toYaml(object).trimEnd()}`;
  return `\n${indented(toYaml(object).trimEnd(), indent)}`;
}

function indented(text: string, spaces: number): string {
  return text.replaceAll(/^(?=.)/gm, ' '.repeat(spaces));
}
