import { writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { istioMinors } from '../../src/catalog/versions.js';
import { inScratch } from '../support/a-repository.js';
import { app, command } from '../support/commands.js';

describe('versions --json', () => {
  it('has every minor and the next step of each cluster, and writes nothing', () =>
    inScratch(async (folder) => {
      const outside = await command('versions', folder, { json: true });
      expect(JSON.parse(outside.text)).toMatchObject({ status: 'shown', clusters: [], warnings: [], next: [] });
      await app(folder, { 'istio-version': '1.23.6', commit: false });
      const { exitCode, text } = await command('versions', folder, { json: true });
      const { minors, clusters, next } = JSON.parse(text);
      expect(exitCode).toBe(0);
      expect(minors).toHaveLength(istioMinors.length);
      expect(minors.at(-1)).toMatchObject({
        minor: '1.31',
        supported: true,
        installs: expect.arrayContaining(['helm']),
      });
      expect(clusters).toMatchObject([{ cluster: 'production', version: '1.23.6', install: 'operator' }]);
      expect(next).toStrictEqual(['yo istio-prod:revision 1.24.6 --install helm']);
    }));

  it('refuses a mesh file that is broken', () =>
    inScratch(async (folder) => {
      await app(folder, { 'istio-version': '1.23.6', commit: false });
      writeFileSync(`${folder}/istio-prod.yaml`, 'engine: neither\n');
      expect((await command('versions', folder)).exitCode).toBe(1);
    }));
});
