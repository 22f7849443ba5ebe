import { TidewatchError } from '../../../common/errors.js';
import type { DeliveryTarget, WriteResult } from '../../../common/kafka/delivery/target.js';

/** A target in memory that is switched off, refuses or breaks on demand. Values: `poison` cannot be read, `refuse` is refused. */
export class ScriptedTarget implements DeliveryTarget<string> {
  /** Every value that was taken, in the order of writing; repeats stay. */
  readonly taken: string[] = [];
  mode: 'up' | 'down' | 'unauthorized' | 'hanging' = 'up';
  attempts = 0;
  /** Writes wait for it before they take anything. */
  gate: Promise<void> = Promise.resolve();

  prepare({ value }: Parameters<DeliveryTarget<string>['prepare']>[0]) {
    const text = value?.toString() ?? '';
    if (!text.startsWith('poison')) return { kind: 'items', items: [text] } as const;
    const reason = 'decoding record: poison';
    return { kind: 'rejected', code: 'POISON', reason, stage: 'VALUE_CONVERTER' } as const;
  }

  async write(items: readonly string[], signal: AbortSignal): Promise<WriteResult> {
    this.attempts += 1;
    await this.gate;
    if (this.mode === 'hanging') return untilAborted(signal);
    if (this.mode === 'unauthorized') return { kind: 'broken', error: problem('TARGET_LOCKED', false) };
    if (this.mode === 'down') return { kind: 'retry', afterMs: null, error: problem('TARGET_DOWN', true) };
    const failures = items.flatMap((item, index) =>
      item.startsWith('refuse') ? [{ index, code: 'REFUSED', reason: 'writing item: refused' }] : [],
    );
    this.taken.push(...items.filter((item) => !item.startsWith('refuse')));
    return failures.length === 0 ? { kind: 'delivered' } : { kind: 'refused', failures };
  }
}

function untilAborted(signal: AbortSignal): Promise<WriteResult> {
  return new Promise((resolve) => {
    const end = () => resolve({ kind: 'retry', afterMs: null, error: problem('TARGET_SLOW', true) });
    if (signal.aborted) end();
    else signal.addEventListener('abort', end, { once: true });
  });
}

function problem(code: string, retriable: boolean): TidewatchError {
  return new TidewatchError({ code, retriable, message: `writing items: ${code}` });
}
