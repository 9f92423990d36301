import { execFile } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { stringify } from 'yaml';
import { secondsSince } from '../clock.js';
import { kubeContext } from '../cluster/cluster.js';
import { git } from '../delivery/git-server.js';
import { HarnessError, messageOf } from '../errors.js';
import type { PhaseCommit, Repository, RetireStep } from './repository.js';

const run = promisify(execFile);
const clusterName = 'production';
/** Seconds after which what makes no progress is reported: a team's own setting, so that a scenario does not take minutes. */
const shortDeadline = 45;

/**
 * Repositories written by the packed generator, as a person gets it: built, packed, installed into a scratch folder, and
 * used by its own command. `bin` is the folder of the helm that it finds.
 */
export async function generatedRepositories(
  root: string,
  bin: string,
  say: (line: string) => void,
): Promise<(directory: string) => Repository> {
  const start = Date.now();
  const scratch = mkdtempSync(join(tmpdir(), 'istio-prod-packed-'));
  process.once('exit', () => rmSync(scratch, { recursive: true, force: true }));
  const npm = (args: readonly string[], cwd: string): Promise<unknown> =>
    run('npm', [...args], { cwd, maxBuffer: 64 * 1024 * 1024 });
  try {
    await npm(['run', '--silent', 'build'], root);
    await npm(['pack', '--silent', '--pack-destination', scratch], root);
    const [archive = ''] = readdirSync(scratch).filter((file) => file.endsWith('.tgz'));
    writeFileSync(join(scratch, 'package.json'), '{"private":true}');
    writeFileSync(join(scratch, '.gitconfig'), '[user]\n  name = harness\n  email = harness@example.com\n');
    await npm(['install', '--silent', '--no-audit', '--no-fund', '--prefer-offline', join(scratch, archive)], scratch);
  } catch (error) {
    const logFile = join(tmpdir(), 'istio-prod-pack.log');
    writeFileSync(logFile, `${messageOf(error)}\n${(error as { stdout?: string }).stdout ?? ''}`);
    throw new HarnessError('the generator could not be built, packed and installed', logFile);
  }
  const command = join(scratch, 'node_modules', '.bin', 'istio-prod');
  if (!existsSync(command)) throw new HarnessError(`the packed generator has no command ${command}`);
  say(`packed and installed the generator in ${secondsSince(start)} s`);
  return (directory) => generatedRepository(command, bin, directory);
}

