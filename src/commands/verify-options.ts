/** How `verify` can print its findings: for people, for annotations of pull requests, and for machines. */
export const formatNames = ['text', 'github', 'sarif', 'junit', 'json'] as const;
export type FormatName = (typeof formatNames)[number];

/** The options of `verify` alone. */
export const verifyOptions = [
  {
    name: 'format',
    value: formatNames.join('|'),
    choices: formatNames,
    description: 'How to print the findings (default: text)',
    only: ['verify'],
  },
  {
    name: 'since',
    value: 'COMMIT',
    description: 'What must not change since when: the commit to compare with (default: HEAD)',
    only: ['verify'],
  },
  { name: 'skip', value: 'RULE,…', list: true, description: 'Leave these rules out', only: ['verify'] },
] as const;
