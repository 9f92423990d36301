import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { command, type Typed } from '../support/commands.js';
import { gitState } from '../support/git.js';
import { treeOf } from '../support/tree.js';
import { parseXml } from '../support/xml.js';
import { Bases, type Edited } from './bases.js';

const bases = new Bases();
afterAll(() => bases.close());

/** One layer is enough to see what the command says: every other rule is tried elsewhere. */
const run = (repository: Edited, typed: Typed = {}) => command('verify', repository.folder, typed);

describe('yo istio-prod:verify', () => {
  let broken: Edited;
  beforeAll(async () => {
    broken = await bases.copyOf('metal');
    broken.patch('5-switch', { kind: 'Service', name: 'istio-ingressgateway' }, [
      'replace',
      '/spec/type',
      'LoadBalancer',
    ]);
  }, 60_000);

  it('exits 0 and writes nothing where nothing is found', async () => {
    const { folder } = await bases.copyOf('metal');
    const before = [treeOf(folder), gitState(folder)];
    const { exitCode, text } = await command('verify', folder);
    expect(text).toContain('Nothing found');
    expect(exitCode).toBe(0);
    expect([treeOf(folder), gitState(folder)]).toStrictEqual(before);
  }, 60_000);

  it('exits 1 where something is found, and compares with the last commit without touching tree or git', async () => {
    const before = [treeOf(broken.folder), gitState(broken.folder)];
    const { exitCode, text } = await run(broken);
    expect(exitCode).toBe(1);
    expect(text).toContain('no-load-balancer');
    expect(text).toContain('entry-stays');
    expect([treeOf(broken.folder), gitState(broken.folder)]).toStrictEqual(before);
  }, 60_000);

  it('looks at the chosen clusters only, and leaves out the rules that it is told to', async () => {
    expect(await run(broken, { cluster: 'staging' })).toMatchObject({ exitCode: 0 });
    const { exitCode, text } = await run(broken, { skip: 'no-load-balancer,entry-stays', format: 'text' });
    expect(exitCode, text).toBe(0);
    expect(text).toContain('Left out: no-load-balancer, entry-stays');
  }, 60_000);

  it('prints JSON with --json, and findings as they are', async () => {
    const { text } = await run(broken, { json: true, cluster: 'production' });
    const { findings } = JSON.parse(text);
    expect(findings[0]).toMatchObject({
      rule: 'entry-stays',
      file: 'clusters/production/custom/5-switch/kustomization.yaml',
      cluster: 'production',
      layer: '5-switch',
      object: 'Service istio-gateways/istio-ingressgateway',
      line: expect.any(Number),
    });
  }, 60_000);

  it('finds what is wrong with istio-prod.yaml itself, with its line, and then builds nothing', async () => {
    const repository = await bases.copyOf('metal');
    repository.replace('istio-prod.yaml', 'trustDomain:', 'trustDomains:');
    const { exitCode, text } = await run(repository, { format: 'github' });
    expect(exitCode).toBe(1);
    const line =
      readFileSync(join(repository.folder, 'istio-prod.yaml'), 'utf8')
        .split('\n')
        .findIndex((each) => each.startsWith('trustDomains:')) + 1;
    expect(text).toBe(
      `::error file=istio-prod.yaml,line=${line},col=1,title=mesh-schema::trustDomains: there is no such key → Mend it; the comments of the schema say what each key may hold (istio-prod.schema.json)`,
    );
  });

  it('says so where a file that hands over is no YAML, and where a folder does not build', async () => {
    const repository = await bases.copyOf('metal');
    repository
      .write('delivery/flux/production/mine.yaml', 'a: [')
      .write('clusters/production/custom/6-mesh/kustomization.yaml', {
        apiVersion: 'kustomize.config.k8s.io/v1alpha1',
        kind: 'Component',
        resources: ['nowhere.yaml'],
      });
    const { findings } = await repository.verified({ cluster: 'production' });
    expect(findings.map(({ rule, file }) => [rule, file])).toStrictEqual([
      ['builds', 'clusters/production/custom/6-mesh/kustomization.yaml'],
      ['builds', 'delivery/flux/production/mine.yaml'],
    ]);
    expect(findings[0]?.message).toContain('nowhere.yaml');
  }, 60_000);

  it('judges a repository without git, and says that it was compared with nothing', async () => {
    const repository = await bases.copyOf('metal');
    rmSync(join(repository.folder, '.git'), { recursive: true });
    const { exitCode, text } = await run(repository, { cluster: 'staging' });
    expect(exitCode, text).toBe(0);
    expect(text).toContain('compared with no commit');
  }, 60_000);

  it.each([
    ['a rule that is none', { skip: 'drains' }, 1, 'invalid-option'],
    ['a cluster that is none', { cluster: 'moon' }, 1, 'unknown-cluster'],
    ['a format that is none', { format: 'html' }, 1, 'invalid-option'],
    ['a commit that is none', { since: 'origin/none' }, 2, 'no-commit'],
  ])('refuses %s', async (_, typed, code, rule) => {
    const { exitCode, text } = await run(broken, typed);
    expect([exitCode, text.split('\n').length], text).toStrictEqual([code, 2]);
    expect(text).toContain(rule);
  });

  it('says in a pull request and in a test report that it could not look, and nothing for code scanning', async () => {
    const since = 'origin/none';
    const github = await run(broken, { since, format: 'github' });
    expect(github).toMatchObject({
      exitCode: 2,
      text: expect.stringMatching(/^::error title=no-commit::.* → Fetch it .*$/),
    });
    const junit = await run(broken, { cluster: 'x,y', format: 'junit' });
    expect(junit.exitCode).toBe(1);
    const { attributes, children } = parseXml(junit.text);
    expect(attributes).toMatchObject({ tests: '2', errors: '2', failures: '0' });
    expect(children[0]?.children.map((each) => each.attributes['name'])).toStrictEqual([
      'unknown-cluster',
      'unknown-cluster 2',
    ]);
    expect((await run(broken, { since, format: 'sarif' })).text).toMatch(/^✖ no-commit/);
  }, 60_000);

  it('exits 2 with one message where there is no kustomize', async () => {
    const path = process.env['PATH'];
    const empty = join(broken.folder, '../nothing');
    mkdirSync(empty, { recursive: true });
    rmSync(join(broken.folder, '.git'), { recursive: true });
    try {
      process.env['PATH'] = empty;
      const { exitCode, text } = await run(broken);
      expect(exitCode).toBe(2);
      expect(text).toMatch(/^✖ no-kustomize: Neither kustomize nor kubectl is on PATH.*\n {2}→ Install one of them/);
    } finally {
      process.env['PATH'] = path;
    }
  });
});