function generatedRepository(command: string, bin: string, directory: string): Repository {
  async function istioProd(args: readonly string[], kubeconfig?: string): Promise<readonly PhaseCommit[]> {
    mkdirSync(directory, { recursive: true });
    const before = existsSync(join(directory, '.git')) ? await head() : undefined;
    const PATH = `${process.env.PATH ?? ''}${delimiter}${bin}`;
    const env = { PATH, HOME: join(command, '..', '..', '..'), GIT_CONFIG_NOSYSTEM: '1', KUBECONFIG: kubeconfig };
    try {
      await run(command, [...args, '--defaults'], { cwd: directory, env, maxBuffer: 16 * 1024 * 1024 });
    } catch (error) {
      const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
      throw new Error(`istio-prod ${args.join(' ')}: ${stderr}${stdout}`.trim());
    }
    return commitsSince(before);
  }

  const head = async (): Promise<string> => (await git(['rev-parse', 'HEAD'], directory)).trim();

  /** The commits after one, oldest first. The last word of a title is the phase. */
  async function commitsSince(before: string | undefined): Promise<readonly PhaseCommit[]> {
    const range = before === undefined ? 'HEAD' : `${before}..HEAD`;
    const log = await git(['log', '--reverse', '--format=%H %s', range], directory);
    return log
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => ({ commit: line.slice(0, 40), phase: line.split(' ').at(-1) ?? '' }));
  }

  /** The team's own patches of a layer, all of them. */
  function writeCustom(layer: string, patches: readonly object[]): void {
    const component = { apiVersion: 'kustomize.config.k8s.io/v1alpha1', kind: 'Component', patches };
    const file = join(directory, 'clusters', clusterName, 'custom', layer, 'kustomization.yaml');
    writeFileSync(file, stringify(component));
  }

  async function commitAll(message: string): Promise<string> {
    await git(['commit', '--quiet', '--all', '--message', message], directory);
    return head();
  }

  function last(commits: readonly PhaseCommit[]): string {
    const commit = commits.at(-1)?.commit;
    if (commit === undefined) throw new Error('the generator made no commit');
    return commit;
  }

  return {
    directory,
    async bootstrap({
      engine,
      version,
      url,
      gateways = ['ingress'],
      dedicatedNamespaces = false,
      platform = 'kubernetes',
      install,
      charts,
      render = false,
    }) {
      const choices = [
        '--engine',
        engine,
        '--istio-version',
        version,
        '--repository',
        url,
        '--clusters',
        clusterName,
        '--branch',
        'main',
        '--platform',
        platform,
        ...(install === undefined ? [] : ['--install', install]),
        ...(charts === undefined || install === 'sail' ? [] : ['--charts', charts]),
        ...(render ? ['--render'] : []),
      ];
      const commits = await istioProd([
        ...choices,
        '--gateways',
        gateways.join(','),
        '--gateway-namespaces',
        dedicatedNamespaces ? 'dedicated' : 'shared',
      ]);
      if (charts === undefined || install !== 'sail') return last(commits);
      // Where the Sail Operator comes from is no option: it is written into the mesh, as a person does.
      appendFileSync(join(directory, 'istio-prod.yaml'), `\nsail:\n  charts: ${charts}\n`);
      return last(await istioProd([]));
    },
    upgrade: (version, through = 'default', install) =>
      istioProd(['revision', version, '--through', through, ...(install === undefined ? [] : ['--install', install])]),
    async restartByCommits(namespace) {
      await istioProd(['cluster', clusterName, '--restarts', 'commits']);
      const folder = join(directory, 'apps', namespace);
      const labels = { app: 'cart' };
      const deployment = {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: 'cart', namespace },
        spec: {
          replicas: 2,
          selector: { matchLabels: labels },
          template: { metadata: { labels }, spec: { containers: [{ name: 'cart', image: 'cart:1' }] } },
        },
      };
      const kustomization = {
        resources: ['deployment.yaml'],
        components: [`../../clusters/${clusterName}/restarts/prod`],
      };
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, 'deployment.yaml'), stringify(deployment));
      writeFileSync(join(folder, 'kustomization.yaml'), stringify(kustomization));
      await git(['add', 'apps'], directory);
      return commitAll('The workloads of a team');
    },
    async rollback(steps = 1) {
      const commits: PhaseCommit[] = [];
      for (let step = 0; step < steps; step++) commits.push(...(await istioProd(['rollback'])));
      return commits;
    },
    async giveUp() {
      return { phase: 'the rollback of the broken revision', commit: last(await istioProd(['rollback', '--broken'])) };
    },
    async retire(version, kubeconfig) {
      const looked = kubeconfig === undefined ? ['--force', 'usage-unknown'] : ['--context', kubeContext];
      const commit = last(await istioProd(['retire', version, ...looked], kubeconfig));
      const title = await git(['log', '-1', '--format=%s', commit], directory);
      // Where no operator made it, what is left last is its folder.
      const step = /: retire (gateway-pods|gateways|control-plane|operator|folder) of /.exec(title)?.[1];
      if (step === undefined) throw new Error(`"${title.trim()}" is no step of retire`);
      return { step: step === 'folder' ? 'operator' : (step as RetireStep), commit };
    },
    async annotateGatewayPods(version, annotations, message) {
      const name = `istio-(ingress|egress|eastwest)gateway-${version.replaceAll('.', '-')}`;
      const patch = stringify({
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: 'any' },
        spec: { progressDeadlineSeconds: shortDeadline, template: { metadata: { annotations } } },
      });
      const patches = annotations === undefined ? [] : [{ target: { kind: 'Deployment', name }, patch }];
      writeCustom('4-gateways', patches);
      return commitAll(message);
    },
    annotateIstiodPods(version, podAnnotations, message) {
      const patch = stringify({
        apiVersion: 'install.istio.io/v1alpha1',
        kind: 'IstioOperator',
        metadata: { name: 'any' },
        spec: { components: { pilot: { k8s: { podAnnotations } } } },
      });
      const revision = version.replaceAll('.', '-');
      const target = { kind: 'IstioOperator', name: `control-plane-${revision}` };
      writeCustom('3-control-planes', podAnnotations === undefined ? [] : [{ target, patch }]);
      const env = [{ name: 'WAIT_FOR_RESOURCES_TIMEOUT', value: `${shortDeadline}s` }];
      const operator = { name: `istio-operator-${revision}`, namespace: 'istio-operator' };
      const deployment = {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: operator,
        spec: { template: { spec: { containers: [{ name: 'istio-operator', env }] } } },
      };
      writeCustom('2-operators', [{ patch: stringify(deployment) }]);
      return commitAll(message);
    },
  };
}
