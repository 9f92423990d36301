import Generator, { type BaseOptions } from 'yeoman-generator';
import { declareOptions, runInYeoman } from '../../src/yeoman.js';

/** yo istio-prod:revision 1.10.3: adds the revision beside the running one and carries the upgrade out. */
export default class RevisionGenerator extends Generator {
  constructor(args: string[], options: BaseOptions) {
    super(args, options, { customInstallTask: true });
    this.argument('version', {
      type: String,
      required: false,
      description: 'The Istio version, all three numbers: 1.10.3',
    });
    declareOptions(this, 'revision');
  }

  async writing() {
    await runInYeoman(this, 'revision');
  }
}
