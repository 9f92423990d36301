// Times whole processes against each other in one run: our command, `cp -r` of the tree it writes, and the scaffolders
// plop and hygen, which write the same tree from templates made of it. What counts is the ratio within one round; single
// times say more about the machine.
//
//   npm run bench                        all of it
//   npm run bench -- --rounds 3          fewer rounds for 200 clusters (the small ones take four times as many)
//   npm run bench -- --save              writes the ratios to bench/results.json
//   TMPDIR=/dev/shm npm run bench        in memory, where other processes keep the disk busy
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { hygenTemplates, plopTemplates } from './peers.mjs';

const { values: options } = parseArgs({
  options: { rounds: { type: 'string', default: '5' }, save: { type: 'boolean', default: false } },
});
const rounds = Number(options.rounds);
const project = fileURLToPath(new URL('..', import.meta.url));
const cli = join(project, 'dist/src/cli.js');
const scratch = mkdtempSync(join(tmpdir(), 'istio-prod-bench-'));

const require = createRequire(import.meta.url);
const peers = {
  hygen: binOf(require.resolve('hygen/package.json')),
  plop: binOf(require.resolve('plop/package.json')),
};

/** The script behind the command that a package is named after. */
function binOf(manifest) {
  const { name, bin } = JSON.parse(readFileSync(manifest, 'utf8'));
  return join(dirname(manifest), typeof bin === 'string' ? bin : bin[name]);
}

