import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What the fake does with one write. Without a script it stores good lines and answers 204. */
export type Behaviour = (request: IncomingMessage, response: ServerResponse, lines: string[]) => void;

export interface FakeInflux {
  readonly url: string;
  /** Lines that the fake has stored, each once: a rewrite is the same point. */
  readonly stored: Set<string>;
  /** Paths of the writes that arrived. */
  readonly writes: string[];
  /** Authorization header of the newest request. */
  authorization(): string | undefined;
  /** Behaviours of the next writes, in order; then the default again. */
  script(...behaviours: Behaviour[]): void;
  close(): Promise<void>;
}

/**
 * Starts an HTTP server that answers as InfluxDB does and fails on demand. Lines with `BAD` in them are refused: in 1.x
 * with 400 and the good ones kept, in 2.x with 422.
 */
export async function startFakeInflux(version: string, port = 0): Promise<FakeInflux> {
  const stored = new Set<string>();
  const writes: string[] = [];
  const behaviours: Behaviour[] = [];
  let authorization: string | undefined;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      if (request.method === 'GET')
        return void response.writeHead(204, { 'x-influxdb-version': version }).end();
      authorization = request.headers.authorization;
      writes.push(request.url ?? '');
      const lines = Buffer.concat(chunks).toString('utf8').split('\n');
      const behaviour = behaviours.shift() ?? store;
      behaviour(request, response, lines);
    });
  });
  const store: Behaviour = (_, response, lines) => {
    const good = lines.filter((line) => !line.includes('BAD'));
    for (const line of good) stored.add(line);
    if (good.length === lines.length) return void response.writeHead(204).end();
    const message = `partial write: field type conflict dropped=${lines.length - good.length}`;
    answer(version.startsWith('1.') ? 400 : 422, message)(_, response, lines);
  };
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const { port: taken } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${taken}`,
    stored,
    writes,
    authorization: () => authorization,
    script: (...next) => behaviours.push(...next),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Answers with a status, a JSON message and headers; stores nothing. */
export function answer(status: number, message = '', headers: Record<string, string> = {}): Behaviour {
  return (_, response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(JSON.stringify({ error: message }));
  };
}

/** Sends half of an answer, then resets the connection. */
export const halfAnswerThenReset: Behaviour = (_, response) => {
  response.writeHead(500, { 'content-type': 'application/json', 'content-length': '1000' });
  response.write('{"error":"half');
  setImmediate(() => response.socket?.resetAndDestroy());
};

/** Never answers. */
export const silence: Behaviour = () => undefined;
