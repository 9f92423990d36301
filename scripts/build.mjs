// Builds dist/ as a few files: to load several hundred modules would be half of the time of a run.
import { readdirSync, rmSync } from 'node:fs';
import { build } from 'esbuild';

rmSync('dist', { recursive: true, force: true });
await build({
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
