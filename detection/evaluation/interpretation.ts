import { type Segment, segments } from './segments.js';

/** One labelled incident with the metrics that people blamed for it. */
export interface InterpretedIncident extends Segment {
  /** Places of the metrics among the columns of the file, 0-based, ascending. */
  readonly metrics: readonly number[];
}

/** How a collection writes its interpretation files. */
export interface InterpretationFormat {
  /** Columns of the series; dimensions are 1 to this. */
  readonly metrics: number;
  /** Whether the second number of a range is the last row itself (ASD) or the row after it (SMD). */
  readonly endIncluded: boolean;
}

const LINE = /^(\d+)-(\d+):(\d+(?:,\d+)*)$/;

/**
 * Returns the incidents of an interpretation file, in order of their first row. A line is `start-end:dim,dim,...`: rows from 0,
 * dimensions from 1 (github NetManAIOps/OmniAnomaly, interpretation_label). The lines need not be in order. O(lines log lines).
 * @throws RangeError with the line's number when it is none of these, names no row, a dimension twice or one that there is not,
 * and when incidents overlap
 * @example parseInterpretation('5-8:1,3', { metrics: 3, endIncluded: false }); // [{start: 5, end: 7, metrics: [0, 2]}]
 */
export function parseInterpretation(text: string, format: InterpretationFormat): InterpretedIncident[] {
  const incidents = text
    .split('\n')
    .map((line, i) => ({ line: line.trim(), number: i + 1 }))
    .filter(({ line }) => line !== '')
    .map(({ line, number }) => parseLine(line, number, format))
    .sort((a, b) => a.start - b.start);
  incidents.forEach(({ start }, i) => {
    const before = incidents[i - 1];
    if (before !== undefined && before.end >= start)
      throw new RangeError(`reading interpretation: incidents from row ${before.start} and ${start} overlap`);
  });
  return incidents;
}

function parseLine(line: string, number: number, format: InterpretationFormat): InterpretedIncident {
  const [, first, last, dimensions] = LINE.exec(line) ?? [];
  if (first === undefined || last === undefined || dimensions === undefined)
    throw new RangeError(`reading interpretation: line ${number} is not start-end:dim,dim`);
  const start = Number(first);
  const end = format.endIncluded ? Number(last) : Number(last) - 1;
  if (end < start) throw new RangeError(`reading interpretation: line ${number} names no row`);
  const metrics = dimensions.split(',').map((dimension) => Number(dimension) - 1);
  if (metrics.some((metric) => metric < 0 || metric >= format.metrics))
    throw new RangeError(`reading interpretation: line ${number} names a column that there is not`);
  if (new Set(metrics).size !== metrics.length)
    throw new RangeError(`reading interpretation: line ${number} names a column twice`);
  return { start, end, metrics: metrics.sort((a, b) => a - b) };
}

/** How interpreted incidents and row labels fit together: with the right `endIncluded` every incident is a labelled segment. */
export interface InterpretationFit {
  /** Interpreted incidents that are exactly one labelled segment. */
  readonly exact: number;
  /** Those that are not: the wrong convention, or files that do not belong together. */
  readonly misfits: number;
  /** Labelled segments without an interpretation. */
  readonly unexplained: number;
}

/** Returns how well interpreted incidents match the labelled segments of the rows. O(rows). */
export function interpretationFit(
  incidents: readonly InterpretedIncident[],
  labels: ArrayLike<number>,
): InterpretationFit {
  const key = ({ start, end }: Segment): string => `${start}-${end}`;
  const labelled = new Set(segments(labels).map(key));
  const exact = incidents.filter((incident) => labelled.has(key(incident))).length;
  return { exact, misfits: incidents.length - exact, unexplained: labelled.size - exact };
}
