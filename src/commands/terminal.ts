import type { FrontDoor } from './front-door.js';
/** One of the answers to choose from. */
export interface Choice {
  readonly name: string;
  readonly value: string;
  readonly checked?: boolean;
}

/** A question in the form that Inquirer takes, which is also Yeoman's. */
export interface Question {
  readonly type: 'input' | 'select' | 'checkbox' | 'confirm';
  readonly name: string;
  readonly message: string;
  readonly default?: unknown;
  /** The choices, or what makes them of the answers so far. */
  readonly choices?: readonly Choice[] | ((answers: Readonly<Record<string, unknown>>) => readonly Choice[]);
  readonly validate?: (value: string) => true | string;
}

/** Where a command talks to a person: the one thing in which the two front doors differ. */
export interface Terminal {
  /** What was typed to get here; messages name commands by it. */
  readonly frontDoor: FrontDoor;
  /** Whether somebody is there to answer. */
  readonly interactive: boolean;
  /** How many characters it shows, where it says so. */
  readonly size?: () => { readonly columns: number | undefined; readonly rows: number | undefined };
  ask(questions: readonly Question[]): Promise<Record<string, unknown>>;
  print(text: string): void;
}
