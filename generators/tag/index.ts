import Generator, { type BaseOptions } from 'yeoman-generator';
import { declareOptions, runInYeoman } from '../../src/yeoman.js';

/** yo istio-prod:tag NAME REVISION: makes a revision tag name a live revision, or takes it away. */
export default class TagGenerator extends Generator {
  constructor(args: string[], options: BaseOptions) {
    super(args, options, { customInstallTask: true });
    this.argument('tag', { type: String, required: false, description: 'The tag: prod' });
    this.argument('revision', {
      type: String,
      required: false,
      description: 'The live revision that it names: 1.10.3',
    });
    declareOptions(this, 'tag');
  }

  async writing() {
    await runInYeoman(this, 'tag');
  }
}
