import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { stripVTControlCharacters } from 'node:util';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { startProbe } from '../../src/cluster/probe.js';
import type { Sample } from '../../src/cluster/timeline.js';
import { type Seen, watchPage, watchReport } from '../../src/cluster/watch-report.js';
import { watchLines, watchScreen } from '../../src/commands/watch-text.js';
import { inScratch } from '../support/a-repository.js';
import { app, command } from '../support/commands.js';

const service = 'istio-gateways/istio-ingressgateway';
const both = { istio: 'ingressgateway' };
const sample = (at: number, serving: Sample['serving'], selector: Sample['selector'] = both): Sample => ({
  at,
  selector,
  serving,
  prepared: { '1_20_8': 4, '1_21_6': 4 },
  selected: 8,
});
const blended = [sample(1000, { '1_20_8': 4 }), sample(2000, { '1_20_8': 4, '1_21_6': 4 })];

const seen = (samples: readonly Sample[], more: Partial<Seen> = {}): Seen => ({
  context: 'prod',
  cluster: 'production',
  from: 0,
  to: 60_000,
  timelines: [{ service, samples }],
  marks: [],
  probe: null,
  blind: [],
  ...more,
});

describe('the report of a watch', () => {
  it('says of an upgrade without a gap that there was none', () =>
    expect(watchReport(seen(blended))).toMatchObject({
      sentences: [`Entry Service ${service}: never below 4 ready endpoints, 0 intervals without.`],
      lost: false,
      unseen: false,
    }));

  it('says when and for how long there was no ready endpoint', () => {
    const report = watchReport(seen([...blended, sample(3000, {}), sample(4500, { '1_21_6': 4 })]));
    expect(report.lost).toBe(true);
    expect(report.sentences[0]).toContain('never below 0 ready endpoints, 1 interval without');
    expect(report.sentences[0]).toContain('for 1500 ms from 1970-01-01T00:00:03.000Z');
  });

  it('says that a Service without any endpoint never had one', () =>
    expect(watchReport(seen([sample(0, {})]))).toMatchObject({
      lost: true,
      sentences: [`Entry Service ${service}: never had a ready endpoint.`],
    }));

  it('counts requests that failed', () => {
    const probe = { url: 'https://a/', sent: 9, failed: 1, slowest: 7, failures: [{ at: 5, reason: 'HTTP 503' }] };
    const report = watchReport(seen(blended, { probe }));
    expect(report.lost).toBe(true);
    expect(report.sentences[1]).toBe('9 requests to https://a/: 1 failed (HTTP 503), the slowest took 7 ms.');
  });

  it('counts the time in which it saw nothing once, however many watches were lost', () => {
    const why = 'It was down.';
    const blind = [
      { from: 1000, to: 5000, why },
      { from: 2000, to: 4000, why },
      { from: 58_000, why },
    ];
    expect(watchReport(seen(blended, { blind }))).toMatchObject({
      unseen: true,
      sentences: [expect.any(String), 'For 6 s not all could be seen: It was down.'],
    });
  });

  it('is one page that loads nothing, with every name escaped', () => {
    const marks = [{ at: 3, kind: 'note', text: '<b>' }] as const;
    const page = watchPage(watchReport(seen(blended, { marks })));
    expect(page).toContain('<svg');
    expect(page).toContain('Istio in production: no traffic was lost');
    expect(page).toContain('&lt;b&gt;');
    expect(page).not.toMatch(/<b>|<script|src=|href=/);
  });

  it('can be read by a screen reader, on a telephone, and in the dark', () => {
    const page = watchPage(watchReport(seen(blended)));
    expect(page).toContain('<html lang="en">');
    expect(page).toContain('name="viewport"');
    expect(page).toContain('prefers-color-scheme: dark');
    const pictures = page.match(/<svg [^>]*>/g) ?? [];
    expect(pictures).toHaveLength(2);
    for (const picture of pictures) expect(picture).toMatch(/role="img" aria-label="[^"]+"/);
    expect(page).toContain(`aria-label="Ready endpoints of ${service} over time, by version"`);
  });

  it('numbers few lines however many endpoints there are, the old version first, and cuts long marks', () => {
    const serving = { '1_10_3': 60, '1_9_5': 40 };
    const many = { ...sample(0, serving), prepared: serving };
    const marks = [{ at: 3, kind: 'commit', text: 'w'.repeat(300) }] as const;
    const page = watchPage(watchReport(seen([many], { marks })));
    expect([...page.matchAll(/text-anchor="end">(\d+)</g)].map(([, count]) => count)).toStrictEqual([
      '0',
      '20',
      '40',
      '60',
      '80',
      '100',
    ]);
    expect(page).toContain('aria-label="Versions: 1_9_5, 1_10_3"');
    expect(page).toMatch(/>w{95}…<title>w{300}</);
  });
});

