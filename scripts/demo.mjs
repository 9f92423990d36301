// The whole journey in a scratch folder: a repository for Istio 1.9.5, the upgrade to 1.10.3, and the diff of each phase.
// Every command is a real one, and git is the real git. `npm run demo -- --keep` leaves the folder there.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { loadAll } from 'js-yaml';
import colours from 'picocolors';

const { values: options } = parseArgs({ options: { keep: { type: 'boolean', default: false } } });
const pc = colours.createColors(process.stdout.isTTY === true && colours.isColorSupported);
const project = fileURLToPath(new URL('..', import.meta.url));
const cli = join(project, 'dist/src/cli.js');
const scratch = mkdtempSync(join(tmpdir(), 'istio-prod-demo-'));
const width = Math.min(process.stdout.columns ?? 100, 100);

// The commits are the demo's, whatever git is set up for here.
const env = {
  ...process.env,
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_SYSTEM: '/dev/null',
  GIT_AUTHOR_NAME: 'Demo',
  GIT_AUTHOR_EMAIL: 'demo@example.com',
  GIT_COMMITTER_NAME: 'Demo',
  GIT_COMMITTER_EMAIL: 'demo@example.com',
  ...(process.stdout.isTTY === true ? { FORCE_COLOR: '1' } : { NO_COLOR: '1' }),
};

/** What a phase means to whoever reviews its commit; the message of the commit says the rest. */
const meanings = {
  add: 'Version 1.10.3 comes beside 1.9.5: an operator, a control plane, gateways. They are dark: no selector names them.',
  workloads:
    'The revision tag moves. Namespaces that carry it get the new sidecar when their pods restart, and not before.',
  blend:
    'The key "version" leaves the selector: gateways of both versions answer. Only pods that are ready get traffic.',
  cut: 'The key comes back with the new version: only 1.10.3 answers. The old gateways finish the connections they have.',
};

function run(command, args, { cwd = scratch, expected = 0 } = {}) {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, env, encoding: 'utf8' });
  if (status !== expected)
    throw new Error(`${command} ${args.join(' ')}: ${error ?? `exit ${status}`}\n${stderr}${stdout}`);
  return stdout.trimEnd();
}

const git = (...args) => run('git', args);

/** Runs the command of this package and shows it as one would type it. */
function istioProd(args, expected = 0) {
  console.log(`\n${pc.dim('$')} ${pc.bold(`istio-prod ${args.join(' ')}`)}\n`);
  console.log(indented(run(process.execPath, [cli, ...args], { expected })));
  if (expected !== 0) console.log(indented(pc.dim(`exit ${expected}`)));
}

function heading(text) {
  console.log(`\n${pc.bold(`── ${text} ${'─'.repeat(Math.max(0, width - text.length - 4))}`)}`);
}

function say(text) {
  const words = text.split(' ');
  let line = '';
  for (const word of words) {
    if (line.length + word.length + 1 > width) {
      console.log(line);
      line = '';
    }
    line += line === '' ? word : ` ${word}`;
  }
  console.log(line);
}

function indented(text) {
  return text.replaceAll(/^(?=.)/gm, '  ');
}

function coloured(diff) {
  return diff.replaceAll(/^[-+@].*$/gm, (line) =>
    line.startsWith('@') ? pc.cyan(line) : line.startsWith('+') ? pc.green(line) : pc.red(line),
  );
}

/** kubectl from the PATH, or the one that the tests unpacked. */
function findKubectl() {
  const unpacked = join(project, 'node_modules/.cache/istio-prod/kubectl');
  const found = spawnSync('kubectl', ['version', '--client'], { stdio: 'ignore' }).status === 0;
  return found ? 'kubectl' : existsSync(unpacked) ? unpacked : undefined;
}

/** The labels of the pods of each gateway: of a plain Deployment, or of what an operator makes of an IstioOperator. */
function gatewayPods(objects) {
  const operated = objects
    .filter(({ kind }) => kind === 'IstioOperator')
    .flatMap(({ spec }) => ['ingressGateways', 'egressGateways'].flatMap((key) => spec.components?.[key] ?? []))
    .filter(({ enabled }) => enabled !== false)
    .map(({ name, label }) => ({ name, labels: label ?? {} }));
  const plain = objects
    .filter(({ kind, spec }) => kind === 'Deployment' && spec.template.metadata.labels?.istio !== undefined)
    .map(({ metadata, spec }) => ({ name: metadata.name, labels: spec.template.metadata.labels }));
  return [...operated, ...plain];
}

