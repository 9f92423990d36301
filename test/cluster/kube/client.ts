import { readFileSync } from 'node:fs';
import { Agent, type RequestOptions, request } from 'node:https';
import { type KubeObject, objectPath } from './objects.js';

/** How to reach one API server. */
export interface KubeAddress {
  readonly host: string;
  readonly port: number;
  readonly token: string;
  readonly caFile: string;
}

/** The API server said no. */
export class KubeError extends Error {
  constructor(
    readonly status: number,
    readonly reason: string,
    message: string,
  ) {
    super(message);
    this.name = 'KubeError';
  }
}

export interface Kube {
  readonly address: KubeAddress;
  request<T = KubeObject>(method: string, path: string, body?: unknown, contentType?: string): Promise<T>;
  get<T = KubeObject>(path: string): Promise<T>;
  /** Undefined when there is no such object. */
  find<T = KubeObject>(path: string): Promise<T | undefined>;
  list<T = KubeObject>(path: string): Promise<readonly T[]>;
  /** Server-side apply; conflicts are taken over, as GitOps engines do. */
  apply(object: KubeObject, fieldManager?: string): Promise<KubeObject>;
  mergePatch(path: string, patch: unknown): Promise<KubeObject>;
  remove(path: string, options?: unknown): Promise<void>;
  requestOptions(method: string, path: string): RequestOptions;
  close(): void;
}

/** A small client of the API server: JSON over one keep-alive agent, no types of its own, no retries that hide an outage. */
export function createKube(address: KubeAddress): Kube {
  const agent = new Agent({ keepAlive: true, ca: readFileSync(address.caFile) });

  function requestOptions(method: string, path: string): RequestOptions {
    const { host, port, token } = address;
    return {
      host,
      port,
      method,
      path,
      agent,
      headers: { authorization: `Bearer ${token}`, accept: 'application/json' },
    };
  }

  function send<T>(method: string, path: string, body?: unknown, contentType = 'application/json'): Promise<T> {
    const options = requestOptions(method, path);
    const payload = body === undefined ? undefined : JSON.stringify(body);
    if (payload !== undefined) {
      Object.assign(options.headers as object, {
        'content-type': contentType,
        'content-length': Buffer.byteLength(payload),
      });
    }
    return new Promise<T>((resolve, reject) => {
      const outgoing = request({ ...options, timeout: 30_000 }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString('utf8');
          const status = response.statusCode ?? 0;
          if (status >= 200 && status < 300) resolve(parse(text) as T);
          else reject(refusal(status, method, path, text));
        });
      });
      outgoing.on('timeout', () => outgoing.destroy(new Error(`${method} ${path}: no answer in 30 s`)));
      outgoing.on('error', (error: NodeJS.ErrnoException) => {
        // The server closed an idle connection at the moment it was used again: it has read nothing.
        if (outgoing.reusedSocket && error.code === 'ECONNRESET')
          send<T>(method, path, body, contentType).then(resolve, reject);
        else reject(error);
      });
      outgoing.end(payload);
    });
  }

  async function find<T>(path: string): Promise<T | undefined> {
    try {
      return await send<T>('GET', path);
    } catch (error) {
      if (error instanceof KubeError && error.status === 404) return undefined;
      throw error;
    }
  }

  return {
    address,
    request: send,
    requestOptions,
    get: (path) => send('GET', path),
    find,
    async list<T>(path: string) {
      const answer = await send<{ items?: readonly T[] }>('GET', path);
      return answer.items ?? [];
    },
    apply: (object, fieldManager = 'harness') =>
      send(
        'PATCH',
        `${objectPath(object)}?fieldManager=${fieldManager}&force=true`,
        object,
        'application/apply-patch+yaml',
      ),
    mergePatch: (path, patch) => send('PATCH', path, patch, 'application/merge-patch+json'),
    async remove(path, options) {
      try {
        await send('DELETE', path, options);
      } catch (error) {
        if (!(error instanceof KubeError && error.status === 404)) throw error;
      }
    },
    close: () => agent.destroy(),
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function refusal(status: number, method: string, path: string, text: string): KubeError {
  const body = parse(text) as { reason?: string; message?: string };
  return new KubeError(status, body.reason ?? '', `${method} ${path}: ${status} ${body.message ?? text.slice(0, 300)}`);
}