describe('a cluster that has what another has', () => {
  it('is built once, and its findings name its own files', async () => {
    const repository = await bases.copyOf('metal');
    for (const cluster of ['production', 'staging']) {
      repository.write(`clusters/${cluster}/custom/6-mesh/kustomization.yaml`, {
        apiVersion: 'kustomize.config.k8s.io/v1alpha1',
        kind: 'Component',
        resources: ['shop.yaml'],
      });
      repository.write(`clusters/${cluster}/custom/6-mesh/shop.yaml`, {
        apiVersion: 'networking.istio.io/v1beta1',
        kind: 'VirtualService',
        metadata: { name: 'shop', namespace: 'istio-gateways', labels: { 'istio.io/rev': '1-20-8' } },
        spec: { hosts: ['*'] },
      });
    }
    const before = repository.known.size;
    const { findings } = await repository.verified();
    expect(findings.map(({ rule, file, cluster }) => [rule, cluster, file])).toStrictEqual(
      ['production', 'staging'].map((cluster) => [
        'gateway-pins',
        cluster,
        `clusters/${cluster}/custom/6-mesh/shop.yaml`,
      ]),
    );
    const made = [...repository.known.values()]
      .slice(before)
      .filter(({ part }) => part.layer === '6-mesh' && part.tree.root === repository.folder);
    expect(made).toHaveLength(1);
  }, 60_000);
});
