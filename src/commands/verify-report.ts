import pc from 'picocolors';
import { packageVersion } from '../package.js';
import type { Rule } from '../policy/verify/rule.js';
import type { formatNames } from './all-options.js';

/** A place where a rule is broken, in words. */
export interface Finding {
  readonly rule: string;
  readonly message: string;
  readonly fix: string;
  /** Relative to the folder of istio-prod.yaml. */
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
  readonly cluster?: string;
  /** The folder of the cluster that brings the object. */
  readonly layer?: string;
  /** "Kind namespace/name". */
  readonly object?: string;
}

type RuleText = Pick<Rule<never>, 'name' | 'statement' | 'source' | 'fix'>;

export type FormatName = (typeof formatNames)[number];

/** What was looked at, and what was found. */
export interface Verified {
  readonly findings: readonly Finding[];
  /** The rules that were asked; none where istio-prod.yaml itself is wrong. */
  readonly rules: readonly RuleText[];
  readonly objects: number;
  /** How many kustomizations were built. */
  readonly folders: number;
  /** The folder of istio-prod.yaml in its git repository, with a slash at its end; empty at the top. */
  readonly path: string;
  /** The commit that the files were compared with; undefined where there is none. */
  readonly compared: string | undefined;
  readonly skipped: readonly string[];
}

/** A result in one of the formats. */
export function printed(format: FormatName, verified: Verified): string {
  return { text, github, sarif, junit, json }[format](verified);
}

function text(verified: Verified): string {
  const { findings, rules, objects, folders, compared, skipped } = verified;
  const looked = `${count(objects, 'object')} of ${count(folders, 'kustomization')} by ${count(rules.length, 'rule')}${compared === undefined ? ', compared with no commit' : `, compared with ${compared}`}`;
  const left = skipped.length === 0 ? '' : `\n${pc.yellow('!')} Left out: ${skipped.join(', ')}`;
  if (findings.length === 0) {
    return `${pc.green('✔')} Nothing found in ${looked}.${left}\n\n${pc.bold('Next')}\n  git push                       # one commit at a time; docs/upgrading.md says what to look at between two`;
  }
  const groups = [...new Set(findings.map(({ rule }) => rule))].map((name) => group(name, verified));
  const head =
    rules.length === 0 ? 'istio-prod.yaml cannot be followed, so nothing was built.' : `Looked at ${looked}.`;
  return `${groups.join('\n\n')}\n\n${pc.red(pc.bold(count(findings.length, 'finding')))}. ${head}${left}\n\n${pc.bold('Next')}\n  Mend them as the arrows say, and look again: yo istio-prod:verify`;
}

/** The findings of one rule, with the rule's own words. */
function group(name: string, { findings, rules }: Verified): string {
  const own = findings.filter(({ rule }) => rule === name);
  const rule = rules.find((each) => each.name === name);
  const shown = own.slice(0, 20).map(({ file, line, column, message, object, layer, cluster }) => {
    const place = [file, line, column].filter((part) => part !== undefined).join(':');
    const which = [object, layer === undefined ? cluster : `${cluster}/${layer}`].filter(Boolean).join(', ');
    return `  ${place}\n    ${which === '' ? '' : `${pc.bold(which)}: `}${message}`;
  });
  return [
    `${pc.red('✖')} ${pc.bold(name)}${rule === undefined ? '' : `: ${rule.statement}`}`,
    ...shown,
    ...(own.length > shown.length ? [`  … and ${own.length - shown.length} more`] : []),
    ...[...new Set(own.map(({ fix }) => fix))].map((fix) => `  ${pc.cyan('→')} ${fix}`),
    ...(rule === undefined ? [] : [pc.dim(`  ${rule.source}`)]),
  ].join('\n');
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}

/** One sentence that says all: for formats that have one. */
function sentence({ object, cluster, message, fix }: Finding): string {
  const which = [object, cluster === undefined ? undefined : `cluster ${cluster}`].filter(Boolean).join(' in ');
  return `${which === '' ? '' : `${which}: `}${message} → ${fix}`;
}

