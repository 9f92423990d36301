import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/** The version of this package. */
export function packageVersion(): string {
  const manifest = require(import.meta.url.includes('/dist/') ? '../../../package.json' : '../../package.json') as {
    version: string;
  };
  return manifest.version;
}
