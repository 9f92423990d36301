import Generator, { type BaseOptions } from 'yeoman-generator';
import { declareOptions, runInYeoman } from '../../src/yeoman.js';

/** yo istio-prod:rollback: goes back one phase of an upgrade, or all of them. */
export default class RollbackGenerator extends Generator {
  constructor(args: string[], options: BaseOptions) {
    super(args, options, { customInstallTask: true });
    declareOptions(this, 'rollback');
  }

  async writing() {
    await runInYeoman(this, 'rollback');
  }
}
