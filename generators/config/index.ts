import Generator, { type BaseOptions } from 'yeoman-generator';
import { declareOptions, runInYeoman } from '../../src/yeoman.js';

/** yo istio-prod:config NAME…: adds items of the catalogue of configuration, or takes them away. */
export default class ConfigGenerator extends Generator {
  constructor(args: string[], options: BaseOptions) {
    super(args, options, { customInstallTask: true });
    this.argument('names', { type: Array, required: false, description: 'The items: --list shows them' });
    declareOptions(this, 'config');
  }

  async writing() {
    await runInYeoman(this, 'config');
  }
}
