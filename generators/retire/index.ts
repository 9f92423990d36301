import Generator from 'yeoman-generator';
import { declareOptions, runInYeoman } from '../../src/yeoman.js';

/** yo istio-prod:retire 1.9.5: takes the next part of an old revision away. */
export default class RetireGenerator extends Generator {
  constructor(args: string[], options: Record<string, unknown>) {
    super(args, options as never, { customInstallTask: true } as never);
    this.argument('version', { type: String, required: false, description: 'The revision that goes: 1.9.5 or 1-9-5' });
    declareOptions(this as never, 'retire');
  }

  async writing() {
    await runInYeoman(this as never, 'retire', this.args as string[]);
  }
}
