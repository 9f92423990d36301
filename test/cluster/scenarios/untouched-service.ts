import { sleep, until } from '../clock.js';
import { expect } from '../errors.js';
import type { Scenario } from '../scenario.js';
import { ingress } from '../stage.js';

export const scenario: Scenario = {
  title: 'The harness itself loses nothing: 500 requests a second on a Service that nobody touches',
  core: true,
  engines: ['flux'],
  perSecond: 500,
  async run(stage) {
    await stage.bootstrap();
    await until('the client to have started', () => stage.sent().sent > 0, { timeout: 30 });
    const before = stage.sent().sent;
    await sleep(20_000);
    stage.expectServing(ingress, ['1.20.8']);
    const { sent: all, slowest } = stage.sent();
    const sent = all - before;
    expect(
      sent > 8500,
      `client and Service proxy should be fast enough for 500 requests a second, and sent ${sent} in 20 s`,
    );
    stage.mark('note', `${sent} requests, the slowest ${slowest} ms`);
  },
};
