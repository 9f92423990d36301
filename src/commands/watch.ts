import { unknowns } from '../cluster/known.js';
import type { Probe } from '../cluster/probe.js';
import type { KindName } from '../cluster/snapshot.js';
import { Unread } from '../cluster/unread.js';
import { type Problem, Refusal } from '../model/problem.js';
import { makeFolder, writeWhole } from '../repo/files.js';
import { lookAt } from './look.js';
import type { Options } from './options.js';
import { meshOf, openRepository } from './repository.js';
import type { Size } from './screen.js';
import type { Terminal } from './terminal.js';
import { watchLines, watchScreen } from './watch-text.js';

/** Requests a second of a probe: enough to see a gap of a second, and never a load. */
const usualRate = 5;
const highestRate = 50;
const units = { s: 1000, m: 60_000, h: 3_600_000 } as const;

/** Milliseconds that a timer can wait, about 24 days; one that is set to more ends at once. */
const longest = 2 ** 31 - 1;

/** What cannot be watched without. */
const needed: readonly KindName[] = ['services', 'endpointSlices', 'pods'];

/**
 * `yo istio-prod:watch --context NAME`: follows an upgrade live, until it is ended or `--for` is over, and writes a report.
 *
 * Returns 0 where no traffic was lost, 1 where some may have been, and 2 where it could not be seen all the time.
 */
export async function watch(options: Options, terminal: Terminal): Promise<0 | 1 | 2> {
  const { duration, rate } = readWatchOptions(options);
  const mesh = await meshOf(await openRepository(options.root, false), options.forced);
  const look = await lookAt(mesh, options, 'gateways');
  if (look === undefined) throw refused('--context is missing: watch looks at a cluster.', 'Add --context NAME');
  const { cluster, snapshot } = look;
  const unread = unknowns(snapshot, [...needed]);
  if (unread.length > 0) throw couldNot(unread);
  const folder = options.given['report'] ?? 'istio-prod-watch';
  // Now: what was seen for an hour must not be lost because it cannot be written.
  if (!options.dryRun) makeFolder(folder);
  // Loaded late: no other command watches.
  const [{ watchTraffic }, { startProbe }, { watchPage, watchReport }] = await Promise.all([
    import('../cluster/watch-traffic.js'),
    import('../cluster/probe.js'),
    import('../cluster/watch-report.js'),
  ]);

  const ending = new AbortController();
  const end = () => ending.abort();
  const timer = duration === undefined ? undefined : setTimeout(end, duration);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, end);
  const from = Date.now();
  const url = options.given['probe'];
  let probe: Probe | undefined;
  const show = { changed: () => {} };
  try {
    const traffic = await watchTraffic(snapshot.context, mesh, cluster, () => show.changed(), ending.signal);
    probe = url === undefined ? undefined : startProbe(url, rate, ending.signal);
    const seen = () => ({
      context: snapshot.context,
      cluster,
      from,
      to: Date.now(),
      timelines: traffic.timelines(),
      marks: traffic.marks,
      probe: probe?.now() ?? null,
      blind: traffic.blind,
    });
    const until = duration === undefined ? undefined : from + duration;
    const stop = options.json
      ? () => {}
      : terminal.interactive
        ? onScreen(() => terminal.print(watchScreen(seen(), traffic.engine(), sizeOf(terminal), until)))
        : inLines(show, watchLines(), seen, terminal);
    // Ctrl-C may have come before there was anything to see.
    await new Promise<void>((resolve) => {
      if (ending.signal.aborted) resolve();
      else ending.signal.addEventListener('abort', () => resolve());
    });
    stop();
    await probe?.ended;
    const report = watchReport(seen());
    if (!options.dryRun) {
      writeWhole(folder, 'report.json', `${JSON.stringify(report, null, 1)}\n`);
      writeWhole(folder, 'index.html', watchPage(report));
    }
    terminal.print(
      options.json
        ? JSON.stringify(report, null, 2)
        : [
            ...(terminal.interactive ? [''] : []),
            ...report.sentences,
            ...(options.dryRun ? [] : [`Report: ${folder}/index.html`]),
          ].join('\n'),
    );
    return report.lost ? 1 : report.unseen ? 2 : 0;
  } catch (error) {
    throw error instanceof Unread ? couldNot([error.unknown]) : error;
  } finally {
    end();
    clearTimeout(timer);
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.removeListener(signal, end);
  }
}

/** What a terminal that does not say its size is taken for. */
function sizeOf({ size }: Terminal): Size {
  const { columns, rows } = size?.() ?? {};
  return { columns: columns || 80, rows: rows || 24 };
}

/** Draws at once and every second, since time goes on where nothing happens. Returns what ends it. */
function onScreen(draw: () => void): () => void {
  draw();
  const timer = setInterval(draw, 1000);
  return () => clearInterval(timer);
}

/** A line for every change. */
function inLines<S>(
  show: { changed: () => void },
  lines: (seen: S) => readonly string[],
  seen: () => S,
  terminal: Terminal,
): () => void {
  show.changed = () => {
    for (const line of lines(seen())) terminal.print(line);
  };
  show.changed();
  return () => {};
}

function readWatchOptions({ given }: Options): { duration: number | undefined; rate: number } {
  const problems: Problem[] = [];
  const [, count, unit] = /^0*([1-9]\d{0,5})([smh])$/.exec(given['for'] ?? '') ?? [];
  const duration = count === undefined ? undefined : Number(count) * units[unit as keyof typeof units];
  if (given['for'] !== undefined && (duration === undefined || duration > longest)) {
    problems.push(wrong(`--for ${given['for']} is no time.`, 'Type --for 15m, or a number of s, m or h'));
  }
  const rate = Number(given['rate'] ?? usualRate);
  if (!Number.isInteger(rate) || rate < 1 || rate > highestRate) {
    problems.push(
      wrong(`--rate ${given['rate']} is no rate.`, `Type --rate ${usualRate}, or another from 1 to ${highestRate}`),
    );
  }
  const url = given['probe'];
  if (url !== undefined && !(URL.canParse(url) && /^https?:/.test(url))) {
    problems.push(wrong(`--probe ${url} is no URL.`, 'Type --probe https://…, as users ask for it'));
  }
  if (problems.length > 0) throw new Refusal(problems);
  return { duration, rate };
}

function couldNot(unread: readonly { readonly message: string; readonly fix: string }[]): Refusal {
  return new Refusal(
    unread.map(({ message, fix }) => ({ rule: 'live-unknown', message, fix })),
    2,
  );
}

function refused(message: string, fix: string): Refusal {
  return new Refusal([wrong(message, fix)]);
}

function wrong(message: string, fix: string): Problem {
  return { rule: 'invalid-option', message, fix };
}
