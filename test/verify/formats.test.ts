import { stripVTControlCharacters } from 'node:util';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { type Finding, printed, type Verified } from '../../src/commands/verify-report.js';
import { liveRules } from '../../src/policy/verify/live.js';
import { clusterRules, repositoryRules } from '../../src/policy/verify/rules.js';
import { parseXml } from '../support/xml.js';

const nasty: Finding = {
  rule: 'builds',
  message: 'It does not build:\n100% "no", <a & b>, \u0007c::d',
  fix: 'Mend it, then look: again',
  file: 'clusters/a,b:c/6-mesh/kustomization.yaml',
};
const plain: Finding = {
  rule: 'drain',
  message: 'It drains for 5 seconds.',
  fix: 'Set it',
  file: 'revisions/1-9-5/gateways/istio-ingressgateway/deployment.yaml',
  line: 7,
  cluster: 'production',
  layer: '4-gateways',
  object: 'Deployment istio-gateways/istio-ingressgateway-1-9-5',
};
const ofMesh: Finding = {
  rule: 'mesh-schema',
  message: 'meshID: there is no such key',
  fix: 'Mend it',
  file: 'istio-prod.yaml',
  line: 3,
  column: 1,
};
const rules = [...repositoryRules, ...clusterRules];
const verified: Verified = {
  findings: [nasty, plain, ofMesh],
  unknown: [],
  rules,
  objects: 56,
  folders: 6,
  path: 'mesh/',
  compared: '199649e',
  skipped: [],
};
const nothing: Verified = { ...verified, findings: [] };
const why = { message: 'You may not list pods, 100% sure.', fix: 'Ask for it', cluster: 'production' };
/** The same cluster kept two rules from being asked, for one reason. */
const notKnown: Verified = {
  ...nothing,
  rules: [...rules, ...liveRules],
  unknown: ['live-kubernetes', 'live-crds'].map((rule) => ({ ...why, rule })),
};

describe('text', () => {
  const text = stripVTControlCharacters(printed('text', verified));

  it('groups by rule, names file, line, object and layer, and says how much was looked at and what to type', () => {
    expect(text).toContain(`✖ drain: ${rules.find(({ name }) => name === 'drain')?.statement}`);
    expect(text).toContain(
      'deployment.yaml:7\n    Deployment istio-gateways/istio-ingressgateway-1-9-5, production/4-gateways: It drains',
    );
    expect(text).toContain('istio-prod.yaml:3:1\n    meshID');
    expect(text).toContain(
      `3 findings. Looked at 56 objects of 6 kustomizations by ${rules.length} rules, compared with 199649e.`,
    );
    expect(text).toMatch(/Next\n {2}.*yo istio-prod:verify$/);
  });

  it('says what was left out, and what comes next where nothing was found', () => {
    const good = stripVTControlCharacters(printed('text', { ...nothing, skipped: ['drain'], compared: undefined }));
    expect(good).toContain('✔ Nothing found in 56 objects');
    expect(good).toContain('compared with no commit');
    expect(good).toContain('Left out: drain');
    expect(good).toContain('git push');
  });
});

describe('github', () => {
  it('is one command a finding, which reads back as it was', () => {
    const lines = printed('github', verified).split('\n');
    expect(lines).toHaveLength(3);
    const [first, second, third] = lines.map(readCommand);
    expect(first).toStrictEqual({
      properties: { file: `mesh/${nasty.file}`, title: 'builds' },
      message: `${nasty.message} → ${nasty.fix}`,
    });
    expect(second?.properties).toStrictEqual({ file: `mesh/${plain.file}`, line: '7', title: 'drain' });
    expect(second?.message).toContain(
      'Deployment istio-gateways/istio-ingressgateway-1-9-5 in cluster production: It drains',
    );
    expect(third?.properties).toMatchObject({ line: '3', col: '1' });
  });
});

describe('sarif', () => {
  it.each([verified, nothing, notKnown])('has the structure of SARIF 2.1.0', (each) => {
    const log = JSON.parse(printed('sarif', each));
    const validate = new Ajv({ strict: false }).compile(sarifSchema);
    validate(log);
    expect(validate.errors).toBeNull();
    const [run] = log.runs;
    expect(run.results).toHaveLength(each.findings.length);
    for (const { ruleId, ruleIndex } of run.results) expect(run.tool.driver.rules[ruleIndex].id).toBe(ruleId);
  });

  it('names places as URIs relative to the top of the git repository', () => {
    const [{ results }] = JSON.parse(printed('sarif', verified)).runs;
    expect(results[1].locations[0].physicalLocation).toStrictEqual({
      artifactLocation: { uri: `mesh/${plain.file}` },
      region: { startLine: 7 },
    });
  });
});

describe('junit', () => {
  it('is XML with a test case for every rule, of which those with findings fail', () => {
    const { name, attributes, children } = parseXml(printed('junit', verified));
    expect(name).toBe('testsuites');
    const cases = children[0]?.children ?? [];
    expect(attributes).toMatchObject({ tests: String(rules.length + 1), failures: '3' });
    expect(cases.map((each) => each.attributes['name'])).toStrictEqual([
      ...rules.map((rule) => rule.name),
      'mesh-schema',
    ]);
    const failing = cases.filter((each) => each.children.length > 0);
    expect(failing.map((each) => each.attributes['name'])).toStrictEqual(['builds', 'drain', 'mesh-schema']);
    expect(failing[0]?.children[0]?.text).toBe(`${nasty.file}: ${nasty.message.replace('\u0007', '')} → ${nasty.fix}`);
  });
});

