import Generator, { type BaseOptions } from 'yeoman-generator';
import { declareOptions, runInYeoman } from '../../src/yeoman.js';

/** yo istio-prod:retire 1.9.5: takes the next part of an old revision away. */
export default class RetireGenerator extends Generator {
  constructor(args: string[], options: BaseOptions) {
    super(args, options, { customInstallTask: true });
    this.argument('version', { type: String, required: false, description: 'The revision that goes: 1.9.5 or 1-9-5' });
    declareOptions(this, 'retire');
  }

  async writing() {
    await runInYeoman(this, 'retire');
  }
}
