import Generator, { type BaseOptions } from 'yeoman-generator';
import { declareOptions, runInYeoman } from '../../src/yeoman.js';

/** yo istio-prod:cluster NAME: adds a cluster that runs what another one runs, or takes one away. */
export default class ClusterGenerator extends Generator {
  constructor(args: string[], options: BaseOptions) {
    super(args, options, { customInstallTask: true });
    this.argument('name', { type: String, required: false, description: 'The name of the cluster' });
    declareOptions(this, 'cluster');
  }

  async writing() {
    await runInYeoman(this, 'cluster');
  }
}