describe('json', () => {
  it('has all that is known of every finding and rule', () => {
    const { status, findings, rules: told } = JSON.parse(printed('json', verified));
    expect([status, findings]).toStrictEqual(['findings', verified.findings]);
    expect(told).toHaveLength(rules.length);
    expect(JSON.parse(printed('json', nothing)).status).toBe('verified');
  });
});

/** A workflow command, read as GitHub's runner reads it (actions/runner ActionCommand). */
function readCommand(line: string) {
  const [, properties = '', message = ''] = /^::error (.*?)::(.*)$/.exec(line) ?? [];
  const plainText = (value: string) => value.replaceAll('%0D', '\r').replaceAll('%0A', '\n').replaceAll('%25', '%');
  const pairs = properties.split(',').map((pair) => {
    const [key = '', value = ''] = pair.split('=');
    return [key, plainText(value.replaceAll('%3A', ':').replaceAll('%2C', ','))];
  });
  return { properties: Object.fromEntries(pairs), message: plainText(message) };
}

const text = {
  type: 'object',
  required: ['text'],
  additionalProperties: false,
  properties: { text: { type: 'string', minLength: 1 } },
};
const level = { enum: ['none', 'note', 'warning', 'error'] };
const positive = { type: 'integer', minimum: 1 };

/** The part of the schema of SARIF 2.1.0 that is used here (docs.oasis-open.org/sarif/sarif/v2.1.0), and nothing beside it. */
const sarifSchema = strict({
  $schema: { type: 'string' },
  version: { const: '2.1.0' },
  runs: list(
    strict({
      tool: strict({
        driver: strict({
          name: { type: 'string' },
          version: { type: 'string' },
          informationUri: { type: 'string', pattern: '^https://' },
          rules: list(
            strict({
              id: { type: 'string' },
              shortDescription: text,
              fullDescription: text,
              help: text,
              defaultConfiguration: strict({ level }),
            }),
          ),
        }),
      }),
      invocations: list(
        strict({
          executionSuccessful: { type: 'boolean' },
          toolExecutionNotifications: list(
            strict({
              level,
              message: text,
              associatedRule: strict({ id: { type: 'string' }, index: { type: 'integer', minimum: -1 } }),
            }),
          ),
        }),
      ),
      results: list(
        strict({
          ruleId: { type: 'string' },
          ruleIndex: { type: 'integer', minimum: 0 },
          level,
          message: text,
          locations: list(
            strict(
              {
                physicalLocation: strict({
                  artifactLocation: strict({ uri: { type: 'string', pattern: '^[^ ]+$' } }),
                  region: strict({ startLine: positive, startColumn: positive }, ['startLine']),
                }),
                logicalLocations: list(strict({ fullyQualifiedName: { type: 'string' } })),
              },
              ['physicalLocation'],
            ),
          ),
        }),
      ),
    }),
  ),
});

function strict(properties: Readonly<Record<string, object>>, required = Object.keys(properties)) {
  return { type: 'object', additionalProperties: false, properties, required };
}

function list(items: object) {
  return { type: 'array', items };
}

describe('rules that could not be asked', () => {
  it('are told in text, once a reason, and keep it from saying that all is well', () => {
    const text = stripVTControlCharacters(printed('text', notKnown));
    expect(text).toMatch(/^\? live-kubernetes, live-crds: You may not list pods, 100% sure\.\n {2}→ Ask for it\n/);
    expect(text).toContain('Not all is known. Nothing found in 56 objects');
    expect(text).not.toContain('✔');
    const both = stripVTControlCharacters(printed('text', { ...notKnown, findings: [plain] }));
    expect(both).toContain('? live-kubernetes, live-crds: ');
    expect(both).toContain('1 finding.');
  });

  it('are a warning in a pull request', () =>
    expect(printed('github', { ...notKnown, findings: [plain] }).split('\n')[1]).toBe(
      '::warning title=live-kubernetes%2C live-crds::Not known: cluster production: You may not list pods, 100%25 sure. → Ask for it',
    ));

  it('are notifications of a run without success for code scanning', () => {
    const [{ invocations, results, tool }] = JSON.parse(printed('sarif', notKnown)).runs;
    expect(results).toStrictEqual([]);
    expect(invocations[0].executionSuccessful).toBe(false);
    for (const { associatedRule, message } of invocations[0].toolExecutionNotifications) {
      expect(tool.driver.rules[associatedRule.index].id).toBe(associatedRule.id);
      expect(message.text).toContain('You may not list pods');
    }
    expect(invocations[0].toolExecutionNotifications).toHaveLength(2);
    expect(JSON.parse(printed('sarif', nothing)).runs[0].invocations[0].executionSuccessful).toBe(true);
  });

  it('are errors in a test report, and the status in JSON', () => {
    const { attributes, children } = parseXml(printed('junit', notKnown));
    expect(attributes).toMatchObject({ failures: '0', errors: '2' });
    const wrong = children[0]?.children.filter((each) => each.children.length > 0) ?? [];
    expect(wrong.map((each) => [each.attributes['name'], each.children[0]?.name])).toStrictEqual([
      ['live-kubernetes', 'error'],
      ['live-crds', 'error'],
    ]);
    const { status, unknown } = JSON.parse(printed('json', { ...notKnown, findings: [plain] }));
    expect([status, unknown.length]).toStrictEqual(['unknown', 2]);
  });
});
