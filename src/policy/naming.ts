import { dnsLabel } from '../model/dns-names.js';
import type { Problem } from '../model/problem.js';

/** Names of Kubernetes objects are DNS-1123 labels; `what` says which name it is, `option` what to type it with. */
export function checkName(what: string, name: string, option: string, schema = dnsLabel): Problem[] {
  const result = schema.safeParse(name);
  if (result.success) return [];
  return [
    {
      rule: 'invalid-name',
      message: `${what} "${name}" ${result.error.issues[0]?.message}.`,
      fix: `Choose another name: ${option} my-name`,
    },
  ];
}

/**
 * The longest name of a gateway's Deployment. ReplicaSet and pod append a hash and a suffix, and the whole becomes a
 * label, which holds 63 characters.
 */
const longestDeployment = 52;

/** A tag becomes the name of the Service `istiod-revision-tag-<tag>` from 1.28 on, which holds 63 characters. */
const longestTag = 43;

/** Names that fit by themselves, but not where Kubernetes or Istio append to them. */
export function checkLength(kind: 'deployment' | 'tag', name: string): Problem[] {
  const limit = kind === 'tag' ? longestTag : longestDeployment;
  if (name.length <= limit) return [];
  return [
    {
      rule: 'long-name',
      message: `The ${kind} name "${name}" has ${name.length} characters; ${limit} are the most that fit.`,
      fix: 'Choose a shorter name',
    },
  ];
}