/** Who serves, asked of what kustomize builds; without kubectl, of the selector patch. */
function showSwitch(kubectl) {
  if (kubectl === undefined) {
    const folder = join(scratch, 'clusters/production/5-switch');
    for (const file of readdirSync(folder).filter((name) => name.endsWith('.selector.json'))) {
      const [{ value }] = JSON.parse(readFileSync(join(folder, file), 'utf8'));
      console.log(`\n  ${file}: ${pc.bold(JSON.stringify(value))}`);
    }
    return;
  }
  const objects = loadAll(run(kubectl, ['kustomize', 'clusters/production']));
  console.log(
    `\n${pc.dim('$')} ${pc.bold('kubectl kustomize clusters/production')}   ${pc.dim(`${objects.length} objects`)}\n`,
  );
  for (const { metadata, spec } of objects.filter(
    ({ kind, spec }) => kind === 'Service' && spec.type === 'LoadBalancer',
  )) {
    console.log(`  Service ${metadata.name} selects ${pc.bold(JSON.stringify(spec.selector))}`);
    for (const { name, labels } of gatewayPods(objects)) {
      const serves = Object.entries(spec.selector).every(([key, value]) => labels[key] === value);
      const state = serves ? pc.green('serves') : pc.dim('gets nothing new');
      console.log(`    ${name.padEnd(34)} ${state}`);
    }
  }
}

/** The diff of one commit under clusters/, where a switch is made; what else changed is only counted. */
function showCommit(hash) {
  const clusters = git('show', '--format=', '--unified=1', hash, '--', 'clusters').replaceAll(
    /^(diff|index) .*\n/gm,
    '',
  );
  console.log(`\n${pc.dim('$')} ${pc.bold(`git show ${hash} -- clusters`)}\n\n${indented(coloured(clusters))}`);
  const rest = git('show', '--format=', '--name-status', hash, '--', ':!clusters').split('\n');
  const added = rest.filter((line) => line.startsWith('A'));
  const folders = [...new Set(added.map((line) => line.slice(2).split('/').slice(0, 2).join('/')))];
  const followed = rest.filter((line) => !line.startsWith('A')).map((line) => line.slice(2));
  if (added.length > 0) console.log(`\n  Added: ${added.length} files in ${folders.join(', ')}`);
  console.log(`${added.length > 0 ? '' : '\n'}  Follows: ${followed.join(', ')}`);
}

try {
  const kubectl = findKubectl();
  heading('1. A repository for Istio 1.9.5');
  istioProd(['--defaults', '--istio-version', '1.9.5', '--repository', 'https://git.example.com/acme/istio.git']);
  showSwitch(kubectl);
  const start = git('rev-parse', '--short', 'HEAD');

  heading('2. The upgrade to Istio 1.10.3');
  istioProd(['revision', '1.10.3']);
  const commits = git('log', '--reverse', '--format=%h %s', `${start}..HEAD`).split('\n');
  const branch = git('symbolic-ref', '--short', 'HEAD');

  for (const commit of commits) {
    const [hash, ...title] = commit.split(' ');
    const phase = title.at(-1);
    heading(`Phase ${phase}`);
    if (meanings[phase] !== undefined) say(meanings[phase]);
    git('checkout', '--quiet', hash);
    showCommit(hash);
    showSwitch(kubectl);
  }
  git('checkout', '--quiet', branch);

  heading('3. The folder of the old revision: not a byte has changed');
  const older = git('diff', '--stat', start, 'HEAD', '--', 'revisions/1-9-5');
  console.log(`\n${pc.dim('$')} ${pc.bold(`git diff --stat ${start} HEAD -- revisions/1-9-5`)}\n`);
  console.log(indented(older === '' ? pc.dim('(nothing)') : older));

  heading('4. Run again, it has nothing to do; too far, it is refused');
  istioProd(['revision', '1.10.3']);
  istioProd(['revision', '1.12.9'], 1);
  console.log(
    `\n${options.keep ? `The repository is in ${scratch}` : 'npm run demo -- --keep leaves the repository there.'}`,
  );
} finally {
  if (!options.keep) rmSync(scratch, { recursive: true, force: true });
}
