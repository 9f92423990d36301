import { firstOf } from '../model/words.js';
import type { Reason, Unknown } from './snapshot.js';

/** Something could not be read; `unknown` says why, and what to type. */
export class Unread extends Error {
  readonly unknown: Unknown;

  constructor(unknown: Unknown, cause?: unknown) {
    super(unknown.message, { cause });
    this.name = 'Unread';
    this.unknown = unknown;
  }
}

/** The sentence of each reason, and what to type. `kinds` are in the API's own words: pods, applications.argoproj.io. */
export function unknownOf(reason: Reason, context: string, kinds: readonly string[], detail = ''): Unknown {
  const kubectl = `kubectl --context ${context}`;
  const because = detail === '' ? '' : ` (${detail})`;
  const [first = ''] = kinds;
  const alone = kinds.length < 2;
  const what = firstOf(kinds, 3);
  const [message, fix]: readonly [string, string] = {
    'no-kubeconfig': [
      `There is no kubeconfig that can be read${because}.`,
      'Say where it is: export KUBECONFIG=FILE',
    ] as const,
    'no-context': [
      `The kubeconfig has no context ${context}.`,
      detail === '' ? 'Look which there are: kubectl config get-contexts' : `Take one of: ${detail}`,
    ] as const,
    'bad-context': [
      `The context ${context} of the kubeconfig cannot be used: ${detail}.`,
      `Look at it, and mend it: ${kubectl} config view --minify`,
    ] as const,
    'no-plugin': [
      `The credential plugin ${detail} that the context ${context} of the kubeconfig names is not on your PATH.`,
      `Install it, then: ${kubectl} auth whoami`,
    ] as const,
    unreachable: [`The API server of context ${context} cannot be reached${because}.`, `${kubectl} version`] as const,
    expired: [
      `The API server of context ${context} does not accept your credentials: they are wrong or have expired${because}.`,
      `Log in again, then: ${kubectl} auth whoami`,
    ] as const,
    forbidden: [
      `You may not list ${what} in context ${context}.`,
      `Ask for the right to get and list them (see the README), then: ${kubectl} auth can-i ${alone ? `list ${first} --all-namespaces` : '--list'}`,
    ] as const,
    timeout: [
      `The API server of context ${context} gave no answer in time to the list of ${what}.`,
      `Run the same command again; if it stays so: ${kubectl} get --raw /readyz`,
    ] as const,
    'kind-missing': [
      `The API server of context ${context} has no kind ${what}.`,
      `${kubectl} ${alone ? `get customresourcedefinitions ${first}` : 'api-resources    # is it an API server of Kubernetes?'}`,
    ] as const,
    failed: [
      `The API server of context ${context} could not list ${what}${because}.`,
      `${kubectl} get ${first} --all-namespaces`,
    ] as const,
  }[reason];
  return { reason, message, fix, kinds, detail };
}

const unreachable = ['ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'EPIPE'];

/** Why a connection failed; the codes are those of Node and of OpenSSL. `proxy`: the host that it goes through, if any. */
export function unknownOfError(error: unknown, context: string, kind: string, proxy?: string): Unknown {
  const { name, code, message } = error as NodeJS.ErrnoException;
  const reach = (why: string) =>
    unknownOf('unreachable', context, [kind], why + (proxy === undefined ? '' : `, through the proxy ${proxy}`));
  if (name === 'TimeoutError' || name === 'AbortError' || code === 'ETIMEDOUT') {
    return unknownOf('timeout', context, [kind]);
  }
  if (unreachable.includes(code ?? '')) return reach(code ?? '');
  if (code === 'EPROTO') {
    const [, why = code] = /:SSL routines:[^:]*:([^:]+):/.exec(message) ?? [];
    return reach(`no TLS comes about: ${why}`);
  }
  if (/CERT|SSL|TLS|SELF_SIGNED|UNABLE_TO_VERIFY/.test(code ?? '')) {
    return reach(`its certificate is not accepted: ${code}`);
  }
  // In the words of hpagent, which asks the proxy.
  const [, status] = /^Bad response: (\d+)$/.exec(message) ?? [];
  if (status !== undefined) return reach(`HTTP ${status}`);
  return unknownOf('failed', context, [kind], message);
}

/** What an API server means by a status that is no success (kubernetes.io/docs/reference/using-api/api-concepts). */
export function unknownOfStatus(status: number, context: string, kind: string): Unknown {
  switch (status) {
    case 401:
      return unknownOf('expired', context, [kind]);
    case 403:
      return unknownOf('forbidden', context, [kind]);
    case 404:
      return unknownOf('kind-missing', context, [kind]);
    case 408:
    case 504:
      return unknownOf('timeout', context, [kind]);
    default:
      return unknownOf('failed', context, [kind], `HTTP ${status}`);
  }
}
