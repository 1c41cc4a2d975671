import type { ServerResponse } from 'node:http';

/** Less than what closes a connection that says nothing, on the way through a tunnel. */
const MILLISECONDS_BETWEEN_SIGNS_OF_LIFE = 20_000;

/** Server-sent events to one page. */
export class EventStream {
  readonly #response: ServerResponse;

  constructor(response: ServerResponse) {
    this.#response = response;
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write('retry: 1000\n\n');
    const alive = setInterval(() => response.write(':\n\n'), MILLISECONDS_BETWEEN_SIGNS_OF_LIFE);
    response.on('close', () => clearInterval(alive));
  }

  send(event: string, data: unknown): void {
    this.#response.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  }

  /** Calls `done` when the page has gone. */
  onClose(done: () => void): void {
    this.#response.on('close', done);
  }
}
