/** One reason why a command is refused. All problems of a run are shown together, and nothing is written. */
export interface Problem {
  /** The rule that is broken, in kebab-case; `--force` takes it where `forcible` says so. */
  readonly rule: string;
  /** What is wrong, and where. */
  readonly message: string;
  /** What to type or to change next. */
  readonly fix: string;
  /** Whether `--force RULE` lets a person break this rule. */
  readonly forcible?: boolean;
}

/** A problem and the place in istio-prod.yaml that it is about. */
export interface MeshProblem extends Problem {
  readonly at: readonly string[];
}

/** A command that is refused, or that could not look at what it needs to decide. */
export class Refusal extends Error {
  readonly problems: readonly Problem[];
  readonly exitCode: 1 | 2;

  /** `exitCode` is 1 where the request is refused, and 2 where something could not be looked at (a missing tool, no git). */
  constructor(problems: readonly Problem[], exitCode: 1 | 2 = 1, cause?: unknown) {
    super(problems.map(({ rule, message, fix }) => `${rule}: ${message}\n  → ${fix}`).join('\n'), { cause });
    this.name = 'Refusal';
    this.problems = problems;
    this.exitCode = exitCode;
  }
}
