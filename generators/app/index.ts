import Generator from 'yeoman-generator';
import { declareOptions, runInYeoman } from '../../src/yeoman.js';

/** yo istio-prod: bootstraps the repository, or makes it follow its istio-prod.yaml. */
export default class AppGenerator extends Generator {
  constructor(args: string[], options: Record<string, unknown>) {
    super(args, options as never, { customInstallTask: true } as never);
    declareOptions(this as never, 'app');
  }

  async writing() {
    await runInYeoman(this as never, 'app', []);
  }
}
