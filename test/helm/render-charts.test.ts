import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { inScratch } from '../support/a-repository.js';
import { chartsUrl, type Edit, serveCharts } from '../support/chart-repository.js';
import { app, command, revision } from '../support/commands.js';
import '../support/git.js';
import { tool } from '../support/kubectl.js';
import { treeOf } from '../support/tree.js';

const rendered = { 'istio-version': '1.30.5', render: true, charts: chartsUrl };
let close = () => {};
const serve = async (edit?: Edit) => {
  close = await serveCharts(edit);
};
afterEach(() => close());

describe('rendered charts', () => {
  it('hold the values of the version, of the mesh and of each cluster, and the lock their archives', () =>
    inScratch(async (folder) => {
      await serve();
      await app(folder, { ...rendered, hub: 'registry.example.com/istio', clusters: ['east', 'west'] });
      for (const cluster of ['east', 'west']) {
        const manifests = read(folder, `revisions/1-30-5/control-plane/${cluster}/istiod.yaml`);
        expect(manifests).toContain(`"clusterName": "${cluster}"`);
        expect(manifests).toContain(`"network": "${cluster}"`);
        expect(manifests).toContain('image: "registry.example.com/istio/pilot:1.30.5"');
        expect(manifests).toContain('rootNamespace: istio-config');
        expect(manifests).toContain('failurePolicy: Fail');
      }
      expect(read(folder, 'revisions/1-30-5/images.txt')).toBe(
        'registry.example.com/istio/pilot:1.30.5\nregistry.example.com/istio/proxyv2:1.30.5\n',
      );
      const { charts } = JSON.parse(read(folder, 'istio-prod.lock'));
      expect(Object.keys(charts)).toStrictEqual(['base-1.30.5', 'istiod-1.30.5']);
      for (const [name, digest] of Object.entries<string>(charts)) {
        expect(digest).toMatch(/^sha256:[0-9a-f]{64}$/);
        const path = name.startsWith('base')
          ? 'bases/istio-base/1.30.5/base.yaml'
          : 'revisions/1-30-5/control-plane/east/istiod.yaml';
        expect(read(folder, path)).toContain(digest);
      }
    }));

  it('are asked for once: phases after it, and any later run, need neither helm nor the repository of charts', () =>
    inScratch(async (folder) => {
      await serve();
      await app(folder, rendered);
      await revision(folder, '1.31.1', { through: 'add' });
      close();
      await revision(folder, '1.31.1', { through: 'default' });
      expect(await app(folder)).toContain('Up to date');
      const { charts } = JSON.parse(read(folder, 'istio-prod.lock'));
      expect(Object.keys(charts)).toStrictEqual(['base-1.31.1', 'istiod-1.30.5', 'istiod-1.31.1']);
    }));

  it('are rendered anew where the mesh changes their values, which verify takes for no edit; what somebody edited stays', () =>
    inScratch(async (folder) => {
      await serve();
      // Beside helm on PATH, for verify.
      tool('kubectl');
      await app(folder, { ...rendered, clusters: ['east', 'west'] });
      const [of, path] = [treeOf(folder), 'revisions/1-30-5/control-plane/east/istiod.yaml'];
      const mesh = read(folder, 'istio-prod.yaml');
      writeFileSync(join(folder, 'istio-prod.yaml'), mesh.replace('network: east', 'network: other'));
      await app(folder);
      const changed = [...treeOf(folder)].filter(([each, text]) => of.get(each) !== text).map(([each]) => each);
      expect(changed.filter((each) => each.startsWith('revisions/'))).toStrictEqual([
        path,
        'revisions/1-30-5/control-plane/east/values.yaml',
      ]);
      expect((await command('verify', folder, { since: 'HEAD~1' })).text).toContain('Nothing found');

      writeFileSync(join(folder, path), `${read(folder, path)}# mine\n`);
      writeFileSync(join(folder, 'istio-prod.yaml'), mesh.replace('network: east', 'network: another'));
      const { exitCode, text } = await command('app', folder, { force: 'dirty-tree' });
      expect([exitCode, text]).toStrictEqual([1, expect.stringContaining(`edited-file: ${path} is frozen`)]);
    }));

  it('are written anew where somebody deleted one and says so', () =>
    inScratch(async (folder) => {
      await serve();
      await app(folder, rendered);
      const before = treeOf(folder);
      const path = 'revisions/1-30-5/control-plane/production/istiod.yaml';
      rmSync(join(folder, path));
      expect((await command('app', folder, { force: 'dirty-tree' })).text).toContain('has deleted it');
      await app(folder, { force: 'dirty-tree,edited-file' });
      expect(treeOf(folder).get(path)).toBe(before.get(path));
    }));
});

describe('rendering is given up, and nothing is written,', () => {
  const refused = (typed: object, edit?: Edit) =>
    inScratch(async (folder) => {
      await serve(edit);
      const { exitCode, text } = await command('app', folder, { ...rendered, ...typed });
      expect(treeOf(folder)).toStrictEqual(new Map());
      return { exitCode, text };
    });

  it('where helm is missing: exit 2', async () => {
    await inScratch(async (folder) => {
      const { PATH } = process.env;
      process.env['PATH'] = folder;
      try {
        const { exitCode, text } = await command('app', folder, { ...rendered, commit: false });
        expect([exitCode, text]).toStrictEqual([2, expect.stringContaining('no-helm: helm is not found')]);
      } finally {
        process.env['PATH'] = PATH;
      }
      expect(treeOf(folder)).toStrictEqual(new Map());
    });
  });

  it('where the repository does not have the chart: exit 2', async () => {
    const { exitCode, text } = await refused({ 'istio-version': '1.30.4' });
    expect(exitCode).toBe(2);
    expect(text).toMatch(/helm: helm could not render base 1\.30\.4 from http:\/\/charts\.example\.com.*not found/);
  });

  it('where a chart has an image from elsewhere', async () => {
    const { exitCode, text } = await refused({}, (path, chart) =>
      path.endsWith('deployment.yaml')
        ? chart.replace('%s/pilot:%s" .Values.global.hub', 'elsewhere.example.com/%s" ')
        : chart,
    );
    expect(exitCode).toBe(1);
    expect(text).toContain('foreign-image: The chart istiod 1.30.5 has the image elsewhere.example.com/1.30.5');
  });

  it('where the charts are to be rendered for another install method', async () => {
    const { exitCode, text } = await refused({ install: 'sail', 'istio-version': '1.30.3' });
    expect([exitCode, text]).toStrictEqual([1, expect.stringContaining('render-install')]);
  });

  it('where a chart that was rendered is another one now', () =>
    inScratch(async (folder) => {
      await serve();
      await app(folder, rendered);
      close();
      await serve((path, text) =>
        path.endsWith('Chart.yaml') ? `${text}home: https://elsewhere.example.com\n` : text,
      );
      const mesh = read(folder, 'istio-prod.yaml');
      const [head = '', production = ''] = mesh.split('  production:\n');
      const other = production.replace('network: production', 'network: other');
      writeFileSync(join(folder, 'istio-prod.yaml'), `${head}  production:\n${production}  other:\n${other}`);
      const { exitCode, text } = await command('app', folder);
      expect([exitCode, text]).toStrictEqual([1, expect.stringContaining('chart-changed: The chart istiod 1.30.5')]);
    }));
});

function read(folder: string, path: string): string {
  return readFileSync(join(folder, path), 'utf8');
}
