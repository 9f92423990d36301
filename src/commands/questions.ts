import { engines, installs } from '../catalog/catalog.js';
import { configItems } from '../catalog/config.js';
import { gatewayKinds, platforms } from '../catalog/kinds.js';
import type { InstallName } from '../model/mesh.js';
import { fits } from '../policy/check-config.js';
import { checkName } from '../policy/naming.js';
import { checkVersion, installOf, newestVersion } from '../policy/versions.js';
import type { Options } from './options.js';
import type { Choice, Question } from './terminal.js';

/** The questions of bootstrap that no option has answered; each is also an option of that name. */
export function bootstrapQuestions({ given, lists, render }: Options): Question[] {
  const all: Question[] = [
    {
      type: 'select',
      name: 'install',
      message: 'How does Istio get into the cluster?',
      choices: titled(installs),
      default: installOf(given['istio-version']),
    },
    {
      type: 'input',
      name: 'istio-version',
      message: 'Which Istio version?',
      // Of the method that was answered just before: not each installs the same versions.
      default: (answers: { readonly install?: InstallName }) =>
        newestVersion((given['install'] as InstallName | undefined) ?? answers.install ?? 'helm'),
      validate: (value) => checkVersion(value)[0]?.fix ?? true,
    },
    { type: 'select', name: 'engine', message: 'What syncs the repository?', choices: titled(engines) },
    { type: 'select', name: 'platform', message: 'What Kubernetes is it?', choices: titled(platforms) },
    {
      type: 'checkbox',
      name: 'gateways',
      message: 'Which gateways?',
      choices: titled(gatewayKinds).map((choice) => ({ ...choice, checked: choice.value === 'ingress' })),
    },
    {
      type: 'select',
      name: 'gateway-namespaces',
      message: 'Where do gateways live?',
      choices: [
        { name: 'shared: all in istio-gateways', value: 'shared' },
        { name: 'dedicated: istio-ingress, istio-egress, istio-eastwest', value: 'dedicated' },
      ],
    },
    {
      type: 'input',
      name: 'clusters',
      message: 'Which clusters? (names, with commas)',
      default: 'production',
      validate: checkClusters,
    },
    {
      type: 'checkbox',
      name: 'config',
      message: 'Which configuration? (more at any time: yo istio-prod:config)',
      choices: (answers) => configChoices(String(given['istio-version'] ?? answers['istio-version'])),
    },
  ];
  // What --render renders are charts.
  return all.filter(
    ({ name }) => given[name] === undefined && lists[name] === undefined && !(render && name === 'install'),
  );
}

/** What no cluster says, and no option has answered. */
export function adoptQuestions({ given }: Options): Question[] {
  const all: Question[] = [
    { type: 'select', name: 'engine', message: 'What will sync the repository?', choices: titled(engines) },
    { type: 'select', name: 'platform', message: 'What Kubernetes is it?', choices: titled(platforms) },
  ];
  return all.filter(({ name }) => given[name] === undefined);
}

function checkClusters(value: string): true | string {
  return value.split(',').flatMap((name) => checkName('The cluster', name.trim(), '--clusters'))[0]?.message ?? true;
}

/** The items of configuration that this version can have. */
function configChoices(version: string): Choice[] {
  return Object.entries(configItems)
    .filter(([, item]) => checkVersion(version).length > 0 || fits(item, version))
    .map(([value, { title }]) => ({ name: `${value}: ${title}`, value }));
}

function titled(kinds: Readonly<Record<string, { readonly title: string }>>): { name: string; value: string }[] {
  return Object.entries(kinds).map(([value, { title }]) => ({ name: title, value }));
}
