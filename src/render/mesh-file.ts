import {
  type Document,
  isCollection,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  type Tags,
} from 'yaml';
import type { z } from 'zod';
import { type Mesh, meshSchema } from '../model/mesh.js';
import type { Problem } from '../model/problem.js';

/** YAML 1.1 as kubectl reads it, but for floats with an exponent: the library's take the name e1, which is none. */
const reading = {
  version: '1.1',
  customTags: (tags: Tags) =>
    tags.filter((tag) => typeof tag === 'string' || !('format' in tag) || tag.format !== 'EXP'),
} as const;

type Path = readonly PropertyKey[];

/** A mesh file that was read: the mesh, or why it is none; `locate` says where in the file a path is, as `:line:column`. */
export interface ReadMesh {
  readonly mesh?: Mesh;
  readonly problems: readonly Problem[];
  readonly locate: (path: Path) => string;
}

/** Reads a mesh file. YAML 1.1, as kubectl reads it: what means one thing here means the same there. */
export function parseMesh(text: string, file: string): ReadMesh {
  const lines = new LineCounter();
  const document = parseDocument(text, { ...reading, lineCounter: lines, prettyErrors: false });
  const at = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return `${file}:${line}:${col}`;
  };
  const locate = (path: Path) => at(offsetOf(document, path));
  if (document.errors.length > 0) {
    return {
      locate,
      problems: document.errors.map((error) => ({
        rule: 'mesh-syntax',
        message: `${at(error.pos[0])}: ${error.message}`,
        fix: `Mend the YAML of ${file}`,
      })),
    };
  }
  let content: unknown;
  try {
    content = document.toJS();
  } catch (error) {
    // An alias to nothing, or to too much.
    const message = `${file}: ${(error as Error).message}`;
    return { locate, problems: [{ rule: 'mesh-syntax', message, fix: `Mend the YAML of ${file}` }] };
  }
  const result = meshSchema.safeParse(content);
  if (result.success) return { mesh: result.data, problems: [], locate };
  return {
    locate,
    problems: result.error.issues.flatMap((issue) =>
      wrongs(issue).map(({ path, message }) => ({
        rule: 'mesh-schema',
        message: `${locate(path)}: ${[path.join('.'), message].filter(Boolean).join(': ')}`,
        fix: 'Mend it; the comments of the schema say what each key may hold (istio-prod.schema.json)',
      })),
    ),
  };
}

/** What is wrong and where: an unknown key at its own place, and what is wrong with a key that is no name. */
function wrongs(issue: z.core.$ZodIssue): { path: Path; message: string }[] {
  const { path } = issue;
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => ({ path: [...path, key], message: 'there is no such key' }));
    case 'invalid_key':
      return issue.issues.map(({ message }) => ({ path, message }));
    case 'invalid_type':
      return [{ path, message: issue.message.endsWith('received undefined') ? 'is missing' : issue.message }];
    default:
      return [{ path, message: issue.message }];
  }
}

/** The offset of a path, or of the nearest part of it that is there. */
function offsetOf(document: Document.Parsed, path: Path): number {
  for (let depth = path.length; depth > 0; depth -= 1) {
    const parent = depth === 1 ? document.contents : document.getIn(path.slice(0, depth - 1), true);
    if (isCollection(parent)) {
      const pair = parent.items.find(
        (item) =>
          item !== null && typeof item === 'object' && 'key' in item && String(item.key) === String(path[depth - 1]),
      );
      const key = pair !== undefined && 'key' in (pair as object) ? (pair as { key: unknown }).key : undefined;
      if (isNode(key) && key.range) return key.range[0];
      const node = document.getIn(path.slice(0, depth), true);
      if (isNode(node) && node.range) return node.range[0];
    }
  }
  return 0;
}

/** The mesh file with the difference between two meshes carried into it: everything else, comments too, stays as it is. */
export function editMeshFile(text: string, before: Mesh, after: Mesh): string {
  if (JSON.stringify(before) === JSON.stringify(after)) return text;
  const document = parseDocument(text, reading);
  carry(document, [], before, after);
  const indent = /^( +)\S/m.exec(text)?.[1]?.length ?? 2;
  const edited = document.toString({ lineWidth: 0, indent, flowCollectionPadding: !/[{[][^\s\]}]/.test(text) });
  return text.includes('\r\n') ? edited.replaceAll(/\r?\n/g, '\r\n') : edited;
}

function carry(document: Document, path: readonly string[], before: unknown, after: unknown): void {
  if (JSON.stringify(before) === JSON.stringify(after)) return;
  // An empty map is written "{}", and what is put into it would stay in braces.
  if (isRecord(before) && isRecord(after) && Object.keys(before).length > 0) {
    for (const key of Object.keys(before)) if (!(key in after)) document.deleteIn([...path, key]);
    for (const [key, value] of Object.entries(after)) carry(document, [...path, key], before[key], value);
    return;
  }
  const present = document.getIn(path, true);
  if (isSeq(present) && Array.isArray(after)) {
    // An item that stays keeps its node, and with it its comment.
    present.items = after.map(
      (item) => present.items.find((node) => isScalar(node) && node.value === item) ?? document.createNode(item),
    );
    return;
  }
  // A new list is written as the lists beside it are.
  const beside = document.getIn(path.slice(0, -1), true);
  const block = isMap(beside) && beside.items.some(({ value }) => isSeq(value) && value.flow !== true);
  const flow = Array.isArray(after) && !after.some(isRecord) && !block;
  document.setIn(path, document.createNode(after, { flow }));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
