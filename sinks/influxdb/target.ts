import type {
  DeliveryRecord,
  DeliveryTarget,
  Prepared,
  WriteResult,
} from '../../common/kafka/delivery/target.js';
import { baselineCodec } from '../../schemas/baseline.js';
import type { RecordCodec } from '../../schemas/codec/record-codec.js';
import { driftReportCodec } from '../../schemas/drift-report.js';
import { metricEventCodec } from '../../schemas/metric-event.js';
import { predictionCodec } from '../../schemas/prediction.js';
import {
  type EncodedRecord,
  encodeBaseline,
  encodeDriftReport,
  encodeMetricEvent,
  encodePrediction,
} from './encode.js';
import type { Explained } from './explanation.js';
import { RepeatedEvents } from './repeats.js';

/** Topics that have a measurement, by their names in the topic table. */
export const SINK_TOPICS = ['metrics', 'predictions', 'drift', 'baselines'] as const;
export type SinkTopic = (typeof SINK_TOPICS)[number];

/** Turns the value of one record into points, or says why not. */
type Reader = (value: Buffer, record: DeliveryRecord) => EncodedRecord | DecodeRefusal | typeof REPEATED;
const REPEATED = Symbol('published twice');
interface DecodeRefusal {
  readonly ok: false;
  readonly code: string;
  readonly reason: string;
  readonly stage: 'VALUE_CONVERTER';
}

export interface InfluxdbTargetOptions {
  /** Full name of each topic. */
  readonly topics: Readonly<Record<SinkTopic, string>>;
  readonly explained: Explained;
  /** The write of an {@link InfluxClient}. */
  readonly write: (lines: readonly string[], signal: AbortSignal) => Promise<WriteResult>;
}

/** Returns the delivery target that writes records to InfluxDB as lines of line protocol. */
export function createInfluxdbTarget(options: InfluxdbTargetOptions): DeliveryTarget<string> {
  const repeats = new RepeatedEvents();
  const readers = new Map<string, Reader>([
    [
      options.topics.metrics,
      // A point's time holds its record's offset: an event that was published twice would be two points.
      reader(metricEventCodec, (event, { offset }) =>
        repeats.isRepeat({ host: event.host, id: event.id, offset })
          ? REPEATED
          : encodeMetricEvent(event, offset),
      ),
    ],
    [
      options.topics.predictions,
      reader(predictionCodec, (prediction, record) =>
        encodePrediction(
          prediction,
          {
            appendTime: numberIn(record, 'append-time'),
            scoredAt: numberIn(record, 'scored-at'),
            scoringUs: numberIn(record, 'scoring-us'),
          },
          options.explained,
        ),
      ),
    ],
    [
      options.topics.drift,
      reader(driftReportCodec, (report, { offset }) => encodeDriftReport(report, offset)),
    ],
    [
      options.topics.baselines,
      reader(baselineCodec, (baseline, { offset }) => encodeBaseline(baseline, offset)),
    ],
  ]);
  return {
    write: options.write,
    prepare(record): Prepared<string> {
      const read = readers.get(record.topic);
      if (read === undefined) return { kind: 'filtered', reason: 'TOPIC_WITHOUT_MEASUREMENT' };
      // Only compacted topics delete by tombstone; elsewhere a record without a value is a mistake.
      if (record.value === null && record.topic === options.topics.baselines)
        return { kind: 'filtered', reason: 'TOMBSTONE' };
      const encoded = read(record.value ?? Buffer.alloc(0), record);
      if (encoded === REPEATED) return { kind: 'filtered', reason: 'duplicate' };
      if (!encoded.ok) return { kind: 'rejected', stage: 'TRANSFORMATION', ...encoded };
      return { kind: 'items', items: encoded.points.flatMap((point) => point.toLineProtocol() ?? []) };
    },
  };
}

function reader<T>(
  codec: RecordCodec<T>,
  encode: (value: T, record: DeliveryRecord) => EncodedRecord | typeof REPEATED,
): Reader {
  return (bytes, record) => {
    const decoded = codec.decode(bytes);
    if (decoded.ok) return encode(decoded.value, record);
    const { code, reason } = decoded;
    return { ok: false, code, reason, stage: 'VALUE_CONVERTER' };
  };
}

/** Returns the number in a text header; undefined when the header is missing, repeated or no finite number. */
function numberIn(record: DeliveryRecord, name: string): number | undefined {
  const header = record.headers[name];
  if (header === undefined || Array.isArray(header)) return undefined;
  const text = header.toString().trim();
  const value = Number(text);
  return text === '' || !Number.isFinite(value) ? undefined : value;
}