describe('what a person sees meanwhile', () => {
  it('is a line for every change, and no line where nothing changed', () => {
    const lines = watchLines();
    expect(lines(seen(blended))).toStrictEqual([
      `00:01:00  ${service}: 1_20_8 4, 1_21_6 4 ready endpoints, selects istio=ingressgateway`,
    ]);
    expect(lines(seen(blended))).toStrictEqual([]);
    const lost = { from: 1, why: 'It is down.' };
    expect(lines(seen(blended, { blind: [lost] }))).toStrictEqual(['00:01:00  Not all can be seen: It is down.']);
    expect(lines(seen(blended, { blind: [lost, lost] }))).toStrictEqual([]);
    expect(lines(seen(blended, { blind: [{ ...lost, to: 2 }] }))).toStrictEqual(['00:01:00  All can be seen again.']);
  });

  const engine = [{ name: 'istio-production', revision: '0123456789abcdef', state: 'Synced, Healthy', settled: true }];

  const wide = { columns: 120, rows: 50 };

  it('is a screen with a bar a version, the engine, and the time that is left', () => {
    const screen = stripVTControlCharacters(watchScreen(seen(blended), engine, wide, 120_000));
    expect(screen).toContain('watched for 1:00, ends in 1:00');
    expect(screen).toContain('1_21_6      ■■■■ 4 ready endpoints of 4 ready pods');
    expect(screen).toContain('never below 4 ready endpoints, 0 intervals without');
    expect(screen).toContain('istio-production  0123456789ab  Synced, Healthy');
    expect(screen).toContain('  blend: the gateways of both serve\n');
  });

  it.each([
    ['1_20_8', 'before blend: 1_20_8 serves, 1_21_6 is dark'],
    ['1_21_6', 'cut: 1_21_6 serves, and 1_20_8 drains'],
  ])('says the phase where %s is selected, and keeps the row of what is gone', (version, phase) => {
    const gone = { ...sample(3000, { [version]: 4 }, { ...both, version }), prepared: { [version]: 4 } };
    const marks = [{ at: 3000, kind: 'synced' as const, text: 'flux 01234567: settled' }];
    const screen = stripVTControlCharacters(watchScreen(seen([...blended, gone], { marks }), engine, wide));
    expect(screen).toContain(phase);
    expect(screen.match(/ready endpoints of \d ready pods/g)).toHaveLength(2);
    expect(screen).toContain('00:00:03  flux 01234567: settled');
  });

  it.each([
    [5, 120, 60],
    [5, 80, 24],
    [1, 80, 24],
    [5, 30, 8],
    [1, 20, 3],
  ])(
    'neither wraps nor scrolls with %i gateways in a terminal of %i × %i, so that no redraw is left behind',
    (count, columns, rows) => {
      const long = 'w'.repeat(200);
      const many = seen([], {
        context: `arn:aws:eks:eu-central-1:1:cluster/${long}`,
        timelines: Array.from({ length: count }, (_, at) => ({
          service: `istio-gateways/gateway-${at}`,
          samples: blended,
        })),
        marks: Array.from({ length: 9 }, (_, at) => ({ at, kind: 'commit' as const, text: long })),
        probe: { url: `https://${long}/`, sent: 9, failed: 1, slowest: 7, failures: [] },
        blind: [{ from: 1, why: 'It is down.' }],
      });
      const drawn = watchScreen(many, [...engine, ...engine], { columns, rows }, 120_000);
      const lines = stripVTControlCharacters(drawn).split('\n');
      expect(lines.length).toBeLessThan(rows);
      expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(columns);
      const [erase, home] = ['\u001b[K', '\u001b[H'];
      expect(drawn.startsWith(home)).toBe(true);
      for (const line of drawn.split('\n')) expect(line, 'what was there before goes').toContain(erase);
      if (columns < 80) return;
      expect(lines.filter((line) => line.includes('never below 4 ready endpoints'))).toHaveLength(count);
      expect(lines.join('\n')).toContain('watched for 1:00, ends in 1:00');
      expect(lines.join('\n')).toContain('Not all can be seen: It is down.');
      expect(lines.join('\n')).toContain('9 requests: 1 failed');
    },
  );

  it('tells in few words what waits, and who serves', () => {
    const waits = { name: 'istio-5-switch', revision: '0123', state: 'Reconciling', settled: false };
    const low = { columns: 80, rows: 8 };
    const lines = stripVTControlCharacters(watchScreen(seen(blended), [...engine, waits, ...engine], low)).split('\n');
    expect(lines).toContain(`${service}  blend: the gateways of both serve`);
    expect(lines).toContain('  1_20_8 4/4  1_21_6 4/4  never below 4 ready endpoints, 0 intervals without');
    expect(lines).toContain('istio-5-switch  0123  Reconciling');
    expect(lines).toContain('2 settled  0123456789ab');
  });

  it('draws a page of a long watch with few marks of the engine, and all of its switches', () => {
    const kinds = ['commit', 'synced'] as const;
    const marks = Array.from({ length: 300 }, (_, at) => ({
      at,
      kind: kinds[at % 2] ?? 'synced',
      text: `mark ${at}.`,
    }));
    const page = watchPage(watchReport(seen(blended, { marks, to: 3_600_000 })));
    expect(page.match(/mark \d+\./g)).toHaveLength(24);
    expect(page).toContain('mark 299.');
    expect(page).toContain('>30:00 min<');
  });
});

