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

/** The sentence of each reason, and what to type. `what` is the kind in the API's own words: pods, applications.argoproj.io. */
export function unknownOf(reason: Reason, context: string, what: string, detail = ''): Unknown {
  const kubectl = `kubectl --context ${context}`;
  const because = detail === '' ? '' : ` (${detail})`;
  const [message, fix]: readonly [string, string] = {
    'no-kubeconfig': [
      `There is no kubeconfig that can be read${because}.`,
      'Say where it is: export KUBECONFIG=FILE',
    ] as const,
    'no-context': [
      `The kubeconfig has no context ${context}.`,
      detail === '' ? 'Look which there are: kubectl config get-contexts' : `Take one of: ${detail}`,
    ] as const,
    unreachable: [`The API server of context ${context} cannot be reached${because}.`, `${kubectl} version`] as const,
    expired: [
      `The API server of context ${context} does not accept your credentials: they are wrong or have expired${because}.`,
      `Log in again, then: ${kubectl} auth whoami`,
    ] as const,
    forbidden: [
      `You may not list ${what} in context ${context}.`,
      `Ask for the right to get and list them (see the README), then: ${kubectl} auth can-i list ${what} --all-namespaces`,
    ] as const,
    timeout: [
      `The API server of context ${context} gave no answer in time to the list of ${what}.`,
      `Run the same command again; if it stays so: ${kubectl} get --raw /readyz`,
    ] as const,
    'kind-missing': [
      `The API server of context ${context} has no kind ${what}.`,
      `${kubectl} get customresourcedefinitions ${what}`,
    ] as const,
    failed: [
      `The API server of context ${context} could not list ${what}${because}.`,
      `${kubectl} get ${what} --all-namespaces`,
    ] as const,
  }[reason];
  return { reason, message, fix };
}

const unreachable = ['ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'EPIPE'];

/** Why a connection failed; the codes are those of Node and of OpenSSL. */
export function unknownOfError(error: unknown, context: string, what: string): Unknown {
  const { name, code, message } = error as NodeJS.ErrnoException;
  if (name === 'TimeoutError' || name === 'AbortError' || code === 'ETIMEDOUT') {
    return unknownOf('timeout', context, what);
  }
  if (unreachable.includes(code ?? '')) return unknownOf('unreachable', context, what, code);
  if (/CERT|SSL|TLS|SELF_SIGNED|UNABLE_TO_VERIFY/.test(code ?? '')) {
    return unknownOf('unreachable', context, what, `its certificate is not accepted: ${code}`);
  }
  return unknownOf('failed', context, what, message);
}

/** What an API server means by a status that is no success (kubernetes.io/docs/reference/using-api/api-concepts). */
export function unknownOfStatus(status: number, context: string, what: string): Unknown {
  switch (status) {
    case 401:
      return unknownOf('expired', context, what);
    case 403:
      return unknownOf('forbidden', context, what);
    case 404:
      return unknownOf('kind-missing', context, what);
    case 408:
    case 504:
      return unknownOf('timeout', context, what);
    default:
      return unknownOf('failed', context, what, `HTTP ${status}`);
  }
}
