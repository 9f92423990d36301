import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname } from 'node:path';
import { gzipSync } from 'fflate';
import { istioMinors } from '../../src/catalog/versions.js';
import { tool } from './kubectl.js';
import { filesBelow, textOf } from './source-files.js';
import { valuesSchema } from './value-names.js';

/** The address of the chart repository of the tests: the same in every run, so that it can stand in golden files. */
export const chartsUrl = 'http://charts.example.com/istio';

const charts = ['base', 'istiod', 'cni', 'ztunnel'];
const versions = istioMinors.map(({ latest }) => latest);

/** What else a repository may hand out: an edit of a chart's files. */
export type Edit = (path: string, text: string) => string;

/**
 * Serves small charts that take the values of Istio's and no others, and puts the real helm on PATH. Helm finds them under a made-up host,
 * for which the server is the proxy. Returns what takes all of this back.
 */
export async function serveCharts(edit: Edit = (_, text) => text): Promise<() => void> {
  const server = createServer((request, response) => {
    const path = (request.url ?? '').replace(`${chartsUrl}/`, '');
    const [, chart, version] = /^([a-z]+)-(.+)\.tgz$/.exec(path) ?? [];
    if (path === 'index.yaml') response.end(index());
    else if (chart !== undefined && version !== undefined) response.end(archive(chart, version, edit));
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { PATH, HTTP_PROXY, NO_PROXY, no_proxy } = process.env;
  process.env['PATH'] = `${dirname(tool('helm'))}:${PATH}`;
  process.env['HTTP_PROXY'] = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  for (const name of ['NO_PROXY', 'no_proxy']) delete process.env[name];
  return () => {
    for (const [name, value] of Object.entries({ PATH, HTTP_PROXY, NO_PROXY, no_proxy })) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
    server.close();
    server.closeAllConnections();
  };
}

function index(): string {
  const entries = charts.map((chart) => [
    chart,
    versions.map((version) => ({ apiVersion: 'v2', name: chart, version, urls: [`${chart}-${version}.tgz`] })),
  ]);
  return JSON.stringify({ apiVersion: 'v1', entries: Object.fromEntries(entries) });
}

/** The chart as an archive, the same to the byte whenever it is made. */
function archive(chart: string, version: string, edit: Edit): Buffer {
  const folder = `test/support/charts/${chart}/`;
  const files = filesBelow(folder).map((path): [string, string] => [
    path.replace(folder, `${chart}/`),
    edit(path.replace(folder, `${chart}/`), textOf(path)).replaceAll('VERSION', version),
  ]);
  files.push([`${chart}/values.schema.json`, JSON.stringify(valuesSchema(chart, version))]);
  return Buffer.from(gzipSync(Buffer.concat([...files.map(entry), Buffer.alloc(1024)]), { mtime: 0 }));
}

/** One file of a tar archive (POSIX ustar). */
function entry([path, text]: [string, string]): Buffer {
  const content = Buffer.from(text);
  const header = Buffer.alloc(512);
  const octal = (value: number, at: number, length: number) =>
    header.write(`${value.toString(8).padStart(length - 1, '0')}\0`, at);
  header.write(path, 0);
  octal(0o644, 100, 8);
  octal(0, 108, 8);
  octal(0, 116, 8);
  octal(content.length, 124, 12);
  octal(0, 136, 12);
  header.write('        0', 148);
  header.write('ustar\u000000', 257);
  octal(
    header.reduce((sum, byte) => sum + byte, 0),
    148,
    7,
  );
  return Buffer.concat([header, content, Buffer.alloc((512 - (content.length % 512)) % 512)]);
}