describe('a probe', () => {
  it('counts what a client would call a failure, at its rate', async () => {
    const answers = [200, 404, 503];
    let [asked, connections] = [0, 0];
    const server = createServer((_, response) => {
      response.writeHead(answers[asked++ % answers.length] ?? 200).end();
    });
    server.on('connection', () => {
      connections += 1;
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    const end = new AbortController();
    const probe = startProbe(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`, 30, end.signal);
    await vi.waitFor(() => expect(probe.now().sent).toBeGreaterThan(8), { timeout: 5000 });
    end.abort();
    await probe.ended;
    const { sent, failed, failures } = probe.now();
    expect([asked, connections], 'a connection for each request').toStrictEqual([sent, sent]);
    expect(failed).toBe(Math.floor(sent / 3));
    expect(new Set(failures.map(({ reason }) => reason))).toStrictEqual(new Set(['HTTP 503']));
    server.close();
  });

  it('counts what nobody answers', async () => {
    const end = new AbortController();
    const probe = startProbe('http://127.0.0.1:59321/', 20, end.signal);
    await vi.waitFor(() => expect(probe.now().failed).toBeGreaterThan(1), { timeout: 5000 });
    end.abort();
    await probe.ended;
    expect(probe.now().failures[0]?.reason).toBe('ECONNREFUSED');
  });
});

describe('the command', () => {
  afterEach(() => vi.unstubAllEnvs());
  it.each([
    ['without a context', {}, 'Add --context NAME'],
    ['for no time', { context: 'here', for: '15' }, 'Type --for 15m'],
    ['for nothing', { context: 'here', for: '0m' }, 'Type --for 15m'],
    ['for longer than a timer runs', { context: 'here', for: '600h' }, 'Type --for 15m'],
    ['at no rate', { context: 'here', rate: '51' }, 'from 1 to 50'],
    ['a probe of nothing', { context: 'here', probe: 'shop' }, 'Type --probe https://'],
  ])('refuses to watch %s', (_, typed, fix) =>
    inScratch(async (folder) => {
      await app(folder, { 'istio-version': '1.9.5' });
      const { exitCode, text } = await command('watch', folder, typed);
      expect({ exitCode, text }).toMatchObject({ exitCode: 1 });
      expect(text).toContain(fix);
    }),
  );

  it('exits 2 where there is no cluster to see', () =>
    inScratch(async (folder) => {
      await app(folder, { 'istio-version': '1.9.5' });
      vi.stubEnv('KUBECONFIG', '/nowhere/kubeconfig');
      const { exitCode, text } = await command('watch', folder, { context: 'here', for: '1s' });
      expect({ exitCode, text }).toMatchObject({ exitCode: 2 });
      expect(text).toContain('export KUBECONFIG=FILE');
    }));
});
