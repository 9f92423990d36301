import Generator, { type BaseOptions } from 'yeoman-generator';
import { declareOptions, runInYeoman } from '../../src/yeoman.js';

/** yo istio-prod: bootstraps the repository, or makes it follow its istio-prod.yaml. */
export default class AppGenerator extends Generator {
  constructor(args: string[], options: BaseOptions) {
    super(args, options, { customInstallTask: true });
    declareOptions(this, 'app');
  }

  async writing() {
    await runInYeoman(this, 'app');
  }
}
