#!/usr/bin/env node
import { packageVersion } from './package.js';

const [first] = process.argv.slice(2);
// Asked for its version, a command answers at once: nothing else is loaded.
if (first === '--version' || first === '-V') console.log(packageVersion());
else await (await import('./command-line.js')).commandLine(process.argv);
