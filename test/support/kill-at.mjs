/**
 * Loaded into the real command with `node --import`: kills it, as `kill -9` does, at one operation.
 *
 * KILL_AT is `<moment> <nth> <operation> <text>`: before, amid (half of the file is written) or after the n-th operation
 * of that name that has the text in its first argument. Operations are what changes files, and every start of git.
 */
import child from 'node:child_process';
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

const [, moment, nth, operation, text] = /^(before|amid|after) (\d+) (\w+) (.*)$/.exec(process.env.KILL_AT ?? '') ?? [];
const { writeFileSync } = fs;
let times = 0;

function watched(name, argument, run, half) {
  if (name !== operation || !String(argument).includes(text)) return run();
  times += 1;
  const here = times === Number(nth);
  if (here && moment === 'before') die();
  if (here && moment === 'amid') {
    half();
    die();
  }
  const result = run();
  if (here && moment === 'after') die();
  return result;
}

function die() {
  process.kill(process.pid, 'SIGKILL');
  // The signal may take a moment, in which nothing may happen.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}

for (const name of ['writeFileSync', 'renameSync', 'rmSync', 'mkdirSync']) {
  const original = fs[name];
  fs[name] = (path, ...rest) => {
    const half = () => writeFileSync(path, String(rest[0]).slice(0, String(rest[0]).length / 2));
    return watched(name, path, () => original(path, ...rest), half);
  };
}
const { spawn } = child;
child.spawn = (program, args, ...rest) => watched(program, args[0], () => spawn(program, args, ...rest));
syncBuiltinESMExports();
