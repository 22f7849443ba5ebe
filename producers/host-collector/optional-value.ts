import { messageOf } from '../../common/errors.js';
import type { Logger } from '../../common/log.js';

/** Returns what a reading gives, or `{}` when it fails: one missing file must not cost the whole event. */
export type Optional = <T extends object>(
  name: string,
  read: () => T | Promise<T>,
) => Promise<T | Partial<T>>;

/** Returns a reader of parts that may be missing; each part's failure is logged when it begins, not at every tick. */
export function optionalReader(log: Logger): Optional {
  const failing = new Set<string>();
  return async <T extends object>(name: string, read: () => T | Promise<T>): Promise<T | Partial<T>> => {
    try {
      const value = await read();
      failing.delete(name);
      return value;
    } catch (error) {
      if (!failing.has(name)) log.warn({ reason: messageOf(error) }, `reading ${name}: left out`);
      failing.add(name);
      return {};
    }
  };
}
