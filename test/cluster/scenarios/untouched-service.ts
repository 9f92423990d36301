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
    const commit = await stage.bootstrap();
    await until('the client to have started', () => stage.sent().sent > 0, { timeout: 30 });
    const before = stage.sent().answered;
    await sleep(20_000);
    stage.expectServing(ingress, ['1.20.8']);
    const { answered: all, slowest } = stage.sent();
    const answered = all - before;
    // The client counts once a second, so a second may be missing at each end.
    expect(
      answered >= 9000,
      `client and Service proxy should be fast enough for 500 requests a second, and ${answered} were answered in 20 s`,
    );
    stage.mark('note', `${answered} requests, the slowest ${slowest} ms`);
    await stage.expectNoDrift(commit);
  },
};