/** Workflow commands, which become annotations of a pull request (docs.github.com/actions, workflow-commands). */
function github({ findings, path }: Verified): string {
  return findings
    .map((finding) => {
      const { rule, file, line, column } = finding;
      const properties = { file: path + file, line, col: column, title: rule };
      const shown = Object.entries(properties)
        .filter(([, value]) => value !== undefined)
        .map(([key, value]) => `${key}=${escaped(String(value)).replaceAll(':', '%3A').replaceAll(',', '%2C')}`);
      return `::error ${shown.join(',')}::${escaped(sentence(finding))}`;
    })
    .join('\n');
}

function escaped(value: string): string {
  return value.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

/** SARIF 2.1.0 (docs.oasis-open.org/sarif/sarif/v2.1.0): what code scanning takes. */
function sarif({ findings, rules, path }: Verified): string {
  const named = new Map<string, RuleText>(rules.map((rule) => [rule.name, rule]));
  for (const { rule, fix } of findings)
    if (!named.has(rule))
      named.set(rule, {
        name: rule,
        statement: 'istio-prod.yaml is a mesh that can be followed.',
        source: meshSource,
        fix,
      });
  const index = [...named.keys()];
  const run = {
    tool: {
      driver: {
        name: 'generator-istio-prod',
        version: packageVersion(),
        informationUri: 'https://www.npmjs.com/package/generator-istio-prod',
        rules: [...named.values()].map(({ name, statement, source, fix }) => ({
          id: name,
          shortDescription: { text: statement },
          fullDescription: { text: `${statement} Known from: ${source}.` },
          help: { text: `${fix}.` },
          defaultConfiguration: { level: 'error' },
        })),
      },
    },
    results: findings.map((finding) => ({
      ruleId: finding.rule,
      ruleIndex: index.indexOf(finding.rule),
      level: 'error',
      message: { text: sentence(finding) },
      locations: [
        {
          physicalLocation: {
            artifactLocation: { uri: encodeURI(path + finding.file) },
            region: {
              startLine: finding.line ?? 1,
              ...(finding.column === undefined ? {} : { startColumn: finding.column }),
            },
          },
          ...(finding.object === undefined
            ? {}
            : {
                logicalLocations: [
                  { fullyQualifiedName: [finding.cluster, finding.layer, finding.object].filter(Boolean).join(' ') },
                ],
              }),
        },
      ],
    })),
  };
  return JSON.stringify(
    { $schema: 'https://json.schemastore.org/sarif-2.1.0.json', version: '2.1.0', runs: [run] },
    null,
    2,
  );
}

const meshSource = 'istio-prod.schema.json, and the rules of a mesh';

/** JUnit XML: a test case per rule, which fails with its findings. */
function junit({ findings, rules }: Verified): string {
  const names = [...new Set([...rules.map(({ name }) => name), ...findings.map(({ rule }) => rule)])];
  const failing = names.filter((name) => findings.some(({ rule }) => rule === name));
  const cases = names.map((name) => {
    const own = findings.filter(({ rule }) => rule === name);
    const open = `    <testcase classname="istio-prod.verify" name="${xml(name)}"`;
    if (own.length === 0) return `${open}/>`;
    const words = own.map((finding) => `${finding.file}: ${sentence(finding)}`).join('\n');
    return `${open}>\n      <failure type="${xml(name)}" message="${xml(own[0]?.message ?? '')}">${xml(words)}</failure>\n    </testcase>`;
  });
  const counts = `tests="${names.length}" failures="${failing.length}"`;
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="istio-prod verify" ${counts}>\n  <testsuite name="istio-prod verify" ${counts} errors="0" skipped="0">\n${cases.join('\n')}\n  </testsuite>\n</testsuites>`;
}

/** Text that XML can hold; characters that it has no form for are left out. */
function xml(value: string): string {
  const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
  return value
    .replaceAll(/[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu, '')
    .replaceAll(/[&<>"]/g, (sign) => entities[sign] ?? sign);
}

function json({ rules, ...verified }: Verified): string {
  const status = verified.findings.length === 0 ? 'verified' : 'findings';
  return JSON.stringify(
    { status, ...verified, rules: rules.map(({ name, statement, source, fix }) => ({ name, statement, source, fix })) },
    null,
    2,
  );
}
