import Generator, { type BaseOptions } from 'yeoman-generator';
import { declareOptions, runInYeoman } from '../../src/yeoman.js';

/** yo istio-prod:watch: follows an upgrade live, and writes a report. */
export default class WatchGenerator extends Generator {
  constructor(args: string[], options: BaseOptions) {
    super(args, options, { customInstallTask: true });
    declareOptions(this, 'watch');
  }

  async writing() {
    await runInYeoman(this, 'watch');
  }
}
