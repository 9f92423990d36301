export type CommandName =
  | 'app'
  | 'adopt'
  | 'revision'
  | 'rollback'
  | 'retire'
  | 'config'
  | 'status'
  | 'watch'
  | 'verify'
  | 'gateway'
  | 'cluster'
  | 'tag'
  | 'versions';

/** One option of a command, the same for `yo istio-prod` and for `istio-prod`. */
export interface Option {
  readonly name: string;
  /** What a value looks like in the help; an option without one is a switch. */
  readonly value?: string;
  readonly description: string;
  /** The values that it takes; a list takes several of them, with commas. */
  readonly choices?: readonly string[];
  readonly list?: true;
  /** Typed once for each value, whose commas are its own. */
  readonly repeated?: true;
  /** The commands that have it; left out: every command. */
  readonly only?: readonly CommandName[];
}
