import Generator, { type BaseOptions } from 'yeoman-generator';
import { declareOptions, runInYeoman } from '../../src/yeoman.js';

/** yo istio-prod:adopt: writes a repository beside an Istio that is there. */
export default class AdoptGenerator extends Generator {
  constructor(args: string[], options: BaseOptions) {
    super(args, options, { customInstallTask: true });
    declareOptions(this, 'adopt');
  }

  async writing() {
    await runInYeoman(this, 'adopt');
  }
}
