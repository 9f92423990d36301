import Generator, { type BaseOptions } from 'yeoman-generator';
import { declareOptions, runInYeoman } from '../../src/yeoman.js';

/** yo istio-prod:status: says where the upgrade is, by the repository and by the cluster. */
export default class StatusGenerator extends Generator {
  constructor(args: string[], options: BaseOptions) {
    super(args, options, { customInstallTask: true });
    declareOptions(this, 'status');
  }

  async writing() {
    await runInYeoman(this, 'status');
  }
}
