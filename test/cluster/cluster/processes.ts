import { type ChildProcess, spawn } from 'node:child_process';
import {
  appendFileSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { HarnessError } from '../errors.js';

/** One process of the harness. Its output goes to `logs/<name>.log`. */
export interface ProcessSpec {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Others need it to end well: it is ended after them, in reverse order of the start. */
  readonly foundation?: boolean;
  readonly cwd?: string;
}

export interface RunningProcess {
  readonly name: string;
  readonly foundation: boolean;
  readonly logFile: string;
  readonly child: ChildProcess;
  /** Resolves when the process has ended. */
  readonly ended: Promise<void>;
  /** SIGTERM (or the given signal), and SIGKILL after the given grace in milliseconds. */
  stop(signal?: NodeJS.Signals, grace?: number): Promise<void>;
}

export interface Processes {
  readonly directory: string;
  start(spec: ProcessSpec): RunningProcess;
  find(name: string): RunningProcess | undefined;
  /** Throws when a process has died that nobody ended. */
  check(): void;
  /** Rejects when a process dies that nobody ended. */
  readonly died: Promise<never>;
  stopAll(): Promise<void>;
}

/**
 * Starts and ends processes, each in its own group so that its children end with it. The folder is emptied, once it is
 * sure that no other run uses it.
 */
export function createProcesses(directory: string): Processes {
  const logs = join(directory, 'logs');
  // Beside the folder, not in it: a run that was killed leaves it for the next one, whose folder has another name.
  const pidFile = join(dirname(directory), 'processes');
  mkdirSync(dirname(directory), { recursive: true });
  claim(pidFile);
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(logs, { recursive: true });
  const running = new Map<string, RunningProcess>();
  let failure: HarnessError | undefined;
  let stopping = false;
  let reject: (error: HarnessError) => void = () => {};
  const died = new Promise<never>((_, no) => {
    reject = no;
  });
  // Whoever waits for it is told; to have nobody wait is no error.
  died.catch(() => {});

  function fail(message: string, logFile: string): void {
    failure ??= new HarnessError(message, logFile);
    reject(failure);
  }

  /** Whatever ends this process, nothing that it started is left. */
  const endAll = (): void => {
    for (const { child } of running.values()) signalGroup(child, 'SIGKILL');
  };
  process.once('exit', endAll);

  function start(spec: ProcessSpec): RunningProcess {
    if (stopping) throw new HarnessError(`${spec.name} is not started: the run is ending`);
    const logFile = join(logs, `${spec.name}.log`);
    const log = openSync(logFile, 'a');
    const child = spawn(spec.command, [...spec.args], {
      cwd: spec.cwd ?? directory,
      env: { PATH: process.env.PATH ?? '', HOME: directory, ...spec.env },
      stdio: ['ignore', log, log],
      detached: true,
    });
    closeSync(log);
    let stopped = false;
    const ended = new Promise<void>((resolve) => {
      child.once('error', (error) => {
        fail(`${spec.name} could not be started: ${error.message}`, logFile);
        resolve();
      });
      child.once('exit', (code, signal) => {
        if (running.get(spec.name)?.child === child) running.delete(spec.name);
        if (!stopped && !stopping) fail(`${spec.name} died (${signal ?? `exit code ${code}`})`, logFile);
        resolve();
      });
    });
    const handle: RunningProcess = {
      name: spec.name,
      foundation: spec.foundation === true,
      logFile,
      child,
      ended,
      async stop(signal = 'SIGTERM', grace = 8000) {
        stopped = true;
        signalGroup(child, signal);
        const timer = setTimeout(() => signalGroup(child, 'SIGKILL'), grace);
        await ended;
        clearTimeout(timer);
      },
    };
    running.set(spec.name, handle);
    if (child.pid !== undefined) appendFileSync(pidFile, `${child.pid} ${programOf(spec.command)}\n`);
    return handle;
  }

  return {
    directory,
    died,
    start,
    find: (name) => running.get(name),
    check() {
      if (failure !== undefined) throw failure;
    },
    async stopAll() {
      stopping = true;
      const handles = [...running.values()];
      await Promise.all(handles.filter(({ foundation }) => !foundation).map((handle) => handle.stop('SIGTERM', 4000)));
      for (const handle of handles.filter(({ foundation }) => foundation).reverse()) await handle.stop('SIGTERM', 2000);
      rmSync(pidFile, { force: true });
      process.off('exit', endAll);
    },
  };
}

/** The file behind a command, as /proc names it. */
function programOf(command: string): string {
  return existsSync(command) ? realpathSync(command) : command;
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // It ended in between.
  }
}

/**
 * Makes the folder ours: its first line names the run that uses it. A run that was killed could not end its processes, so
 * the next one in the same folder does; of a run that lives nothing is touched.
 */
function claim(pidFile: string): void {
  if (existsSync(pidFile)) {
    const [owner = '', ...processes] = readFileSync(pidFile, 'utf8').split('\n');
    const [pid = '', startedAt] = owner.split(' ');
    if (startedAt !== undefined && Number(pid) !== process.pid && startOf(pid) === startedAt)
      throw new HarnessError(
        `another run (process ${pid}) uses ${dirname(pidFile)}; wait for its end, or choose another ISTIO_PROD_CLUSTER_SLOT`,
      );
    endLeftovers(processes);
    rmSync(pidFile, { force: true });
  }
  writeFileSync(pidFile, `${process.pid} ${startOf(String(process.pid))}\n`);
}

/** When a process was started, in the kernel's ticks; undefined when there is none. With the id it names a process for good. */
function startOf(pid: string): string | undefined {
  try {
    // The name, in parentheses, may hold spaces: count behind it.
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ')[19];
  } catch {
    return undefined;
  }
}

/** Ends what is left of a run, where the same program still has that id. */
function endLeftovers(lines: readonly string[]): void {
  for (const line of lines) {
    const [pid, command] = line.split(' ');
    if (pid === undefined || command === undefined || !existsSync(`/proc/${pid}/exe`)) continue;
    try {
      if (readlinkSync(`/proc/${pid}/exe`) === command) process.kill(-Number(pid), 'SIGKILL');
    } catch {
      // Not ours any more.
    }
  }
}
