/**
 * The harness could not do its own work: a tool is missing, a build failed, a port is taken, a process died.
 *
 * Exit code 2: it says nothing about the repository under test.
 */
export class HarnessError extends Error {
  constructor(
    message: string,
    /** Where the details are. */
    readonly logFile?: string,
    options?: ErrorOptions,
  ) {
    super(logFile === undefined ? message : `${message} (log: ${logFile})`, options);
    this.name = 'HarnessError';
  }
}

/** What the scenario expects did not hold: exit code 1. */
export class ExpectationError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ExpectationError';
  }
}

/** Throws an ExpectationError with this sentence unless the condition holds. */
export function expect(condition: boolean, sentence: string): asserts condition {
  if (!condition) throw new ExpectationError(sentence);
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
