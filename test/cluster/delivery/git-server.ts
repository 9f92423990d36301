import { execFile, spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A Git server on loopback with one repository, `istio.git`, that may be pushed to. */
export interface GitServer {
  readonly url: string;
  /** The bare repository on disk. */
  readonly repository: string;
  /** Pushes one commit of a local repository to main; returns the full hash. */
  push(directory: string, commit?: string): Promise<string>;
  /** Told after every push. */
  onPush(listener: (commit: string) => void): void;
  stop(): Promise<void>;
}

/** Serves `git http-backend` behind a small HTTP server, as any forge does. */
export async function startGitServer(directory: string, port: number): Promise<GitServer> {
  const root = join(directory, 'git');
  const repository = join(root, 'istio.git');
  mkdirSync(root, { recursive: true });
  await git(['init', '--quiet', '--bare', '--initial-branch=main', repository], root);
  await git(['config', 'http.receivepack', 'true'], repository);
  writeFileSync(join(repository, 'git-daemon-export-ok'), '');
  const listeners: ((commit: string) => void)[] = [];
  const server = createServer((request, response) => serve(root, request, response));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const url = `http://127.0.0.1:${port}/istio.git`;
  return {
    url,
    repository,
    async push(from, commit = 'HEAD') {
      await git(['push', '--quiet', '--force', url, `${commit}:refs/heads/main`], from);
      const hash = (await git(['rev-parse', commit], from)).trim();
      for (const listener of listeners) listener(hash);
      return hash;
    },
    onPush: (listener) => listeners.push(listener),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Runs git away from the settings of whoever runs the tests. */
export async function git(args: readonly string[], cwd: string): Promise<string> {
  const identity = { GIT_AUTHOR_NAME: 'harness', GIT_AUTHOR_EMAIL: 'harness@example.com' };
  const committer = { GIT_COMMITTER_NAME: 'harness', GIT_COMMITTER_EMAIL: 'harness@example.com' };
  const env = {
    PATH: process.env.PATH,
    HOME: cwd,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
    ...identity,
    ...committer,
  };
  const { stdout } = await run('git', args, { cwd, env, maxBuffer: 64 * 1024 * 1024 });
  return stdout;
}

function serve(root: string, request: IncomingMessage, response: ServerResponse): void {
  const { pathname, search } = new URL(request.url ?? '/', 'http://localhost');
  const backend = spawn('git', ['http-backend'], {
    env: {
      PATH: process.env.PATH,
      GIT_PROJECT_ROOT: root,
      PATH_INFO: pathname,
      QUERY_STRING: search.slice(1),
      REQUEST_METHOD: request.method,
      CONTENT_TYPE: request.headers['content-type'] ?? '',
      CONTENT_LENGTH: request.headers['content-length'] ?? '',
      HTTP_CONTENT_ENCODING: request.headers['content-encoding'] ?? '',
      GIT_PROTOCOL: String(request.headers['git-protocol'] ?? ''),
      REMOTE_ADDR: '127.0.0.1',
    },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  request.pipe(backend.stdin);
  backend.stdin.on('error', () => {});
  backend.on('error', () => response.destroy());
  let head: Buffer | undefined = Buffer.alloc(0);
  backend.stdout.on('data', (chunk: Buffer) => {
    if (head === undefined) {
      response.write(chunk);
      return;
    }
    head = Buffer.concat([head, chunk]);
    const end = head.indexOf('\r\n\r\n');
    if (end < 0) return;
    for (const line of head.subarray(0, end).toString('latin1').split('\r\n')) {
      const [name = '', value = ''] = line.split(': ', 2);
      if (name.toLowerCase() === 'status') response.statusCode = Number.parseInt(value, 10);
      else response.setHeader(name, value);
    }
    response.write(head.subarray(end + 4));
    head = undefined;
  });
  backend.on('close', () => response.end());
}
