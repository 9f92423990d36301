import Generator from 'yeoman-generator';
import { declareOptions, runInYeoman } from '../../src/yeoman.js';

/** yo istio-prod:revision 1.10.3: adds the revision beside the running one and carries the upgrade out. */
export default class RevisionGenerator extends Generator {
  constructor(args: string[], options: Record<string, unknown>) {
    super(args, options as never, { customInstallTask: true } as never);
    this.argument('version', {
      type: String,
      required: false,
      description: 'The Istio version, all three numbers: 1.10.3',
    });
    declareOptions(this as never, 'revision');
  }

  async writing() {
    await runInYeoman(this as never, 'revision', this.args as string[]);
  }
}
