import Generator, { type BaseOptions } from 'yeoman-generator';
import { declareOptions, runInYeoman } from '../../src/yeoman.js';

/** yo istio-prod:gateway NAME: adds a gateway to every cluster, changes its ports, or takes it away. */
export default class GatewayGenerator extends Generator {
  constructor(args: string[], options: BaseOptions) {
    super(args, options, { customInstallTask: true });
    this.argument('name', { type: String, required: false, description: 'The name of its entry Service' });
    declareOptions(this, 'gateway');
  }

  async writing() {
    await runInYeoman(this, 'gateway');
  }
}