/** Runs one process to its end, with its output thrown away; milliseconds. */
function time({ command, args, cwd = scratch, env = {} }) {
  const start = process.hrtime.bigint();
  const { status, error, signal } = spawnSync(command, args, { cwd, env: { ...process.env, ...env }, stdio: 'ignore' });
  const elapsed = Number(process.hrtime.bigint() - start) / 1e6;
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} failed: ${error ?? signal ?? status}`);
  return elapsed;
}

/** Every file below a folder with its content. */
function tree(root, folder = '.', files = new Map()) {
  for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) tree(root, path, files);
    else files.set(path, readFileSync(join(root, path), 'utf8'));
  }
  return files;
}

function sameTree(name, wanted, got) {
  const differing = [...new Set([...wanted.keys(), ...got.keys()])].filter(
    (path) => wanted.get(path) !== got.get(path),
  );
  if (differing.length > 0) throw new Error(`${name} writes another tree: ${differing.slice(0, 5).join(', ')}`);
}

const median = (numbers) => {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
};

/**
 * Runs all contestants once a round, each round beginning with another one, and returns their times.
 * `prepare` gives each a fresh target outside the clock, `check` looks once at what it wrote.
 */
function race(contestants, count, { prepare = () => {}, check = () => {} } = {}) {
  const names = Object.keys(contestants);
  const times = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = -1; round < count; round += 1) {
    for (let turn = 0; turn < names.length; turn += 1) {
      const name = names[(turn + round + names.length) % names.length];
      prepare(name);
      const elapsed = time(contestants[name]);
      // The first round warms the caches and is not counted; its trees are compared.
      if (round === -1) check(name);
      else times[name].push(elapsed);
    }
  }
  return times;
}

/** The median over the rounds of one contestant's time divided by another's in the same round. */
function ratio(times, name, to) {
  return median(times[name].map((elapsed, round) => elapsed / times[to][round]));
}

/** Races the writing of one repository. */
function writing(label, clusters, count) {
  const at = (...parts) => join(scratch, label, ...parts);
  const out = (name) => at('out', name);
  mkdirSync(at('out'), { recursive: true });
  const ours = ['--defaults', '--no-commit', ...(clusters.length > 0 ? ['--clusters', clusters.join(',')] : [])];
  time({ command: process.execPath, args: [cli, ...ours, '--root', at('tree')] });
  const wanted = tree(at('tree'));
  plopTemplates(wanted, at('plop'));
  hygenTemplates(wanted, at('hygen'));
  const contestants = {
    'istio-prod': { command: process.execPath, args: [cli, ...ours, '--root', out('istio-prod')] },
    'cp -r': { command: 'cp', args: ['-r', at('tree'), out('cp -r')] },
    hygen: {
      command: process.execPath,
      args: [peers.hygen, 'tree', 'new'],
      cwd: out('hygen'),
      env: { HYGEN_TMPLS: at('hygen'), HYGEN_OVERWRITE: '1' },
    },
    plop: {
      command: process.execPath,
      args: [peers.plop, '--no-progress', '--plopfile', at('plop', 'plopfile.mjs'), '--dest', out('plop')],
      cwd: at('plop'),
    },
  };
  let written = 0;
  const times = race(contestants, count, {
    prepare: (name) => {
      // Nothing is deleted during a race: the disk would still be at it while the next one is timed.
      if (existsSync(out(name))) renameSync(out(name), at('out', `done-${written++}`));
      if (name !== 'cp -r') mkdirSync(out(name));
      spawnSync('sync');
    },
    check: (name) => sameTree(name, wanted, tree(out(name))),
  });
  return { title: `${label}: ${wanted.size} files`, times };
}

function print({ title, times }) {
  const [first] = Object.keys(times);
  console.log(`\n${title}, ${times[first].length} rounds\n`);
  console.log(`  ${'command'.padEnd(22)}${'median'.padStart(10)}${'of ours'.padStart(10)}`);
  for (const name of Object.keys(times)) {
    const milliseconds = `${median(times[name]).toFixed(0)} ms`;
    console.log(`  ${name.padEnd(22)}${milliseconds.padStart(10)}${ratio(times, name, first).toFixed(2).padStart(10)}`);
  }
}

try {
  const one = writing('1 cluster', [], rounds * 4);
  print(one);
  const names = Array.from({ length: 200 }, (_, index) => `c${String(index + 1).padStart(3, '0')}`);
  const many = writing('200 clusters', names, rounds);
  print(many);
  const version = {
    title: 'start',
    times: race(
      {
        'istio-prod --version': { command: process.execPath, args: [cli, '--version'] },
        'node -e 0': { command: process.execPath, args: ['-e', '0'] },
      },
      rounds * 4,
    ),
  };
  print(version);

  const fastest = ['hygen', 'plop'].sort((a, b) => median(one.times[a]) - median(one.times[b]))[0];
  const targets = [
    ['1 cluster ÷ the fastest peer', ratio(one.times, 'istio-prod', fastest), 'at most', 1],
    ['200 clusters ÷ cp -r', ratio(many.times, 'istio-prod', 'cp -r'), 'at most', 5],
    ['hygen ÷ 200 clusters', ratio(many.times, 'hygen', 'istio-prod'), 'at least', 5],
    ['--version ÷ node -e 0', ratio(version.times, 'istio-prod --version', 'node -e 0'), 'at most', 2],
  ].map(([what, measured, bound, target]) => {
    const met = bound === 'at most' ? measured <= target : measured >= target;
    return { what, measured: Number(measured.toFixed(2)), target: `${bound} ${target}`, met };
  });
  console.log(`\nTargets (the fastest peer for 1 cluster is ${fastest})\n`);
  for (const { what, measured, target, met } of targets) {
    console.log(`  ${met ? 'met   ' : 'MISSED'}  ${what.padEnd(32)}${String(measured).padStart(7)}   ${target}`);
  }
  if (options.save) {
    const ratios = ({ title, times }) => ({
      title,
      rounds: times[Object.keys(times)[0]].length,
      timeOfOurs: Object.fromEntries(
        Object.keys(times).map((name) => [name, Number(ratio(times, name, Object.keys(times)[0]).toFixed(2))]),
      ),
    });
    const result = { node: process.version, targets, races: [one, many, version].map(ratios) };
    writeFileSync(join(project, 'bench/results.json'), `${JSON.stringify(result, null, 2)}\n`);
  }
  process.exitCode = targets.every(({ met }) => met) ? 0 : 1;
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
