// Builds dist/ as a few files: to load several hundred modules would be half of the time of a run.
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

/** Puts the text of the JSON schema in the place of the code that makes it: a tenth of the time of a small run. */
const schemaAsText = {
  name: 'schema-as-text',
  setup({ onLoad }) {
    onLoad({ filter: /\/src\/plan\/json-schema\.ts$/ }, async ({ path }) => {
      const { outputFiles } = await build({
        entryPoints: [path],
        bundle: true,
        write: false,
        format: 'esm',
        platform: 'node',
      });
      const { jsonSchema } = await import(
        `data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`
      );
      return { contents: `export const jsonSchema = () => ${JSON.stringify(jsonSchema())};` };
    });
  },
};

const { metafile } = await build({
  metafile: true,
  plugins: [schemaAsText],
  entryPoints: ['src/cli.ts', ...readdirSync('generators').map((name) => `generators/${name}/index.ts`)],
  outbase: '.',
  outdir: 'dist',
  chunkNames: 'src/chunks/[name]-[hash]',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  legalComments: 'eof',
  // Loaded late, or handed over by yo: these stay packages of their own.
  external: ['yeoman-generator', 'inquirer', 'simple-git', '@kubernetes/client-node'],
  // Some of what is bundled is CommonJS and asks for Node's own modules.
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module';\nconst require = __createRequire(import.meta.url);",
  },
  logLevel: 'warning',
});

// Only now, so that a run that goes on meanwhile finds what it needs: what earlier builds left.
const built = new Set(Object.keys(metafile.outputs));
for (const entry of readdirSync('dist', { recursive: true, withFileTypes: true })) {
  const path = join(entry.parentPath, entry.name);
  if (entry.isFile() && !built.has(path)) rmSync(path);
}
