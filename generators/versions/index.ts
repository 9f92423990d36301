import Generator, { type BaseOptions } from 'yeoman-generator';
import { declareOptions, runInYeoman } from '../../src/yeoman.js';

/** yo istio-prod:versions: the Istio versions that are known, and the next step of this mesh. */
export default class VersionsGenerator extends Generator {
  constructor(args: string[], options: BaseOptions) {
    super(args, options, { customInstallTask: true });
    declareOptions(this, 'versions');
  }

  async writing() {
    await runInYeoman(this, 'versions');
  }
}
