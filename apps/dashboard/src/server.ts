import { randomBytes, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { EventStream } from './event-stream.ts';
import { followOutput } from './follow-output.ts';
import { LIVE_POLICY, liveHtml } from './html.ts';
import type { Observatory } from './observatory.ts';
import type { PageFiles } from './page-files.ts';
import { readRunView } from './read-run-view.ts';
import { readTableView } from './read-table-view.ts';
import { RunningTrials } from './running-trials.ts';

const HOST = '127.0.0.1';
/** A browser that was sent here by a name of somebody else's says so; a tunnel may have another port. */
const OUR_NAMES = /^(127\.0\.0\.1|localhost|\[::1\])(:\d{1,5})?$/i;

const HEADERS = {
  'content-security-policy': `${LIVE_POLICY}; frame-ancestors 'none'`,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
};

export interface DashboardServer {
  /** With the token. */
  readonly url: string;
  close(): Promise<void>;
}

/** What is asked for does not exist; the message is one line. */
class NotFound extends Error {}

/**
 * Serves the page on 127.0.0.1, to those who know its URL: every path begins with a random token. It reads, and looks
 * runs up by name: no path of a request becomes a path of a file.
 *
 * @throws the system's error where the port is taken
 */
export async function serveDashboard(
  observatory: Observatory,
  files: Promise<PageFiles>,
  port: number,
): Promise<DashboardServer> {
  const token = randomBytes(24).toString('base64url');
  const answers = answersOf(observatory, files);
  const server = createServer((request, response) => {
    const refusal = refusalOf(request, token);
    if (refusal) send(response, refusal[0], `${refusal[1]}\n`);
    else void answer(answers, new URL(request.url!.slice(token.length + 1), `http://${HOST}`), response);
  });
  await new Promise<void>((listening, fail) => server.once('error', fail).listen(port, HOST, listening));
  const { port: taken } = server.address() as AddressInfo;
  return { url: `http://${HOST}:${taken}/${token}/`, close: () => close(server) };
}

/** Why a request gets no answer: an HTTP status and a line. */
function refusalOf(
  { method, headers, url = '' }: IncomingMessage,
  token: string,
): [number, string] | undefined {
  if (!OUR_NAMES.test(headers.host ?? ''))
    return [403, 'this server answers to 127.0.0.1 and localhost alone'];
  if (!isSame(url.slice(1, token.length + 1), token) || url[token.length + 1] !== '/')
    return [403, 'the URL lacks the token that mixlab dashboard printed'];
  if (method !== 'GET' && method !== 'HEAD') return [405, 'this page is for reading'];
  return undefined;
}

function isSame(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}

type Answer = (query: URLSearchParams, response: ServerResponse) => void | Promise<void>;

function answersOf(observatory: Observatory, files: Promise<PageFiles>): ReadonlyMap<string, Answer> {
  const running = new RunningTrials(observatory);
  const experimentOf = (query: URLSearchParams) => {
    const name = query.get('experiment') ?? '';
    const experiment = observatory.experiment(name);
    if (!experiment) throw new NotFound(`there is no experiment ${name}`);
    return experiment;
  };
  const runOf = (query: URLSearchParams) => {
    const [experiment, name] = [experimentOf(query), query.get('run') ?? ''];
    const run = experiment.run(name);
    if (!run) throw new NotFound(`there is no run ${name}`);
    return { experiment, run };
  };
  const json = (value: (query: URLSearchParams) => unknown): Answer => {
    return async (query, response) => {
      await observatory.look();
      send(response, 200, JSON.stringify(value(query)), 'application/json');
    };
  };
  return new Map<string, Answer>([
    ['/', (_, response) => send(response, 200, liveHtml(), 'text/html; charset=utf-8')],
    [
      '/page.js',
      async (_, response) => send(response, 200, (await files).script, 'text/javascript; charset=utf-8'),
    ],
    ['/page.css', async (_, response) => send(response, 200, (await files).style, 'text/css; charset=utf-8')],
    ['/overview', json(() => observatory.overview())],
    ['/running', json(() => running.look())],
    ['/table', json((query) => readTableView(experimentOf(query)))],
    [
      '/run',
      json((query) => {
        const { experiment, run } = runOf(query);
        return readRunView(observatory, experiment, run);
      }),
    ],
    [
      '/events',
      (_, response) => {
        const stream = new EventStream(response);
        stream.onClose(
          observatory.listen((news) => stream.send(news.kind, news.kind === 'plans' ? null : news.changes)),
        );
      },
    ],
    [
      '/output',
      async (query, response) => {
        await observatory.look();
        const { experiment, run } = runOf(query);
        const found = experiment.trialsOf(run.name).find(({ trial }) => String(trial) === query.get('trial'));
        if (!found) throw new NotFound(`there is no trial ${query.get('trial')} of ${run.name}`);
        const directory = found.directory ?? `${run.name}/trial${found.trial}`;
        followOutput(observatory, join(experiment.folder, directory), new EventStream(response));
      },
    ],
  ]);
}

async function answer(
  answers: ReadonlyMap<string, Answer>,
  { pathname, searchParams }: URL,
  response: ServerResponse,
): Promise<void> {
  for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value);
  try {
    const known = answers.get(pathname);
    if (!known) throw new NotFound('there is no such page');
    await known(searchParams, response);
  } catch (error) {
    if (!response.headersSent)
      send(response, error instanceof NotFound ? 404 : 500, `${(error as Error).message}\n`);
  }
}

function send(
  response: ServerResponse,
  status: number,
  text: string,
  type = 'text/plain; charset=utf-8',
): void {
  response.writeHead(status, { 'content-type': type }).end(text);
}

async function close(server: Server): Promise<void> {
  const closed = new Promise<void>((done) => server.close(() => done()));
  server.closeAllConnections();
  await closed;
}
