/** Two maps as one, however deep; where both say something else than a map, the second wins. */
export function merge(first: object, second: object): Record<string, unknown> {
  const merged: Record<string, unknown> = { ...first };
  for (const [key, value] of Object.entries(second)) {
    const present = merged[key];
    merged[key] = isMap(present) && isMap(value) ? merge(present, value) : value;
  }
  return merged;
}

function isMap(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
