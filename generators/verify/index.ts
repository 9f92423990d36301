import Generator, { type BaseOptions } from 'yeoman-generator';
import { declareOptions, runInYeoman } from '../../src/yeoman.js';

/** yo istio-prod:verify: builds the repository as its delivery engine does, and checks what is built. */
export default class VerifyGenerator extends Generator {
  constructor(args: string[], options: BaseOptions) {
    super(args, options, { customInstallTask: true });
    declareOptions(this, 'verify');
  }

  async writing() {
    await runInYeoman(this, 'verify');
  }
}
