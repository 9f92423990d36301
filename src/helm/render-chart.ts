import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Chart, RenderedChart } from '../model/file-spec.js';
import { Refusal } from '../model/problem.js';

const run = promisify(execFile);

/** Has the helm on PATH fetch a chart and render it. Nothing of it is kept. Throws a Refusal where it cannot. */
export async function renderChart(chart: Chart): Promise<RenderedChart> {
  const folder = mkdtempSync(join(tmpdir(), 'istio-prod-helm-'));
  try {
    const { name, version, repository } = chart;
    // Its configuration stays the user's, who may need credentials; what it caches goes with the folder.
    const env = { ...process.env, HELM_CACHE_HOME: join(folder, 'cache') };
    const helm = async (args: readonly string[]) => {
      try {
        const { stdout } = await run('helm', args, { env, maxBuffer: 256 * 1024 * 1024 });
        return stdout;
      } catch (error) {
        throw failed(chart, error);
      }
    };
    await helm(['pull', name, '--repo', repository, '--version', version, '--destination', folder]);
    const archive = join(folder, `${name}-${version}.tgz`);
    const values = join(folder, 'values.json');
    writeFileSync(values, JSON.stringify(chart.values));
    const where = ['--namespace', chart.namespace, '--kube-version', chart.kubernetes];
    return {
      digest: `sha256:${createHash('sha256').update(readFileSync(archive)).digest('hex')}`,
      manifests: await helm(['template', chart.release, archive, ...where, '--values', values, '--include-crds']),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function failed({ name, version, repository }: Chart, cause: unknown): Refusal {
  const missing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
  const said = String((cause as { stderr?: unknown }).stderr || (cause as Error).message).trim();
  return new Refusal(
    [
      missing
        ? {
            rule: 'no-helm',
            message: 'helm is not found, and a revision is to hold what it makes of the charts.',
            fix: 'Install helm (helm.sh/docs/intro/install), or leave --render away',
          }
        : {
            rule: 'helm',
            message: `helm could not render ${name} ${version} from ${repository}: ${said.split('\n').at(-1)}.`,
            fix: `Mend it and run the same command again; to look: helm show chart ${name} --repo ${repository} --version ${version}`,
          },
    ],
    2,
    cause,
  );
}
