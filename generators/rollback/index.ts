import Generator from 'yeoman-generator';
import { declareOptions, runInYeoman } from '../../src/yeoman.js';

/** yo istio-prod:rollback: goes back one phase of an upgrade, or all of them. */
export default class RollbackGenerator extends Generator {
  constructor(args: string[], options: Record<string, unknown>) {
    super(args, options as never, { customInstallTask: true } as never);
    declareOptions(this as never, 'rollback');
  }

  async writing() {
    await runInYeoman(this as never, 'rollback', []);
  }
}
