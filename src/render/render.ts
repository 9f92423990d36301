import { readFileSync } from 'node:fs';
import ejs from 'ejs';
import type { FileSpec, Ownership } from '../model/file-spec.js';
import { packageRoot } from '../package.js';
import { toBlock, toScalar, toYaml } from './yaml.js';

/** An emitted file with its content. */
export interface RenderedFile {
  readonly path: string;
  readonly ownership: Ownership;
  readonly content: string;
}

type Template = (data: object) => string;
const templates = new Map<string, Template>();

/** Where templates/ and overlays/ are. */
const root = packageRoot();

/** The content of one file; the first line of a managed or frozen YAML or Markdown file says whose it is. */
export function render({ path, ownership, source }: FileSpec): RenderedFile {
  const text =
    source.kind === 'template'
      ? template(source.template)({ ...source.data, yaml: toBlock })
      : source.kind === 'yaml'
        ? toYaml(source.object)
        : source.text;
  return { path, ownership, content: firstLine(path, ownership) + text };
}

/** A template, compiled once. `<%= %>` writes a YAML scalar in YAML; in Markdown, templates use `<%- %>`. */
function template(name: string): Template {
  let compiled = templates.get(name);
  if (compiled === undefined) {
    const text = readFileSync(`${root}/${name}`, 'utf8');
    compiled = ejs.compile(text, { filename: name, escape: toScalar }) as Template;
    templates.set(name, compiled);
  }
  return compiled;
}

const owners: Readonly<Record<Ownership, string>> = {
  managed:
    'Managed: rendered from istio-prod.yaml by "yo istio-prod". Your own changes go to clusters/<cluster>/custom/.',
  frozen:
    'Frozen: written once for this revision and never rendered again. Your own changes go to clusters/<cluster>/custom/.',
  seeded: 'Yours: written once, never touched again.',
};

function firstLine(path: string, ownership: Ownership): string {
  if (path.endsWith('.md')) return `<!-- ${owners[ownership]} -->\n`;
  return /\.ya?ml$/.test(path) ? `# ${owners[ownership]}\n` : '';
}
