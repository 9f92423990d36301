/**
 * Who owns an emitted file.
 *
 * managed: ours, rendered from the mesh at every run. frozen: written once per revision, deleted by retire, never
 * rendered again, so that a new release of this package cannot alter a control plane in production. seeded: written
 * once, then the team's.
 */
export type Ownership = 'managed' | 'frozen' | 'seeded';

/** One emitted file: where it is, whose it is, and what it is made of. */
export interface FileSpec {
  /** Relative to the repository's root, with forward slashes. */
  readonly path: string;
  readonly ownership: Ownership;
  readonly source:
    | { readonly kind: 'template'; readonly template: string; readonly data: object }
    | { readonly kind: 'yaml'; readonly object: object }
    | { readonly kind: 'text'; readonly text: string };
}

/** A file from a template, whose name is the emitted path with `__repeated__` parts, plus `.ejs`. */
export function fromTemplate(path: string, ownership: Ownership, template: string, data: object): FileSpec {
  return { path, ownership, source: { kind: 'template', template: `${template}.ejs`, data } };
}

/** A YAML file that is a list or a small object: it needs no template. */
export function fromObject(path: string, ownership: Ownership, object: object): FileSpec {
  return { path, ownership, source: { kind: 'yaml', object } };
}

/** A file whose text is made elsewhere: the lock, the schema, a JSON patch. */
export function fromText(path: string, ownership: Ownership, text: string): FileSpec {
  return { path, ownership, source: { kind: 'text', text } };
}
