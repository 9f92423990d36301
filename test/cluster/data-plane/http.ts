import { request } from 'node:http';

/** The status code of one request to a process of this machine, or 0 when there is no answer within three seconds. */
export function httpStatus(url: string, method = 'GET'): Promise<number> {
  return new Promise((resolve) => {
    const outgoing = request(url, { method, timeout: 3000, agent: false }, (response) => {
      response.resume();
      response.on('end', () => resolve(response.statusCode ?? 0));
      response.on('error', () => resolve(0));
    });
    outgoing.on('timeout', () => outgoing.destroy());
    outgoing.on('error', () => resolve(0));
    outgoing.end();
  });
}
