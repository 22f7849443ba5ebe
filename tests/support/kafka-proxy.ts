import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import type { KafkaConnection } from '../../common/kafka/client.js';

/** Numbers of Kafka's requests in its protocol. */
export const API = {
  Produce: 0,
  Fetch: 1,
  OffsetFetch: 9,
  InitProducerId: 22,
  AddPartitionsToTxn: 24,
  AddOffsetsToTxn: 25,
  EndTxn: 26,
  TxnOffsetCommit: 28,
} as const;

/** Name of a request. */
export type ApiName = keyof typeof API;

/** A fault to come: the next `times` requests of one kind lose themselves or their response, and with it their connection. */
export interface Cut {
  readonly api: ApiName;
  readonly loses: 'request' | 'response';
  readonly times: number;
}

/**
 * Parts of a transaction of which the coordinator is not told, so that nothing ends what was left in them, while the producer hears that they were added: the
 * topics that it writes to, the group's offsets, or both. Then the answer to its commit is lost or not.
 */
export interface ForgottenTransaction {
  readonly parts: 'all' | 'offsets' | 'outputs';
  readonly answer: 'lost' | 'kept';
}

/** A TCP proxy before one broker that knows Kafka's frames. */
export interface KafkaProxy {
  /** Makes every connection of a client go through the proxy, whatever address the broker advertises. */
  readonly socketFactory: NonNullable<KafkaConnection['socketFactory']>;
  /** Arms a fault, in addition to those that are armed. */
  arm(cut: Cut): void;
  /**
   * Lets the next response to a Produce tell this error for its first partition, though the broker has stored the records. Called again before
   * that, also the one after it.
   */
  denyStored(errorCode: number): void;
  /** Makes the coordinator forget parts of the next transaction. Needs a broker that does not verify. */
  forgetTransaction(how: ForgottenTransaction): void;
  /** Returns how many transactions have been forgotten. */
  forgotten(): number;
  /** Returns how many cuts of this kind have been made. */
  cutsMade(api: ApiName, loses: Cut['loses']): number;
  close(): Promise<void>;
}

/** Starts a proxy to a broker, given as host:port. */
export async function startKafkaProxy(broker: string): Promise<KafkaProxy> {
  const [host = '127.0.0.1', port = '9092'] = broker.split(':');
  const faults = new Faults();
  const sockets = new Set<Socket>();
  const denials: number[] = [];
  const forgetting = new Forgetting();
  const server = createServer((client) => {
    const upstream = connect({ host, port: Number(port), noDelay: true });
    const end = () => {
      client.destroy();
      upstream.destroy();
    };
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', end);
      socket.on('close', () => {
        sockets.delete(socket);
        end();
      });
    }
    /** Which request the response with a correlation id belongs to. */
    const asked = new Map<number, number>();
    onFrames(client, (frame) => {
      const api = frame.readInt16BE(4);
      if (faults.take(api, 'request')) return end();
      const answer = forgetting.answerTo(client, api, frame);
      if (answer !== null) return void client.write(answer);
      asked.set(frame.readInt32BE(8), api);
      upstream.write(frame);
    });
    onFrames(upstream, (frame) => {
      const correlation = frame.readInt32BE(4);
      const api = asked.get(correlation);
      asked.delete(correlation);
      if (api !== undefined && faults.take(api, 'response')) return end();
      if (api === API.EndTxn && forgetting.ends(client)) return end();
      if (api === API.Produce) {
        const denial = denials.shift();
        if (denial !== undefined) writeProduceError(frame, denial);
      }
      client.write(frame);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port: listening } = server.address() as AddressInfo;
  return {
    socketFactory: ({ onConnect }) =>
      connect({ host: '127.0.0.1', port: listening, noDelay: true }, onConnect),
    arm: (cut) => faults.arm(cut),
    denyStored: (errorCode) => {
      denials.push(errorCode);
    },
    forgetTransaction: (how) => forgetting.arm(how),
    forgotten: () => forgetting.done,
    cutsMade: (api, loses) => faults.made(api, loses),
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

class Faults {
  readonly #armed = new Map<string, number>();
  readonly #made = new Map<string, number>();

  arm({ api, loses, times }: Cut): void {
    const key = `${API[api]}/${loses}`;
    this.#armed.set(key, (this.#armed.get(key) ?? 0) + times);
  }

  /** Returns whether a fault is armed for this frame, and uses it up. */
  take(api: number, loses: Cut['loses']): boolean {
    const key = `${api}/${loses}`;
    const left = this.#armed.get(key) ?? 0;
    if (left === 0) return false;
    this.#armed.set(key, left - 1);
    this.#made.set(key, (this.#made.get(key) ?? 0) + 1);
    return true;
  }

  made(api: ApiName, loses: Cut['loses']): number {
    return this.#made.get(`${API[api]}/${loses}`) ?? 0;
  }
}

/** One connection at a time whose transaction the coordinator does not get to know. */
class Forgetting {
  readonly #armed: ForgottenTransaction[] = [];
  #client: Socket | null = null;
  #how: ForgottenTransaction = { parts: 'all', answer: 'lost' };
  done = 0;

  arm(how: ForgottenTransaction): void {
    this.#armed.push(how);
  }

  /** Returns what the client is told in the coordinator's place, or null. */
  answerTo(client: Socket, api: number, request: Buffer): Buffer | null {
    const how = api === API.AddPartitionsToTxn && this.#client === null ? this.#armed.shift() : undefined;
    if (how !== undefined) {
      this.#how = how;
      this.#client = client;
    }
    if (client !== this.#client) return null;
    // Length, correlation, throttle time, and: no topics with errors, or error 0.
    const { parts } = this.#how;
    if (api === API.AddPartitionsToTxn && parts !== 'offsets') return answer(request, 4);
    return api === API.AddOffsetsToTxn && parts !== 'outputs' ? answer(request, 2) : null;
  }

  /** Returns whether the answer, the one to the end of the forgotten transaction, gets lost. */
  ends(client: Socket): boolean {
    if (client !== this.#client) return false;
    this.#client = null;
    this.done += 1;
    return this.#how.answer === 'lost';
  }
}

function answer(request: Buffer, zeroBytes: number): Buffer {
  const frame = Buffer.alloc(4 + 4 + 4 + zeroBytes);
  frame.writeInt32BE(frame.length - 4, 0);
  request.copy(frame, 4, 8, 12);
  return frame;
}

/** Length, correlation, number of topics, name, number of partitions, partition, error: Produce v0 to v8. */
function writeProduceError(frame: Buffer, errorCode: number): void {
  const nameAt = 4 + 4 + 4 + 2;
  frame.writeInt16BE(errorCode, nameAt + frame.readInt16BE(nameAt - 2) + 4 + 4);
}

/** Calls back with every whole frame, its 4 bytes of length included. */
function onFrames(socket: Socket, onFrame: (frame: Buffer) => void): void {
  let held: Buffer = Buffer.alloc(0);
  socket.on('data', (chunk: Buffer) => {
    held = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
    while (held.length >= 4 && !socket.destroyed) {
      const end = 4 + held.readInt32BE(0);
      if (held.length < end) return;
      onFrame(held.subarray(0, end));
      held = held.subarray(end);
    }
  });
}
