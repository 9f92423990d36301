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

/** A rule that could not be asked of a cluster: why, and what to type. */
export interface Unasked {
  readonly rule: string;
  readonly message: string;
  readonly fix: string;
  readonly cluster?: string;
}

type RuleText = Pick<Rule<never>, 'name' | 'statement' | 'source' | 'fix'>;

export type FormatName = (typeof formatNames)[number];

/** What was looked at, and what was found. */
export interface Verified {
  readonly findings: readonly Finding[];
  /** The rules that could not be asked of a cluster. */
  readonly unknown: readonly Unasked[];
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

/** What it comes to, as `status` says it: what is not known weighs more than what was found. */
export function statusOf({ findings, unknown }: Verified): 'verified' | 'findings' | 'unknown' {
  return unknown.length > 0 ? 'unknown' : findings.length > 0 ? 'findings' : 'verified';
}

/** A result in one of the formats. */
export function printed(format: FormatName, verified: Verified): string {
  return { text, github, sarif, junit, json }[format](verified);
}

function text(verified: Verified): string {
  const { findings, unknown, rules, objects, folders, compared, skipped } = verified;
  const looked = `${count(objects, 'object')} of ${count(folders, 'kustomization')} by ${count(rules.length, 'rule')}${compared === undefined ? ', compared with no commit' : `, compared with ${compared}`}`;
  const left = skipped.length === 0 ? '' : `\n${pc.yellow('!')} Left out: ${skipped.join(', ')}`;
  const notKnown = reasons(unknown).map(
    ({ names, message, fix }) => `${pc.yellow('?')} ${pc.bold(names)}: ${message}\n  ${pc.cyan('→')} ${fix}`,
  );
  if (findings.length === 0 && unknown.length > 0) {
    return `${notKnown.join('\n\n')}\n\n${pc.yellow(pc.bold('Not all is known.'))} Nothing found in ${looked}, as far as it could be asked.${left}\n\n${pc.bold('Next')}\n  Do as the arrows say, and look again: yo istio-prod:verify`;
  }
  if (findings.length === 0) {
    return `${pc.green('✔')} Nothing found in ${looked}.${left}\n\n${pc.bold('Next')}\n  git push                       # one commit at a time; docs/upgrading.md says what to look at between two`;
  }
  const groups = [...new Set(findings.map(({ rule }) => rule))].map((name) => group(name, verified));
  const head =
    rules.length === 0 ? 'istio-prod.yaml cannot be followed, so nothing was built.' : `Looked at ${looked}.`;
  return `${[...groups, ...notKnown].join('\n\n')}\n\n${pc.red(pc.bold(count(findings.length, 'finding')))}. ${head}${left}\n\n${pc.bold('Next')}\n  Mend them as the arrows say, and look again: yo istio-prod:verify`;
}

/** Each reason once, with the rules that it keeps from being asked. */
function reasons(unknown: readonly Unasked[]) {
  return [...new Map(unknown.map((each) => [each.message, each])).values()].map((each) => ({
    ...each,
    names: unknown
      .filter(({ message }) => message === each.message)
      .map(({ rule }) => rule)
      .join(', '),
  }));
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
function sentence({ object, cluster, message, fix }: Pick<Finding, 'object' | 'cluster' | 'message' | 'fix'>): string {
  const which = [object, cluster === undefined ? undefined : `cluster ${cluster}`].filter(Boolean).join(' in ');
  return `${which === '' ? '' : `${which}: `}${message} → ${fix}`;
}

/** Workflow commands, which become annotations of a pull request (docs.github.com/actions, workflow-commands). */
function github({ findings, unknown, path }: Verified): string {
  const notKnown = reasons(unknown).map(
    ({ names, ...each }) =>
      `::warning title=${escaped(names).replaceAll(',', '%2C')}::${escaped(`Not known: ${sentence(each)}`)}`,
  );
  const found = findings.map((finding) => {
    const { rule, file, line, column } = finding;
    const properties = { file: path + file, line, col: column, title: rule };
    const shown = Object.entries(properties)
      .filter(([, value]) => value !== undefined)
      .map(([key, value]) => `${key}=${escaped(String(value)).replaceAll(':', '%3A').replaceAll(',', '%2C')}`);
    return `::error ${shown.join(',')}::${escaped(sentence(finding))}`;
  });
  return [...found, ...notKnown].join('\n');
}

/** A value of an annotation, which is one line. */
export function escaped(value: string): string {
  return value.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

/** SARIF 2.1.0 (docs.oasis-open.org/sarif/sarif/v2.1.0): what code scanning takes. */
function sarif({ findings, unknown, rules, path }: Verified): string {
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
    // A rule that could not be asked has no result: the run says that it is not whole.
    invocations: [
      {
        executionSuccessful: unknown.length === 0,
        toolExecutionNotifications: unknown.map((each) => ({
          level: 'error',
          message: { text: sentence(each) },
          associatedRule: { id: each.rule, index: index.indexOf(each.rule) },
        })),
      },
    ],
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

/** JUnit XML: a test case per rule, which fails with its findings, and is an error where it could not be asked. */
function junit({ findings, unknown, rules }: Verified): string {
  const names = [...new Set([...rules.map(({ name }) => name), ...findings.map(({ rule }) => rule)])];
  const failing = names.filter((name) => findings.some(({ rule }) => rule === name));
  const cases = names.map((name) => {
    const own = findings.filter(({ rule }) => rule === name);
    const open = `    <testcase classname="istio-prod.verify" name="${xml(name)}"`;
    const why = unknown.find(({ rule }) => rule === name);
    if (own.length === 0 && why !== undefined)
      return `${open}>\n      <error type="${xml(name)}" message="${xml(why.message)}">${xml(sentence(why))}</error>\n    </testcase>`;
    if (own.length === 0) return `${open}/>`;
    const words = own.map((finding) => `${finding.file}: ${sentence(finding)}`).join('\n');
    return `${open}>\n      <failure type="${xml(name)}" message="${xml(own[0]?.message ?? '')}">${xml(words)}</failure>\n    </testcase>`;
  });
  const errors = names.filter((name) => !failing.includes(name) && unknown.some(({ rule }) => rule === name));
  const counts = `tests="${names.length}" failures="${failing.length}" errors="${errors.length}"`;
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="istio-prod verify" ${counts}>\n  <testsuite name="istio-prod verify" ${counts} skipped="0">\n${cases.join('\n')}\n  </testsuite>\n</testsuites>`;
}

/** Text that XML can hold; characters that it has no form for are left out. */
function xml(value: string): string {
  const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
  return value
    .replaceAll(/[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu, '')
    .replaceAll(/[&<>"]/g, (sign) => entities[sign] ?? sign);
}

function json({ rules, ...verified }: Verified): string {
  return JSON.stringify(
    {
      status: statusOf({ rules, ...verified }),
      ...verified,
      rules: rules.map(({ name, statement, source, fix }) => ({ name, statement, source, fix })),
    },
    null,
    2,
  );
}
